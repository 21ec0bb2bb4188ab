"""The operation room: what is happening, what runs out, what is stuck and why. A constant number of statements, however large."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Func, Min, Q, Sum

from cautery.authorise.models import OperationKey
from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.intake.models import Batch, Episode, Operation
from cautery.intake.queries import operation_row
from cautery.refer.models import Delivery
from cautery.report.dossier.standing import answerable, newest_episodes
from cautery.review.models import Assessment, Hold, Quarantine, Question
from cautery.track.models import Tracking

CURVES = ("flags", "decisions", "notices", "removals", "returns")
HOUR = timedelta(hours=1)
SOON = timedelta(hours=24)
MOST_HOURS = 24 * 60
STUCK_DELIVERIES = (DeliveryState.FAILED, DeliveryState.UNCERTAIN, DeliveryState.REJECTED, DeliveryState.HELD)
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
class Stuck:
    """What does not go on by itself: why in a stable word, how many, since when; `state` leads to the list, where one does."""

    why: str
    count: int
    since: datetime | None
    detail: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """An operation as it runs. `curves` are running totals at the end of each hour of `hours`: by provider, `""` for all."""

    facts: dict[str, Any]
    keys: list[dict[str, Any]]
    sent_first: datetime | None
    states: Counter[str]
    hours: list[datetime]
    curves: dict[str, dict[str, list[int]]]
    deadlines: list[Deadline]
    stuck: list[Stuck]
    units: list[dict[str, Any]]
    at: datetime

    @property
    def totals(self) -> dict[str, int]:
        """The last value of each curve, of all providers."""
        return {name: values[-1] if values else 0 for name, values in self.curves[""].items()}


class _Hour(Func):
    """The hour of a moment, `2026-06-15 06`, cut by the database itself."""

    output_field = CharField()
    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite keeps moments as UTC text."""
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 13)", **extra)


def room(operation: Operation, *, by: Actor, at: datetime) -> Room:
    """An operation as it runs, at `at`."""
    by.require(Permission.INTAKE_OPERATION_READ)
    counted = _counted(operation)
    hours = _hours(operation, counted)
    states = newest_episodes().filter(operation=operation).values_list("state").annotate(n=Count("pk"))
    keys = OperationKey.objects.filter(operation=operation).order_by("turned_at")
    sent = Delivery.objects.filter(notice__operation=operation).aggregate(first=Min("sent_at"))["first"]
    return Room(
        operation_row(operation) | {"released_at": operation.released_at},
        [dict(row) for row in keys.values("officer__name", "officer__unit__name", "turned_at", "officer")],
        sent,
        Counter(dict(states.order_by())),
        hours,
        _curves(counted, hours),
        _deadlines(operation, at),
        _stuck(operation, at),
        _units(operation),
        at,
    )


def _counted(operation: Operation) -> dict[str, Counter[tuple[str, datetime]]]:
    """By curve: how many, by provider and hour; one statement each."""
    tracked = Tracking.objects.filter(episode__operation=operation)
    sources: dict[str, tuple[Any, str, str]] = {
        "flags": (Episode.objects.filter(operation=operation), "opened_at", "item__"),
        "decisions": (Assessment.objects.filter(episode__operation=operation), "decided_at", "episode__item__"),
        "notices": (Delivery.objects.filter(notice__operation=operation), "received_at", "notice__item__"),
        "removals": (tracked.filter(referred_at__isnull=False), "first_down_at", "item__"),
        "returns": (tracked, "returned_at", "item__"),
    }
    return {name: _by_hour(rows, moment, item) for name, (rows, moment, item) in sources.items()}


def _by_hour(rows: Any, moment: str, item: str) -> Counter[tuple[str, datetime]]:
    told = rows.filter(**{f"{moment}__isnull": False}).annotate(who=answerable(item), hour=_Hour(F(moment)))
    found: Counter[tuple[str, datetime]] = Counter()
    for who, hour, n in told.values_list("who", "hour").annotate(n=Count("pk")).order_by():
        found[who, datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)] += n
    return found


def _hours(operation: Operation, counted: dict[str, Counter[tuple[str, datetime]]]) -> list[datetime]:
    """Every hour from the first to the last thing that happened, at most sixty days of them."""
    moments = {hour for curve in counted.values() for _, hour in curve}
    first = min(moments, default=operation.starts_at.replace(minute=0, second=0, microsecond=0))
    last = max(moments, default=first)
    number = min(MOST_HOURS, int((last - first) / HOUR) + 1)
    return [last - HOUR * n for n in range(number - 1, -1, -1)]


