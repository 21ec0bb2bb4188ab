"""HTTP/1.1 as the world's servers speak it: kept connections, bodies by their length, answers in the order of the requests.

A handler is asked as soon as its request is there, in the same turn of the event loop. A rehearsal asks for some hundred
thousand pages one after the other, and what a framework's server puts around each (a task, three turns, a URL and two
maps) costs more than the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs, unquote

HTML = "text/html; charset=utf-8"
JSON = "application/json"
LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 64 * 1024 * 1024
END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. Names of `headers` are in lower case; `gone` is done when the caller has hung up."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    gone: asyncio.Future[None]

    @property
    def host(self) -> str:
        """The host that it was sent to, without a port, in lower case."""
        return self.headers.get("host", "").partition(":")[0].lower()

    @property
    def parameters(self) -> dict[str, str]:
        """The query's names, each with the first of its values."""
        return {name: values[0] for name, values in parse_qs(self.query, keep_blank_values=True).items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; `mime` is the media type of `body`."""

    status: int
    body: bytes = b""
    mime: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


Later = Awaitable[Answer | None]
Handler = Callable[[Request], Answer | Later]
"""Answers at once, or promises to; None cuts the connection without an answer."""


class BadRequest(Exception):  # noqa: N818  named as HTTP names it
    """What came in is no request; `status` says how it is answered."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection(asyncio.Protocol):
    """One caller. While an answer is still to come, what else came in waits."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._came = b""
        self._awaited: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._came = self._came + data if self._came else data
        if self._awaited is None:
            self._work_off()

    def _work_off(self) -> None:
        while self._awaited is None and self._came and not self._transport.is_closing():
            try:
                request = self._next()
            except BadRequest as error:
                self._transport.write(_written(Answer(error.status), head_only=False, closing=True))
                self._transport.close()
                return
            if request is None:
                return
            answer = self._handler(request)
            if isinstance(answer, Answer):
                self._say(request, answer)
            else:
                self._awaited = asyncio.ensure_future(self._wait(request, answer))

    def _next(self) -> Request | None:
        """The next request, None as long as not all of it is there; BadRequest."""
        end = self._came.find(END)
        if end < 0:
            if len(self._came) > LARGEST_HEAD:
                raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return None
        method, target, headers = _head(self._came[:end])
        start, length = end + len(END), _length(headers)
        if len(self._came) < start + length:
            return None
        body, self._came = self._came[start : start + length], self._came[start + length :]
        path, _, query = target.partition("?")
        return Request(method, unquote(path) if "%" in path else path, query, headers, body, self._gone)

    async def _wait(self, request: Request, later: Later) -> None:
        try:
            answer = await later
        except BaseException:
            self._transport.abort()
            raise
        if answer is None:
            self._transport.abort()
            return
        self._awaited = None
        self._say(request, answer)
        self._work_off()

    def _say(self, request: Request, answer: Answer) -> None:
        closing = request.headers.get("connection", "").lower() == "close"
        self._transport.write(_written(answer, head_only=request.method == "HEAD", closing=closing))
        if closing:
            self._transport.close()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, target and headers; BadRequest."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[1].startswith("/") or not words[2].startswith("HTTP/1."):
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        headers[name.lower()] = value.strip()
    if words[2] == "HTTP/1.0":
        headers["connection"] = "close"
    return words[0], words[1], headers


def _length(headers: Mapping[str, str]) -> int:
    """Bytes of the body; BadRequest for one of unknown length, or too large."""
    if "transfer-encoding" in headers:
        raise BadRequest(HTTPStatus.LENGTH_REQUIRED)
    written = headers.get("content-length", "0")
    if not (written.isascii() and written.isdigit()):
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if int(written) > LARGEST_BODY:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(written)


def _written(answer: Answer, *, head_only: bool, closing: bool) -> bytes:
    head = _status_and_type(answer.status, answer.mime)
    for name, value in answer.headers.items():
        head += f"{name}: {value}\r\n".encode("latin-1")
    if closing:
        head += b"Connection: close\r\n"
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(answer.body), b"" if head_only else answer.body)


@lru_cache(maxsize=256)
def _status_and_type(status: int, mime: str) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: world\r\nContent-Type: {mime}\r\n".encode()
