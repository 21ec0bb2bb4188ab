"""A program of somebody else's, run in bounds: memory, processor time, files and core dumps by the kernel, the wall clock by us.

`python -m cautery.ocr.confined LIMITS PROGRAM...` lowers its own limits, gives up the network where the system lets it, and
becomes the program. That is a process of its own because what is done between fork and exec is not safe in one with threads.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from cautery.core.errors import FileRefused

_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_KEPT_OF_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TESSDATA_PREFIX")
_STEP = 1 << 16
_SAID = 2_000
"""Bytes of what a program complains of that are kept."""
NOT_STARTED = 127


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use for one picture; of what it writes, `answer_bytes` are taken."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 60
    wall_seconds: float = 45.0
    file_bytes: int = 0
    answer_bytes: int = 4 << 20


def run(program: Sequence[str], given: bytes, bounds: Bounds) -> bytes:
    """What a program writes when it is given bytes on standard input.

    FileRefused where it takes too long (`too_slow`), writes too much (`too_much`) or does not end well (`failed`, with its words).
    """
    environment = {name: os.environ[name] for name in _KEPT_OF_ENVIRONMENT if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="cautery-ocr-") as folder, tempfile.TemporaryFile() as source:
        source.write(given)
        source.seek(0)
        process = subprocess.Popen(  # noqa: S603 - a program the settings name
            [sys.executable, "-P", "-m", __spec__.name, json.dumps(asdict(bounds)), *program],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment | {"OMP_THREAD_LIMIT": "1", "TMPDIR": folder},
            cwd=folder,
            start_new_session=True,
        )
        try:
            said, complaint = _taken(process, bounds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _closed(process.stdout, process.stderr)
    if process.returncode:
        raise _failed(Path(program[0]).name, process.returncode, complaint)
    return said


def _taken(process: subprocess.Popen[bytes], bounds: Bounds) -> tuple[bytes, str]:
    """What it wrote and what it complained of, until both ends are closed and it has ended."""
    deadline = time.monotonic() + bounds.wall_seconds
    said, complaint = bytearray(), bytearray()
    with selectors.DefaultSelector() as ends:
        for pipe, kept in ((process.stdout, said), (process.stderr, complaint)):
            ends.register(pipe, selectors.EVENT_READ, kept)  # type: ignore[arg-type]  # opened as pipes
        while ends.get_map():
            ready = ends.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _too_slow(bounds)
            for key, _ in ready:
                part = os.read(key.fd, _STEP)
                if not part:
                    ends.unregister(key.fileobj)
                elif key.data is said or len(complaint) < _SAID:
                    key.data.extend(part)
            if len(said) > bounds.answer_bytes:
                raise FileRefused(f"The program wrote more than {bounds.answer_bytes} bytes.", reason="too_much")
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise _too_slow(bounds) from error
    return bytes(said), bytes(complaint[:_SAID]).decode(errors="replace").strip()


def _closed(*pipes: IO[bytes] | None) -> None:
    for pipe in pipes:
        if pipe is not None:
            pipe.close()


def _too_slow(bounds: Bounds) -> FileRefused:
    return FileRefused(f"Reading the picture takes longer than {bounds.wall_seconds:g} s.", reason="too_slow")


def _failed(name: str, code: int, complaint: str) -> FileRefused:
    if -code == signal.SIGXCPU:
        return FileRefused("Reading the picture takes more processor time than is allowed.", reason="too_slow")
    signals = set(signal.Signals)
    ended = signal.Signals(-code).name if -code in signals else f"exit code {code}"
    return FileRefused(
        f"The program {name} could not read the picture ({ended}).", reason="failed", said=complaint[:400]
    )


def main() -> None:
    """Lower the limits of this process and become the program."""
    bounds, program = Bounds(**json.loads(sys.argv[1])), sys.argv[2:]
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if libc.unshare(_CLONE_NEWNET) and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        sys.stderr.write("The system does not let a program give up the network.\n")
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _lower(resource.RLIMIT_AS, bounds.memory_bytes)
    _lower(resource.RLIMIT_CPU, bounds.cpu_seconds, bounds.cpu_seconds + 1)  # its signal at the first says why it ended
    _lower(resource.RLIMIT_FSIZE, bounds.file_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    try:
        os.execvp(program[0], program)  # noqa: S606 - what the settings name, without a shell
    except OSError as error:
        sys.stderr.write(f"{program[0]}: {error.strerror}\n")
        sys.exit(NOT_STARTED)


def _lower(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, unless it is lower already."""
    there = resource.getrlimit(what)[1]
    bound = [limit if there == resource.RLIM_INFINITY else min(limit, there) for limit in (soft, hard or soft)]
    resource.setrlimit(what, (bound[0], bound[1]))


if __name__ == "__main__":
    main()
