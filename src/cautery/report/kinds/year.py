"""The year of an authority (TCO Art 8 and 21) and of a trusted flagger (DSA Art 22(3)), from the register and `facts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.effect import wilson
from cautery.core.errors import NotFound
from cautery.core.lifecycle import Outcome
from cautery.directory.models import Authority, Provider, Unit
from cautery.refer.models import Notice
from cautery.report.kinds.sheet import Figure, Kind, Part, Sheet, Table, Value
from cautery.report.measures.cases import COUNTED, Case, cases, grouped
from cautery.report.measures.figure import figure, speed
from cautery.review.models import Instrument

Facts = Mapping[str, Any]


def of_year(year: int) -> QuerySet[Notice]:
    """Notices providers received in a calendar year (UTC)."""
    bounds = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    received = Notice.objects.filter(delivery__state__in=COUNTED)
    return received.filter(delivery__received_at__gte=bounds[0], delivery__received_at__lt=bounds[1])


def authority_year(year: int, slug: str, facts: Facts, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Orders an authority's units sent in a year; of all authorities without a slug. NotFound for one the directory has not."""
    by.require(Permission.REPORT_OPERATION_READ)
    authority = _named(Authority, slug)
    notices = of_year(year).filter(instrument=Instrument.TCO_ORDER)
    if authority is not None:
        notices = notices.filter(episode__assessment__reviewer__unit__authority=authority)
    rows = cases(notices)
    states = dict(Provider.objects.values_list("slug", "home_state"))
    abroad = (
        sum(bool(authority) and states[case.provider] not in {"", authority.state} for case in rows)
        if authority
        else None
    )
    return Sheet(
        "year-authority",
        f"Orders under Regulation (EU) 2021/784, {year}",
        f"Transparency report under Article 8 and information under Article 21: {authority.name if authority else 'all authorities'}",
        {"Year": year, "Authority": authority.name if authority else "all", "As of": at.isoformat()},
        (Part("Article 8", _CAUTION, _article_8(rows, abroad, facts)), *_article_21(rows, facts)),
        at,
    ).as_dict()


_CAUTION = (
    (
        "Removed or disabled counts an order where our own check found the item gone for everybody and its page or the provider says by whom, "
        "or hidden by country. What no check could tell stands apart and is in neither number. Nothing here is detail of ongoing activity."
    ),
)


def _fact(
    facts: Facts, name: str, law: str, label: str, unit: str, definition: str = "Given by the authority."
) -> Figure:
    return Figure(name, label, facts.get(name), unit, definition, law)


def _article_8(rows: Sequence[Case], abroad: int | None, facts: Facts) -> list[Figure]:
    seen = Counter(case.outcome for case in rows)
    done = seen[Outcome.REMOVED] + seen[Outcome.GEO_BLOCKED]
    unknown = seen[Outcome.UNKNOWN] + seen[Outcome.GONE_OTHER]
    a = "Art 8(1)(a)"
    return [
        Figure(
            "orders",
            "Removal orders",
            len(rows),
            "orders",
            "Orders under Art 3 that reached their provider in the year.",
            a,
        ),
        Figure(
            "orders_abroad",
            "Of these under Art 4(1)",
            abroad,
            "orders",
            "Provider's home state is another member state.",
            a,
        ),
        _fact(facts, "orders_scrutinised", a, "Scrutinised under Art 4", "orders"),
        Figure(
            "removed", "Removed or disabled", done, "orders", "As our own check found, removed or hidden by country.", a
        ),
        Figure(
            "not_removed",
            "Not removed",
            len(rows) - done - unknown,
            "orders",
            "Declined, unanswered, or claimed and still up.",
            a,
        ),
        Figure(
            "unknown",
            "State unknown",
            unknown,
            "orders",
            "No check could tell, or gone without a word of who did it.",
            a,
        ),
        _fact(facts, "specific_measures_decisions", "Art 8(1)(b)", "Decisions under Art 5(4), (6), (7)", "decisions"),
        _fact(facts, "review_proceedings", "Art 8(1)(c)", "Under administrative or judicial review", "cases"),
        _fact(facts, "review_outcomes", "Art 8(1)(c)", "Outcome of these proceedings", "text"),
        _fact(facts, "penalties", "Art 8(1)(d)", "Decisions imposing penalties", "decisions"),
        _fact(facts, "penalty_types", "Art 8(1)(d)", "Type of penalties", "text"),
    ]


