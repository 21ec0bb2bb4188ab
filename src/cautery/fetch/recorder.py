"""Fetch for evidence: every byte as it was received, with the circumstances, within bounds of time and size.

The page is asked once a hop, over a connection of its own. What is cut off is kept as far as it came, with its reason;
a certificate that does not hold is noted, and the page is then taken over the connection as it is.
"""

from __future__ import annotations

import asyncio
import errno
import io
import socket
import ssl
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin

from django.conf import settings
from yarl import URL

from cautery.core.errors import FetchRefused
from cautery.core.evidence.exchange import Exchange, Tls
from cautery.core.evidence.framing import Framing
from cautery.fetch.clock import clock
from cautery.fetch.dial import Dialler, ExitError, Line
from cautery.fetch.hosts import Guard, HostMap
from cautery.fetch.pace import Pacer

REDIRECTS = frozenset({301, 302, 303, 307, 308})
READ = 1 << 16
IN_MEMORY = 1 << 20
"""Bytes of a response kept in memory; more goes to a file."""
LINGER_S = 0.02
"""How long to look for bytes after the last the response announced."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take: seconds in all, bytes received, and how many redirects are followed."""

    timeout_s: float = 60.0
    max_bytes: int = 256_000_000
    redirects: int = 8


@dataclass(slots=True)
class Recorder:
    """Records exchanges for one unit. `scratch` holds what is too large for memory, and is the caller's to remove."""

    dialler: Dialler
    user_agent: str
    now: Callable[[], datetime]
    scratch: Path
    limits: Limits = field(default_factory=Limits)
    pacer: Pacer = field(default_factory=lambda: Pacer(0.0))
    concurrency: int = 16
    accept: str = "*/*"

    def follow_all(self, urls: Sequence[str], limits: Limits | None = None) -> list[list[Exchange]]:
        """Each address with the hops it led to, some at a time, in their order."""
        return asyncio.run(self._follow_all(urls, limits or self.limits))

    async def _follow_all(self, urls: Sequence[str], limits: Limits) -> list[list[Exchange]]:
        gate = asyncio.Semaphore(self.concurrency)

        async def one(url: str) -> list[Exchange]:
            async with gate:
                return await self._follow(url, limits)

        return list(await asyncio.gather(*(one(url) for url in urls)))

    async def _follow(self, url: str, limits: Limits) -> list[Exchange]:
        """One address, a hop at a time, each checked again."""
        hops = [await self._record(url, limits)]
        while (target := _target(hops[-1])) is not None:
            if len(hops) > limits.redirects:
                hops[-1].problem = hops[-1].problem or "too_many_redirects"
                break
            hops.append(await self._record(target, limits))
        return hops

    async def _record(self, url: str, limits: Limits) -> Exchange:
        """One exchange. Whatever the other side does is told in it; a full disk here is too."""
        exchange = Exchange(url, self.now())
        try:
            link, host = _read_url(url)
            await self._wait_for_turn(host)
            exchange.began_at = self.now()
            async with asyncio.timeout(limits.timeout_s):
                await self._exchange(exchange, link, host, limits)
        except FetchRefused as refused:
            _fail(exchange, f"refused_{refused.reason}", refused.message)
        except TimeoutError:
            _fail(exchange, "timeout", f"not done after {limits.timeout_s:g} s")
        except ExitError as error:
            _fail(exchange, "proxy", str(error))
        except socket.gaierror as error:
            _fail(exchange, "no_name", str(error))
        except ssl.SSLError as error:
            _fail(exchange, "cut_off" if exchange.size else "tls", str(error))
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
            lost = "cut_off" if exchange.request else "no_connection"
            _fail(exchange, "disk_full" if full else lost, f"{type(error).__name__}: {error}")
        except ValueError as error:
            _fail(exchange, "refused_not_an_address", str(error))
        exchange.ended_at = self.now()
        return exchange

    async def _wait_for_turn(self, host: str) -> None:
        if self.dialler.guard.hosts.find(host) is not None:
            return
        wait = self.pacer.turn(host)
        if wait is None:
            raise FetchRefused("The host asked to be left alone for a while.", reason="asked_to_wait", host=host)
        if wait:
            await asyncio.sleep(wait)

    async def _exchange(self, exchange: Exchange, link: URL, host: str, limits: Limits) -> None:
        plain = link.scheme == "http" or self.dialler.guard.hosts.plain(host)
        line = await self._open(exchange, host, link.port or 80, plain=plain)
        exchange.address, exchange.addresses = line.address, tuple(line.addresses)
        try:
            exchange.request = _request(link, self.user_agent, self.accept)
            line.writer.write(exchange.request)
            await self._receive(exchange, line, limits)
        finally:
            line.writer.transport.abort()

    async def _open(self, exchange: Exchange, host: str, port: int, *, plain: bool) -> Line:
        """Over TLS, a certificate that does not hold is noted, and the connection made again without asking for one."""
        if plain:
            return await self.dialler.dial(host, port)
        problem = ""
        try:
            line = await self.dialler.dial(host, port, _context(verified=True))
        except ssl.SSLCertVerificationError as error:
            problem = error.verify_message or str(error)
            line = await self.dialler.dial(host, port, _context(verified=False))
        exchange.tls = _tls(line, problem)
        return line

    async def _receive(self, exchange: Exchange, line: Line, limits: Limits) -> None:
        framing = Framing()
        while not framing.done:
            data = await line.reader.read(READ)
            if not data:
                framing.close()
                break
            taken = framing.feed(data)
            self._keep(exchange, data)
            exchange.head, exchange.skipped = framing.head, framing.skipped
            if taken < len(data):
                _fail(exchange, "longer_than_said", f"{len(data) - taken} bytes after the end it announced")
            if exchange.size > limits.max_bytes:
                _fail(exchange, "too_large", f"more than {limits.max_bytes} bytes")
                return
        if framing.problem:
            _fail(exchange, framing.problem, "")
        elif not exchange.problem:
            await self._linger(exchange, line)

    async def _linger(self, exchange: Exchange, line: Line) -> None:
        """A response that goes on after its end is not what it said; one that ends is closed, as was asked."""
        try:
            async with asyncio.timeout(LINGER_S):
                more = await line.reader.read(READ)
        except (TimeoutError, OSError):
            return
        if more:
            self._keep(exchange, more)
            _fail(exchange, "longer_than_said", f"{len(more)} bytes after the end it announced")

    def _keep(self, exchange: Exchange, data: bytes) -> None:
        exchange.response.write(data)
        exchange.size += len(data)
        if exchange.size > IN_MEMORY and isinstance(exchange.response, io.BytesIO):
            spool = tempfile.TemporaryFile(dir=self.scratch)  # noqa: SIM115 (closed with the exchange)
            spool.write(exchange.response.getbuffer())
            exchange.response = cast(BinaryIO, spool)


