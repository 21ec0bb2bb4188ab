"""Read the text in a picture: the picture drawn anew in a child of ours, then the engine the settings name, one at a time."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from cautery.core.errors import SettingInvalid, Unreachable
from cautery.core.fingerprints import Decoders, Limits

from .base import Engine, Words
from .command import command
from .tesseract import GET, PROGRAM, find, suited

NONE = "none"
LIMITS = Limits(picture_bytes=64 << 20, file_bytes=64 << 20, memory_bytes=512 << 20, cpu_seconds=20, wall_seconds=30.0)
PIXELS = 6_000_000
"""An engine is given no more than this: a page of A4 at 250 dots an inch has as many."""
WAIT_S = 30.0
_TURN = threading.BoundedSemaphore(1)


def engine(setting: str) -> Engine | None:
    """The engine `CAUTERY_OCR` names: empty is Tesseract where it is installed, `none` is none, `tesseract`, or a command line.

    SettingInvalid where it names one that is not there.
    """
    if setting == NONE:
        return None
    if setting not in {"", PROGRAM}:
        return command(setting)
    found = find()
    if found is None and setting == PROGRAM:
        raise SettingInvalid("Tesseract is not on the path.", setting="CAUTERY_OCR", reason="not_there", hint=GET)
    return found


def languages_for(using: Engine, code: str = "") -> tuple[str, ...]:
    """What to read a picture in, of the languages the engine has; `code` is the item's language (BCP 47), empty where unknown."""
    has = using.languages()
    return suited(has, code) if has else ()


def read_picture(source: bytes | Path, using: Engine, languages: Sequence[str]) -> Words:
    """What stands in a picture file; words without lines where no text was found.

    FileRefused for what is no picture that can be decoded (reasons of `Decoders`), or that the engine did not read (`Engine.read`);
    Unreachable where others' pictures keep the engine busy.
    """
    if not _TURN.acquire(timeout=WAIT_S):
        raise Unreachable("Text in other pictures is being read; try again in a minute.", reason="busy")
    try:
        return using.read(_decoders().redraw(source, PIXELS), languages)
    finally:
        _TURN.release()


@cache
def _decoders() -> Decoders:
    """The child of this process that decodes; it leaves with it."""
    decoders = Decoders(1, LIMITS)
    atexit.register(decoders.close)
    return decoders
