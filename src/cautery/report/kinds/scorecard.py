"""The scorecard of an operation: what each provider did with its notices, how soon, and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.effect import wilson
from cautery.core.lifecycle import Outcome
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.report.kinds.sheet import Kind, Part, Sheet, Table, Value
from cautery.report.measures.cases import Case, cases, grouped
from cautery.report.measures.figure import figure, speed
from cautery.report.queries import sightings

_COUNTS: tuple[tuple[Outcome, str], ...] = (
    (Outcome.DECLINED, "Declined"),
    (Outcome.CLAIMED_BUT_UP, "Claimed, still up"),
    (Outcome.GEO_BLOCKED, "Geo-blocked"),
    (Outcome.UNANSWERED, "Unanswered"),
    (Outcome.UNKNOWN, "Unknown"),
)
_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("Notices", "number"),
    ("Removed", "number"),
    ("Half removed after", "number"),
    ("Within 1 hour", "number"),
    ("Within 24 hours", "number"),
    *((label, "number") for _, label in _COUNTS),
)


def scorecard(operation: Operation, *, provider: str = "", by: Actor, at: datetime) -> dict[str, Any]:
    """Of all providers, or of one with its kinds of item and instruments."""
    by.require(Permission.REPORT_OPERATION_READ)
    notices = Notice.objects.filter(operation=operation)
    rows = cases(notices.filter(provider__slug=provider) if provider else notices)
    back = Counter(s.item.provider for s in sightings(operation))
    words: tuple[tuple[str, Callable[[Case], str]], ...] = (
        ("Provider", lambda case: case.provider),
        ("Provider and kind", lambda case: f"{case.provider}, {case.kind}"),
        ("Provider and instrument", lambda case: f"{case.provider}, {case.instrument}"),
    )
    returned = sorted((name, n) for name, n in back.items() if not provider or name == provider)
    return Sheet(
        "scorecard",
        operation.name,
        f"Provider scorecard{f': {provider}' if provider else ''}",
        {
            "Operation": operation.slug,
            "T0": operation.t0.isoformat() if operation.t0 else "none",
            "As of": at.isoformat(),
        },
        (
            Part("Each provider", (_READING,), tables=[_table(*words[0], rows)]),
            Part("By kind of item and by instrument", tables=[_table(word, key, rows) for word, key in words[1:]]),
            Part(
                "What came back",
                ("Returns seen at each provider and confirmed by an officer, whoever hosted what was removed.",),
                tables=[Table("Returns seen", (("Provider", "name"), ("Returns", "number")), returned)],
            ),
        ),
        at,
    ).as_dict()


_READING = (
    "Removed: our own check found the item gone, and its page or the provider says by whom. Claimed, still up: the provider says removed, "
    "our last check saw it up. Unknown: no check could tell; never counted as removed. Times run from the provider's receipt, over all "
    "its notices; what lies between two checks is an interval. Ranges are 95 % intervals. Small numbers carry wide ranges: providers "
    "whose ranges overlap are not to be ranked."
)


def _table(word: str, key: Callable[[Case], str], rows: Sequence[Case]) -> Table:
    lines = [[name, *_line(group)] for name, group in grouped(rows, key).items()]
    return Table(f"By {word.lower()}", ((word, "name"), *_COLUMNS), [*lines, ["All", *_line(rows)]], total=True)


def _line(rows: Sequence[Case]) -> list[Value]:
    seen = Counter(case.outcome for case in rows)
    times = speed([case.span for case in rows if case.received is not None])
    removed = figure(wilson(seen[Outcome.REMOVED], len(rows)), "share")
    return [
        len(rows),
        removed,
        times["median_s"],
        times["share_1h"],
        times["share_24h"],
        *(seen[outcome] for outcome, _ in _COUNTS),
    ]
