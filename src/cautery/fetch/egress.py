"""The browser's way out: a proxy on loopback that connects through the same guard, and to nothing else.

CONNECT for TLS, absolute addresses for plain HTTP; each connection is checked, bounded, and written down.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from cautery.core.errors import FetchRefused
from cautery.fetch.dial import Dialler, Line

MAX_HEAD = 65_536
READ = 1 << 16
WEB_PORTS = frozenset({80, 443})
HIGH_PORT = 1_024
CONNECT_S = 20.0


@dataclass(slots=True)
class Egress:
    """A running proxy. `asked` lists what was asked of it: {host, port, address} or {host, port, refused}."""

    dialler: Dialler
    max_bytes: int = 256_000_000
    idle_s: float = 30.0
    user: str = "capture"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    carried: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def _ticket(self) -> str:
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._answer(reader, writer)
        except (OSError, ssl.SSLError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            pass  # the browser sees a closed connection, as it would without us
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self.idle_s)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        headers = [line for line in lines if line]
        if not secrets.compare_digest(_header(headers, "proxy-authorization").encode(), self._ticket.encode()):
            writer.write(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=egress\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        link = URL(f"https://{target}" if method == "CONNECT" else target)
        line = await self._dial(link, writer)
        if line is None:
            return
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            kept = [
                h
                for h in headers
                if h.partition(":")[0].strip().lower() not in {"proxy-authorization", "proxy-connection", "connection"}
            ]
            asked = "\r\n".join([f"{method} {link.raw_path_qs} HTTP/1.1", *kept, "Connection: close"])
            line.writer.write(asked.encode("latin-1") + b"\r\n\r\n")
        try:
            await asyncio.gather(self._carry(reader, line.writer), self._carry(line.reader, writer))
        finally:
            line.writer.transport.abort()

    async def _dial(self, link: URL, writer: asyncio.StreamWriter) -> Line | None:
        """The connection that was asked for; a refusal is written down and told."""
        host, port = link.raw_host or "", link.port or 0
        row: dict[str, Any] = {"host": host, "port": port}
        self.asked.append(row)
        try:
            _check(link)
            line = await asyncio.wait_for(self.dialler.dial(host, port), CONNECT_S)
        except FetchRefused as refused:
            row["refused"] = refused.reason
            writer.write(b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return None
        except OSError as error:
            row["failed"] = type(error).__name__
            writer.write(b"HTTP/1.1 502 Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return None
        row["address"] = line.address
        return line

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await asyncio.wait_for(source.read(READ), self.idle_s):
            self.carried += len(data)
            if self.carried > self.max_bytes:
                raise OSError("the browser has had as much as it may")
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


def _check(link: URL) -> None:
    if not link.host or link.user or link.scheme not in {"http", "https"}:
        raise FetchRefused("Not an address of the web.", reason="scheme")
    if link.port not in WEB_PORTS and (link.port or 0) < HIGH_PORT:
        raise FetchRefused("Not a port of the web.", reason="port")


def _header(lines: list[str], name: str) -> str:
    for line in lines:
        found, _, value = line.partition(":")
        if found.strip().lower() == name:
            return value.strip()
    return ""


@contextmanager
def egress(dialler: Dialler, **words: Any) -> Iterator[Egress]:
    """A proxy on a free loopback port, in a thread of its own, until the block ends."""
    proxy = Egress(dialler, **words)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="egress", daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=MAX_HEAD)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        for task in list(proxy._tasks):
            task.cancel()
        await asyncio.gather(*proxy._tasks, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
