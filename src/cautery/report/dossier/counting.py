"""An operation counted through: by provider, state, outcome and hour; what is stuck; what units did. Seconds on a million episodes.

The desk does not wait for it: small operations are counted when they are shown, of large ones the newest counting is kept (`Figures`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Func, Min, Q, Sum, Value

from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.core.outcomes import outcome
from cautery.directory.models import Provider
from cautery.intake.models import Batch, Episode, Operation
from cautery.refer.models import Delivery
from cautery.report.dossier.standing import answerable, decisive_verdict, newest_episodes
from cautery.review.models import Assessment, Quarantine, Question
from cautery.review.queue.languages import said_here, unread
from cautery.track.models import Tracking

CURVES = ("flags", "decisions", "notices", "removals", "returns")
HOUR = timedelta(hours=1)
SOON = timedelta(hours=24)
MOST_HOURS = 24 * 60
MOST_POINTS = 240
"""Points of a curve: beyond ten days an hour is not told apart on a screen."""
MOST_CURVES = 12
MOST_LANGUAGES = 8
STUCK_DELIVERIES = (DeliveryState.FAILED, DeliveryState.UNCERTAIN, DeliveryState.REJECTED, DeliveryState.HELD)
LOST = {EpisodeState.FLAGGED: "not looked up", EpisodeState.SIGNED: "nobody known to host it"}
Hourly = Counter[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class Stuck:
    """What does not go on by itself: why in a stable word, how many, since when; `state` leads to the list, where one does."""

    why: str
    count: int
    since: datetime | None
    detail: str = ""
    state: str = ""


@dataclass(slots=True)
class ProviderLine:
    """The items at one provider, by state, and the notices to it by outcome."""

    slug: str
    name: str
    states: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def items(self) -> int:
        """All items at this provider."""
        return self.states.total()

    @property
    def notices(self) -> int:
        """Notices that reached it."""
        return self.outcomes.total()

    def add(self, other: ProviderLine) -> None:
        """Count `other` in."""
        self.states.update(other.states)
        self.outcomes.update(other.outcomes)


@dataclass(frozen=True, slots=True)
class Counted:
    """An operation as it stood at `as_of` (None: it was not counted yet).

    `curves` are running totals at the end of each hour of `hours`: of the largest providers, and `""` for all.
    """

    as_of: datetime | None = None
    lines: list[ProviderLine] = field(default_factory=list)
    sent_first: datetime | None = None
    hours: list[datetime] = field(default_factory=list)
    curves: dict[str, dict[str, list[int]]] = field(default_factory=lambda: {"": {name: [] for name in CURVES}})
    stuck: list[Stuck] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)

    @property
    def states(self) -> Counter[str]:
        """Items by state, of all providers."""
        return sum((line.states for line in self.lines), Counter[str]())

    def content(self) -> dict[str, Any]:
        """As JSON keeps it; `read` is the way back."""
        told = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return told | {
            "lines": [_of(line) for line in self.lines],
            "stuck": [_plain(asdict(row)) for row in self.stuck],
        }

    @classmethod
    def read(cls, content: dict[str, Any]) -> Counted:
        """The counting that was kept."""
        return cls(
            _moment(content["as_of"]),
            [
                ProviderLine(line["slug"], line["name"], Counter(line["states"]), Counter(line["outcomes"]))
                for line in content["lines"]
            ],
            _moment(content["sent_first"]),
            [datetime.fromisoformat(hour) for hour in content["hours"]],
            content["curves"],
            [Stuck(**row | {"since": _moment(row["since"])}) for row in content["stuck"]],
            content["units"],
        )


def _of(line: ProviderLine) -> dict[str, Any]:
    return {"slug": line.slug, "name": line.name, "states": dict(line.states), "outcomes": dict(line.outcomes)}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


class _Hour(Func):
    """The hour of a moment, `2026-06-15 06`, cut by the database itself."""

    output_field = CharField()
    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite keeps moments as UTC text."""
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 13)", **extra)


def count(operation: Operation, at: datetime) -> Counted:
    """Count an operation through, as it stands at `at`; a constant number of statements."""
    hourly = _hourly(operation)
    hours, sent = _hours(operation, hourly), _sent(operation)
    return Counted(
        at,
        list(_lines(operation).values()),
        min((first for *_, first in sent if first is not None), default=None),
        hours,
        _curves(hourly, hours),
        _stuck(operation, sent, at),
        _units(operation),
    )


def _lines(operation: Operation) -> dict[str, ProviderLine]:
    names = dict(Provider.objects.values_list("slug", "name"))
    lines: dict[str, ProviderLine] = {}
    items = newest_episodes().filter(operation=operation).annotate(who=answerable("item__"))
    for slug, state, n in items.values_list("who", "state").annotate(n=Count("pk")).order_by():
        lines.setdefault(slug, ProviderLine(slug, names.get(slug, slug))).states[state] += n
    referred = Tracking.objects.filter(episode__operation=operation, referred_at__isnull=False)
    told = referred.annotate(who=answerable("item__"), seen=decisive_verdict()).values_list("who", "seen", "answer")
    for slug, seen, answer, n in told.annotate(n=Count("pk")).order_by():
        line = lines.setdefault(slug, ProviderLine(slug, names.get(slug, slug)))
        line.outcomes[str(outcome(Verdict(seen), answer or None))] += n
    return lines


