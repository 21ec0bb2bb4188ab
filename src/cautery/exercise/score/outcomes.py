"""What became of each notice by the world's books, against what the report says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from cautery.exercise.score.books import PROPAGANDA, Books, Notice, Period, Thing
from cautery.exercise.score.figures import Check, Figure, agreement, check, count, figure, flat, nothing_of, share

OUTCOMES = ("removed", "claimed_but_up", "geo_blocked", "declined", "gone_other", "unanswered", "unknown")


def period_of(notice: Notice, thing: Thing) -> Period | None:
    """The time online that a notice concerns."""
    own = [period for period in thing.periods if period.removed_by == notice.key]
    begun = [period for period in thing.periods if period.start <= notice.received_at]
    return own[0] if own else begun[-1] if begun else None


def outcome_of(notice: Notice, thing: Thing, shows_as: str | None) -> str:
    """One of OUTCOMES, by the rules under `removed` in definitions.toml; `shows_as`: how the provider shows removal."""
    period = period_of(notice, thing)
    cause = None if period is None else period.cause
    if cause == "provider":
        if shows_as == "login_redirect":
            return "unknown"
        return "gone_other" if shows_as == "404_plain" and notice.answer != "removed" else "removed"
    if cause == "geo":
        return "geo_blocked"
    if cause is not None:
        return "gone_other"
    return {"removed": "claimed_but_up", "declined": "declined"}.get(notice.answer or "", "unanswered")


def outcomes(books: Books) -> Mapping[str, Counter[str]]:
    """Numbers of notices by provider and outcome."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for notice in books.notices:
        thing = books.things.get(notice.object_id or "")
        shows_as = books.shows_removed.get(notice.provider)
        table[notice.provider]["unknown" if thing is None else outcome_of(notice, thing, shows_as)] += 1
    return table


def notice_figures(books: Books) -> tuple[dict[str, Figure], list[Check]]:
    """Notices sent, repeated, wrong; outcomes; flags and decisions."""
    told = books.report
    repeated = _repeated(books)
    figures = {
        "effects_repeated": repeated,
        "wrong_notices": _wrong_notices(books),
        "decoys_referred": _decoys_referred(books),
        "t0_spread_s": _t0_spread(books),
        "review_errors": _review_errors(books),
    }
    sent = Counter(notice.provider for notice in books.notices)
    sent["all"] = len(books.notices)
    told_sent = {**told["notices"]["by_provider"], "all": told["notices"]["sent"]}
    true, said = outcomes(books), told["outcomes"]
    figures["notices"] = figure(sent["all"], n=len(sent) - 1)
    figures["removed"] = figure(flat(true, "removed")["all"], n=sent["all"])
    checks = [
        nothing_of("effects_repeated", repeated),
        agreement("notices_exact", sent, told_sent),
        agreement("removed_exact", flat(true, "removed"), _said(said, "removed")),
        *(agreement(f"{name}_exact", flat(true, name), _said(said, name)) for name in OUTCOMES[1:]),
        *_count_checks(books),
    ]
    return figures, checks


def _said(said: Mapping[str, Any], column: str) -> Counter[str]:
    """The report's column by provider, its own total beside it."""
    lines = Counter({name: row.get(column, 0) for name, row in said["by_provider"].items()})
    lines["all"] = said[column]
    return lines


def _repeated(books: Books) -> Figure:
    return count([notice.key for notice in books.notices if notice.times_effective > 1], n=len(books.notices))


def _wrong_notices(books: Books) -> Figure:
    wrong = [
        notice.key
        for notice in books.notices
        if (thing := books.things.get(notice.object_id or "")) is None or thing.truth != PROPAGANDA
    ]
    return count(wrong, n=len(books.notices))


def _decoys_referred(books: Books) -> Figure:
    decoys = {thing.id for thing in books.thing_of.values() if thing.truth != PROPAGANDA}
    referred = {notice.object_id for notice in books.notices if notice.object_id is not None}
    return count(decoys & referred, n=len(decoys))


def _t0_spread(books: Books) -> Figure:
    first: dict[str, float] = {}
    for notice in books.notices:
        first[notice.provider] = min(notice.received_wall, first.get(notice.provider, notice.received_wall))
    return figure(max(first.values()) - min(first.values()) if first else None, n=len(first))


def _review_errors(books: Books) -> Figure:
    people = books.world["people"]
    return share(people["errors"], people["decisions"])


def _count_checks(books: Books) -> list[Check]:
    flags, decided, people = books.report["flags"], books.report["decisions"], books.world["people"]
    decisions = decided["confirmed"] + decided["dismissed"]
    verified = books.report["custody"]["verified"]
    return [
        agreement("flags_exact", {"received": books.world["flags"]["sent"]}, {"received": flags["received"]}),
        agreement("rejected_exact", {"rejected": books.world["flags"]["malformed"]}, {"rejected": flags["rejected"]}),
        agreement("decisions_exact", {"decisions": people["decisions"]}, {"decisions": decisions}),
        check("custody_verified", ok=verified is True, detail=f"verified: {verified}"),
    ]