def recorder_for(unit: str, scratch: Path, limits: Limits | None = None) -> Recorder:
    """A recorder for a unit, through its exit, as the settings say."""
    exits = settings.EXITS
    return Recorder(
        dialler=Dialler(Guard(HostMap(settings.HOST_MAP)), exits.get(unit, exits.get("*", ""))),
        user_agent=settings.USER_AGENT,
        now=clock().now,
        scratch=scratch,
        limits=limits or Limits(settings.CAPTURE_TIMEOUT_S, settings.CAPTURE_MAX_BYTES),
        pacer=Pacer(settings.FETCH_GAP_S),
        concurrency=settings.FETCH_CONCURRENCY,
    )


def _fail(exchange: Exchange, problem: str, detail: str) -> None:
    """The first problem stands."""
    if not exchange.problem:
        exchange.problem, exchange.detail = problem, detail[:300]


def _read_url(url: str) -> tuple[URL, str]:
    link = URL(url)
    host = link.host or ""
    if link.scheme not in {"http", "https"} or not host:
        raise FetchRefused("Only http and https are fetched.", reason="scheme", url=url)
    if link.user or link.password:
        raise FetchRefused("A URL with credentials is not fetched.", reason="credentials", url=url)
    return link, link.raw_host or host


def _target(exchange: Exchange) -> str | None:
    """Where a redirect leads; None where there is none, or where it is no answer to go by."""
    if exchange.head is None or exchange.status not in REDIRECTS:
        return None
    location = exchange.head.get("location")
    try:
        return urljoin(exchange.url, location.encode("latin-1").decode("utf-8", "replace")) if location else None
    except ValueError:
        return None


def _request(link: URL, user_agent: str, accept: str) -> bytes:
    """The request as it is sent: one host, one look, no identity."""
    host = link.raw_host or ""
    shown = f"[{host}]" if ":" in host else host
    place = shown if link.is_default_port() else f"{shown}:{link.port}"
    lines = (
        f"GET {link.raw_path_qs} HTTP/1.1",
        f"Host: {place}",
        f"User-Agent: {user_agent}",
        f"Accept: {accept}",
        "Accept-Encoding: gzip, deflate",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@cache
def _context(*, verified: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _tls(line: Line, problem: str) -> Tls | None:
    channel: Any = line.writer.get_extra_info("ssl_object")
    if channel is None:
        return None
    certificate = channel.getpeercert(binary_form=True) or b""
    cipher = channel.cipher()
    return Tls(
        version=str(channel.version()),
        cipher=cipher[0] if cipher else "",
        certificate_sha256=sha256(certificate).hexdigest() if certificate else "",
        certificate_pem=ssl.DER_cert_to_PEM_cert(certificate) if certificate else "",
        problem=problem,
    )