def _article_21(rows: Sequence[Case], facts: Facts) -> tuple[Part, ...]:
    times = speed([case.span for case in rows if case.received is not None])
    removed = sum(case.outcome is Outcome.REMOVED for case in rows)
    a = "Art 21(1)(a)"
    found = [
        Figure("orders", "Removal orders", len(rows), "orders", "As above.", a),
        Figure(
            "items_removed", "Items removed", removed, "items", "Our own check found it gone by the provider's hand.", a
        ),
        Figure(
            "median_s",
            "Half removed after",
            times["median_s"],
            "time",
            "From receipt, over all orders; with 95 % interval.",
            a,
        ),
        Figure(
            "share_1h",
            "Within one hour",
            times["share_1h"],
            "share of orders",
            "From receipt, as far as checks can tell.",
            a,
        ),
        Figure("share_24h", "Within 24 hours", times["share_24h"], "share of orders", "Likewise.", a),
        _fact(facts, "specific_measures_items", "Art 21(1)(b)", "Items removed by specific measures", "items"),
        _fact(facts, "access_requests", "Art 21(1)(c)", "Requests for access to preserved content", "requests"),
        _fact(facts, "complaints", "Art 21(1)(d)", "Complaint procedures and actions taken", "complaints"),
        _fact(facts, "review_proceedings", "Art 21(1)(e)", "Review proceedings and decisions", "cases"),
    ]
    lines = [[name, len(group), *_times(group)] for name, group in grouped(rows, lambda case: case.provider).items()]
    columns: tuple[tuple[str, Kind], ...] = (
        ("Provider", "name"),
        ("Orders", "number"),
        ("Half removed after", "number"),
        ("Within 1 hour", "number"),
    )
    return (Part("Article 21", figures=found, tables=[Table("Orders and speed by provider", columns, lines)]),)


def _times(rows: Sequence[Case]) -> tuple[Value, Value]:
    times = speed([case.span for case in rows if case.received is not None])
    return times["median_s"], times["share_1h"]


def flagger_year(year: int, slug: str, facts: Facts, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Notices under Art 16 a unit submitted in a year, by provider, type of content and action taken; no personal data."""
    by.require(Permission.REPORT_OPERATION_READ)
    unit = _named(Unit, slug)
    every = of_year(year)
    if unit is not None:
        every = every.filter(episode__assessment__reviewer__unit=unit)
    rows = cases(every.filter(instrument=Instrument.DSA_NOTICE))
    referrals = every.filter(instrument=Instrument.REFERRAL).count()
    by_words = (("provider", "Provider"), ("kind", "Type of content"))
    tables = [_actions(rows, word, label) for word, label in by_words]
    answered = [case for case in rows if case.answer]
    declined = sum(case.answer == "declined" for case in answered)
    own = figure(wilson(len(answered) - declined, len(answered)), "share")
    law = "Art 22(3)"
    found = [
        Figure("notices", "Notices under Art 16", len(rows), "notices", "Reached their provider in the year.", law),
        Figure(
            "accepted",
            "Not declined, of those answered",
            own,
            "share of answers",
            "Own precision, as providers see it.",
            "Art 22(6)",
        ),
        _fact(
            facts,
            "independence",
            law,
            "How independence from providers is kept",
            "text",
            "Given by the trusted flagger.",
        ),
    ]
    apart = f"{referrals:,} voluntary referrals under terms of service were sent too; Article 22 does not ask for them, and they are not counted."
    return Sheet(
        "year-flagger",
        f"Notices of a trusted flagger, {year}",
        f"Report under Article 22(3) of Regulation (EU) 2022/2065: {unit.name if unit else 'all units'}",
        {"Year": year, "Trusted flagger": unit.name if unit else "all units", "As of": at.isoformat()},
        (Part("Notices", (apart,), found, tables),),
        at,
    ).as_dict()


def _actions(rows: Sequence[Case], word: str, label: str) -> Table:
    kinds = list(Outcome)
    lines: list[list[Value]] = []
    for name, group in grouped(rows, lambda case: str(getattr(case, word))).items():
        seen = Counter(case.outcome for case in group)
        lines.append([name, len(group), *(seen[kind] for kind in kinds)])
    names: list[tuple[str, Kind]] = [(str(kind).replace("_", " ").capitalize(), "number") for kind in kinds]
    return Table(f"By {label.lower()} and action taken", ((label, "name"), ("Notices", "number"), *names), lines)


def _named(model: Any, slug: str) -> Any:
    """A row of the directory by its slug; None for an empty slug. NotFound names what there is."""
    if not slug:
        return None
    found = model.objects.filter(slug=slug).first()
    if found is None:
        there = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise NotFound(f"The directory has no {model.__name__.lower()} {slug!r}.", hint=f"There are: {there}.")
    return found
