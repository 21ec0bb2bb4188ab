"""Asks a resolver about names, and keeps apart what it says: no such name, nothing of this kind, trouble, silence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.SOA import SOA

from cautery.core.domains import Outcome, Told, Zone
from cautery.core.domains.zone import TOLD, TYPES
from cautery.core.errors import SettingInvalid

TIMEOUT_S = 4.0
TRIES = 2
AT_ONCE = 48
PAYLOAD = 1_232
"""What fits a datagram everywhere (DNS flag day 2020); what is longer comes over TCP."""
CHAIN = 12
"""Aliases followed within one answer."""
MOST = 40
"""Values kept of one answer."""
NAME_SERVERS = 13
RCODES = {
    dns.rcode.NXDOMAIN: Outcome.NXDOMAIN,
    dns.rcode.REFUSED: Outcome.REFUSED,
    dns.rcode.SERVFAIL: Outcome.SERVFAIL,
}
PORT = 53
SILENCE = frozenset({Outcome.TIMEOUT, Outcome.UNREACHABLE})
GONE = 100
"""So many questions without any answer between them."""
FAMILIES = (4, 6)
"""The order of the zones that tell where addresses are announced."""


@dataclass(slots=True)
class Resolver:
    """Asks one of several servers, the next where one could not tell; a few questions under way at once. For one event loop.

    When nothing has answered many times in a row, it is the resolver that is gone, and the rest are not waited for.
    """

    servers: Sequence[tuple[str, int]]
    timeout_s: float = TIMEOUT_S
    _silent: int = 0
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ask(self, name: str, kind: str) -> Told:
        """What the DNS says of a name; never raises for what the far side does."""
        try:
            question = dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD)
        except (dns.exception.DNSException, UnicodeError):
            return Told(Outcome.MALFORMED)
        told = Told(Outcome.UNREACHABLE)
        for _ in range(TRIES):
            for host, port in self.servers:
                async with self._gate:
                    told = Told(Outcome.TIMEOUT) if self._silent >= GONE else await self._once(question, host, port)
                self._silent = self._silent + 1 if told.outcome in SILENCE else 0
                if told.outcome in TOLD:
                    return told
            if told.outcome is not Outcome.TIMEOUT:
                break
        return told

    async def _once(self, question: dns.message.QueryMessage, host: str, port: int) -> Told:
        try:
            answer, _ = await dns.asyncquery.udp_with_fallback(question, host, self.timeout_s, port)
        except dns.exception.Timeout:
            return Told(Outcome.TIMEOUT)
        except (dns.exception.DNSException, EOFError, ValueError):
            return Told(Outcome.MALFORMED)
        except OSError:
            return Told(Outcome.UNREACHABLE)
        return read_answer(question, answer)

    async def zone(self, name: str) -> Zone:
        """All that is asked of a domain, and whether its name servers have an address."""
        told = await asyncio.gather(*(self.ask(name, kind) for kind in TYPES))
        answers = dict(zip(TYPES, told, strict=True))
        servers = answers["NS"].values[:NAME_SERVERS]
        outcomes = await asyncio.gather(*(self._address(server) for server in servers))
        return Zone(answers, dict(zip(servers, outcomes, strict=True)))

    async def _address(self, server: str) -> Outcome:
        """Whether a name server has an address: the outcome of the first question that says so, else of the last."""
        outcome = Outcome.NO_DATA
        for kind in ("A", "AAAA"):
            outcome = (await self.ask(server, kind)).outcome
            if outcome in {Outcome.ANSWERED, Outcome.NXDOMAIN}:
                break
        return outcome

    async def origin(self, address: str, zones: Sequence[str]) -> int | None:
        """The autonomous system that announces an address, by a zone that tells (`64500 | 192.0.2.0/24 | ...`); None if it does not."""
        ip = ip_address(address)
        if len(zones) <= (place := FAMILIES.index(ip.version)):
            return None
        reverse = dns.reversename.from_address(address).to_text().rstrip(".").rpartition(".")[0].rpartition(".")[0]
        told = await self.ask(f"{reverse}.{zones[place]}", "TXT")
        first = (told.values[0] if told.values else "").strip('"').split("|")[0].split()
        return int(first[0]) if first and first[0].isdecimal() else None


def read_answer(question: dns.message.Message, answer: dns.message.Message) -> Told:
    """The outcome of a question, its values, and the aliases on the way."""
    rcode = answer.rcode()
    asked = question.question[0]
    name, aliases = asked.name, list[str]()
    by_name = {(rrset.name, rrset.rdtype): rrset for rrset in answer.answer}
    while asked.rdtype != dns.rdatatype.CNAME and len(aliases) < CHAIN:
        alias = by_name.get((name, dns.rdatatype.CNAME))
        if alias is None:
            break
        name = alias[0].target
        aliases.append(_host(name))
    if rcode != dns.rcode.NOERROR:
        return Told(RCODES.get(rcode, Outcome.MALFORMED), (), tuple(aliases))
    found = by_name.get((name, asked.rdtype))
    values = () if found is None else tuple(sorted(_value(one) for one in found))[:MOST]
    return Told(Outcome.ANSWERED if values else Outcome.NO_DATA, values, tuple(aliases))


def _value(record: dns.rdata.Rdata) -> str:
    """A record in words: names in lower case without the dot at the end; of SOA the part that does not count up."""
    for attribute in ("target", "exchange"):
        if hasattr(record, attribute):
            return _host(getattr(record, attribute))
    if isinstance(record, SOA):
        return f"{_host(record.mname)} {_host(record.rname)}"
    return record.to_text()


def _host(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def resolver(place: str, *, system: bool) -> Resolver | None:
    """The resolver that is set (`host:port`), else the system's where that may be asked. `SettingInvalid` where there is none."""
    if place:
        return Resolver([_place(place)])
    if not system:
        return None
    try:
        found = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise SettingInvalid(
            "This system has no resolver.", setting="CAUTERY_DNS", reason="no_resolver", hint="CAUTERY_DNS=9.9.9.9:53"
        ) from error
    return Resolver([(str(one), found.port) for one in _plain(found.nameservers)])


def _plain(servers: Iterable[object]) -> list[str]:
    return [one for one in servers if isinstance(one, str)]


def _place(text: str) -> tuple[str, int]:
    """`host:port`, `[v6]:port` or an address alone."""
    host, mark, port = text.rpartition(":")
    try:
        return str(ip_address(text.strip("[]"))), PORT
    except ValueError:
        pass  # it has a port, or is none
    try:
        place = str(ip_address(host.strip("[]"))), int(port)
    except ValueError as error:
        raise SettingInvalid(
            f"{text!r} is no resolver{'' if mark else ': it has no port'}.",
            setting="CAUTERY_DNS",
            reason="not_a_place",
            hint="An address and a port: 9.9.9.9:53 or [2620:fe::fe]:53.",
        ) from error
    return place
