"""Whom to write to about a site, in order: who hosts it, who stands before it, who registered its name, who runs the zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .networks import Network
from .rdap import card, read_rdap
from .record import DomainRecord

ORDER = ("host", "cdn", "registrar", "registry")
SHOWN = 4
"""Addresses named in a ground."""


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """One step of the chain: its part, its name, the address where there is one, and how it is known."""

    role: str
    name: str
    email: str
    ground: str


def abuse_chain(
    record: DomainRecord, *, networks: Sequence[Network] = (), registry: AbuseContact | None = None
) -> tuple[AbuseContact, ...]:
    """The chain for a domain: `networks` are those its addresses lie in, `registry` who runs its zone.

    A part that is not known is left out; one without an address stays, so that a person sees whom to look up. Behind a
    content-delivery network the host is not seen: the chain says who knows it.
    """
    steps = [_network(one) for one in networks]
    cdns = list(dict.fromkeys(one.cdn for one in networks if one.cdn))
    if cdns and all(one.cdn for one in networks):
        steps.append(AbuseContact("host", "", "", f"behind {', '.join(cdns)}, which knows it"))
    if registry is not None:
        steps.append(registry)
    if record.registrar or record.abuse_email:
        steps.append(AbuseContact("registrar", record.registrar, record.abuse_email, f"record of {record.domain}"))
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: ORDER.index(step.role)))


def registry_contact(answer: Mapping[str, Any]) -> AbuseContact:
    """Who runs a zone, from RDAP's answer about it (IANA's about a TLD)."""
    name, email = _who(answer)
    zone = str(answer.get("ldhName") or answer.get("handle") or "its zone").lower()
    return AbuseContact("registry", name, email, f"RDAP of {zone}")


def _network(network: Network) -> AbuseContact:
    """Who answers for a network, and what of the site lies in it."""
    where = ", ".join(network.addresses[:SHOWN])
    ground = f"RDAP of {network.handle or network.name or where} for {where}"
    if network.autnum is not None:
        ground += f" (AS{network.autnum})"
    if network.cdn:
        return AbuseContact("cdn", network.cdn, network.abuse_email, f"{network.ground}; {ground}")
    name = network.holder or network.name or network.autnum_name
    return AbuseContact("host", name, network.abuse_email, ground)


def _who(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Name and abuse address of who is responsible for a zone; the address of its registrant or administrator where none says abuse."""
    named, email = str(answer.get("name") or ""), read_rdap(answer).abuse_email
    entities = answer.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        said = card(entity) if isinstance(entity, Mapping) else {}
        roles = entity.get("roles") if said else ()
        if said.get("fn") and "abuse" not in (roles if isinstance(roles, list) else ()):
            named = named or (said.get("org") or said["fn"])[0]
            email = email or next((text.lower() for text in said.get("email", ()) if "@" in text), "")
    return named, email
