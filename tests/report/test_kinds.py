"""A report for each reader: what it counts, what it refuses, and what it says is missing."""

from __future__ import annotations

from typing import Any

import pytest

from cautery.core.availability import Verdict
from cautery.core.errors import NotFound, Refused
from cautery.core.instruments import Catalogue, read
from cautery.core.instruments.transparency import INSTRUMENT, from_database
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.report.build import build
from cautery.report.kinds.making import Asked, Kind, make_report
from cautery.report.measures.cases import cases
from cautery.report.measures.causes import causes
from cautery.report.outlets import folded
from cautery.report.render import render_html, render_pdf
from cautery.track.redress.actions import Step, record_step
from tests import factories as make

RUN = {"wall_s": None, "peak_rss_mb": None, "seed": None, "version": "0"}
AXES = (("unit", "fr-pharos"), ("instrument", "referral"), ("language", "en"), ("kind", "video"))
VIDEO = "https://www.youtube.com/watch?v={:011d}"
STATEMENT = {
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Terms, section 4",
    "incompatible_content_explanation": "Content that calls for violence.",
    "territorial_scope": ["DE", "FR"],
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "redress": "Complaint within six months.",
}


@pytest.fixture
def frame() -> Operation:
    """Six notices: removed, deleted by its owner, gone without a word, declined, unknown, up."""
    frame, host = make.operation(), make.provider()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(6)])
    make.identified(episodes, host=host, title="Ninth-Lantern specimen")
    make.matched(episodes, label="ninth-lantern-0001")
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    notices = list(Notice.objects.order_by("pk"))
    make.answered([notices[0]], "removed")
    make.answered([notices[3]], "declined", reason="It is satire.")
    verdicts = (Verdict.REMOVED, Verdict.DELETED_BY_OWNER, Verdict.GONE, Verdict.UP, Verdict.LOGIN_WALL, Verdict.UP)
    for notice, verdict in zip(notices, verdicts, strict=True):
        make.probed([notice.episode_id], verdict, at=make.hours(26))
    return frame


def made(kind: str, **asked: Any) -> dict[str, Any]:
    return make_report(Asked(Kind(kind), **asked), run=RUN, by=make.SYSTEM, at=make.hours(96))


def value(report: dict[str, Any], name: str) -> Any:
    return next(f["value"] for part in report["sections"] for f in part["figures"] if f["name"] == name)


@pytest.mark.django_db
class TestKinds:
    def test_causes_are_kept_apart_and_unknown_is_not_the_provider(self, frame: Operation) -> None:
        found = causes(cases(Notice.objects.filter(operation=frame)))
        assert {name: one["seen"] for name, one in found.items()} == {
            "provider": 1, "owner": 1, "geo_blocked": 0, "unknown": 1,
        }  # fmt: skip
        assert found["geo_blocked"]["share_24h"]["value"] == 0.0

    def test_the_scorecard_counts_each_outcome_once(self, frame: Operation) -> None:
        report = made("scorecard", operation=frame.slug)
        _, notices, removed, *_, declined, claimed, geo, unanswered, unknown = report["sections"][0]["tables"][0][
            "rows"
        ][0]
        assert (notices, removed["n"], declined, claimed, geo, unanswered, unknown) == (6, 6, 1, 0, 0, 1, 1)

    def test_the_audit_is_over_notices_answered(self, frame: Operation) -> None:
        precision = value(made("audit", operation=frame.slug), "precision")
        assert (precision["value"], precision["n"]) == (0.5, 2)

    def test_the_record_of_ourselves_counts_what_others_decided_by_then(self, frame: Operation) -> None:
        one, two, *_ = Notice.objects.order_by("pk")
        leader = make.actor("leader", "lead")
        for notice, ruling in ((one, "overturned"), (two, "upheld")):
            record_step(Step(notice.reference, "complaint"), by=leader, at=make.hours(30))
            decided = Step(notice.reference, "scrutiny_decision", ruling=ruling, reason="Looked at again.")
            record_step(decided, by=leader, at=make.hours(40))
        record_step(Step(one.reference, "reinstatement"), by=leader, at=make.hours(41))
        for until, counts in ((96, (6, 2, 1, 1, 1)), (35, (6, 2, 0, 0, 0))):
            asked = Asked(Kind("audit"), operation=frame.slug)
            audit = make_report(asked, run=RUN, by=make.SYSTEM, at=make.hours(until))
            names = ("delivered", "complained", "upheld", "overturned", "reinstated")
            assert tuple(value(audit, f"record_{name}") for name in names) == counts
            whole = build(frame, run=RUN, by=make.SYSTEM, at=make.hours(until))["precision"]
            assert tuple(whole[name] for name in names) == counts
            assert whole["as_of"] == make.hours(until).isoformat()
            assert {whole[f"by_{axis}"][name]["delivered"] for axis, name in AXES} == {6}
        table = next(t for part in audit["sections"] for t in part["tables"] if t["caption"] == "Notices by unit")
        assert table["rows"][0][:6] == ["fr-pharos", 6, 2, 0, 0, 0]

    def test_statements_hold_against_the_published_form_once_the_provider_gave_its_part(self, frame: Operation) -> None:
        year = make.START.year
        assert made("provider", provider="youtube", year=year)["statements"] == []
        ready = made("provider", provider="youtube", year=year, facts={"statement": STATEMENT})["statements"]
        form = Catalogue.default().get(INSTRUMENT)
        assert len(ready) == 1
        assert read(form.form, from_database(ready[0]) | {"redress": "x"}, form.wording("en")).complete

    def test_a_year_counts_what_arrived_in_it_and_lists_what_nobody_kept(self, frame: Operation) -> None:
        report = made("year-authority", year=make.START.year)
        assert value(report, "orders") == 0
        assert value(report, "penalties") is None
        assert any("imposing penalties" in one["figure"] for one in report["missing"])
        assert made("year-flagger", year=make.START.year - 1)["sections"][0]["figures"][0]["value"] == 0

    def test_an_outlet_is_found_by_label_and_brand_and_says_so(self, frame: Operation) -> None:
        report = made("outlet", outlet="Ninth Lantern")
        assert len(report["items"]) == 6
        assert all({"label", "brand"} <= set(row["grounds"]) for row in report["items"])
        with pytest.raises(NotFound):
            made("outlet", outlet="Nobody's Harbour")

    def test_a_report_of_an_operation_needs_one(self) -> None:
        with pytest.raises(Refused):
            made("scorecard")
        with pytest.raises(NotFound):
            made("provider", provider="nobody", year=2026)

    def test_every_kind_becomes_a_page_and_a_pdf(self, frame: Operation) -> None:
        for report in (
            made("full", operation=frame.slug),
            made("press", operation=frame.slug),
            made("audit", operation=frame.slug),
            made("outlet", outlet="Ninth Lantern"),
        ):
            assert "<h1>" in render_html(report)
            assert render_pdf(report).startswith(b"%PDF")


def test_names_are_compared_without_case_spaces_and_accents() -> None:
    assert folded("Ninth-Lantérn_4") == "ninthlantern4"
