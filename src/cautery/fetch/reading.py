"""Pages fetched and read in a process of their own: what is hostile is parsed where nothing can be written.

    worker                                    reading process
      each(requests, then) -- job, pickled -->  fetch all at once, and `then` of each answer in order
      works on what has come  <-- parts, pickled  (what `then` answers, not the bodies)

On two cores the next pages are fetched and read while the worker writes down what the last ones said. The process ends
with the worker's pipe; when it dies the job fails with `Unreachable`, and the next one starts another.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Protocol, TypeVar

from cautery.core.errors import Unreachable
from cautery.fetch.fetcher import Answer, Fetcher, Request, fetcher

T = TypeVar("T")
AT_ONCE = 64
"""Answers handed over together at most."""
LENGTH = struct.Struct("<Q")


class Reader(Protocol):
    """Fetches pages and answers what a function of the answer says of each, in the order of the requests."""

    def each(self, requests: Sequence[Request], then: Callable[[Request, Answer], T]) -> Iterator[T]:
        """`then` is a function of a module (it is named to another process), and raises nothing."""


class ReadingProcess:
    """A `Reader` whose work is done by a child process. One job at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._job = 0

    def each(self, requests: Sequence[Request], then: Callable[[Request, Answer], T]) -> Iterator[T]:
        """See `Reader`. A job that is left before its end is thrown away when the next begins."""
        if not requests:
            return
        self._job += 1
        job = self._job
        child = self._running()
        try:
            _write(child.stdin, (job, list(requests), then))
            left = len(requests)
            while left:
                number, part = _read(child.stdout)
                if number == job:
                    left -= len(part)
                    yield from part
        except (EOFError, OSError) as error:
            self.close()
            raise Unreachable("The reading process ended; another is started.", url=requests[0].url) from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "cautery.fetch.reading"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._child

    def close(self) -> None:
        """Let go of the process: it leaves when its pipe ends."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def read_for(source: IO[bytes], target: IO[bytes], using: Fetcher) -> None:
    """Do jobs from `source` until it ends. An answer is handed over when the next is not there yet, or with many others."""
    while True:
        try:
            job, requests, then = _read(source)
        except EOFError:
            return
        part: list[Any] = []
        answers = using.fetch_each(requests)
        for request in requests:
            if part and (len(part) >= AT_ONCE or not answers.ready()):
                _write(target, (job, part))
                part = []
            part.append(then(request, next(answers)))
        _write(target, (job, part))


def _write(pipe: IO[bytes] | None, value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    assert pipe is not None  # noqa: S101  opened as a pipe
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: IO[bytes] | None) -> Any:
    """The next value; only ever from our own process at the other end."""
    assert pipe is not None  # noqa: S101  opened as a pipe
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  from our own child, over its pipe


def main() -> None:
    """Do jobs until standard input ends; what was standard output carries answers alone, written whole."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print do not reach the worker
    read_for(sys.stdin.buffer, answers, fetcher())


if __name__ == "__main__":
    main()
