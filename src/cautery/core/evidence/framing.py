"""Where an HTTP/1.x response ends: follows its bytes as they arrive, and changes none of them.

A response that is not what it says (shorter than its Content-Length, chunks that are none, no status line at all) gets a
`problem` in a stable word; the bytes are kept all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MAX_HEAD = 65_536
MAX_LINE = 8_192
"""Bytes of a chunk's size line or of a trailer line."""
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) +(\d{3})(?: ([^\r\n]*))?\r?\n")
CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?")
NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a response as it was sent; `size` in bytes, the empty line included."""

    version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    size: int

    def get(self, name: str) -> str:
        """The first header of this name; empty without."""
        return next((value for other, value in self.headers if other.lower() == name), "")

    def all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for other, value in self.headers if other.lower() == name]


class _State(Enum):
    HEAD = "head"
    OLD = "old"
    LENGTH = "length"
    CLOSE = "close"
    SIZE = "size"
    CHUNK = "chunk"
    CHUNK_END = "chunk_end"
    TRAILER = "trailer"
    DONE = "done"


class Framing:
    """One response. `feed` it what arrives, `close` it when the other side has closed.

    `skipped` counts the bytes of interim responses (1xx) before the head; `problem` is empty while all is as it says.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.skipped = 0
        self.problem = ""
        self._state = _State.HEAD
        self._buffer = bytearray()
        self._left = 0

    @property
    def done(self) -> bool:
        """Whether the response has ended."""
        return self._state is _State.DONE

    def feed(self, data: bytes) -> int:
        """Take the next bytes; how many of them belong to the response (fewer than given only at its end)."""
        place = 0
        while place < len(data) and not self.done:
            place += self._step(data[place:] if place else data)
        return place

    def close(self) -> None:
        """The other side closed: the end of a response without a length, a problem of any other."""
        if self._state is _State.OLD or (self._state is _State.HEAD and self._buffer):
            self._end("not_http")
        elif self._state is _State.HEAD:
            self._end("no_answer")
        elif self._state is _State.CLOSE:
            self._end()
        elif not self.done:
            self._end("cut_off")

    def _end(self, problem: str = "") -> None:
        self.problem = self.problem or problem
        self._state = _State.DONE

    def _step(self, data: bytes) -> int:
        match self._state:
            case _State.HEAD:
                return self._take_head(data)
            case _State.LENGTH | _State.CHUNK:
                return self._take_counted(data)
            case _State.OLD | _State.CLOSE:
                return len(data)
            case _:
                return self._take_line(data)

    def _take_head(self, data: bytes) -> int:
        before = len(self._buffer)
        self._buffer += data
        if not b"HTTP/".startswith(bytes(self._buffer[:5])):
            self._state, self.problem = _State.OLD, "not_http"
            return len(data)
        end = END_OF_HEAD.search(self._buffer, max(0, before - 3))
        if end is None:
            if len(self._buffer) > MAX_HEAD:
                self._end("head_too_large")
            return len(data)
        raw = bytes(self._buffer[: end.end()])
        self._buffer.clear()
        head = read_head(raw)
        if head is None:
            self._state, self.problem = _State.OLD, "not_http"
            return len(data)
        if 100 <= head.status < 200 and head.status != 101:
            self.skipped += head.size
        else:
            self.head = head
            self._begin_body(head)
        return len(raw) - before

    def _begin_body(self, head: Head) -> None:
        lengths = {value.strip() for value in head.all("content-length")}
        coded = ",".join(head.all("transfer-encoding")).lower()
        if head.status in NO_BODY:
            self._end()
        elif coded.rpartition(",")[2].strip() == "chunked":
            self._state = _State.SIZE
        elif coded or not lengths:
            self._state = _State.CLOSE
        elif len(lengths) > 1 or not (length := lengths.pop()).isascii() or not length.isdigit() or len(length) > 18:
            self._state, self.problem = _State.CLOSE, "bad_length"
        else:
            self._left = int(length)
            self._state = _State.LENGTH
            if not self._left:
                self._end()

    def _take_counted(self, data: bytes) -> int:
        taken = min(len(data), self._left)
        self._left -= taken
        if not self._left:
            if self._state is _State.LENGTH:
                self._end()
            else:
                self._state = _State.CHUNK_END
        return taken

    def _take_line(self, data: bytes) -> int:
        """A line between chunks: a size, the end of a chunk, a trailer."""
        end = data.find(b"\n")
        taken = len(data) if end < 0 else end + 1
        self._buffer += data[:taken]
        if len(self._buffer) > MAX_LINE:
            self._state, self.problem = _State.CLOSE, "bad_chunk"
        elif end >= 0:
            line = bytes(self._buffer).strip(b"\r\n")
            self._buffer.clear()
            self._read_line(line)
        return taken

    def _read_line(self, line: bytes) -> None:
        if self._state is _State.TRAILER:
            if not line:
                self._end()
            return
        if self._state is _State.CHUNK_END:
            self._state = _State.SIZE
            if line:
                self._state, self.problem = _State.CLOSE, "bad_chunk"
            return
        size = CHUNK_SIZE.fullmatch(line)
        if size is None:
            self._state, self.problem = _State.CLOSE, "bad_chunk"
            return
        self._left = int(size[1], 16)
        self._state = _State.CHUNK if self._left else _State.TRAILER


def read_head(raw: bytes) -> Head | None:
    """The head in `raw`, which ends with its empty line; None when its first line is no status line."""
    first = STATUS_LINE.match(raw)
    if first is None:
        return None
    headers: list[tuple[str, str]] = []
    for line in raw[first.end() :].decode("latin-1").splitlines():
        if line[:1] in {" ", "\t"} and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif line:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
    return Head(first[1].decode(), int(first[2]), (first[3] or b"").decode("latin-1"), tuple(headers), len(raw))
