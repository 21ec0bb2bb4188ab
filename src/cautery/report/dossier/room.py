"""The operation room: what is happening, what runs out, what is stuck and why. A constant number of statements, however large."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from cautery.authorise.models import OperationKey
from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import EpisodeState
from cautery.intake.models import Operation
from cautery.intake.queries import operation_row
from cautery.report.dossier.clocks import Term, terms
from cautery.report.dossier.counting import CURVES, SOON, Counted, Stuck
from cautery.report.dossier.kept import figures_of
from cautery.review.models import Hold

__all__ = ["CURVES", "Deadline", "Room", "room"]

UNDER_WAY = (
    EpisodeState.FLAGGED,
    EpisodeState.IDENTIFIED,
    EpisodeState.IN_REVIEW,
    EpisodeState.CONFIRMED,
    EpisodeState.SIGNED,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that runs out: what, when, and how many it is about."""

    what: str
    due: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Room:
    """An operation as it runs at `at`; what had to be counted is of `as_of` (None: being counted for the first time).

    `curves` are running totals at the end of each hour of `hours`: by provider, `""` for all; `names` are the providers' own.
    """

    facts: dict[str, Any]
    keys: list[dict[str, Any]]
    sent_first: datetime | None
    states: Counter[str]
    hours: list[datetime]
    curves: dict[str, dict[str, list[int]]]
    names: dict[str, str]
    deadlines: list[Deadline]
    terms: list[Term]
    stuck: list[Stuck]
    units: list[dict[str, Any]]
    at: datetime
    as_of: datetime | None

    @property
    def totals(self) -> dict[str, int]:
        """The last value of each curve, of all providers."""
        return {name: values[-1] if values else 0 for name, values in self.curves[""].items()}


def room(operation: Operation, *, by: Actor, at: datetime) -> Room:
    """An operation as it runs, at `at`."""
    by.require(Permission.INTAKE_OPERATION_READ)
    counted = figures_of(operation, at)
    keys = OperationKey.objects.filter(operation=operation).order_by("turned_at")
    return Room(
        operation_row(operation) | {"released_at": operation.released_at},
        [dict(row) for row in keys.values("officer__name", "officer__unit__name", "turned_at", "officer")],
        counted.sent_first,
        counted.states,
        counted.hours,
        counted.curves,
        {line.slug: line.name for line in counted.lines},
        _deadlines(operation, counted, at),
        terms(operation, by=by, at=at),
        counted.stuck,
        counted.units,
        at,
        counted.as_of,
    )


def _deadlines(operation: Operation, counted: Counted, at: datetime) -> list[Deadline]:
    found = []
    if operation.ends_at and operation.ends_at > at:
        found.append(Deadline("The operation ends", operation.ends_at, 1))
    unready = sum(counted.states[state] for state in UNDER_WAY)
    if operation.t0 and operation.t0 > at and unready:
        found.append(Deadline("T0: not yet ready to leave", operation.t0, unready))
    ending = Hold.objects.filter(operation=operation, until__gt=at, until__lte=at + SOON)
    holds = ending.aggregate(n=Count("pk"), due=Min("until"))
    if holds["n"]:
        found.append(Deadline("Investigation interest ends", holds["due"], holds["n"]))
    return sorted(found, key=lambda deadline: deadline.due)
