"""When people do what: in order, in time for T0, the same each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cautery.exercise.moments import HOUR, from_iso
from cautery.exercise.people.timetable import Plan, events

START = from_iso("2027-03-01T06:00:00Z")


def plan(days: float = 4, *, flags: int = 26000) -> Plan:
    scenario: dict[str, Any] = {
        "operation": {"slug": "op", "starts_at": "2027-03-01T06:00:00Z", "flags_until": 0.30, "t0": 0.40},
        "run": {"days": days, "flags": flags},
    }
    return Plan.of(scenario, units=12, leaders=2)


def test_four_days_have_flags_for_28_hours_and_t0_after_38() -> None:
    four = plan()
    assert four.flag_hours == 28
    assert four.t0 == START + round(38.4 * HOUR)
    assert four.end == START + 96 * HOUR


def test_moderators_look_at_the_desk_in_whole_rounds_after_t0_and_at_the_very_end() -> None:
    frame = replace(plan(), desks=(("lumigram", 900),))
    rounds = [event for event in events(frame) if event.kind == "portal"]
    assert {event.at % 900 for event in rounds} == {0}
    assert frame.t0 < rounds[0].at <= frame.t0 + 900
    assert rounds[-1].at == frame.end
    assert not [event for event in events(plan()) if event.kind == "portal"]


def test_events_are_sorted_distinct_and_the_same_each_time() -> None:
    told = events(plan())
    assert told == sorted(set(told))
    assert told == events(plan())


def test_every_unit_uploads_every_hour_of_the_flagging_phase_and_hourly_after_t0() -> None:
    told = events(plan())
    flags = [event for event in told if event.kind == "flags"]
    late = [event for event in told if event.kind == "late-flags"]
    assert len(flags) == 28 * 12
    assert min(event.at for event in flags) == START + HOUR
    assert max(event.at for event in flags) <= plan().flags_end
    assert len(late) == 58 * 12
    assert max(event.at for event in late) == plan().end
    assert all(plan().t0 < event.at <= plan().end for event in late)


@pytest.mark.parametrize("days", [1, 2, 4, 21])
def test_the_queue_is_cleared_and_signed_and_both_keys_are_turned_before_t0(days: int) -> None:
    frame = plan(days)
    told = [event for event in events(frame) if event.at < frame.t0]
    cleared = [event.at for event in told if event.kind == "review-all"]
    assert len(cleared) == 12
    assert frame.flags_end < cleared[0]
    assert cleared[0] < max(event.at for event in told if event.kind == "sign") < frame.t0
    assert [event.at for event in told if event.kind == "keys"] == [frame.t0 - HOUR, frame.t0 - HOUR]
    holds = [event.at for event in told if event.kind == "holds"]
    assert len(holds) == 12
    assert frame.flags_end < holds[0] < frame.t0


def test_review_starts_in_the_second_hour_and_signing_follows_after_20_minutes() -> None:
    told = events(plan())
    reviews = sorted({event.at for event in told if event.kind == "review"})
    signings = sorted({event.at for event in told if event.kind == "sign"})
    assert reviews[0] == START + 2 * HOUR
    assert signings[0] == reviews[0] + 20 * 60
    assert len(signings) == len(reviews) + 1


def test_after_t0_a_duty_pair_looks_every_quarter_of_an_hour_and_the_units_take_turns() -> None:
    told = [event for event in events(plan()) if event.kind.startswith("duty")]
    assert len(told) == 2 * 230
    assert [event.kind for event in told[:4]] == ["duty-review", "duty-sign"] * 2
    assert told[0].at == told[1].at == plan().t0 + 15 * 60
    assert len({event.key.split(":")[1] for event in told}) == 12


@pytest.mark.parametrize("flags", [2000, 26000, 104000])
def test_hourly_sessions_keep_up_with_hourly_flags(flags: int) -> None:
    frame = plan(flags=flags)
    assert frame.session_share * frame.units >= flags / frame.flag_hours
