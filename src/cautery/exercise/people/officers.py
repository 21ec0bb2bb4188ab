"""Who is who: tokens of the officers, by unit and role, from the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Staff:
    """A unit's tokens, in the order of the directory."""

    slug: str
    flaggers: tuple[str, ...]
    reviewers: tuple[str, ...]
    signers: tuple[str, ...]

    @classmethod
    def of(cls, slug: str, officers: list[Mapping[str, Any]]) -> Staff:
        """A unit's people; ValueError where a role is not filled."""
        staff = cls(slug, *(_tokens(officers, role) for role in ("flag", "review", "sign")))
        if not (staff.flaggers and staff.reviewers and staff.signers):
            raise ValueError(f"unit {slug} lacks an officer who flags, reviews or signs")
        return staff


def operational_units(directory: Mapping[str, Any]) -> tuple[Staff, ...]:
    """The units that flag, in the order of the directory (units of only leaders and observers are none)."""
    by_unit: dict[str, list[Mapping[str, Any]]] = {unit["slug"]: [] for unit in directory["units"]}
    for officer in directory["officers"]:
        by_unit[officer["unit"]].append(officer)
    return tuple(Staff.of(slug, officers) for slug, officers in by_unit.items() if _tokens(officers, "flag"))


def leaders(directory: Mapping[str, Any]) -> tuple[str, ...]:
    """The tokens of those who turn keys."""
    return _tokens(directory["officers"], "lead")


def desk_keys(directory: Mapping[str, Any]) -> dict[str, str]:
    """The keys of the provider desk, by provider, of those that take notices there."""
    return {row["slug"]: row["desk_key"] for row in directory.get("providers", ()) if row.get("desk_key")}


def observer(directory: Mapping[str, Any]) -> str:
    """The token that may read the register; ValueError where nobody has one."""
    tokens = _tokens(directory["officers"], "observe")
    if not tokens:
        raise ValueError("the directory has no observer")
    return tokens[0]


def _tokens(officers: list[Mapping[str, Any]], role: str) -> tuple[str, ...]:
    return tuple(officer["token"] for officer in officers if role in officer["roles"])
