"""When periods end: by strict hours and dates, and by Regulation 1182/71."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.clock.holidays import orthodox_easter, place_of, places, western_easter
from cautery.core.clock.periods import IN_UTC, UNITS, Period, Place, Reading, period_end, regulation_end, strict_end
from cautery.core.errors import Refused, RulesInvalid

ZONES = ("UTC", "Europe/Berlin", "Europe/Dublin", "Asia/Kathmandu", "America/New_York", "Pacific/Apia")
STATES = sorted(places())
moments = st.integers(1_654_560_000, 2_080_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
periods = st.builds(Period, st.integers(1, 60), st.sampled_from(UNITS))
here = st.sampled_from([Place(ZoneInfo(zone)) for zone in ZONES] + [place_of(state) for state in STATES])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local(moment: datetime, state: str) -> str:
    return moment.astimezone(place_of(state).zone).isoformat()


@pytest.mark.parametrize(
    ("start", "period", "state", "strict", "regulation"),
    [
        ("2026-11-22T14:20:00+01:00", "1 hour", "DE", "2026-11-22T15:20:00+01:00", "2026-11-22T16:00:00+01:00"),
        ("2026-11-22T14:00:00+01:00", "1 hour", "DE", "2026-11-22T15:00:00+01:00", "2026-11-22T16:00:00+01:00"),
        # The clocks go forward within the hours: three true hours.
        ("2026-03-29T01:30:00+01:00", "3 hours", "DE", "2026-03-29T05:30:00+02:00", "2026-03-29T06:00:00+02:00"),
        ("2026-10-25T01:30:00+02:00", "72 hours", "DE", "2026-10-28T00:30:00+01:00", "2026-10-28T01:00:00+01:00"),
        # A day ends at the same time of day, though it had 23 hours.
        ("2026-03-28T10:00:00+01:00", "1 day", "DE", "2026-03-29T10:00:00+02:00", "2026-03-31T00:00:00+02:00"),
        # Six weeks and six months are not the same, nor do both readings end together.
        ("2026-11-22T14:20:00+01:00", "6 weeks", "DE", "2027-01-03T14:20:00+01:00", "2027-01-05T00:00:00+01:00"),
        ("2026-11-22T14:20:00+01:00", "6 months", "DE", "2027-05-22T14:20:00+02:00", "2027-05-25T00:00:00+02:00"),
        # A month without that day ends with its last; a leap day is there or not.
        ("2026-08-31T10:00:00+02:00", "6 months", "BE", "2027-02-28T10:00:00+01:00", "2027-03-02T00:00:00+01:00"),
        ("2027-08-31T10:00:00+02:00", "6 months", "BE", "2028-02-29T10:00:00+01:00", "2028-03-01T00:00:00+01:00"),
        ("2028-02-29T10:00:00+01:00", "1 year", "BE", "2029-02-28T10:00:00+01:00", "2029-03-01T00:00:00+01:00"),
        # Two days hold two working days: Christmas and a weekend do not count.
        ("2026-12-24T10:00:00+01:00", "2 days", "DE", "2026-12-26T10:00:00+01:00", "2026-12-30T00:00:00+01:00"),
        # Easter Monday is a holiday, Orthodox Easter another day.
        ("2026-03-23T10:00:00+01:00", "2 weeks", "FR", "2026-04-06T10:00:00+02:00", "2026-04-08T00:00:00+02:00"),
        ("2026-03-23T11:00:00+02:00", "2 weeks", "GR", "2026-04-06T11:00:00+03:00", "2026-04-07T00:00:00+03:00"),
    ],
)
def test_a_period_ends_by_both_readings(start: str, period: str, state: str, strict: str, regulation: str) -> None:
    length, place = Period.read(period), place_of(state)
    assert local(strict_end(at(start), length, place), state) == strict
    assert local(regulation_end(at(start), length, place), state) == regulation


@given(moments, periods, here)
def test_an_end_lies_after_its_start_and_is_utc(start: datetime, period: Period, place: Place) -> None:
    for reading in Reading:
        end = period_end(start, period, reading, place)
        assert end > start
        assert end.tzinfo is UTC


@given(moments, periods, here)
def test_the_regulation_never_ends_before_the_strict_reading(start: datetime, period: Period, place: Place) -> None:
    # But for a clock change at midnight, where a time of day may be skipped: an hour at most.
    assert regulation_end(start, period, place) >= strict_end(start, period, place) - timedelta(hours=1)


@given(moments, st.integers(1, 500), here)
def test_strict_hours_are_true_hours_in_every_zone(start: datetime, hours: int, place: Place) -> None:
    assert strict_end(start.astimezone(place.zone), Period(hours, "hour"), place) - start == timedelta(hours=hours)


@given(moments, periods, here, st.sampled_from(ZONES))
def test_the_zone_a_start_is_written_in_changes_nothing(
    start: datetime, period: Period, place: Place, zone: str
) -> None:
    written = start.astimezone(ZoneInfo(zone))
    for reading in Reading:
        assert period_end(written, period, reading, place) == period_end(start, period, reading, place)


@given(moments, moments, periods, here)
def test_who_starts_later_never_ends_earlier(one: datetime, other: datetime, period: Period, place: Place) -> None:
    first, second = sorted((one, other))
    assert regulation_end(first, period, place) <= regulation_end(second, period, place)


@given(
    moments,
    st.builds(Period, st.integers(1, 40), st.sampled_from(["day", "week", "month", "year"])),
    st.sampled_from(STATES),
)
def test_by_the_regulation_a_period_ends_with_a_working_day(start: datetime, period: Period, state: str) -> None:
    place = place_of(state)
    last = regulation_end(start, period, place).astimezone(place.zone) - timedelta(minutes=1)
    assert place.works_on(last.date())


@given(moments, st.integers(2, 30), st.sampled_from(STATES))
def test_two_days_or_more_hold_two_working_days(start: datetime, days: int, state: str) -> None:
    place = place_of(state)
    first = start.astimezone(place.zone).date()
    last = (regulation_end(start, Period(days, "day"), place).astimezone(place.zone) - timedelta(minutes=1)).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(place.works_on(day) for day in between) >= 2


def test_easter_is_where_the_calendars_say() -> None:
    assert [western_easter(year) for year in (2024, 2026, 2038)] == [
        date(2024, 3, 31),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]
    assert [orthodox_easter(year) for year in (2024, 2026)] == [date(2024, 5, 5), date(2026, 4, 12)]


def test_every_member_state_has_its_holidays() -> None:
    assert len(STATES) == 28
    assert all(date(2026, 12, 25) in place_of(state).holidays for state in STATES)
    assert date(2026, 5, 4) in place_of("IE").holidays
    assert date(2026, 6, 19) in place_of("SE").holidays


def test_a_state_nobody_knows_is_counted_in_utc() -> None:
    assert place_of("XX") == IN_UTC


def test_it_refuses_a_start_without_offset_and_lengths_it_cannot_read() -> None:
    with pytest.raises(Refused) as naive:
        strict_end(datetime(2026, 1, 1), Period(1, "hour"))  # noqa: DTZ001
    assert naive.value.reason == "no_offset"
    for text in ("", "0 hours", "one hour", "1 fortnight", "-1 day"):
        with pytest.raises(Refused):
            Period.read(text)
    with pytest.raises(Refused):
        strict_end(at("2026-01-01T00:00:00+00:00"), Period(99_999, "year"))


def test_it_names_a_rule_of_holidays_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "h.toml"
    file.write_text('[DE]\nzone = "Europe/Berlin"\ndays = ["someday"]\n')
    with pytest.raises(RulesInvalid, match="someday"):
        places(file)
