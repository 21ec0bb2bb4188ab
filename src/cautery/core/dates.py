"""Dates and times as people type them: ISO 8601, or the way of their language; what has two readings is refused by name.

    2026-06-15 08:00     15.06.2026 08:00 (day first, with dots)     15/06/2026 08:00 (day first, with slashes)

A browser's own date field sends ISO without a zone. What names no zone is the reader's, which may lack an hour or have it twice.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cautery.core.errors import Refused

SIGNS = {"de": ".", "en": "/", "fr": "/"}
"""What a language writes between day, month and year, the day first. Others are read as ISO alone."""
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TYPED_DAY = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?uhr)?", re.IGNORECASE)
LONGEST = 40


def read_day(text: str, language: str) -> date:
    """A date. `Refused` with the reason `date` (none there is), `year` (two digits), or `ambiguous` (fields `one`, `other`)."""
    plain = text.strip()
    if found := _ISO_DAY.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    found = _TYPED_DAY.fullmatch(plain)
    if found is None or len(plain) > LONGEST:
        raise Refused("That is no date; write 2026-06-15.", reason="date", text=text[:LONGEST])
    first, sign, second, year = int(found[1]), found[2], int(found[3]), found[4]
    if len(year) != 4 or len(found[1]) > 2:
        raise Refused("Write the year with four digits, and last.", reason="year", text=text[:LONGEST])
    if sign == SIGNS.get(language.partition("-")[0].lower()) or second > 12 or first > 12 or first == second:
        return _only(first, second, int(year), sign, language, text)
    one, other = _day(int(year), second, first, text), _day(int(year), first, second, text)
    raise Refused(
        "This date can be read in two ways; write the year first.",
        reason="ambiguous",
        text=text[:LONGEST],
        one=one.isoformat(),
        other=other.isoformat(),
    )


def _only(first: int, second: int, year: int, sign: str, language: str, text: str) -> date:
    """A date that has one reading: the day first; the month first only where the language writes otherwise and no other is possible."""
    own = sign == SIGNS.get(language.partition("-")[0].lower())
    if second > 12 and not own:
        return _day(year, first, second, text)
    return _day(year, second, first, text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Refused("There is no such day.", reason="date", text=text[:LONGEST]) from error


def read_moment(text: str, language: str, zone: str) -> datetime:
    """A date and time (midnight where none is given), in UTC. `zone` is the reader's (IANA), for what names none itself.

    `Refused` besides `read_day`'s: `clock` (no time of day), `zone` (no such zone), `skipped` and `twice` (an hour the clocks
    leave out, or go through again; fields `one`, `other`).
    """
    plain = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").replace(",", " ").split())
    if re.match(r"\d{4}-\d", plain) and (known := _iso(plain)) is not None:
        return known
    parts = re.fullmatch(r"(\S+?)(?:[ T]+(?:at |um |à )?(\S.*))?", plain)
    day = read_day(parts[1] if parts else plain, language)
    return _placed(datetime.combine(day, datetime.min.time()) + _clock(parts[2] if parts else None), zone)


def _iso(plain: str) -> datetime | None:
    """ISO 8601 that names its own zone; None for any other text."""
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.utcoffset() is not None else None


def _clock(text: str | None) -> timedelta:
    if not text:
        return timedelta(0)
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        raise Refused("That is no time of day; write 14:30.", reason="clock", text=text[:LONGEST])
    return timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3] or 0))


def _placed(local: datetime, zone: str) -> datetime:
    """A time of the reader's clock in UTC."""
    try:
        where = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("There is no such time zone.", reason="zone", zone=zone[:60]) from error
    first, second = local.replace(tzinfo=where), local.replace(tzinfo=where, fold=1)
    one, other = first.astimezone(UTC), second.astimezone(UTC)
    if one == other:
        return one
    reason = "twice" if one < other else "skipped"
    said = "This hour came twice that day" if reason == "twice" else "The clocks left this hour out that day"
    raise Refused(
        f"{said}; write it in UTC, with a Z behind it.",
        reason=reason,
        text=local.isoformat(sep=" ", timespec="minutes"),
        one=one.isoformat(),
        other=other.isoformat(),
    )
