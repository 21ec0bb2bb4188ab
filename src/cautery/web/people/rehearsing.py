"""A small rehearsal, begun from the set-up: a process of its own, on a folder of its own, in the rehearsal's mode; and a look at its desk.

It gets nothing of this installation's settings: neither its register nor its keys, nor a database elsewhere.
docs/decisions/0091-set-up-in-the-browser.md says why this is safe.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from cautery.core.errors import MovedMeanwhile, NotFound

FLAGS = 120
TAIL = 4_000
ENDS_S = 10.0
FILES = {"report.html": "text/html; charset=utf-8", "report.pdf": "application/pdf", "score.json": "application/json"}
"""What it leaves to read: the report, the same for paper, and what the world's own books say of it."""
_running: list[subprocess.Popen[bytes]] = []
_desk: list[tuple[subprocess.Popen[bytes], int]] = []
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `none`, `running`, `done` or `failed`; what it printed last; where its things are.

    `percent` and `now` (the rehearsal's own clock) are what its world said last; `counts` its books; `desk` the port of its desk
    (0: it was not opened), which answers after some seconds.
    """

    state: str
    said: str
    folder: Path
    percent: int = 0
    now: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    desk: int = 0
    desk_answers: bool = False
    files: tuple[str, ...] = ()


def folder() -> Path:
    """Where the rehearsal has its world, its register and its report."""
    return Path(settings.DATA) / "rehearsal"


def begin() -> None:
    """Begin one; `MovedMeanwhile` while one is under way. What the one before left goes."""
    with _lock:
        if progress().state == "running":
            raise MovedMeanwhile("A rehearsal is under way.", what="rehearsal")
        _remove()
        folder().mkdir(parents=True, exist_ok=True)
        wanted = ["exercise", "--fresh", "--flags", str(FLAGS), "--out", str(folder())]
        with _log().open("wb") as said:
            _running[:] = [_child(wanted, said)]


def stop() -> None:
    """End the one that is under way: it ends its own processes, and what it printed stays until it is removed."""
    with _lock:
        _end(_running)


def remove() -> None:
    """Take the rehearsal away, its desk and all it wrote; `MovedMeanwhile` while one is under way."""
    with _lock:
        if progress().state == "running":
            raise MovedMeanwhile("A rehearsal is under way.", what="rehearsal")
        _remove()


def _remove() -> None:
    _end([child for child, _port in _desk])
    _desk.clear()
    _running.clear()
    if folder().exists():
        shutil.rmtree(folder())


def open_desk() -> int:
    """Serve the rehearsal's own register beside this one, on loopback alone and without a worker; its port."""
    with _lock:
        if progress().state != "done":
            raise MovedMeanwhile("The rehearsal is not finished.", what="rehearsal")
        if _desk_port() == 0:
            port = _free_port()
            wanted = ["serve", "--data", str(folder() / "data"), "--port", str(port), "--no-worker"]
            with (folder() / "desk.txt").open("wb") as said:
                _desk[:] = [(_child(wanted, said), port)]
        return _desk_port()


def file_of(name: str) -> tuple[Path, str]:
    """A file it left, with its media type; `NotFound`."""
    if name not in FILES or not (folder() / name).is_file():
        raise NotFound("The rehearsal has left no such file.", file=name[:40])
    return folder() / name, FILES[name]


def _child(wanted: list[str], said: Any) -> subprocess.Popen[bytes]:
    """One of our commands, as a process without our settings, its words into a file."""
    return subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-m", "cautery", *wanted],
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        env=_plain_environment(),
    )


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(ENDS_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _plain_environment() -> dict[str, str]:
    """Ours without any setting of this installation."""
    ours = ("CAUTERY_", "DATABASE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _desk_port() -> int:
    """Where the rehearsal's desk is served; 0 where it is not."""
    return _desk[0][1] if _desk and _desk[0][0].poll() is None else 0


def _answers(port: int) -> bool:
    """Whether anything listens there."""
    if not port:
        return False
    with socket.socket() as one:
        one.settimeout(0.2)
        return one.connect_ex(("127.0.0.1", port)) == 0


def progress() -> Progress:
    """How far it is."""
    said = _log().read_bytes()[-TAIL:].decode(errors="replace") if _log().exists() else ""
    if _running and _running[0].poll() is None:
        books = _books()
        counts = {name: value for name, value in books.items() if isinstance(value, int)}
        percent = round(100 * float(books.get("progress", 0.0)))
        return Progress("running", said, folder(), percent, str(books.get("now", "")), counts)
    if (folder() / "score.json").exists():
        files = tuple(name for name in FILES if (folder() / name).is_file())
        port = _desk_port()
        return Progress("done", said, folder(), desk=port, desk_answers=_answers(port), files=files)
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
