"""Dates as people type them: their language's way, ISO, a browser's field; what has two readings is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.dates import SIGNS, read_day, read_moment
from cautery.core.errors import Refused


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2026-07-03", "de"),
        ("2026-7-3", "fr"),
        ("03.07.2026", "de"),
        ("3.7.2026", "de-at"),
        ("03/07/2026", "fr"),
        ("3/7/2026", "en-gb"),
        (" 03/07/2026 ", "en"),
    ],
)
def test_it_reads_a_day_as_the_language_writes_it(text: str, language: str) -> None:
    assert read_day(text, language) == date(2026, 7, 3)


@pytest.mark.parametrize(("text", "language"), [("03/07/2026", "de"), ("03.07.2026", "en"), ("03-07-2026", "fr")])
def test_what_has_two_readings_is_refused_and_both_are_named(text: str, language: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text, language)
    assert refused.value.reason == "ambiguous"
    assert (refused.value.fields["one"], refused.value.fields["other"]) == ("2026-07-03", "2026-03-07")


@pytest.mark.parametrize("text", ["25/07/2026", "25-07-2026", "07/25/2026", "25.07.2026"])
def test_what_has_one_reading_is_read_in_any_language(text: str) -> None:
    for language in ("de", "ar"):
        assert read_day(text, language) == date(2026, 7, 25)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("07/25/2026", "en", "date"),
        ("31.02.2026", "de", "date"),
        ("03/07/26", "fr", "year"),
        ("26/07/03", "fr", "year"),
        ("tomorrow", "en", "date"),
        ("", "en", "date"),
        ("2026-13-01", "de", "date"),
        ("2026.07.03", "de", "year"),
        ("٠٣/٠٧/2026x", "fr", "date"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(text: str, language: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_day(text, language)
    assert refused.value.reason == reason


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(sorted(SIGNS)))
def test_every_day_written_in_its_own_way_comes_back(day: date, language: str) -> None:
    sign = SIGNS[language]
    assert read_day(f"{day.day:02}{sign}{day.month:02}{sign}{day.year:04}", language) == day


@pytest.mark.parametrize(
    ("text", "language", "zone"),
    [
        ("2026-07-03T10:30", "de", "Europe/Berlin"),
        ("2026-07-03T10:30:00.000", "de", "Europe/Berlin"),
        ("3.7.2026, 10:30 Uhr", "de", "Europe/Berlin"),
        ("3.7.2026 10.30", "de", "Europe/Berlin"),
        ("03/07/2026 à 10h30", "fr", "Europe/Paris"),
        ("03/07/2026 09:30", "en-gb", "Europe/London"),
        ("2026-07-03 08:30", "en", ""),
        ("2026-07-03T08:30Z", "fr", "Asia/Tokyo"),
        ("2026-07-03T17:30+09:00", "fr", "Europe/Paris"),
    ],
)
def test_a_moment_is_of_the_readers_zone_unless_it_names_its_own(text: str, language: str, zone: str) -> None:
    assert read_moment(text, language, zone) == datetime(2026, 7, 3, 8, 30, tzinfo=UTC)


def test_a_day_alone_begins_at_the_readers_midnight() -> None:
    assert read_moment("15.12.2026", "de", "Europe/Berlin") == datetime(2026, 12, 14, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"), [("25.10.2026 02:30", "twice"), ("29.03.2026 02:30", "skipped"), ("3.7.2026 25:00", "clock")]
)
def test_an_hour_the_clock_has_twice_or_not_at_all_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(text, "de", "Europe/Berlin")
    assert refused.value.reason == reason


@pytest.mark.parametrize("zone", ["Nowhere/Here", "../../etc/passwd", "\0"])
def test_a_zone_there_is_not_is_refused(zone: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment("2026-07-03 10:30", "de", zone)
    assert refused.value.reason == "zone"
