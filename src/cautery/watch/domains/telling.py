"""What is known of a domain and its site as plain values, for doors: states, grounds, whom to write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from cautery.core.domains import DomainRecord, Site, Zone, abuse_chain


def told_of(record: DomainRecord, site: Site) -> dict[str, Any]:
    """DNS, certificate, networks, what went wrong by part, and whom to write to; a part nobody asked for is None."""
    certificate = site.certificate
    return {
        "dns": None if site.zone is None else _zone(site.zone),
        "certificate": None if certificate is None else certificate.as_dict(),
        "networks": [one.as_dict() | {"called": one.called} for one in site.current],
        "problems": dict(site.problems),
        "write_to": [asdict(step) for step in abuse_chain(record, networks=site.current, registry=site.registry)],
    }


def _zone(zone: Zone) -> dict[str, Any]:
    """The DNS in short: is it there, where it leads, what became of each question."""
    return {
        "presence": str(zone.presence),
        "addresses": list(zone.addresses),
        "nameservers": list(zone.nameservers),
        "mail": [value for kind, told in zone.answers.items() if kind == "MX" for value in told.values],
        "aliases": list(zone.aliases),
        "signed": any(told.values for kind, told in zone.answers.items() if kind == "DS"),
        "dangling": list(zone.dangling),
        "outcomes": {kind: str(told.outcome) for kind, told in zone.answers.items()},
    }


def lines_of(said: Mapping[str, Any]) -> Iterator[str]:
    """The same in words, a line each."""
    zone, certificate = said["dns"], said["certificate"]
    if zone is not None:
        yield f"DNS: {zone['presence']}" + (f", {' '.join(zone['addresses'])}" if zone["addresses"] else "")
        if zone["aliases"]:
            yield f"DNS: its name leads to {' and '.join(zone['aliases'])}"
        if zone["nameservers"]:
            yield f"DNS: name servers {' '.join(zone['nameservers'])}"
        for name in zone["dangling"]:
            yield f"DNS: {name}, which it depends on, does not exist"
    if certificate is not None:
        holds = f"does not hold: {certificate['problem']}" if certificate["problem"] else "holds"
        yield f"certificate: {holds}; by {certificate['issuer']}, until {certificate['not_after'][:10]}"
        yield f"certificate: for {', '.join(certificate['names'])}; key {certificate['spki_sha256'][:16]}"
    for network in said["networks"]:
        by = f" ({network['ground']})" if network["ground"] else ""
        yield f"network: {' '.join(network['addresses'])} in {network['called']}{by}"
    for step in said["write_to"]:
        parts = " ".join(part for part in (step["name"], step["email"]) if part)
        yield f"write to the {step['role']}: {parts or '(not known)'}  [{step['ground']}]"
    for part, why in said["problems"].items():
        yield f"{part}: could not tell: {why}"
