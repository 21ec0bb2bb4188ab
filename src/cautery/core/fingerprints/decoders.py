"""Decoding in child processes: what a hostile file can break is thrown away, and the file gets a named error.

caller --- path or bytes --> idle child --- one line of JSON --> Reading
                                |
                                `- over a limit, crashed, silent: killed, FileRefused; a new child for the next file
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar, cast

from cautery.core.errors import FileRefused, Unreachable

from .kinds import FileType, Kind
from .model import Found, Limits

RENEWED_AFTER = 2_000
"""Files after which a child is replaced: libraries leak."""
START_SECONDS = 60.0
LAST_BREATH = 2.0

_KEPT_OF_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "COVERAGE_PROCESS_START")
Given = TypeVar("Given")
Made = TypeVar("Made")
_SLOW = (signal.SIGXCPU, signal.SIGALRM)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file is and everything found in it."""

    type: FileType
    found: Found


class Child:
    """One process; not for two threads at once. `usable` turns false when it was killed or died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._files = 0
        self._late = False
        environment = {name: os.environ[name] for name in _KEPT_OF_ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
            [sys.executable, "-P", "-m", f"{__package__}.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        try:
            self._ask(json.dumps(asdict(limits)).encode() + b"\n", START_SECONDS)
        except FileRefused as lost:
            message = "The process in which files are decoded does not start."
            hint = f"Run {sys.executable} -P -m {__package__}.child by hand to see why."
            raise Unreachable(message, hint=hint) from lost

    @property
    def usable(self) -> bool:
        """Whether it may be given another file."""
        return self._process.poll() is None and self._files < RENEWED_AFTER

    def read(self, source: Path | bytes) -> Reading:
        """What is in a file; refuses as its reader does, or with `too_slow`, `memory` or `crashed`."""
        answer = self._answered(source, {})
        kind = FileType(Kind(answer["kind"]), answer["mime"], answer["container"])
        return Reading(kind, Found.from_dict(answer))

    def redraw(self, source: Path | bytes, pixels: int) -> bytes:
        """A picture as a grey PNG of at most `pixels` (`image.redrawn`); refuses as `read` does."""
        return b64decode(self._answered(source, {"redraw": pixels})["png"])

    def _answered(self, source: Path | bytes, asked: dict[str, int]) -> dict[str, Any]:
        self._files += 1
        if isinstance(source, bytes):
            request = json.dumps(asked | {"size": len(source)}).encode() + b"\n" + source
        else:
            request = json.dumps(asked | {"path": str(source.resolve())}).encode() + b"\n"
        answer = self._ask(request, self._limits.wall_seconds)
        if "refused" in answer:
            if answer["fields"]["reason"] == "memory":
                self.close()  # what it still holds may not be enough for the next file
            raise FileRefused(answer["refused"], **answer["fields"])
        return answer

    def close(self) -> None:
        """End it and whatever it started."""
        if self._process.poll() is None:
            self._kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(BrokenPipeError):
                pipe.close()

    def _ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Send and wait; a watchdog kills the child at the deadline, which ends both the sending and the waiting."""
        watchdog = threading.Timer(seconds, self._too_late)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._requests.write(request)
            self._requests.flush()
            answer: dict[str, Any] = json.loads(self._answers.readline())
        except (BrokenPipeError, ValueError) as error:
            raise self._lost(seconds) from error
        else:
            return answer
        finally:
            watchdog.cancel()

    def _too_late(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _lost(self, seconds: float) -> FileRefused:
        """Why there is no answer; the child is gone or goes now."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_BREATH)  # its pipe ends a moment before it does, and its own signal says more
        self.close()
        code = -self._process.returncode
        if self._late:
            return FileRefused(f"Reading the file takes longer than {seconds:g} s.", reason="too_slow")
        if code in _SLOW:
            return FileRefused("Reading the file takes more CPU time than is allowed.", reason="too_slow")
        named = signal.Signals(code).name if code in set(signal.Signals) else f"exit code {-code}"
        return FileRefused(f"The decoder crashed on the file ({named}).", reason="crashed")


class Decoders:
    """A pool of children, started when first needed and used again; safe to use from many threads.

    Use it as a context, or call `close`.
    """

    def __init__(self, children: int = 1, limits: Limits | None = None) -> None:
        self.children = children
        self.limits = limits or Limits()
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(children):
            self._idle.put(None)

    def read(self, source: Path | bytes) -> Reading:
        """What is in a file. `FileRefused` in every other case: the kind's own reasons, or `too_slow`, `memory`, `crashed`.

        `empty`, `too_large` and `unreadable` are found before a child is troubled.
        """
        self._check(source)
        with self._child() as child:
            return child.read(source)

    def redraw(self, source: Path | bytes, pixels: int) -> bytes:
        """A picture as a grey PNG of at most `pixels`, safe to hand to another program. `FileRefused` as `read`."""
        self._check(source)
        with self._child() as child:
            return child.redraw(source, pixels)

    def each(self, work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
        """`work` of each, in order, as many at a time as there are children; `work` calls `read` and raises nothing."""
        with ThreadPoolExecutor(self.children) as threads:
            waiting: deque[Future[Made]] = deque()
            for one in given:
                waiting.append(threads.submit(work, one))
                if len(waiting) > 2 * self.children:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def close(self) -> None:
        """End all children that are idle."""
        for _ in range(self.children):
            child = self._idle.get()
            if child is not None:
                child.close()
        for _ in range(self.children):
            self._idle.put(None)

    def __enter__(self) -> Decoders:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _child(self) -> Iterator[Child]:
        child = self._idle.get()
        try:
            child = child or Child(self.limits)
            yield child
        finally:
            if child is not None and not child.usable:
                child.close()
                child = None
            self._idle.put(child)

    def _check(self, source: Path | bytes) -> None:
        try:
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
            plain = isinstance(source, bytes) or source.is_file()
        except OSError as error:
            raise FileRefused(f"The file cannot be read: {error.strerror}.", reason="unreadable") from error
        if not plain:
            raise FileRefused("It is not a file.", reason="unreadable")
        if size == 0:
            raise FileRefused("The file holds no bytes.", reason="empty")
        if size > self.limits.file_bytes:
            raise FileRefused(f"The file has more than {self.limits.file_bytes} bytes.", reason="too_large", size=size)
