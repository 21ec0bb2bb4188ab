"""Which report is asked for, and the function that makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from cautery.core.actors import Actor
from cautery.core.errors import Refused
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation
from cautery.report.build import build
from cautery.report.kinds.audit import audit
from cautery.report.kinds.outlet import outlet
from cautery.report.kinds.provider import provider_year
from cautery.report.kinds.scorecard import scorecard
from cautery.report.kinds.year import authority_year, flagger_year


class Kind(StrEnum):
    """The reports there are."""

    FULL = "full"
    PRESS = "press"
    SCORECARD = "scorecard"
    AUDIT = "audit"
    OUTLET = "outlet"
    YEAR_AUTHORITY = "year-authority"
    YEAR_FLAGGER = "year-flagger"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for; `facts` is what only people know."""

    kind: Kind
    operation: str = ""
    year: int = 0
    unit: str = ""
    authority: str = ""
    provider: str = ""
    outlet: str = ""
    brands: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def make_report(asked: Asked, *, run: Mapping[str, Any], by: Actor, at: datetime) -> dict[str, Any]:
    """The report as data. Refused (`operation`, `outlet`) where the kind needs what was not named."""
    year = asked.year or at.year
    if asked.kind is Kind.YEAR_AUTHORITY:
        return authority_year(year, asked.authority, asked.facts, by=by, at=at)
    if asked.kind is Kind.YEAR_FLAGGER:
        return flagger_year(year, asked.unit, asked.facts, by=by, at=at)
    if asked.kind is Kind.PROVIDER:
        return provider_year(year, asked.provider, asked.facts, by=by, at=at)
    if asked.kind is Kind.OUTLET:
        if not asked.outlet:
            raise Refused("A dossier needs an outlet.", reason="outlet", hint="Name it with --outlet.")
        frame = get_operation(asked.operation, by=by) if asked.operation else None
        return outlet(asked.outlet, asked.brands, frame, by=by, at=at)
    return _of_operation(asked, _operation(asked, by), run=run, by=by, at=at)


def _operation(asked: Asked, by: Actor) -> Operation:
    if not asked.operation:
        raise Refused(
            f"A report of the kind {asked.kind} needs an operation.", reason="operation", hint="Give its slug."
        )
    return get_operation(asked.operation, by=by)


def _of_operation(
    asked: Asked, operation: Operation, *, run: Mapping[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    if asked.kind is Kind.SCORECARD:
        return scorecard(operation, provider=asked.provider, by=by, at=at)
    if asked.kind is Kind.AUDIT:
        return audit(operation, dict(asked.facts), by=by, at=at)
    full = build(operation, run=run, by=by, at=at)
    return full | {"kind": "press"} if asked.kind is Kind.PRESS else full
