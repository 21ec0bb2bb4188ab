"""A small rehearsal, begun from the set-up: a process of its own, on a folder of its own, in the rehearsal's mode.

It gets nothing of this installation's settings: neither its register nor its keys, nor a database elsewhere.
docs/decisions/0090-set-up-in-the-browser.md says why this is safe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from cautery.core.errors import MovedMeanwhile

FLAGS = 300
TAIL = 4_000
_running: list[subprocess.Popen[bytes]] = []
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `none`, `running`, `done` or `failed`; what it printed last; where its things are.

    `percent` and `now` (the rehearsal's own clock) are what its world said last; `counts` its books.
    """

    state: str
    said: str
    folder: Path
    percent: int = 0
    now: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def folder() -> Path:
    """Where the rehearsal has its world, its register and its report."""
    return Path(settings.DATA) / "rehearsal"


def begin() -> None:
    """Begin one; `MovedMeanwhile` while one is under way."""
    with _lock:
        if progress().state == "running":
            raise MovedMeanwhile("A rehearsal is under way.", what="rehearsal")
        folder().mkdir(parents=True, exist_ok=True)
        for name in ("score.json", "progress.json"):
            (folder() / name).unlink(missing_ok=True)
        wanted = ["--fresh", "--flags", str(FLAGS), "--out", str(folder())]
        with _log().open("wb") as said:
            child = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "cautery", "exercise", *wanted],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=_plain_environment(),
            )
        _running[:] = [child]


def _plain_environment() -> dict[str, str]:
    """Ours without any setting of this installation."""
    ours = ("CAUTERY_", "DATABASE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def progress() -> Progress:
    """How far it is."""
    said = _log().read_bytes()[-TAIL:].decode(errors="replace") if _log().exists() else ""
    if _running and _running[0].poll() is None:
        books = _books()
        counts = {name: value for name, value in books.items() if isinstance(value, int)}
        percent = round(100 * float(books.get("progress", 0.0)))
        return Progress("running", said, folder(), percent, str(books.get("now", "")), counts)
    if (folder() / "score.json").exists():
        return Progress("done", said, folder())
    return Progress("failed" if said or _running else "none", said, folder())


def _books() -> dict[str, Any]:
    """What the rehearsal's world said last; empty before it said anything."""
    try:
        found: dict[str, Any] = json.loads((folder() / "progress.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def _log() -> Path:
    return folder() / "said.txt"
