"""Asks everything about several domains at once, each part on its own: what fails in one says so and stops nothing else.

    registry (RDAP, else WHOIS)   ->  record
    DNS, certificate              ->  zone, certificate     \\
    networks of the addresses     ->  networks               >  site
    who runs the zone             ->  registry              /
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from cautery.core.domains import (
    AbuseContact,
    Certificate,
    DomainRecord,
    Network,
    Site,
    State,
    Zone,
    parse,
    read_network,
    registry_contact,
)
from cautery.core.domains.networks import is_network, is_system, origin
from cautery.core.domains.registered import registered
from cautery.core.errors import CauteryError, SettingInvalid
from cautery.fetch import Fetcher
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.watch.domains.asking.certificates import certificate_of
from cautery.watch.domains.asking.rdap import Book, Object, Rdap
from cautery.watch.domains.asking.services import in_use
from cautery.watch.domains.asking.whois import Whois
from cautery.watch.domains.asking.zones import Resolver, resolver
from cautery.watch.domains.looking import told

AT_ONCE = 32
"""Certificates and WHOIS servers asked at once."""
ADDRESSES = 4
"""Addresses of a site whose networks are asked for."""
NOBODY_S = "it stands below a domain of somebody else's, and no registry has a record of it"
BOOK = Book()
REFERRALS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Means:
    """What is asked (`asks`: rdap, whois, dns, tls, networks), and with what."""

    fetcher: Fetcher
    asks: frozenset[str]
    rdap: Rdap
    dialler: Dialler
    dns: str = ""
    whois: dict[str, str] = field(default_factory=dict)
    origins: Sequence[str] = ()
    system: bool = False
    """Whether the system's resolver may be asked where none is set."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of a domain: its record as the registry has it and where that is from (`rdap`, `whois SERVER`), and its site."""

    name: str
    record: DomainRecord
    source: str
    site: Site


@dataclass(slots=True)
class _Outside:
    """What is not asked over HTTP."""

    zone: Zone | None = None
    certificate: Certificate | None = None
    whois: DomainRecord | None = None
    server: str = ""
    origins: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def means(fetcher: Fetcher) -> Means:
    """As the settings say."""
    base = settings.RDAP_BASE.rstrip("/")
    rdap = Rdap(base, None if base or settings.REHEARSAL else in_use())
    dialler = Dialler(Guard(HostMap(settings.HOST_MAP)))
    return Means(
        fetcher,
        settings.DOMAIN_ASKS,
        rdap,
        dialler,
        settings.DNS,
        settings.WHOIS,
        settings.ORIGIN_ZONES,
        not settings.REHEARSAL,
    )


def inquire(names: Sequence[str], using: Means, now: datetime) -> list[Seen]:
    """What is found of each domain, in their order."""
    records = registries(names, using) if "rdap" in using.asks else {}
    by_whois = [name for name in names if name not in records and "whois" in using.asks]
    outside = asyncio.run(_outside(names, set(by_whois), using)) if using.asks & {"dns", "tls", "whois"} else {}
    networks = _networks(outside, using, now) if "networks" in using.asks else {}
    zones = _zones(names, using, now) if {"networks", "rdap"} <= using.asks else {}
    return [
        _seen(name, records.get(name), outside.get(name, _Outside()), networks.get(name), zones.get(name))
        for name in names
    ]


def registries(names: Sequence[str], using: Means) -> dict[str, DomainRecord]:
    """What registries say by RDAP, of the names whose zone has a service; of a name below a domain, what they say of that."""
    own = {name: found for name in names if (found := registered(name))}
    asked = {name: request for name in own if (request := using.rdap.domain(own[name])) is not None}
    answers = using.fetcher.fetch_many(list(asked.values()))
    records = {name: told(own[name], answer) for name, answer in zip(asked, answers, strict=True)}
    return records | {name: DomainRecord(name, State.UNKNOWN, NOBODY_S) for name in names if name not in own}


