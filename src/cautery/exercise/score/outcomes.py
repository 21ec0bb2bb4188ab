"""What became of each notice by the world's books, against what the report says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cautery.exercise.score.books import PROPAGANDA, Books, Notice, Period, Thing
from cautery.exercise.score.figures import (
    Check,
    Figure,
    agreement,
    check,
    count,
    figure,
    flat,
    nothing_of,
    share,
    within,
)

OUTCOMES = ("removed", "claimed_but_up", "geo_blocked", "declined", "gone_other", "unanswered", "unknown")
CLAIMS = frozenset({"removed", "geo_blocked"})
BLINK_S = 900.0
"""What was down for less, and came back at the same place, may never have been seen down."""
LATE_WORD_S = 600.0
"""An answer given this shortly before the end may not have been read."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Notices by provider and outcome: as the books have it, and at least and at most where nobody could be sure."""

    true: Mapping[str, Counter[str]]
    least: Mapping[str, Counter[str]]
    most: Mapping[str, Counter[str]]
    accepted: Mapping[str, tuple[str, ...]]


def period_of(notice: Notice, thing: Thing) -> Period | None:
    """The time online that a notice concerns: the one it ended, or the last one begun when it was received."""
    own = [period for period in thing.periods if period.removed_by == notice.key]
    begun = [period for period in thing.periods if period.start <= notice.received_at]
    return own[0] if own else begun[-1] if begun else None


def accepted_outcomes(notice: Notice, thing: Thing, shows_as: str | None, end: float) -> tuple[str, ...]:
    """The notice's outcome by the rules under `removed` in definitions.toml, then others that are as good.

    `shows_as`: how the provider shows what it removed; `end`: of the operation.
    """
    answers = [notice.answer]
    if notice.answered_at is not None and notice.answered_at > end - LATE_WORD_S:
        answers.append(None)
    found = [
        _outcome(cause, answer, shows_as)
        for cause in _causes(period_of(notice, thing), thing, shows_as)
        for answer in answers
    ]
    return tuple(dict.fromkeys(found))


def _causes(period: Period | None, thing: Thing, shows_as: str | None) -> list[str | None]:
    """How the time online ended (None: it is up), as it is, and as it may have looked."""
    if period is None:
        return [None]
    if period.cause == "provider" and shows_as == "login_redirect":
        return list(dict.fromkeys((thing.periods[-1].cause, period.cause)))
    later = [other for other in thing.periods if other.start > period.start]
    blinked = bool(later) and later[0].start - period.end < BLINK_S
    return [period.cause, later[0].cause] if blinked else [period.cause]


def _outcome(cause: str | None, answer: str | None, shows_as: str | None) -> str:
    if cause == "provider":
        if shows_as == "login_redirect":
            return "declined" if answer == "declined" else "unknown"
        return "gone_other" if shows_as == "404_plain" and answer != "removed" else "removed"
    if cause == "geo":
        return "geo_blocked"
    if cause is not None:
        return "gone_other"
    if answer == "declined":
        return "declined"
    return "claimed_but_up" if answer in CLAIMS else "unanswered"


def tally(books: Books) -> Tally:
    """Outcomes of all notices by the world's books; a notice about no object of the world has the outcome `unknown`."""
    true, least, most = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    accepted: dict[str, tuple[str, ...]] = {}
    for notice in books.notices:
        thing = books.things.get(notice.object_id or "")
        shows_as = books.shows_removed.get(notice.provider)
        fitting = ("unknown",) if thing is None else accepted_outcomes(notice, thing, shows_as, books.end)
        accepted[notice.key] = fitting
        true[notice.provider][fitting[0]] += 1
        least[notice.provider].update(fitting if len(fitting) == 1 else ())
        most[notice.provider].update(fitting)
    return Tally(true, least, most, accepted)


def notice_figures(books: Books) -> tuple[dict[str, Figure], list[Check]]:
    """Notices sent, repeated, wrong; outcomes; flags and decisions."""
    told = books.report
    repeated = _repeated(books)
    figures = {
        "effects_repeated": repeated,
        "wrong_notices": _wrong_notices(books),
        "decoys_referred": _decoys_referred(books),
        "outcomes_either_way": _either_way(books),
        "t0_spread_s": _t0_spread(books),
        "review_errors": _review_errors(books),
    }
    wrongly = _removed_wrongly(books)
    figures["removed_wrongly"] = wrongly
    sent = Counter(notice.provider for notice in books.notices)
    sent["all"] = len(books.notices)
    told_sent = {**told["notices"]["by_provider"], "all": told["notices"]["sent"]}
    tallied, said = tally(books), told["outcomes"]
    figures["notices"] = figure(sent["all"], n=len(sent) - 1)
    removed = flat(tallied.true, "removed")
    figures["removed"] = figure(removed.pop("all"), n=sent["all"], by_provider=dict(sorted(removed.items())))
    figures["outcomes_differing"] = _differing(books, tallied)
    checks = [
        nothing_of("effects_repeated", repeated),
        nothing_of("removed_wrongly", wrongly),
        agreement("notices_exact", sent, told_sent),
        *(
            within(f"{name}_exact", flat(tallied.least, name), flat(tallied.most, name), _said(said, name))
            for name in OUTCOMES
        ),
        *_count_checks(books),
    ]
    return figures, checks


def _said(said: Mapping[str, Any], column: str) -> Counter[str]:
    """The report's column by provider, its own total beside it."""
    lines = Counter({name: row.get(column, 0) for name, row in said["by_provider"].items()})
    lines["all"] = said[column]
    return lines


def _removed_wrongly(books: Books) -> Figure:
    """Notice by notice, so that one too many here and one too few there do not make up for each other."""
    accepted = tally(books).accepted
    removed = [one.notice for item in books.items.values() for one in item.openings if one.outcome == "removed"]
    known = [key for key in removed if key is not None and key in accepted]
    return count([f"{key}: {accepted[key][0]}" for key in known if "removed" not in accepted[key]], n=len(known))


def _differing(books: Books, tallied: Tally) -> Figure:
    told = {one.notice: one.outcome for item in books.items.values() for one in item.openings if one.notice is not None}
    known = [key for key in tallied.accepted if key in told]
    return count(
        [
            f"{key}: {tallied.accepted[key][0]}, not {told[key]}"
            for key in known
            if told[key] not in tallied.accepted[key]
        ],
        n=len(known),
    )


def _either_way(books: Books) -> Figure:
    """Notices of which the checks take more than one outcome: how wide the door is that the other checks leave open."""
    accepted = tally(books).accepted
    return count(
        [f"{key}: {' or '.join(fitting)}" for key, fitting in accepted.items() if len(fitting) > 1], n=len(accepted)
    )


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
    for notice in (one for one in books.notices if one.channel != "portal"):
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
