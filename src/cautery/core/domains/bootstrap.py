"""Which RDAP service answers for a name, an address or an autonomous system: IANA's bootstrap registries (RFC 9224).

    read_registry(data) -> Registry                     one of the four files: dns, ipv4, ipv6, asn, told by what stands in it
    shipped() -> Bootstrap                              the files that come with the package (iana/, see docs/domains.md)
    Bootstrap.domain(name), .address(ip), .autnum(n)    the addresses to ask, https first; () where no service is known

A name goes to the service with the most labels in common, an address to the longest prefix, a number to the narrowest range.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import ada_url

from cautery.core.errors import FileRefused

from .dates import read_date

KINDS = ("dns", "ipv4", "ipv6", "asn")
MAX_BYTES = 4 << 20
LARGEST_AUTNUM = (1 << 32) - 1
PARTS = 2
"""A service is its entries and the addresses that answer for them."""

NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")

Urls = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry: when it was published, how many services it has, what could not be read of it (place and why)."""

    kind: str
    publication: datetime
    services: int
    names: Mapping[str, Urls]
    networks: Mapping[IPv4Network | IPv6Network, Urls]
    ranges: Mapping[tuple[int, int], Urls]
    problems: tuple[str, ...] = ()

    @property
    def entries(self) -> int:
        """How many names, prefixes or ranges it knows a service for."""
        return len(self.names) + len(self.networks) + len(self.ranges)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The four registries together."""

    dns: Registry
    ipv4: Registry
    ipv6: Registry
    asn: Registry

    def domain(self, name: str) -> Urls:
        """Where to ask about a domain, as `.../domain/NAME`; the name may be written in any alphabet."""
        plain = _ascii(name)
        labels = plain.split(".") if plain else []
        for place in range(len(labels) + 1):
            urls = self.dns.names.get(".".join(labels[place:]))
            if urls:
                return tuple(f"{url}domain/{plain}" for url in urls)
        return ()

    def address(self, address: str) -> Urls:
        """Where to ask about an IP address, as `.../ip/ADDRESS`. IPv4 inside IPv6 is asked for as IPv4."""
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return ()
        ip = getattr(ip, "ipv4_mapped", None) or ip
        registry = self.ipv4 if isinstance(ip, IPv4Address) else self.ipv6
        found = max((one for one in registry.networks if ip in one), key=lambda one: one.prefixlen, default=None)
        return () if found is None else tuple(f"{url}ip/{ip}" for url in registry.networks[found])

    def autnum(self, number: int) -> Urls:
        """Where to ask about an autonomous system, as `.../autnum/NUMBER`."""
        within = (one for one in self.asn.ranges if one[0] <= number <= one[1])
        found = min(within, key=lambda one: one[1] - one[0], default=None)
        return () if found is None else tuple(f"{url}autnum/{number}" for url in self.asn.ranges[found])

    def with_(self, registry: Registry) -> Bootstrap:
        """The same with another copy of one registry."""
        return replace(self, **{registry.kind: registry})

    def __iter__(self) -> Iterator[Registry]:
        return iter((self.dns, self.ipv4, self.ipv6, self.asn))


def read_registry(data: bytes) -> Registry:
    """A bootstrap file. A service that cannot be read is left out and named in `problems`; the others stand.

    `FileRefused` (reason malformed, not_bootstrap, no_publication, no_services, too_large) where the file as a whole is none.
    """
    document = _document(data)
    services = document["services"]
    publication = read_date(str(document.get("publication") or ""))
    if publication is None:
        raise FileRefused("The bootstrap file does not say when it was published.", reason="no_publication")
    kind = _kind(services)
    entries: dict[Any, Urls] = {}
    problems = []
    good = 0
    for place, service in enumerate(services):
        found, wrong = _service(kind, service)
        twice = [one for one in found if one in entries]
        entries |= {one: urls for one, urls in found.items() if one not in entries}
        good += len(found) > len(twice)
        problems += [f"service {place}: {why}" for why in [*wrong, *(f"{one} stands there twice" for one in twice)]]
    if not entries:
        why = problems[0] if problems else "it is empty"
        raise FileRefused(f"The bootstrap file names no service that can be asked ({why}).", reason="no_services")
    return Registry(
        kind,
        publication,
        good,
        entries if kind == "dns" else {},
        entries if kind in {"ipv4", "ipv6"} else {},
        entries if kind == "asn" else {},
        tuple(problems),
    )


@lru_cache(maxsize=1)
def shipped() -> Bootstrap:
    """The registries that come with the package."""
    folder = files(__package__).joinpath("iana")
    return Bootstrap(**{kind: read_registry(folder.joinpath(f"{kind}.json").read_bytes()) for kind in KINDS})


def _document(data: bytes) -> Mapping[str, Any]:
    if len(data) > MAX_BYTES:
        raise FileRefused(f"A bootstrap file has no more than {MAX_BYTES:,} bytes.", reason="too_large")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileRefused("The bootstrap file is not JSON: cut off, or a page.", reason="malformed") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("services"), list):
        raise FileRefused("The file has no list of services (RFC 9224).", reason="not_bootstrap")
    return document


def _kind(services: list[Any]) -> str:
    """Which registry these are services of, by the first entry that says it."""
    for service in services:
        for entry in _texts(service[0]) if isinstance(service, list) and len(service) == PARTS else ():
            if "/" in entry:
                return "ipv6" if ":" in entry else "ipv4"
            return "asn" if entry.replace("-", "").isdecimal() else "dns"
    raise FileRefused("The file names no service for names, addresses or autonomous systems.", reason="no_services")


def _service(kind: str, service: Any) -> tuple[dict[Any, Urls], list[str]]:
    """The entries of a service with the addresses to ask, and what is wrong with it."""
    if not isinstance(service, list) or len(service) != PARTS or not all(isinstance(part, list) for part in service):
        return {}, ["it is no pair of entries and addresses"]
    wrong = []
    urls: list[str] = []
    others: list[Any] = []
    for url in service[1]:
        (urls if _usable(url) else others).append(url)
    wrong += [f"{str(url)[:80]!r} cannot be asked" for url in others]
    if not urls:
        return {}, [*wrong, "it has no address"]
    ordered = tuple(_base(url) for url in sorted(urls, key=lambda url: not url.lower().startswith("https:")))
    found: dict[Any, Urls] = {}
    for entry in service[0]:
        key = _entry(kind, entry)
        if key is None:
            wrong.append(f"{str(entry)[:80]!r} is no entry of {kind}")
        else:
            found[key] = ordered
    return found, wrong if found or wrong else ["it has no entry"]


def _entry(kind: str, entry: Any) -> Any:
    """What an entry stands for, None where it is none of this registry's: a name, a network, a range."""
    if not isinstance(entry, str):
        return None
    if kind == "dns":
        name = entry.strip().strip(".").lower()
        return "" if entry.strip() in {"", "."} else _ascii(name) or None
    if kind == "asn":
        first, _, last = entry.partition("-")
        ends = [int(end) for end in (first, last or first) if end.strip().isdecimal()]
        return (ends[0], ends[1]) if len(ends) == PARTS and ends[0] <= ends[1] <= LARGEST_AUTNUM else None
    try:
        network = ip_network(entry.strip())
    except ValueError:
        return None
    return network if (network.version == 4) == (kind == "ipv4") and "/" in entry else None


def _usable(url: Any) -> bool:
    """Whether this is a base address that a question can be appended to."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and port != 0
    return plain and not (parts.username or parts.password or parts.query or parts.fragment)


def _base(url: str) -> str:
    return url.strip().rstrip("/") + "/"


def _texts(found: Any) -> list[str]:
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _ascii(name: str) -> str:
    """The name as DNS has it; empty where it can be none."""
    try:
        plain = str(ada_url.idna_to_ascii(name.strip().rstrip(".").lower()).decode())
    except (ValueError, UnicodeError):
        return ""
    return plain if NAME.fullmatch(plain) else ""
