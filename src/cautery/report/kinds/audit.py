"""Self-audit: how often we were right, as far as anybody else had a say: signers, providers, owners, courts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cautery.core.actors import Actor, Permission
from cautery.core.effect import wilson
from cautery.intake.models import Operation
from cautery.report.definitions import DEFINITIONS
from cautery.report.kinds.sheet import Figure, Kind, Part, Sheet, Table, Value
from cautery.report.measures.cases import NOT_SAID
from cautery.report.measures.figure import figure
from cautery.report.measures.rightness import COUNTED, rightness
from cautery.review.models import Assessment, Finding
from cautery.track.models import Answer
from cautery.track.redress.queries import BY


class Decision(NamedTuple):
    """One decision: who decided, on what, and who said otherwise. `unit` is the reviewer's."""

    unit: str
    instrument: str
    language: str
    ideology: str
    confirmed: bool
    overturned: bool
    answered: bool
    declined: bool


def audit(operation: Operation, facts: dict[str, Any], *, by: Actor, at: datetime) -> dict[str, Any]:
    """Precision (not declined, of those answered), overturned by the second person, by unit, instrument, language, ideology."""
    by.require(Permission.REPORT_OPERATION_READ)
    rows = _decisions(operation)
    record = rightness(operation, by=by, at=at)
    words: tuple[tuple[str, Callable[[Decision], str]], ...] = (
        ("Unit", lambda row: row.unit),
        ("Instrument", lambda row: row.instrument),
        ("Language", lambda row: row.language),
        ("Ideology", lambda row: row.ideology),
    )
    why = Answer.objects.filter(notice__operation=operation, answer="declined").values_list("reason", flat=True)
    reasons = Counter(reason[:120] or "no reason given" for reason in why)
    declined = Table(
        "Reasons of providers that declined",
        (("Reason", "name"), ("Answers", "number")),
        reasons.most_common(20),
    )
    return Sheet(
        "audit",
        operation.name,
        "Self-audit of decisions",
        {"Operation": operation.slug, "As of": at.isoformat()},
        (
            Part("In all", (_READING,), _figures(rows, facts)),
            Part(
                "By unit, instrument, language and ideology", (_IDEOLOGY,), tables=[_table(*one, rows) for one in words]
            ),
            Part(
                "What others said of our notices",
                (_RECORD.format(at=at),),
                _record_figures(record),
                _record_tables(record),
            ),
            Part("Why providers declined", tables=[declined])
            if reasons
            else Part("Why providers declined", ("None declined.",)),
        ),
        at,
    ).as_dict()


_READING = (
    "Nobody audits himself well: these figures are what others said of our decisions. A provider that does not answer says nothing, so "
    "precision is over notices answered. A signer who refuses, and a complaint or court that reinstates, overturn a decision. An item "
    "dismissed and not looked at again is in no figure here: what was wrongly let go cannot be seen from the register."
)
_RECORD = (
    "Notices that arrived, as of {at:%Y-%m-%d %H:%M} UTC, and what came of complaints, scrutiny and courts. A notice nobody challenged "
    "stands here as standing: that is not the same as right."
)
_IDEOLOGY = (
    "The ideology is known where the decision rests on a listed entity; its code stands here. Elsewhere it is not said, and is not guessed. "
    "Where one language is declined or overturned far more often than others, with ranges that do not overlap, its decisions deserve a second look."
)


def _decisions(operation: Operation) -> list[Decision]:
    fields = (
        "pk",
        "reviewer__unit__slug",
        "instrument",
        "episode__capture__language",
        "designation",
        "finding",
        "signature__act",
    )
    declined, answered = _answers(operation)
    rows = Assessment.objects.filter(episode__operation=operation).values_list(*fields)
    return [
        Decision(
            unit,
            instrument,
            language or NOT_SAID,
            designation or NOT_SAID,
            finding == Finding.CONFIRMED,
            act == "refuse",
            pk in answered,
            pk in declined,
        )
        for pk, unit, instrument, language, designation, finding, act in rows
    ]


def _answers(operation: Operation) -> tuple[set[int], set[int]]:
    """Decisions whose notice a provider declined, and all whose notice it answered."""
    rows = Answer.objects.filter(notice__operation=operation).values_list("notice__signature__assessment_id", "answer")
    answers = list(rows)
    return {pk for pk, answer in answers if answer == "declined"}, {pk for pk, _ in answers}


def _figures(rows: Sequence[Decision], facts: dict[str, Any]) -> list[Figure]:
    confirmed = [row for row in rows if row.confirmed]
    precision, overturned = _shares(rows)
    share = figure(wilson(len(confirmed), len(rows)), "share")
    return [
        Figure("decisions", "Decisions", len(rows), "decisions", "Findings of a reviewer, confirmed or dismissed."),
        Figure(
            "confirmed",
            "Confirmed",
            share,
            "share of decisions",
            "Found to be terrorist content, of all flagged and reviewed.",
        ),
        Figure(
            "overturned", "Refused by the second person", overturned, "share of confirmed", "Nothing was sent of these."
        ),
        Figure(
            "precision", "Not declined", precision, "share of answered", "Notices answered with anything but a refusal."
        ),
        Figure(
            "reinstated",
            "Reinstated after complaint or review",
            facts.get("reinstated"),
            "items",
            "Given by the authority.",
        ),
        Figure("complaints", "Complaints", facts.get("complaints"), "complaints", "Given by the authority."),
    ]


def _record_figures(record: dict[str, Any]) -> list[Figure]:
    labels = {name: name.replace("_", " ").capitalize() for name in (*COUNTED, "overturned_share")}
    return [
        Figure(f"record_{name}", label, record[name], *DEFINITIONS[f"precision.{name}"])
        for name, label in labels.items()
    ]


def _record_tables(record: dict[str, Any]) -> list[Table]:
    """The precision record by each of its axes; the share with its interval."""
    tables = []
    for axis in BY:
        heads: tuple[tuple[str, Kind], ...] = (
            (axis.capitalize(), "name"),
            *((name.capitalize(), "number") for name in COUNTED),
            ("Share overturned", "number"),
        )
        lines: list[list[Value]] = [
            [name.replace("_", " "), *(line[one] for one in COUNTED), line["overturned_share"]]
            for name, line in record[f"by_{axis}"].items()
        ]
        tables.append(Table(f"Notices by {axis}", heads, lines))
    return tables


def _shares(rows: Sequence[Decision]) -> tuple[dict[str, Any], dict[str, Any]]:
    answered = [row for row in rows if row.answered]
    confirmed = [row for row in rows if row.confirmed]
    right = wilson(sum(not row.declined for row in answered), len(answered))
    refused = wilson(sum(row.overturned for row in confirmed), len(confirmed))
    return figure(right, "share"), figure(refused, "share")


def _table(word: str, key: Callable[[Decision], str], rows: Sequence[Decision]) -> Table:
    names = sorted({key(row) for row in rows})
    lines: list[list[Value]] = []
    for name in names:
        own = [row for row in rows if key(row) == name]
        right, refused = _shares(own)
        lines.append([name.replace("_", " "), len(own), sum(row.confirmed for row in own), refused, right])
    heads: tuple[tuple[str, Kind], ...] = (
        (word, "name"),
        ("Decisions", "number"),
        ("Confirmed", "number"),
        ("Refused by signer", "number"),
        ("Not declined", "number"),
    )
    return Table(f"By {word.lower()}", heads, lines)
