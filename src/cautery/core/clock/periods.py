"""Periods: how long, and when they end.

Two readings, which may differ by almost an hour, a day or a weekend:

- **strict**: the length from the very moment, in hours that have truly passed; days, weeks, months and years keep the time of day
  of the place.
- **regulation**: Regulation (EEC, Euratom) No 1182/71. Art 3(1): the hour or day of the event is not counted. Art 3(2): the
  period begins with the next full hour or day and ends with the last hour of its last hour or day; weeks, months and years
  end with the day of the same name or date, or the last of a month that lacks it. Art 3(4): an end on a holiday, Sunday or
  Saturday moves to the next working day, not for hours. Art 3(5): two days or more hold at least two working days.

Which of the two counts for a clock is said in clocks.toml.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from cautery.core.errors import Refused

UNITS = ("minute", "hour", "day", "week", "month", "year")
_WRITTEN = re.compile(rf"([1-9][0-9]{{0,4}}) ({'|'.join(UNITS)})s?")
_EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
LATEST = date(9000, 1, 1)


class Reading(StrEnum):
    """How a period is computed."""

    STRICT = "strict"
    REGULATION = "regulation"


@dataclass(frozen=True, slots=True)
class Period:
    """A length in one unit, such as 1 hour, 6 weeks, 6 months."""

    number: int
    unit: str

    @staticmethod
    def read(text: str) -> Period:
        """From words (`6 weeks`); Refused `not_a_period` for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise Refused(f"{text!r} is not a period.", reason="not_a_period", hint="Write it like `6 weeks`.")
        return Period(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'s' if self.number != 1 else ''}"

    @property
    def exact(self) -> bool:
        """Whether its length is a number of seconds, whatever the calendar."""
        return self.unit in _EXACT


@dataclass(frozen=True, slots=True)
class Place:
    """Where a period is counted: its time zone, and the days on which nobody works there besides weekends."""

    zone: tzinfo = UTC
    holidays: Container[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether `day` is a working day (Art 2(2) of Regulation 1182/71)."""
        return day.weekday() < 5 and day not in self.holidays


IN_UTC = Place()
"""Counted in UTC, without holidays."""


def strict_end(start: datetime, period: Period, place: Place = IN_UTC) -> datetime:
    """The end by the strict reading, in UTC. `start` is aware; a time of day the clocks skip is read as after the change."""
    _require_aware(start)
    if period.exact:
        return start.astimezone(UTC) + period.number * _EXACT[period.unit]
    local = start.astimezone(place.zone)
    day = _later(local.date(), period)
    return datetime.combine(day, local.timetz().replace(tzinfo=place.zone)).astimezone(UTC)


def regulation_end(start: datetime, period: Period, place: Place = IN_UTC) -> datetime:
    """The end by Regulation 1182/71, in UTC: the first moment after the period."""
    _require_aware(start)
    if period.exact:
        return _end_of_hours(start, period, place)
    first = start.astimezone(place.zone).date()
    last = _later(first, period)
    while not place.works_on(last):
        last += timedelta(days=1)
    if period != Period(1, "day"):
        last = _with_two_working_days(first, last, place)
    return datetime.combine(last + timedelta(days=1), time(), place.zone).astimezone(UTC)


def period_end(start: datetime, period: Period, reading: Reading, place: Place = IN_UTC) -> datetime:
    """The end by the reading asked for."""
    return (strict_end if reading == Reading.STRICT else regulation_end)(start, period, place)


def _end_of_hours(start: datetime, period: Period, place: Place) -> datetime:
    """Full hours of the place's clock, from the first that begins after the event's own."""
    local = start.astimezone(place.zone)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return start.astimezone(UTC) - into + timedelta(hours=1) + period.number * _EXACT[period.unit]


def _with_two_working_days(first: date, last: date, place: Place) -> date:
    """Art 3(5): moved on until at least two working days lie in the period."""
    worked, day = 0, first
    while day < last and worked < 2:
        day += timedelta(days=1)
        worked += place.works_on(day)
    while worked < 2:
        last += timedelta(days=1)
        worked += place.works_on(last)
    return last


def _later(day: date, period: Period) -> date:
    """The day of the same date or name, or the last of a month that lacks it."""
    if period.unit in _DAYS:
        days = period.number * _DAYS[period.unit]
        if (LATEST - day).days < days:
            raise Refused(f"{period} from {day} lies beyond any calendar.", reason="too_late")
        return day + timedelta(days=days)
    months = day.year * 12 + day.month - 1 + period.number * _MONTHS[period.unit]
    year, month = months // 12, months % 12 + 1
    if year >= LATEST.year:
        raise Refused(f"{period} from {day} lies beyond any calendar.", reason="too_late")
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _require_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise Refused("A moment without its offset from UTC cannot start a clock.", reason="no_offset")
