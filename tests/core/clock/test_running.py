"""Where each of the eleven clocks stands after what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.clock.holidays import place_of
from cautery.core.clock.legal import FILE, ClockTable
from cautery.core.clock.running import Happening, Run, Standing, reached, run, yearly
from cautery.core.clock.timeline import timeline
from cautery.core.errors import RulesInvalid

CLOCKS = ClockTable.default().clocks
T = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
FAR = datetime(2040, 1, 1, tzinfo=UTC)
EVENTS = sorted(ClockTable.default().events)


def h(event: str, minutes: float, theirs: float | None = None, until: datetime | None = None) -> Happening:
    """An event some minutes after T, by our clock and by theirs."""
    stated = None if theirs is None else T + timedelta(minutes=theirs)
    return Happening(event, T + timedelta(minutes=minutes), stated, until)


def one(clock: str, *happenings: Happening) -> Run:
    """The only run of a clock."""
    (found,) = run(CLOCKS[clock], happenings)
    return found


def due(found: Run) -> float:
    """The end that counts, in minutes after T."""
    assert found.due is not None
    return (found.due - T).total_seconds() / 60


def test_there_are_the_eleven_clocks_of_the_reference() -> None:
    assert len(CLOCKS) == 11
    assert all(clock.law for clock in CLOCKS.values())


def test_the_hour_runs_from_receipt_not_from_sending() -> None:
    found = one("remove", h("order_sent", 0), h("order_received", 7))
    assert due(found) == 67
    assert found.standing(T + timedelta(minutes=66)) == Standing.RUNNING
    assert found.standing(T + timedelta(minutes=67)) == Standing.OVERDUE
    assert run(CLOCKS["remove"], [h("order_sent", 0)]) == []


def test_of_two_times_of_receipt_the_later_starts_and_of_two_of_removal_the_earlier_counts() -> None:
    found = one("remove", h("order_received", 0, theirs=2), h("content_removed", 65, theirs=61))
    assert found.started == T + timedelta(minutes=2)
    assert found.standing(FAR) == Standing.MET
    assert one("remove", h("order_received", 0), h("content_removed", 65)).standing(FAR) == Standing.MET_LATE


def test_a_removal_stated_before_the_receipt_does_not_count_as_stated() -> None:
    found = one("remove", h("order_received", 0), h("content_removed", 90, theirs=-30))
    assert found.standing(FAR) == Standing.MET_LATE
    assert "stated_before_start" in [effect.word for effect in found.effects]


def test_what_was_gone_before_the_order_came_is_met() -> None:
    assert one("remove", h("content_removed", -10), h("order_received", 0)).standing(FAR) == Standing.MET


@pytest.mark.parametrize(
    ("report", "end"),
    [("impossibility_reported", "grounds_ceased"), ("clarification_asked", "clarification_received")],
)
def test_an_obstacle_suspends_and_its_end_starts_the_whole_hour_anew(report: str, end: str) -> None:
    suspended = one("remove", h("order_received", 0), h(report, 50))
    assert suspended.standing(FAR) == Standing.SUSPENDED
    assert suspended.due is None
    assert due(one("remove", h("order_received", 0), h(report, 50), h(end, 300))) == 360


def test_two_obstacles_must_both_have_ceased() -> None:
    so_far = [
        h("order_received", 0),
        h("impossibility_reported", 10),
        h("clarification_asked", 20),
        h("grounds_ceased", 30),
    ]
    assert one("remove", *so_far).standing(FAR) == Standing.SUSPENDED
    assert due(one("remove", *so_far, h("clarification_received", 40))) == 100


def test_the_end_of_another_obstacle_restarts_nothing() -> None:
    found = one("remove", h("order_received", 0), h("clarification_asked", 10), h("grounds_ceased", 20))
    assert found.standing(FAR) == Standing.SUSPENDED


def test_an_obstacle_reported_after_the_hour_suspends_nothing() -> None:
    found = one("remove", h("order_received", 0), h("impossibility_reported", 61))
    assert found.standing(FAR) == Standing.OVERDUE
    assert found.effects[-1].word == "late_report"


@pytest.mark.parametrize("event", ["order_withdrawn", "order_annulled"])
def test_an_order_that_falls_takes_the_hour_with_it(event: str) -> None:
    assert one("remove", h("order_received", 0), h(event, 30)).standing(FAR) == Standing.ENDED


def test_a_first_order_waits_twelve_hours_unless_there_is_an_emergency() -> None:
    told = h("information_sent", 0)
    assert one("first-notice", told, h("order_issued", 719)).standing(FAR) == Standing.BROKEN
    assert one("first-notice", told, h("order_issued", 720)).standing(FAR) == Standing.MET
    assert one("first-notice", told, h("emergency_recorded", 5), h("order_issued", 6)).standing(FAR) == Standing.WAIVED


def test_each_who_may_request_scrutiny_has_a_window_of_their_own() -> None:
    windows = run(CLOCKS["request-window"], [h("order_received", 0), h("content_provider_informed", 600)])
    assert [due(found) for found in windows] == [48 * 60, 600 + 48 * 60]
    assert windows[0].standing(FAR) == Standing.OVER


def test_scrutiny_is_decided_within_72_hours_of_copy_or_request() -> None:
    assert due(one("own-motion-scrutiny", h("copy_received", 0))) == 72 * 60
    found = one("requested-scrutiny", h("scrutiny_requested", 0), h("scrutiny_decided", 73 * 60))
    assert found.standing(FAR) == Standing.MET_LATE


def test_preservation_ends_after_six_months_or_when_extended_to() -> None:
    (found,) = run(CLOCKS["preservation"], [h("content_removed", 0)], place_of("DE"))
    assert found.legs[0].strict == datetime(2027, 5, 22, 12, 0, tzinfo=UTC)
    assert found.due == datetime(2027, 5, 24, 22, 0, tzinfo=UTC)
    until = datetime(2027, 12, 1, tzinfo=UTC)
    longer = one("preservation", h("content_removed", 0), h("preservation_extended", 60, until=until))
    assert longer.due == until
    shorter = one("preservation", h("content_removed", 0), h("preservation_extended", 60, until=T + timedelta(days=3)))
    assert shorter.due == shorter.legs[0].due


def test_non_disclosure_lasts_six_weeks_and_is_renewed_by_six_from_its_end() -> None:
    weeks = 7 * 24 * 60
    decided = h("nondisclosure_decided", 0)
    assert due(one("non-disclosure", decided)) == 6 * weeks
    assert due(one("non-disclosure", decided, h("nondisclosure_renewed", 5 * weeks))) == 12 * weeks
    assert due(one("non-disclosure", decided, h("nondisclosure_renewed", 7 * weeks))) == 6 * weeks
    assert one("non-disclosure", decided, h("nondisclosure_lifted", 60)).standing(FAR) == Standing.ENDED


def test_a_complaint_is_answered_within_two_weeks() -> None:
    first, second = run(
        CLOCKS["complaint-answer"],
        [h("complaint_received", 0), h("complaint_answered", 60), h("complaint_received", 120)],
    )
    assert first.standing(FAR) == Standing.MET
    assert second.standing(FAR) == Standing.OVERDUE


def test_the_report_on_measures_is_due_after_three_months_then_yearly() -> None:
    found = one("measures-report", h("exposure_decided", 0), h("measures_reported", 60))
    assert found.legs[0].strict == datetime(2027, 2, 22, 13, 0, tzinfo=UTC)
    assert found.due is not None
    assert found.due.year == 2028
    assert found.standing(datetime(2027, 12, 1, tzinfo=UTC)) == Standing.RUNNING


def test_two_final_orders_within_twelve_months_are_reached_but_not_beyond() -> None:
    clock, year = CLOCKS["exposure"], 525_600
    finals = [h("order_final", 0), h("order_final", 100_000)]
    assert reached(clock, finals, T + timedelta(minutes=100_001))
    assert not reached(clock, finals, T + timedelta(minutes=99_999))
    assert not reached(clock, finals, T + timedelta(minutes=year))


def test_yearly_reports_are_due_on_their_days() -> None:
    at = datetime(2027, 3, 15, tzinfo=UTC)
    provider, authority = yearly(CLOCKS["yearly-reports"], [], at)
    assert provider.standing(at) == Standing.OVERDUE
    assert authority.due == datetime(2027, 4, 1, tzinfo=UTC)
    sent = Happening("authority_report_sent", datetime(2027, 3, 30, tzinfo=UTC))
    assert yearly(CLOCKS["yearly-reports"], [sent], at)[1].standing(at) == Standing.MET


def test_warnings_come_before_the_end_and_stop_when_it_is_met() -> None:
    assert one("remove", h("order_received", 0)).warnings() == [T + timedelta(minutes=30), T + timedelta(minutes=50)]
    assert one("remove", h("order_received", 0), h("content_removed", 5)).warnings() == []


@given(
    st.lists(
        st.tuples(st.sampled_from(EVENTS), st.integers(0, 500_000), st.none() | st.integers(-900, 900)), max_size=12
    )
)
def test_any_order_of_events_gives_a_timeline_in_every_language(drawn: list[tuple[str, int, int | None]]) -> None:
    happenings = [h(event, at, None if skew is None else at + skew) for event, at, skew in drawn]
    line = timeline(happenings, FAR, place_of("IE"))
    assert len(line.entries) == len(drawn)
    for language in ("en", "de", "fr"):
        assert len(line.lines(language)) >= len(drawn)
    for found in line.runs:
        assert all(leg.due in (leg.strict, leg.regulation) for leg in found.legs)
        assert all(moment < found.legs[-1].due for moment in found.warnings())


@given(
    st.permutations(
        [h("order_received", 0), h("impossibility_reported", 9), h("grounds_ceased", 80), h("content_removed", 100)]
    )
)
def test_the_order_in_which_events_are_told_changes_nothing(told: list[Happening]) -> None:
    assert timeline(told, FAR).as_dict() == timeline(sorted(told, key=lambda each: each.ours), FAR).as_dict()


def test_a_timeline_shows_both_times_both_readings_and_which_counts() -> None:
    line = timeline([h("order_received", 0, theirs=0.05)], FAR, place_of("DE"))
    text = "\n".join(line.lines())
    assert "2026-11-22 14:00:00 +0100 (13:00:00 UTC)" in text
    assert "+3 s" in text
    assert "15:00:03 +0100 (14:00:03 UTC) (strict hours and dates, counts)" in text
    assert "16:00:00 +0100 (15:00:00 UTC) (Regulation 1182/71)" in text


def test_a_lawyer_changes_a_reading_without_code(tmp_path: Path) -> None:
    file = tmp_path / "clocks.toml"
    file.write_text(FILE.read_text().replace('reading = "strict"', 'reading = "regulation"'))
    line = timeline([h("order_received", 0)], FAR, place_of("DE"), ClockTable.load(file))
    assert line.runs[0].due == T + timedelta(hours=2)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('length = "1 hour"', 'length = "an hour"', "remove"),
        ('starts = ["order_received"]', 'starts = ["order_arrived"]', "remove"),
        ('kind = "deadline"', 'kind = "dead line"', "remove"),
        ('bearer = "home_authority"', 'barer = "home_authority"', "own-motion-scrutiny"),
    ],
)
def test_a_table_that_does_not_hold_is_refused_by_name(tmp_path: Path, old: str, new: str, place: str) -> None:
    file = tmp_path / "clocks.toml"
    file.write_text(FILE.read_text().replace(old, new, 1))
    with pytest.raises(RulesInvalid) as refused:
        ClockTable.load(file)
    assert refused.value.fields["place"] == place


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clocks.toml"
    file.write_text("[clocks")
    with pytest.raises(RulesInvalid):
        ClockTable.load(file)
