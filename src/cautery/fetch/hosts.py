"""Names to checked addresses: the resolver the fetcher connects through.

A host map (rehearsal only; production settings refuse it) leads named hosts to loopback. Every other name is resolved once,
and refused unless each of its addresses may be connected to.
"""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult

from cautery.core.addresses import refusal
from cautery.core.errors import FetchRefused


class HostMap:
    """`host -> (address, port)` from a JSON file, read again when the file changes; `*.name` covers subdomains."""

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


def _split(place: str) -> tuple[str, int]:
    address, _, port = place.rpartition(":")
    return address, int(port)


class GuardedResolver(AbstractResolver):
    """Resolves once, checks every address, and hands the connector only checked ones."""

    def __init__(self, hosts: HostMap) -> None:
        self._hosts = hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        mapped = self._hosts.find(host)
        if mapped is not None:
            return [_result(host, *mapped, socket.AF_INET)]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        for _, _, _, _, where in found:
            reason = refusal(str(where[0]))
            if reason is not None:
                raise FetchRefused(f"{host} leads to an address that is not public.", reason=reason, host=host)
        return [_result(host, str(where[0]), port, fam) for fam, _, _, _, where in found]

    async def close(self) -> None:
        """Nothing is held open."""


def _result(host: str, address: str, port: int, family: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST
    )