def _hourly(operation: Operation) -> dict[str, Hourly]:
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


def _by_hour(rows: Any, moment: str, item: str) -> Hourly:
    told = rows.filter(**{f"{moment}__isnull": False}).annotate(who=answerable(item), hour=_Hour(F(moment)))
    found: Hourly = Counter()
    for who, hour, n in told.values_list("who", "hour").annotate(n=Count("pk")).order_by():
        found[who, datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)] += n
    return found


def _hours(operation: Operation, hourly: dict[str, Hourly]) -> list[datetime]:
    """The hours from the first to the last thing that happened, at most sixty days of them; where those are many, each n-th."""
    moments = {hour for curve in hourly.values() for _, hour in curve}
    first = min(moments, default=operation.starts_at.replace(minute=0, second=0, microsecond=0))
    last = max(moments, default=first)
    number = min(MOST_HOURS, int((last - first) / HOUR) + 1)
    apart = 1 + (number - 1) // MOST_POINTS
    return [last - HOUR * n for n in range(number - 1, -1, -1) if n % apart == 0]


def _curves(hourly: dict[str, Hourly], hours: list[datetime]) -> dict[str, dict[str, list[int]]]:
    flagged: Counter[str] = Counter()
    for (who, _), n in hourly["flags"].items():
        flagged[who] += n
    everybody = sorted({who for curve in hourly.values() for who, _ in curve}, key=lambda who: (-flagged[who], who))
    shown = ["", *everybody[:MOST_CURVES]]
    return {who: {curve: _running(hourly[curve], who, hours) for curve in CURVES} for who in shown}


def _running(counts: Hourly, who: str, hours: list[datetime]) -> list[int]:
    """Running totals; what lies before the first hour is in it."""
    times = sorted((hour, n) for (name, hour), n in counts.items() if not who or name == who)
    total, place, values = 0, 0, []
    for hour in hours:
        while place < len(times) and times[place][0] <= hour:
            total += times[place][1]
            place += 1
        values.append(total)
    return values


def _sent(operation: Operation) -> list[tuple[str, str, int, datetime | None, datetime | None]]:
    """Deliveries by state and provider: how many, the earliest due, the first that was sent."""
    rows = Delivery.objects.filter(notice__operation=operation).values_list("state", "provider__name")
    return list(rows.annotate(n=Count("pk"), since=Min("due_at"), first=Min("sent_at")).order_by("state", "-n"))


def _stuck(
    operation: Operation, sent: list[tuple[str, str, int, datetime | None, datetime | None]], at: datetime
) -> list[Stuck]:
    found = [*_waiting(operation), *_unread(operation)]
    found += [
        Stuck(f"delivery:{state}", n, since, name) for state, name, n, since, _ in sent if state in STUCK_DELIVERIES
    ]
    silent = Tracking.objects.filter(
        episode__operation=operation, answer="", first_down_at=None, referred_at__lt=at - SOON
    )
    told = silent.values_list("item__hosting__provider__name").annotate(n=Count("pk"), since=Min("referred_at"))
    found += [Stuck("no answer for a day, and up", n, since, name or "") for name, n, since in told.order_by("-n")[:8]]
    return [row for row in found if row.count]


def _unread(operation: Operation) -> list[Stuck]:
    """What waits for review in languages no reviewer said they read, the most first; nothing where none said anything."""
    said = said_here(operation)
    if not said:
        return []
    waiting = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW)
    told = unread(waiting, said)[:MOST_LANGUAGES]
    return [Stuck("in a language nobody reads", n, since, tag, state="in_review") for tag, n, since in told]


def _waiting(operation: Operation) -> list[Stuck]:
    """What could not go on, waits for a second opinion, or is closed and with nobody yet; one statement."""
    lost = Q(state=EpisodeState.FLAGGED, attempts__gt=0) | Q(state=EpisodeState.SIGNED, item__hosting=None)
    rows = Episode.objects.filter(lost, operation=operation).values_list("state")
    asked = Question.objects.filter(episode__operation=operation, episode__state=EpisodeState.IN_REVIEW)
    closed = Quarantine.objects.filter(item__episodes__operation=operation, handed_at=None)
    people = [
        rows.values_list(Value(kind, CharField())).annotate(n=Count("pk", distinct=True), since=Min("at"))
        for kind, rows in (("asked", asked), ("closed", closed))
    ]
    counted = rows.annotate(n=Count("pk"), since=Min("opened_at")).order_by().union(*people, all=True)
    told = {kind: (n, since) for kind, n, since in counted}
    return [
        *(Stuck(LOST[state], *told[state], state=state) for state in sorted(LOST) if state in told),
        Stuck("waits for a second opinion", *told.get("asked", (0, None)), state="in_review"),
        Stuck("closed to view, not yet handed over", *told.get("closed", (0, None))),
    ]


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
