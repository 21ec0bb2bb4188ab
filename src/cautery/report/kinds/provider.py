"""A provider's year from its desk: TCO Art 7, and a draft DSA statement of reasons for each decision that needs one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.instruments import Catalogue, read
from cautery.core.instruments.transparency import INSTRUMENT, from_database, to_database
from cautery.directory.models import Provider
from cautery.refer.models import Notice
from cautery.report.kinds.sheet import Figure, Part, Sheet, Table
from cautery.report.kinds.year import of_year
from cautery.report.measures.cases import NOT_SAID, cases
from cautery.review.models import Instrument
from cautery.track.models import Answer

Facts = Mapping[str, Any]

SOURCES = {Instrument.REFERRAL: "SOURCE_TYPE_OTHER_NOTIFICATION", Instrument.DSA_NOTICE: "SOURCE_ARTICLE_16"}
"""Orders (TCO, Art 9 DSA) need no statement of reasons to the database: Art 17(5) leaves them out."""
DECISIONS = {"removed": "DECISION_VISIBILITY_CONTENT_REMOVED", "geo_blocked": "DECISION_VISIBILITY_CONTENT_DISABLED"}
CONTENT = {
    "video": "VIDEO",
    "image": "IMAGE",
    "photo": "IMAGE",
    "audio": "AUDIO",
    "post": "TEXT",
    "paste": "TEXT",
    "message": "TEXT",
}
GIVEN = ("decision_ground", "incompatible_content_ground", "incompatible_content_explanation", "illegal_content_legal_ground",
         "illegal_content_explanation", "territorial_scope", "automated_detection", "automated_decision", "redress")  # fmt: skip
"""What only the provider knows: taken from `facts["statement"]`, the same for every statement."""


def provider_year(year: int, slug: str, facts: Facts, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Art 7(3) and the statements; `data["statements"]` are those ready to post. NotFound for a provider the directory has not."""
    by.require(Permission.REPORT_OPERATION_READ)
    host = Provider.objects.filter(slug=slug).first()
    if host is None:
        raise NotFound(f"The directory has no provider {slug!r}.", hint="Name one with --provider.")
    notices = of_year(year).filter(provider=host)
    ready, lacking = statements(notices, facts)
    return Sheet(
        "provider",
        f"Transparency report of {host.legal_name or host.name}, {year}",
        "Article 7 of Regulation (EU) 2021/784, and statements of reasons under Article 17 of Regulation (EU) 2022/2065",
        {"Provider": host.name, "Year": year, "As of": at.isoformat()},
        (Part("Article 7(3)", (_WORD,), _article_7(notices, facts)), _statements(ready, lacking)),
        at,
        data={"statements": ready},
    ).as_dict()


_WORD = (
    "These are the provider's own words, as answered through its desk, its interface or by mail: not what a check of ours found. They hold for what "
    "came through this register; orders of others are to be added."
)


def _article_7(notices: Any, facts: Facts) -> list[Figure]:
    orders = notices.filter(instrument=Instrument.TCO_ORDER)
    said = Counter(Answer.objects.filter(notice__in=orders).values_list("answer", flat=True))
    own = "Given by the provider."

    def given(name: str, letter: str, label: str, unit: str) -> Figure:
        return Figure(name, label, facts.get(name), unit, own, f"Art 7(3)({letter})")

    return [
        given("measures", "a", "Measures on identification and removal", "text"),
        given("measures_reappearance", "b", "Measures against what reappears", "text"),
        Figure(
            "orders",
            "Removal orders received",
            orders.count(),
            "orders",
            "In the year, through this register.",
            "Art 7(3)(c)",
        ),
        Figure(
            "removed",
            "Items removed or disabled after orders",
            said["removed"] + said["geo_blocked"],
            "items",
            "Answered `removed` or `geo_blocked`.",
            "Art 7(3)(c)",
        ),
        Figure(
            "not_executed",
            "Orders not executed",
            said["declined"],
            "orders",
            "Answered `declined`; grounds are with each.",
            "Art 7(3)(c)",
        ),
        given("specific_measures_items", "c", "Items removed by specific measures", "items"),
        given("complaints", "d", "Complaints and their outcome", "complaints"),
        given("review_proceedings", "e", "Review proceedings brought, and outcome", "cases"),
        given("reinstated_by_proceedings", "f", "Reinstated after proceedings", "cases"),
        given("reinstated_by_complaint", "g", "Reinstated after a complaint", "cases"),
    ]


def statements(notices: Any, facts: Facts) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Records that hold against the database's form, and what the others lack, as (field: problem) with counts."""
    instrument = Catalogue.default().get(INSTRUMENT)
    wording = instrument.wording("en")
    known = {case.notice: case for case in cases(notices)}
    ready: list[dict[str, Any]] = []
    lacking: Counter[str] = Counter()
    answers = Answer.objects.filter(notice__in=notices.filter(instrument__in=SOURCES), answer__in=DECISIONS)
    for answer in answers.select_related("notice__item", "notice__provider").order_by("notice_id", "at"):
        language = known[answer.notice_id].language if answer.notice_id in known else NOT_SAID
        values = read(instrument.form, from_database(_record(answer, language, facts)), wording)
        if values.complete:
            ready.append(to_database(values.values))
        lacking.update(f"{one.field}: {one.problem}" for one in values.findings if one.problem != "advised")
    return ready, lacking


def _record(answer: Answer, language: str, facts: Facts) -> dict[str, Any]:
    notice: Notice = answer.notice
    day = answer.at.date().isoformat()
    given = {name: value for name, value in facts.get("statement", {}).items() if name in GIVEN}
    terms = notice.provider.terms_provision
    contract = (
        {"decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible_content_ground": terms}
        if terms
        else {}
    )
    kind = CONTENT.get(notice.item.kind)
    return {
        **contract,
        "incompatible_content_explanation": "Terrorist content, as the notice sets out." if terms else "",
        "decision_visibility": [DECISIONS[answer.answer]],
        "application_date": day,
        "content_type": [f"CONTENT_TYPE_{kind or 'OTHER'}"],
        "content_type_other": "" if kind else notice.item.kind,
        "content_date": notice.item.first_flagged_at.date().isoformat(),
        "content_language": language[:2].upper() if language != NOT_SAID else "",
        "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
        "category_specification": ["KEYWORD_TERRORIST_CONTENT"],
        "decision_facts": f"Notice {notice.reference} was received on {notice.composed_at.date().isoformat()} or later; the content was reviewed.",
        "source_type": SOURCES[Instrument(notice.instrument)],
        "automated_detection": "No",
        "puid": notice.idempotency_key,
        **given,
    }


def _statements(ready: list[dict[str, Any]], lacking: Counter[str]) -> Part:
    text = (
        f"{len(ready):,} statements hold against the published form of the Transparency Database and are in the data of this report, ready to "
        "post. Only the provider knows its terms, the territory, redress and whether it decided by machine: give these once with --facts, under "
        "`statement`. The date of the content is the day it was first flagged, the latest it can be; the provider may know an earlier one. "
        "Orders need no statement."
    )
    rows = [(problem, n) for problem, n in lacking.most_common()]
    table = Table("What the other statements lack", (("Field and problem", "name"), ("Statements", "number")), rows)
    return Part("Statements of reasons", (text,), tables=[table])
