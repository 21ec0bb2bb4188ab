"""Whom to write to about a site, in order: who hosts it, who stands before it, who registered its name, who runs the zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .rdap import card, read_rdap
from .record import DomainRecord

ORDER = ("host", "cdn", "registrar", "registry")


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """One step of the chain: its part, its name, the address where there is one, and how it is known."""

    role: str
    name: str
    email: str
    ground: str


def abuse_chain(
    record: DomainRecord,
    *,
    network: Mapping[str, Any] | None = None,
    cdn: Mapping[str, Any] | None = None,
    registry: Mapping[str, Any] | None = None,
) -> tuple[AbuseContact, ...]:
    """The chain for a domain: `network` and `cdn` are RDAP objects of the addresses it answers from, `registry` one of its TLD.

    A part that is not known is left out; one without an address stays, so that a person sees whom to look up.
    """
    steps = []
    for role, answer in (("host", network), ("cdn", cdn), ("registry", registry)):
        if answer is not None:
            name, email = _who(answer)
            steps.append(
                AbuseContact(role, name, email, f"RDAP of {answer.get('handle') or answer.get('ldhName') or role}")
            )
    if record.registrar or record.abuse_email:
        steps.append(AbuseContact("registrar", record.registrar, record.abuse_email, f"record of {record.domain}"))
    return tuple(sorted(steps, key=lambda step: ORDER.index(step.role)))


def _who(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Name and abuse address of who is responsible for a network or a zone."""
    named = str(answer.get("name") or "")
    for entity in answer.get("entities") or ():
        if (
            isinstance(entity, Mapping)
            and (said := card(entity)).get("fn")
            and "abuse" not in (entity.get("roles") or ())
        ):
            named = named or said["fn"][0]
    return named, read_rdap(answer).abuse_email
