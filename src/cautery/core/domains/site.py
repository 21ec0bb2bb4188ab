"""What a domain's site shows: DNS, certificate, networks. What is known after several looks, and what changed between two."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .certificate import Certificate
from .contacts import AbuseContact
from .differing import Event
from .networks import Network
from .record import DomainRecord
from .states import marked
from .zone import Presence, Zone

VALUE, WORDS = 253, 300
"""What an event keeps of a value and of what is said of it."""


@dataclass(frozen=True, slots=True)
class Site:
    """One look at a site; a part that was not asked or could not be told is none, and `problems` says why, by part.

    `registry` is who runs the zone its name stands in.
    """

    zone: Zone | None = None
    certificate: Certificate | None = None
    networks: tuple[Network, ...] = ()
    registry: AbuseContact | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it was asked."""
        return self.zone is None and self.certificate is None and not self.networks and not self.problems

    @property
    def hosts(self) -> frozenset[str]:
        """By what the networks it was last known in are known apart."""
        return frozenset(one.key for one in self.networks if one.key)

    @property
    def current(self) -> tuple[Network, ...]:
        """The networks of the addresses it has now; none where it has none, or nobody said."""
        now = set(self.zone.addresses) if self.zone is not None else set()
        return tuple(one for one in self.networks if now.intersection(one.addresses))

    def over(self, old: Site | None) -> Site:
        """What is known after this look: what it could not tell stands as it was last known."""
        if old is None:
            return self
        zone = self.zone.over(old.zone) if self.zone is not None and old.zone is not None else self.zone or old.zone
        certificate, registry = self.certificate or old.certificate, self.registry or old.registry
        return Site(zone, certificate, self.networks or old.networks, registry, self.problems)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; empty where nothing was asked."""
        if self.is_empty:
            return {}
        return {
            "dns": None if self.zone is None else self.zone.as_dict(),
            "certificate": None if self.certificate is None else self.certificate.as_dict(),
            "networks": [one.as_dict() for one in self.networks],
            "registry": None if self.registry is None else asdict(self.registry),
            "problems": dict(self.problems),
        }

    @staticmethod
    def of(said: Mapping[str, Any]) -> Site:
        """The site that `as_dict` wrote."""
        if not said:
            return Site()
        return Site(
            None if said["dns"] is None else Zone.of(said["dns"]),
            None if said["certificate"] is None else Certificate.of(said["certificate"]),
            tuple(Network.of(one) for one in said["networks"]),
            None if said["registry"] is None else AbuseContact(**said["registry"]),
            said["problems"],
        )


def as_shown(record: DomainRecord, site: Site) -> DomainRecord:
    """The record with what its site adds: a sinkhole or a parking service by its DNS, marks by its certificate.

    What no registry said stays unknown: that a name is not in the DNS does not mean that nobody has it.
    """
    if site.zone is not None:
        zone = site.zone
        state, why = marked(record.state, zone.nameservers, aliases=zone.aliases, addresses=zone.addresses)
        if state is not record.state:
            record = replace(record, state=state, ground=f"{why}, by the DNS")
    if site.certificate is not None and record.domain:
        marks = dict.fromkeys([*record.marks, *site.certificate.marks(record.domain)])
        record = replace(record, marks=tuple(marks))
    return record


def site_events(old: Site, new: Site, seen: Collection[str] = (), *, servers: bool = True) -> Iterator[Event]:
    """What changed from what was known to what is now: in the DNS or not, addresses, name servers, certificate, network.

    `seen`: keys and certificates (SHA-256) shown before, which are no news; `servers`: tell of name servers, where the
    registry's record does not. What either side could not tell is no change.
    """
    if old.zone is not None and new.zone is not None:
        yield from _zone_events(old, new, servers=servers)
    if old.certificate is not None and new.certificate is not None:
        yield from _certificate_events(old.certificate, new.certificate, seen)
    if old.hosts and new.hosts and not old.hosts & new.hosts:
        called = "; ".join(one.called for one in new.networks)
        yield Event("network", ", ".join(sorted(new.hosts))[:VALUE], f"another network: {called}"[:WORDS])


def _zone_events(old: Site, new: Site, *, servers: bool) -> Iterator[Event]:
    assert old.zone is not None  # noqa: S101  the caller looked
    assert new.zone is not None  # noqa: S101
    before, now = old.zone, new.zone
    if {before.presence, now.presence} == {Presence.ABSENT, Presence.PRESENT}:
        gone = now.presence is Presence.ABSENT
        said = "it is not in the DNS any more (NXDOMAIN)" if gone else "it is in the DNS again"
        yield Event("zone", str(now.presence), said)
    elif before.has_addresses and now.has_addresses is False:
        yield Event("addresses", "", "it has no address any more")
    elif before.has_addresses is False and now.has_addresses:
        yield _addresses(now.addresses, "it has an address again")
    elif _moved(old, new):
        yield _addresses(now.addresses, "it answers from other addresses")
    if servers and before.nameservers and now.nameservers and set(before.nameservers) != set(now.nameservers):
        named = " ".join(now.nameservers)
        yield Event("nameservers", named[:VALUE], f"other name servers, by the DNS: {named}"[:WORDS])
    if lost := [name for name in now.dangling if name not in before.dangling]:
        said = f"it depends on {', '.join(lost)}, which does not exist: whoever registers that has the domain"
        yield Event("delegation", " ".join(lost)[:VALUE], said[:WORDS])


def _moved(old: Site, new: Site) -> bool:
    """Whether it answers from quite other addresses; not where the same network only uses another of its own."""
    if old.zone is None or new.zone is None or not old.zone.addresses or not new.zone.addresses:
        return False
    before, now = ({network.key for network in one.current} for one in (old, new))
    return not set(old.zone.addresses) & set(new.zone.addresses) and not before & now


def _addresses(addresses: tuple[str, ...], said: str) -> Event:
    named = " ".join(addresses)
    return Event("addresses", named[:VALUE], f"{said}: {named}"[:WORDS])


def _certificate_events(old: Certificate, new: Certificate, seen: Collection[str]) -> Iterator[Event]:
    """Another certificate, with what of it is new; one that was shown before is none."""
    if new.sha256 == old.sha256 or new.sha256 in seen:
        return
    known = new.spki_sha256 == old.spki_sha256 or new.spki_sha256 in seen
    parts = ["the same key" if known else "another key"]
    if new.issuer != old.issuer:
        parts.append(f"issued by {new.issuer}")
    if added := [name for name in new.names if name not in old.names]:
        parts.append(f"now for {', '.join(added)}")
    if new.problem and new.problem != old.problem:
        parts.append(f"it does not hold: {new.problem}")
    yield Event("certificate", new.sha256, f"another certificate: {'; '.join(parts)}"[:WORDS])
