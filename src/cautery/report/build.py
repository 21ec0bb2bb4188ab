"""report.json: everything an operation amounts to, each figure with its unit and definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.custody.queries import verify
from cautery.intake.models import Item, Operation
from cautery.refer.models import Notice
from cautery.report import queries
from cautery.report.definitions import DEFINITIONS
from cautery.report.lineage import lineage
from cautery.report.measures.cases import Case, cases, removal_times
from cautery.report.measures.causes import causes
from cautery.report.measures.links import displaced
from cautery.report.measures.returns import returns
from cautery.report.measures.rightness import rightness
from cautery.report.measures.trend import before_and_after
from cautery.report.measures.unseen import unseen
from cautery.report.outlets import labelled
from cautery.report.planning.outcome import compare
from cautery.report.presence import Looks, by_part, curve, followed_of, looks_of
from cautery.watch.models import Sighting


def build(operation: Operation, *, run: Mapping[str, Any], by: Actor, at: datetime) -> dict[str, Any]:
    """The report as of `at`. `run` says how it was run (wall seconds, peak memory, seed, version)."""
    by.require(Permission.REPORT_OPERATION_READ)
    rows = cases(Notice.objects.filter(operation=operation))
    back = queries.sightings(operation)
    looks = looks_of(followed_of(operation))
    checked = verify()
    return {
        "schema": 1,
        "operation": {
            "slug": operation.slug,
            "name": operation.name,
            "started_at": operation.starts_at.isoformat(),
            "t0": operation.t0.isoformat() if operation.t0 else None,
            "ended_at": at.isoformat(),
        },
        "generated_at": at.isoformat(),
        "run": dict(run),
        "flags": queries.flags(operation),
        "items": queries.items(operation),
        "matches": queries.matches(operation),
        "decisions": queries.decisions(operation),
        "notices": queries.notices(operation),
        "outcomes": queries.outcomes(rows),
        "removal_time": removal_times(rows),
        "presence": _presence(operation, rows, looks, at),
        "reemergence": _reemergence(back),
        "lineage": lineage(operation),
        "effect": _effect(operation, rows, back, looks, at),
        "plan": compare(operation, by=by, at=at),
        "precision": rightness(operation, by=by, at=at),
        "deconfliction": queries.deconfliction(operation),
        "custody": {"entries": checked.entries, "head": checked.head, "verified": checked.sealed == checked.entries},
        "definitions": {name: {"unit": unit, "definition": text} for name, (unit, text) in DEFINITIONS.items()},
    }


def _effect(
    operation: Operation, rows: list[Case], back: Sequence[Sighting], looks: Looks, at: datetime
) -> dict[str, Any]:
    """Causes, returns, before and after, displacement, what was never found; each with its interval or the reason why not."""
    roots = dict(Item.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    return {
        "causes": causes(rows),
        "returns": returns(rows, back, roots, at),
        "before_and_after": before_and_after(looks, operation.t0, at),
        "displacement": displaced(operation),
        "unseen": unseen(operation),
    }


def _presence(operation: Operation, rows: list[Case], looks: Looks, at: datetime) -> dict[str, Any]:
    """The band of the whole, and of each provider, kind, language and outlet of the items that have a notice."""
    start = operation.t0 or operation.starts_at
    parts: dict[str, dict[int, Sequence[str]]] = {
        "by_provider": {case.item: (case.provider,) for case in rows},
        "by_kind": {case.item: (case.kind,) for case in rows},
        "by_language": {case.item: (case.language,) for case in rows},
        "by_outlet": {item: sorted(names) for item, names in labelled().items()},
    }
    return {**curve(looks, start, at), "by_part": by_part(looks, parts, start, at)}


def _reemergence(sightings: Sequence[Sighting]) -> dict[str, Any]:
    """Returns seen and confirmed; how long after the last look that would have shown them."""
    gaps = sorted((s.at - s.looked_before_at).total_seconds() for s in sightings if s.looked_before_at is not None)
    return {
        "returned_seen": len(sightings),
        "by_way": dict(sorted(Counter(s.way for s in sightings).items())),
        "median_detection_s": {
            "value": round(median(gaps), 1) if gaps else None,
            "low": 0.0 if gaps else None,
            "high": round(median(gaps), 1) if gaps else None,
            "unit": "s",
            "n": len(gaps),
            "method": "upper bound: time from the last look without it to the look that showed it",
        },
    }
