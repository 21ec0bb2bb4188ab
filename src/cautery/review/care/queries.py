"""Read what spares people. A leader sees a unit's exposure as sums; only the officer sees their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Max, Sum

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.directory.models import Display
from cautery.intake.models import Episode
from cautery.intake.queries import hidden, members, roots
from cautery.review.care.actions import BREAK
from cautery.review.models import Exposure, Quarantine, Rest, Showing

FEWEST = 3
"""A unit with fewer officers at work than this gives no figures: a mean of two tells each about the other."""


@dataclass(frozen=True, slots=True)
class Today:
    """An officer's day: what they were shown, their budget, and what to tell them (empty: nothing)."""

    items: int
    pictures: int
    budget: int
    minutes: int
    advice: str

    @property
    def left(self) -> int:
        """Items left of the budget."""
        return max(0, self.budget - self.items)


def today(*, by: Actor, at: datetime, wish: Display | None = None) -> Today:
    """What this officer was shown today, and whether it is time for a break or enough; `wish` where it was read already."""
    display = wish or display_of(by)
    row = Exposure.objects.filter(officer=UUID(by.officer_id), day=at.date()).first()
    if row is None:
        return Today(0, 0, display.budget, 0, "")
    rested = at - row.last_at >= BREAK
    minutes = 0 if rested else int((at - row.since).total_seconds() // 60)
    return Today(row.items, row.pictures, display.budget, minutes, _advice(row.items, minutes, display))


def _advice(items: int, minutes: int, display: Display) -> str:
    if items >= display.budget:
        return "enough"
    return "break" if minutes >= display.rest_minutes else ""


def display_of(by: Actor) -> Display:
    """How this officer wants pictures shown."""
    return Display.objects.filter(officer=UUID(by.officer_id)).first() or Display()


def own_showings(*, by: Actor, limit: int = 50) -> list[Showing]:
    """What was shown to this officer for deciding, the newest first."""
    shown = Showing.objects.filter(officer=UUID(by.officer_id)).select_related("episode__operation")
    return list(shown.order_by("-at", "-pk")[:limit])


def rests(*, by: Actor) -> list[dict[str, Any]]:
    """The subjects this officer rests from."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    rows = Rest.objects.filter(officer=UUID(by.officer_id), until=None).order_by("subject")
    return [dict(row) for row in rows.values("subject", "since")]


def exposure_by_unit(*, by: Actor, at: datetime, days: int = 7) -> list[dict[str, Any]]:
    """Sums and means a unit and day, for leaders; units with fewer than three officers at work give none."""
    by.require(Permission.REVIEW_EXPOSURE_READ)
    since = (at - timedelta(days=days - 1)).date()
    rows = Exposure.objects.filter(day__gte=since).values("day", "officer__unit__name")
    told = rows.annotate(
        officers=Count("officer", distinct=True),
        shown=Sum("items"),
        uncovered=Sum("pictures"),
        mean=Avg("items"),
        most=Max("items"),
    )
    return [
        dict(row) if row["officers"] >= FEWEST else _silent(dict(row))
        for row in told.order_by("-day", "officer__unit__name")
    ]


def _silent(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "officers": None, "shown": None, "uncovered": None, "mean": None, "most": None}


def closed_items(keys: Iterable[int]) -> set[int]:
    """Of these items those that must not be seen: themselves, or another one that is the same object."""
    wanted = list(keys)
    if not wanted or not Quarantine.objects.exists():
        return set()
    standing = roots(wanted)
    family = members(standing.values())
    shut = Quarantine.objects.filter(item__in=family).values_list("item_id", flat=True)
    closed = {family[item] for item in shut}
    return {item for item, root in standing.items() if root in closed}


def refuse_if_closed(*items: int) -> None:
    """`NotFound` where one of these must not be seen further, whoever asks."""
    if closed_items(items):
        raise NotFound("This item is closed to view: it must not be seen further.", items=items)


def quarantined(*, by: Actor, limit: int = 200) -> list[dict[str, Any]]:
    """The queue for the lawful body: what was closed and when, what still waits first. Nothing of what it shows."""
    by.require(Permission.REVIEW_ITEM_HAND_OVER)
    unseen = hidden(by=by)
    elsewhere = Episode.objects.exclude(operation__in=unseen)
    rows = Quarantine.objects.order_by("handed_at", "at")
    if unseen:
        rows = rows.filter(item__in=elsewhere.values("item"))
    fields = ("item_id", "item__provider", "item__kind", "at", "officer__name", "handed_to", "handed_at")
    waiting = rows.filter(handed_at=None).values(*fields)[:limit]
    gone = rows.filter(handed_at__isnull=False).order_by("-handed_at").values(*fields)[:limit]
    return [dict(row) for some in (waiting, gone) for row in some]
