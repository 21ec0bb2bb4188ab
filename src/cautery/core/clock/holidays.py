"""Public holidays by state, as rules a lawyer can change (holidays.toml), and the place a period is counted in.

A rule is a day of the year (`05-01`), days from Easter (`easter+1`), or a weekday (`first mon may`, `last mon may`, `sat from 06-20`: the
first Saturday on or after that day). The states of the Eastern Church count from the Orthodox Easter.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from cautery.core.clock.periods import IN_UTC, Place
from cautery.core.errors import RulesInvalid

FILE = Path(__file__).with_name("holidays.toml")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = ("first", "second", "third", "fourth", "last")
_FIXED = re.compile(r"(\d\d)-(\d\d)")
_EASTER = re.compile(r"easter([+-]\d{1,2})?")
_NTH = re.compile(rf"({'|'.join(_ORDINALS)}) ({'|'.join(_WEEKDAYS)}) ({'|'.join(_MONTHS)})")
_FROM = re.compile(rf"({'|'.join(_WEEKDAYS)}) from (\d\d)-(\d\d)")


@dataclass(frozen=True)
class Holidays:
    """The holidays of one state, computed for the year that is asked about."""

    state: str
    rules: tuple[str, ...]
    orthodox: bool = False

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _days(self, day.year)


def western_easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Julian calendar, as a Gregorian date (Meeus; 1900 to 2099)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


@lru_cache(maxsize=512)
def _days(holidays: Holidays, year: int) -> frozenset[date]:
    easter = orthodox_easter(year) if holidays.orthodox else western_easter(year)
    return frozenset(day for rule in holidays.rules if (day := _day(rule, year, easter)) is not None)


def _day(rule: str, year: int, easter: date) -> date | None:
    """The day a rule gives in a year; None for one that year has not (29 February)."""
    try:
        if found := _FIXED.fullmatch(rule):
            return date(year, int(found[1]), int(found[2]))
        if found := _EASTER.fullmatch(rule):
            return easter + timedelta(days=int(found[1] or 0))
        if found := _NTH.fullmatch(rule):
            return _nth(year, _MONTHS.index(found[3]) + 1, _WEEKDAYS.index(found[2]), _ORDINALS.index(found[1]))
        if found := _FROM.fullmatch(rule):
            start = date(year, int(found[2]), int(found[3]))
            return start + timedelta(days=(_WEEKDAYS.index(found[1]) - start.weekday()) % 7)
    except ValueError:
        return None
    raise RulesInvalid(f"{rule!r} is no rule of a holiday.", reason="holiday", place=rule)


def _nth(year: int, month: int, weekday: int, ordinal: int) -> date:
    if _ORDINALS[ordinal] == "last":
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * ordinal)


def places(file: Path = FILE) -> Mapping[str, Place]:
    """Every state of the table: code -> its zone and holidays. RulesInvalid names what does not hold."""
    try:
        table = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise RulesInvalid(f"{file.name} cannot be read: {wrong}", reason="toml", file=str(file)) from wrong
    found = {}
    for state, row in table.items():
        holidays = Holidays(state, tuple(row["days"]), bool(row.get("orthodox", False)))
        _days(holidays, 2026)
        found[state] = Place(ZoneInfo(row["zone"]), holidays)
    return found


@cache
def _shipped() -> Mapping[str, Place]:
    return places()


def place_of(state: str) -> Place:
    """The place of a state (`DE`; `EU` for the institutions); UTC without holidays for one the table has not."""
    return _shipped().get(state, IN_UTC)
