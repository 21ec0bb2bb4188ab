"""Names to checked addresses: the guard that everything which opens a connection goes through.

A host map (rehearsal only; production settings refuse it) leads named hosts to loopback. Every other name is resolved once,
and refused unless each of its addresses may be connected to; the connection is made to an address that was checked.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult

from cautery.core.addresses import host_refusal, refusal
from cautery.core.errors import FetchRefused


class HostMap:
    """`host -> (address, port)` from a JSON file, read again when the file changes; `*.name` covers subdomains.

    `"127.0.0.1:8080"` leads every link of the host there over plain HTTP, whatever it says; `"127.0.0.1"` without a port
    leads only the name there: scheme and port stay those of the link (port 0 here), TLS included.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._stamp = -1
        self._hosts: dict[str, tuple[str, int]] = {}

    def find(self, host: str) -> tuple[str, int] | None:
        """Where `host` leads, or None when the map does not name it."""
        if self._file is None:
            return None
        stamp = self._file.stat().st_mtime_ns
        if stamp != self._stamp:
            self._hosts = {name: _split(place) for name, place in json.loads(self._file.read_text()).items()}
            self._stamp = stamp
        if host in self._hosts:
            return self._hosts[host]
        parent = host.partition(".")[2]
        return self._hosts.get(f"*.{parent}")

    def plain(self, host: str) -> bool:
        """Whether links to `host` are fetched over plain HTTP: it is the rehearsal's, at a port of its own."""
        place = self.find(host)
        return place is not None and place[1] != 0


def _split(place: str) -> tuple[str, int]:
    address, separator, port = place.rpartition(":")
    return (address, int(port)) if separator else (place, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """An address that was checked, and the port to connect to; `mapped` when the host map named it."""

    address: str
    port: int
    family: int = socket.AF_UNSPEC
    mapped: bool = False


Lookup = Callable[[str, int, int], Awaitable[list[tuple[str, int]]]]
"""(host, port, family) -> each address the host has, with its family."""


async def look_up(host: str, port: int, family: int = socket.AF_UNSPEC) -> list[tuple[str, int]]:
    """As the system's resolver answers."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    return [(str(where[0]), family) for family, _, _, _, where in found]


class Guard:
    """Says where a host may be connected to: at addresses that were all checked, resolved once.

    `inside` are hosts the operator named in a setting (an identity provider), which may stand within the house.
    """

    def __init__(self, hosts: HostMap, lookup: Lookup = look_up, inside: frozenset[str] = frozenset()) -> None:
        self.hosts = hosts
        self.inside = inside
        self._lookup = lookup

    async def places(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> list[Place]:
        """Every place of `host`; `FetchRefused` when the name or any of its addresses is not public."""
        mapped = self.hosts.find(host)
        if mapped is not None:
            return [Place(mapped[0], mapped[1] or port, socket.AF_INET, mapped=True)]
        reason = None if host in self.inside else host_refusal(host)
        if reason is not None:
            raise FetchRefused("The address is not public.", reason=reason, host=host)
        found = await self._lookup(host, port, family)
        for address, _ in found:
            reason = None if host in self.inside else refusal(address)
            if reason is not None:
                raise FetchRefused(f"{host} leads to an address that is not public.", reason=reason, host=host)
        if not found:
            raise FetchRefused(f"{host} has no address.", reason="no_address", host=host)
        return [Place(address, port, kind) for address, kind in found]


class GuardedResolver(AbstractResolver):
    """The guard as aiohttp's connector asks for it."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [_result(host, place) for place in await self._guard.places(host, port, family)]

    async def close(self) -> None:
        """Nothing is held open."""


def _result(host: str, place: Place) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=place.address,
        port=place.port,
        family=place.family,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST,
    )
