"""Who is who in a rehearsal: units, officers with tokens, providers with contact points; the same for the same seed."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

from cautery.exercise.moments import to_iso
from cautery.exercise.population import UNITS
from cautery.exercise.scenario import Provider, Scenario

COUNTRIES = {
    "at": "Austria",
    "be": "Belgium",
    "de": "Germany",
    "es": "Spain",
    "fi": "Finland",
    "fr": "France",
    "it": "Italy",
    "nl": "Netherlands",
    "pl": "Poland",
    "pt": "Portugal",
    "ro": "Romania",
    "se": "Sweden",
}
COORDINATION = "coordination"
HOMES = ("ie", "lu")
"""Home states of providers whose authority scrutinises orders."""
TEAM = ("flag", "flag", "flag", "review", "review", "sign")
CENTRE = ("lead", "lead", "observe")
GIVEN = (
    "Alma",
    "Bero",
    "Calla",
    "Dorin",
    "Edda",
    "Falk",
    "Gesa",
    "Henno",
    "Ilva",
    "Joris",
    "Kaya",
    "Lenn",
    "Mira",
    "Nilo",
)
FAMILY = ("Ahorn", "Birk", "Cedar", "Dorn", "Espen", "Fern", "Ginster", "Hasel", "Iris", "Juniper", "Klee")


def directory(scenario: Scenario) -> dict[str, Any]:
    """What a real unit would import: the content of directory.json."""
    operation = scenario.operation
    units: list[dict[str, Any]] = [
        {
            "slug": f"unit-{code}",
            "name": f"Unit {COUNTRIES[code]}",
            "state": code.upper(),
            "authority": f"office-{code}",
        }
        for code in UNITS
    ]
    units.append({"slug": COORDINATION, "name": "Coordination", "state": "NL"})
    posts = [(f"unit-{code}", role) for code in UNITS for role in TEAM] + [(COORDINATION, role) for role in CENTRE]
    return {
        "operation": {
            "slug": operation.slug,
            "name": operation.name,
            "starts_at": to_iso(scenario.start),
            "t0": to_iso(scenario.t0),
            "ends_at": to_iso(scenario.end),
        },
        "authorities": [_authority(code, "issue") for code in UNITS]
        + [_authority(code, "scrutinise") for code in HOMES],
        "units": units,
        "officers": [_officer(scenario.run.seed, number, *post) for number, post in enumerate(posts)],
        "providers": [_provider(scenario.run.seed, provider) for provider in scenario.providers.values()],
    }


def _authority(code: str, role: str) -> dict[str, Any]:
    """A fictional authority of a state, with all that an order says of it."""
    slug = f"office-{code}" if role == "issue" else f"home-{code}"
    return {
        "slug": slug,
        "name": f"Specimen Office {code.upper()}",
        "state": code.upper(),
        "kind": "law_enforcement",
        "roles": [role],
        "address": "1 Specimen Street",
        "phone": "+00 000 0000",
        "email": authority_email(slug),
        "feedback_contact": f"feedback@{slug}.test",
        "representative_name": "A. Specimen",
        "representative_post": "Inspector",
        "redress_body": "Specimen Court",
        "redress_period": "1 month",
        "redress_from": "receipt of this order",
        "national_provisions": "https://laws.test/redress",
    }


def authority_email(slug: str) -> str:
    """Where an authority takes copies of orders."""
    return f"orders@{slug}.test"


def contact_of(slug: str) -> str:
    """The contact point a provider publishes (Art 15), apart from where it takes notices."""
    return f"tco@{slug}.test"


def provider_token(seed: int, slug: str) -> str:
    """The token under which a provider takes notices from the authority."""
    return f"prv-{_digest(seed, 'provider', slug).hex()}"


def desk_key(seed: int, slug: str) -> str:
    """The key with which a provider's moderators enter the platform's provider desk."""
    return f"dsk-{_digest(seed, 'desk', slug).hex()}"


def email_of(slug: str) -> str:
    """Where a provider takes notices by mail."""
    return f"abuse@{slug}.test"


def _officer(seed: int, number: int, unit: str, role: str) -> dict[str, Any]:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
    return {
        "id": str(UUID(bytes=_digest(seed, "officer", number), version=4)),
        "name": f"{given} {family}",
        "unit": unit,
        "roles": [role],
        "token": f"off-{_digest(seed, 'token', number).hex()}",
    }


def _provider(seed: int, provider: Provider) -> dict[str, Any]:
    by_api = provider.channel == "api"
    return {
        "slug": provider.slug,
        "name": provider.name,
        "kind": provider.kind,
        "hosts": list(provider.hosts),
        "rdap_handles": list(provider.rdap_handles),
        "channel": provider.channel,
        "api_base": f"http://{provider.hosts[0]}/api/notices/v1" if by_api else None,
        "token": provider_token(seed, provider.slug) if by_api else None,
        "desk_key": desk_key(seed, provider.slug) if provider.channel == "portal" else None,
        "email": email_of(provider.slug),
        "languages": list(provider.languages),
        "max_batch": provider.max_batch,
        "rate_per_minute": provider.rate_per_minute or None,
        "home_state": provider.home_state,
        "contact_points": [{"address": contact_of(provider.slug), "source": "its own page"}],
    }


def _digest(seed: int, purpose: str, key: object) -> bytes:
    return blake2b(f"{seed}/{purpose}/{key}".encode(), digest_size=16).digest()