async def _outside(names: Sequence[str], by_whois: set[str], using: Means) -> dict[str, _Outside]:
    """DNS, certificates and WHOIS of all, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)
    whois = Whois(using.dialler, using.whois, known=REFERRALS)
    found = {name: _Outside() for name in names}
    asking = _resolver(using, found) if "dns" in using.asks else None

    async def certificate(name: str, one: _Outside) -> None:
        async with gate:
            try:
                one.certificate = await certificate_of(using.dialler, name)
            except CauteryError as problem:
                one.problems["certificate"] = problem.message

    async def text(name: str, one: _Outside) -> None:
        async with gate:
            try:
                answer, one.server = await whois.ask(registered(name))
                one.whois = parse(answer, registered(name))
            except CauteryError as problem:
                one.problems["whois"] = problem.message

    async def site(name: str, one: _Outside) -> None:
        if asking is not None:
            await _ask_zone(name, one, asking, using.origins)
        if "tls" in using.asks and (one.zone is None or one.zone.has_addresses is not False):
            await certificate(name, one)

    await asyncio.gather(*(site(*pair) for pair in found.items()), *(text(name, found[name]) for name in by_whois))
    return found


async def _ask_zone(name: str, one: _Outside, asking: Resolver, origins: Sequence[str]) -> None:
    """The DNS of a name, and where its addresses are announced."""
    one.zone = await asking.zone(name)
    if unanswered := one.zone.unanswered:
        one.problems["dns"] = ", ".join(f"{kind} {outcome}" for kind, outcome in unanswered.items())
    for address in one.zone.addresses[:ADDRESSES] if origins else ():
        number = await asking.origin(address, origins)
        if number is not None:
            one.origins[address] = number


def _resolver(using: Means, found: dict[str, _Outside]) -> Resolver | None:
    """The resolver; where there is none, that is what could not be told of each."""
    try:
        return resolver(using.dns, system=using.system)
    except SettingInvalid as problem:
        for one in found.values():
            one.problems["dns"] = problem.message
        return None


def _networks(outside: dict[str, _Outside], using: Means, now: datetime) -> dict[str, tuple[list[Network], str]]:
    """The networks of each site's addresses, and why one is not known."""
    wanted = {name: one.zone.addresses[:ADDRESSES] for name, one in outside.items() if one.zone is not None}
    asked = {a: r for addresses in wanted.values() for a in addresses if (r := using.rdap.address(a)) is not None}
    answers = BOOK.ask(using.fetcher, list(asked.values()), now)
    numbers = {number for one in outside.values() for number in one.origins.values()}
    numbers |= {n for said in answers.values() if not isinstance(said, str) and (n := origin(said)) is not None}
    systems = {number: r for number in numbers if (r := using.rdap.autnum(number)) is not None}
    known = BOOK.ask(using.fetcher, list(systems.values()), now)
    found = {}
    for name, addresses in wanted.items():
        by_address = {a: answers[asked[a].url] if a in asked else "no RDAP service is known" for a in addresses}
        zone = outside[name].zone
        networks = []
        for said, inside in _together(by_address):
            number = next((outside[name].origins[a] for a in inside if a in outside[name].origins), origin(said))
            system = known.get(systems[number].url) if number in systems else None
            networks.append(
                read_network(
                    said,
                    inside,
                    autnum=number,
                    system=system if is_system(system) and not isinstance(system, str) else None,
                    aliases=zone.aliases if zone is not None else (),
                )
            )
        problems = [f"{a}: {said}" for a, said in by_address.items() if isinstance(said, str)]
        problems += [
            f"{a}: no network" for a, said in by_address.items() if not isinstance(said, str) and not is_network(said)
        ]
        found[name] = (networks, "; ".join(problems))
    return found


def _together(by_address: dict[str, Any]) -> list[tuple[Object, list[str]]]:
    """Networks with the addresses that lie in each."""
    groups: dict[str, tuple[Object, list[str]]] = {}
    for address, said in by_address.items():
        if is_network(said):
            key = str(said.get("handle") or said.get("startAddress") or address)
            groups.setdefault(key, (said, []))[1].append(address)
    return list(groups.values())


def _zones(names: Sequence[str], using: Means, now: datetime) -> dict[str, AbuseContact]:
    """Who runs the zone each name stands in; those nobody says are left out."""
    asked = {name: using.rdap.zone(name) for name in names}
    answers = BOOK.ask(using.fetcher, list(asked.values()), now)
    found = {name: answers[request.url] for name, request in asked.items()}
    return {name: registry_contact(said) for name, said in found.items() if not isinstance(said, str)}


def _seen(
    name: str,
    record: DomainRecord | None,
    outside: _Outside,
    networks: tuple[list[Network], str] | None,
    registry: AbuseContact | None,
) -> Seen:
    """All parts of one domain together."""
    problems, source = dict(outside.problems), "rdap"
    if record is None and outside.whois is not None:
        record, source = outside.whois, f"whois {outside.server}"[:100]
    if record is None:
        why = problems.get("whois") or "no registry was asked: no RDAP service is known for its zone"
        record = DomainRecord(name, State.UNKNOWN, why)
    if networks is not None and networks[1]:
        problems["networks"] = networks[1]
    site = Site(
        outside.zone, outside.certificate, tuple(networks[0]) if networks is not None else (), registry, problems
    )
    return Seen(name, record, source, site)
