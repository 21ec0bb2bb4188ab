"""Which watches end: their time is over, what they are on was dismissed, or it was put right.

It goes by what was decided since it last looked (ground/reading_on.py) and by watches begun since, so that an hour with three dismissals
costs three look-ups and not one for each watch. Once a day all are looked at, whatever was read before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, Max, OuterRef, QuerySet

from cautery.core.actors import Actor
from cautery.ground.reading_on import Open, Place, open_now
from cautery.ground.rows import chunks
from cautery.review.models import Assessment, Finding
from cautery.track.models import Answer, Proceeding
from cautery.watch.actions import end, mark_all
from cautery.watch.models import Ended, Mark, Watch
from cautery.watch.queries import FELL, REINSTATED, put_right

AT_ONCE = 900
END_AT_ONCE = 10_000
MARK, ALL = "ended", "ended:all"
EVERY = timedelta(days=1)
"""How often all running watches are looked at."""

SOURCES: dict[str, tuple[type[models.Model], str, Callable[[], QuerySet[models.Model]]]] = {
    "assessment": (Assessment, "episode__item_id", lambda: Assessment.objects.filter(finding=Finding.DISMISSED)),
    "proceeding": (Proceeding, "notice__item_id", lambda: Proceeding.objects.filter(FELL)),
    "answer": (Answer, "notice__item_id", lambda: Answer.objects.filter(REINSTATED)),
}
"""What may end a watch: its table, the path to its item, and which of its rows do."""


def end_watches(at: datetime, *, by: Actor) -> int:
    """End the watches whose time is over, and those on what was dismissed or put right since; how many ended."""
    over = Watch.objects.filter(ended_at__isnull=True, expires_at__lte=at).order_by("pk")
    ended = end(list(over.values_list("pk", flat=True)[:END_AT_ONCE]), Ended.EXPIRED, by=by, at=at)
    marks = dict(Mark.objects.filter(name__startswith=MARK).values_list("name", "position"))
    places, there = _places(marks), open_now()
    last = _last()
    if at.timestamp() - marks.get(ALL, 0) >= EVERY.total_seconds():
        ended += sum(_end(some, at, by) for some in _running())
        mark_all({ALL: int(at.timestamp())} | _named(places, last, there))
        return ended
    if all(places[name].seen == places[name].sure == last[name] for name in last):
        return ended
    touched = {item for name in SOURCES for item in _items(name, places[name])}
    suspects = set(
        Watch.objects.filter(pk__gt=places["watch"].after, ended_at__isnull=True).values_list("pk", flat=True)
    )
    for some in chunks(sorted(touched), AT_ONCE):
        suspects.update(Watch.objects.filter(item__in=some, ended_at__isnull=True).values_list("pk", flat=True))
    ended += sum(_end(some, at, by) for some in chunks(sorted(suspects), AT_ONCE))
    mark_all(_named(places, last, there))
    return ended


def _last() -> dict[str, int]:
    """The last key of each table that is read on."""
    tables = {name: table for name, (table, _, _) in SOURCES.items()} | {"watch": Watch}
    return {name: table._default_manager.aggregate(last=Max("pk"))["last"] or 0 for name, table in tables.items()}


def _items(name: str, place: Place) -> list[int]:
    """The items that new rows of a source are about."""
    _, item, ending = SOURCES[name]
    return list(ending().filter(pk__gt=place.after).values_list(item, flat=True).distinct())


def _running() -> Iterator[list[int]]:
    """The keys of running watches, so many at a time."""
    after = 0
    while some := list(
        Watch.objects.filter(pk__gt=after, ended_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        yield some
        after = some[-1]


def _end(keys: Sequence[int], at: datetime, by: Actor) -> int:
    """End those of these watches whose item was dismissed or put right since they began."""
    running = Watch.objects.filter(pk__in=keys, ended_at__isnull=True)
    decided = Assessment.objects.filter(
        finding=Finding.DISMISSED, episode__item=OuterRef("item"), decided_at__gte=OuterRef("began_at")
    )
    proceedings, answers = put_right(OuterRef("item"))
    since = {"at__gte": OuterRef("began_at")}
    redress = Exists(proceedings.filter(**since)) | Exists(answers.filter(**since))
    ended = 0
    for why, rows in ((Ended.DISMISSED, running.filter(Exists(decided))), (Ended.REDRESS, running.filter(redress))):
        ended += end(list(rows.order_by("pk").values_list("pk", flat=True)), why, by=by, at=at)
    return ended


def _places(marks: dict[str, int]) -> dict[str, Place]:
    """How far each table has been read."""
    names = [*SOURCES, "watch"]
    return {n: Place(*(marks.get(f"{MARK}:{n}:{part}", 0) for part in ("sure", "seen", "horizon"))) for n in names}


def _named(places: dict[str, Place], last: dict[str, int], there: Open | None) -> dict[str, int]:
    """The marks to keep once all behind the places was read."""
    moved = {name: place.moved(last[name], there) for name, place in places.items()}
    return {
        f"{MARK}:{name}:{part}": getattr(place, part)
        for name, place in moved.items()
        for part in ("sure", "seen", "horizon")
    }
