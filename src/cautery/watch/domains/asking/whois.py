"""Asks WHOIS servers (RFC 3912) about domains whose zone has no RDAP service: one question, one answer, bounded."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from cautery.core.errors import FetchRefused, FileRefused, Unreachable
from cautery.fetch.dial import Dialler

PORT = 43
TIMEOUT_S = 15.0
MAX_BYTES = 256_000
"""A record is a few kilobytes."""
READ = 1 << 14
ANY = "*"
REFERRAL = re.compile(rb"^(?:refer|whois):[ \t]*(?:whois://)?([\w.-]+)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Whois:
    """The servers by zone; `*` is asked once who knows a zone that is not named. For one event loop; `known` may outlive it."""

    dialler: Dialler
    servers: Mapping[str, str]
    timeout_s: float = TIMEOUT_S
    known: dict[str, str] = field(default_factory=dict)
    _referring: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, name: str) -> tuple[bytes, str]:
        """What the server of a domain's zone answers, and which it was. `FileRefused` (no_service, too_large), `Unreachable`, `FetchRefused`."""
        server = await self._server(name)
        host = server.partition(":")[0]
        return await self._question(server, _questions().get(host, "{name}").format(name=name)), host

    async def _server(self, name: str) -> str:
        labels = name.split(".")
        for place in range(1, len(labels)):
            if (server := self.servers.get(".".join(labels[place:]))) is not None:
                return server
        zone = labels[-1]
        if ANY not in self.servers:
            raise FileRefused(f"No WHOIS server is known for .{zone}.", reason="no_service")
        async with self._referring:
            if zone not in self.known:
                self.known[zone] = await self._refer(zone)
        return self.known[zone]

    async def _refer(self, zone: str) -> str:
        """Who knows a zone, by the word of the server for all."""
        answer = await self._question(self.servers[ANY], zone)
        found = REFERRAL.search(answer)
        if found is None:
            raise FileRefused(f"No WHOIS server is known for .{zone}.", reason="no_service")
        return found[1].decode("ascii", "replace").lower()

    async def _question(self, server: str, question: str) -> bytes:
        host, _, port = server.partition(":")
        if not question.isprintable():
            raise FetchRefused("That is no question for a WHOIS server.", reason="not_a_name")
        try:
            async with asyncio.timeout(self.timeout_s):
                line = await self.dialler.dial(host, int(port or PORT))
                try:
                    line.writer.write(question.encode("utf-8") + b"\r\n")
                    await line.writer.drain()
                    return await _all(line.reader, host)
                finally:
                    line.writer.transport.abort()
        except TimeoutError as error:
            raise Unreachable(f"{host} did not answer in time.", reason="timeout", host=host) from error
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise Unreachable(f"{host} is not reached: {why}.", reason="no_connection", host=host) from error


async def _all(reader: asyncio.StreamReader, host: str) -> bytes:
    answer = bytearray()
    while data := await reader.read(READ):
        answer += data
        if len(answer) > MAX_BYTES:
            raise FileRefused(f"{host} answers with more than {MAX_BYTES:,} bytes.", reason="too_large")
    return bytes(answer)


@lru_cache(maxsize=1)
def _questions() -> dict[str, str]:
    questions: dict[str, str] = tomllib.loads(files(__package__).joinpath("whois.toml").read_text("utf-8"))["questions"]
    return questions
