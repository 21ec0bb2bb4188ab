"""Open a connection to a host, through the guard, and through an exit where one is set.

direct                       resolve once, check every address, connect to one that was checked
http://proxy, socks5://proxy the same, and the proxy is asked for the checked address
socks5h://proxy              the proxy resolves (Tor): names that only mean something inside a network are refused
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from yarl import URL

from cautery.core.addresses import host_refusal, reserved_name
from cautery.core.errors import FetchRefused, SettingInvalid
from cautery.fetch.hosts import Guard, Place

EXIT_SCHEMES = frozenset({"http", "socks5", "socks5h"})
DIRECT = "direct"
PROXY_HEAD = 4_096
IPV4_BYTES = 4
BUFFER = 1 << 17
SOCKS_PROBLEMS = {1: "failed", 2: "not allowed", 3: "no network", 4: "no host", 5: "refused", 6: "expired"}


class ExitError(OSError):
    """The exit could not be used, or would not connect."""


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection: its two ends, the address it leads to (empty: only the exit knows) and all the host has."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str
    addresses: Sequence[str]


class Dialler:
    """Opens connections for one unit: directly, or through its exit."""

    def __init__(self, guard: Guard, exit_: str = "") -> None:
        self.guard = guard
        self.exit = exit_ or DIRECT
        self._proxy = read_exit(exit_) if exit_ else None

    async def dial(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Line:
        """A connection to `host`; the first of its addresses that answers. `FetchRefused` before anything is opened."""
        if self._proxy is not None and self._proxy.scheme == "socks5h" and self.guard.hosts.find(host) is None:
            if host_refusal(host) is not None or (reserved_name(host) and not host.endswith(".onion")):
                raise FetchRefused("The address is not public.", reason="private_name", host=host)
            return await self._through(self._proxy, host, port, host, tls, ())
        places = await self.guard.places(host, port)
        addresses = tuple(place.address for place in places)
        if self._proxy is not None and not places[0].mapped:
            return await self._through(self._proxy, places[0].address, port, host, tls, addresses)
        return await self._direct(places, host, tls)

    async def _direct(self, places: Sequence[Place], host: str, tls: ssl.SSLContext | None) -> Line:
        problem: OSError = OSError("no address")
        for place in places:
            name = host if tls is not None else None
            try:
                reader, writer = await asyncio.open_connection(
                    place.address, place.port, ssl=tls, server_hostname=name, limit=BUFFER
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                problem = error
            else:
                return Line(reader, writer, place.address, tuple(p.address for p in places))
        raise problem

    async def _through(
        self, proxy: URL, target: str, port: int, host: str, tls: ssl.SSLContext | None, addresses: Sequence[str]
    ) -> Line:
        """The exit is the unit's own setting, and may stand inside."""
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port, limit=BUFFER)
        try:
            ask = _ask_http if proxy.scheme == "http" else _ask_socks
            await ask(reader, writer, target, port)
            if tls is not None:
                await writer.start_tls(tls, server_hostname=host)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            writer.close()
            raise ExitError("the exit hung up") from error
        except BaseException:
            writer.close()
            raise
        return Line(reader, writer, addresses[0] if addresses else "", addresses)


def read_exit(text: str) -> URL:
    """An exit as it is set; `SettingInvalid` when it is none."""
    url = URL(text)
    if url.scheme not in EXIT_SCHEMES or not url.host or not url.explicit_port:
        raise SettingInvalid(
            f"{text!r} is no exit.", setting="CAUTERY_EXITS", reason="exit", hint="unit=socks5h://127.0.0.1:9050"
        )
    return url


async def _ask_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, port: int) -> None:
    place = f"[{target}]:{port}" if ":" in target else f"{target}:{port}"
    writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    words = head[:PROXY_HEAD].split(b" ", 2)
    if len(words) < 2 or words[1] != b"200":
        raise ExitError(f"the exit said {head[:80]!r}")


async def _ask_socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, port: int) -> None:
    """SOCKS 5 without credentials (RFC 1928)."""
    writer.write(b"\x05\x01\x00")
    if await reader.readexactly(2) != b"\x05\x00":
        raise ExitError("the exit wants credentials")
    try:
        packed = ip_address(target).packed
        place = (b"\x01" if len(packed) == IPV4_BYTES else b"\x04") + packed
    except ValueError:
        name = target.encode("idna")
        place = b"\x03" + bytes([len(name)]) + name
    writer.write(b"\x05\x01\x00" + place + port.to_bytes(2, "big"))
    answer = await reader.readexactly(4)
    if answer[1] != 0:
        raise ExitError(f"the exit could not connect: {SOCKS_PROBLEMS.get(answer[1], 'failed')}")
    rest = {1: 4, 4: 16}.get(answer[3])
    await reader.readexactly((rest if rest is not None else (await reader.readexactly(1))[0]) + 2)