def _curves(
    counted: dict[str, Counter[tuple[str, datetime]]], hours: list[datetime]
) -> dict[str, dict[str, list[int]]]:
    who = sorted({name for curve in counted.values() for name, _ in curve})
    by_size = sorted(who, key=lambda name: -sum(n for (slug, _), n in counted["flags"].items() if slug == name))
    return {name: {curve: _running(counted[curve], name, hours) for curve in CURVES} for name in ["", *by_size]}


def _running(counts: Counter[tuple[str, datetime]], who: str, hours: list[datetime]) -> list[int]:
    """Running totals; what lies before the first hour is in it."""
    by_hour: Counter[datetime] = Counter()
    for (name, hour), n in counts.items():
        if not who or name == who:
            by_hour[max(hour, hours[0])] += n
    total, values = 0, []
    for hour in hours:
        total += by_hour[hour]
        values.append(total)
    return values


def _deadlines(operation: Operation, at: datetime) -> list[Deadline]:
    found = []
    if operation.ends_at and operation.ends_at > at:
        found.append(Deadline("The operation ends", operation.ends_at, 1))
    if operation.t0 and operation.t0 > at:
        unready = Episode.objects.filter(operation=operation, state__in=UNDER_WAY).count()
        found.append(Deadline("T0: not yet ready to leave", operation.t0, unready))
    ending = Hold.objects.filter(operation=operation, until__gt=at, until__lte=at + SOON)
    holds = ending.aggregate(n=Count("pk"), due=Min("until"))
    if holds["n"]:
        found.append(Deadline("Investigation interest ends", holds["due"], holds["n"]))
    return sorted(found, key=lambda deadline: deadline.due)


def _stuck(operation: Operation, at: datetime) -> list[Stuck]:
    episodes = Episode.objects.filter(operation=operation)
    found = [
        _some(
            "not looked up", episodes.filter(state=EpisodeState.FLAGGED, attempts__gt=0), "opened_at", state="flagged"
        ),
        _some("nobody known to host it", _homeless(episodes), "due_at", state="signed"),
        _some("waits for a second opinion", _asked(operation), "at", state="in_review"),
        _some("closed to view, not yet handed over", _closed(operation), "at"),
    ]
    deliveries = Delivery.objects.filter(notice__operation=operation, state__in=STUCK_DELIVERIES)
    rows = deliveries.values_list("state", "provider__name").annotate(n=Count("pk"), since=Min("due_at"))
    found += [Stuck(f"delivery:{state}", n, since, name) for state, name, n, since in rows.order_by("state", "-n")]
    silent = Tracking.objects.filter(
        episode__operation=operation, answer="", first_down_at=None, referred_at__lt=at - SOON
    )
    told = silent.values_list("item__hosting__provider__name").annotate(n=Count("pk"), since=Min("referred_at"))
    found += [Stuck("no answer for a day, and up", n, since, name or "") for name, n, since in told.order_by("-n")[:8]]
    return [row for row in found if row.count]


def _homeless(episodes: Any) -> Any:
    return episodes.filter(state=EpisodeState.SIGNED, item__hosting=None)


def _asked(operation: Operation) -> Any:
    return Question.objects.filter(episode__operation=operation, episode__state=EpisodeState.IN_REVIEW)


def _closed(operation: Operation) -> Any:
    mine = Q(item__episodes__operation=operation)
    return Quarantine.objects.filter(mine, handed_at=None).distinct()


def _some(why: str, rows: Any, moment: str, *, state: str = "") -> Stuck:
    told = rows.aggregate(n=Count("pk"), since=Min(moment))
    return Stuck(why, told["n"], told["since"], state=state)


def _units(operation: Operation) -> list[dict[str, Any]]:
    """What each unit brought and decided, largest first."""
    rows: dict[str, dict[str, Any]] = defaultdict(lambda: {"flags": 0, "rejected": 0, "decisions": 0, "last": None})
    batches = Batch.objects.filter(operation=operation, unit__isnull=False).values_list("unit__name", "unit__state")
    for name, state, *numbers in batches.annotate(Sum("accepted"), Sum("known"), Sum("rejected")).order_by():
        rows[name] |= {"state": state, "flags": numbers[0] + numbers[1], "rejected": numbers[2]}
    decided = Assessment.objects.filter(episode__operation=operation).values_list(
        "reviewer__unit__name", "reviewer__unit__state"
    )
    for name, state, n in decided.annotate(n=Count("pk")).order_by():
        rows[name] |= {"state": state, "decisions": n}
    return _largest({"name": name} | row for name, row in rows.items())


def _largest(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["flags"], -row["decisions"], row["name"]))
