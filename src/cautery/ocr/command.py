"""Any command that reads a picture (PNG, grey) on standard input and writes its text (UTF-8) on standard output."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cautery.core.errors import FileRefused, SettingInvalid

from .base import Line, Words, settled
from .confined import Bounds, run

BOUNDS = Bounds(memory_bytes=6 << 30, cpu_seconds=120, wall_seconds=90.0, file_bytes=64 << 20)
"""Wider than Tesseract's: such an engine may bring a model, and may need a file for the picture."""
GARBLED = 0.1
"""Part of control characters from which an answer is no text."""


@dataclass(frozen=True)
class Command:
    """A program with its arguments. It is asked in no language, and says nothing of how sure it is."""

    program: tuple[str, ...]
    bounds: Bounds = field(default_factory=lambda: BOUNDS)

    @property
    def name(self) -> str:
        """The program's name."""
        return Path(self.program[0]).name[:40]

    @property
    def version(self) -> str:
        """The first digits of a digest of how it is called: another call is another engine."""
        return sha256(shlex.join(self.program).encode()).hexdigest()[:12]

    def languages(self) -> tuple[str, ...]:
        """None are known."""
        return ()

    def read(self, png: bytes, languages: Sequence[str]) -> Words:
        """See `Engine`."""
        del languages
        try:
            text = run(self.program, png, self.bounds).decode()
        except UnicodeDecodeError as error:
            raise FileRefused("What the program wrote is not text in UTF-8.", reason="garbled") from error
        unseen = sum(not (char.isprintable() or char.isspace()) for char in text)
        if unseen > GARBLED * len(text):
            raise FileRefused("What the program wrote is not text.", reason="garbled")
        return settled([Line(line) for line in text.splitlines()], self, ())


def command(line: str) -> Command:
    """The command of a line as a shell would split it; SettingInvalid where it cannot be, or the program is not there."""
    try:
        program = tuple(shlex.split(line))
    except ValueError as error:
        raise SettingInvalid(
            f"CAUTERY_OCR is no command: {error}.",
            setting="CAUTERY_OCR",
            reason="not_a_command",
            hint="Mind its quotation marks.",
        ) from error
    path = shutil.which(program[0]) if program else None
    if path is None:
        raise SettingInvalid(
            f"CAUTERY_OCR names a program that is not there: {program[0] if program else line!r}.",
            setting="CAUTERY_OCR",
            reason="not_there",
            hint="Its full path, or `tesseract`, or `none`.",
        )
    return Command((path, *program[1:]))
