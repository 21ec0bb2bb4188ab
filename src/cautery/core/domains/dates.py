"""Dates as registries write them: a few dozen shapes, with and without time and zone, months in ten languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro gennaio januari styczen stycznia leden ledna ocak tammikuu января янв",
            "feb february februar fevrier février febrero fevereiro febbraio februari luty lutego únor února subat helmikuu февраля фев",
            "mar march marz märz mars marzo março marco maart marzec marca březen března mart maaliskuu марта мар mär mrz",
            "apr april avril abril aprile kwiecien kwietnia duben dubna nisan huhtikuu апреля апр avr abr",
            "may mai mayo maio maggio mei maj maja květen května mayis toukokuu мая май",
            "jun june juni juin junio junho giugno czerwiec czerwca červen června haziran kesäkuu июня июн",
            "jul july juli juillet julio julho luglio lipiec lipca červenec července temmuz heinäkuu июля июл",
            "aug august aout août agosto augustus augusti sierpien sierpnia srpen srpna agustos elokuu августа авг ago",
            "sep sept september septembre septiembre setembro settembre wrzesien września září eylul syyskuu сентября сен",
            "oct october oktober octobre octubre outubro ottobre october pazdziernik października říjen října ekim lokakuu октября окт okt",
            "nov november novembre noviembre novembro listopad listopada listopadu kasim marraskuu ноября ноя",
            (
                "dec december dezember décembre decembre diciembre dezembro dicembre grudzien "
                "grudnia prosinec prosince aralik joulukuu декабря дек dez dic"
            ),
        ),
        start=1,
    )
    for name in names.split()
}
ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "clst": -3, "clt": -4, "brt": -3, "art": -3,
    "sgt": 8, "hkt": 8, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "bst": 1, "sast": 2, "wib": 7, "trt": 3, "irst": 3.5,
}  # fmt: skip
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d{2})")
YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
PACKED = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2}))?(?!\d)")
NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|º|\.)?[-/. ,]+(?:of |de )?([^\W\d_]{3,12})\.?[-/. ,]+(?:de )?(\d{4})"
)
NAMED_FIRST = re.compile(r"([^\W\d_]{3,12})\.?[-/. ,]+(\d{1,2})(?:st|nd|rd|th)?[-/. ,]+(\d{4})")
NAMED_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/. ]+([^\W\d_]{3,12})\.?[-/. ]+(\d{1,2})(?!\d)")
NAMED_YEAR_LAST = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})\s+[\d:.]+(?:\s+[A-Z]{2,5})?\s+(\d{4})")
CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?", re.IGNORECASE)
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2}):?(\d{2})?\)?\s*$", re.IGNORECASE)
ZONE = re.compile(r"\b([a-z]{1,4})\b\)?(?:\s+\d{4})?\s*$", re.IGNORECASE)


def read_date(text: str, *, month_first: bool = False) -> datetime | None:
    """The moment a registry wrote; None where none can be read. Without a zone it is taken for UTC.

    Of 03/04/2020 the day is the first number, unless `month_first` (see `months_first`); a number over twelve decides itself.
    """
    day = _day(text, month_first=month_first)
    if day is None:
        return None
    year, month, number, hour, minute, second, micro, rest = day
    try:
        return datetime(year, month, number, hour, minute, second, micro, tzinfo=_zone(rest))
    except ValueError:
        return None


def months_first(texts: list[str]) -> bool:
    """Whether an answer writes the month before the day: one of its dates can be read in no other way."""
    found = [match for text in texts for match in [YEAR_LAST.search(text)] if match]
    return any(int(match[2]) > 12 for match in found) and not any(int(match[1]) > 12 for match in found)


def _day(text: str, *, month_first: bool) -> tuple[int, int, int, int, int, int, int, str] | None:
    packed = PACKED.search(text)
    if packed and not YEAR_FIRST.search(text):
        parts = [int(part or 0) for part in packed.groups()]
        if packed[4] is not None:
            return parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], 0, text[packed.end() :]
        return parts[0], parts[1], parts[2], *_clock(text[packed.end() :])
    if match := YEAR_FIRST.search(text):
        return int(match[1]), int(match[2]), int(match[3]), *_clock(text[match.end() :] or "")
    if match := YEAR_LAST.search(text):
        first, second = int(match[1]), int(match[2])
        month, number = (first, second) if (month_first or second > 12) and first <= 12 else (second, first)
        return int(match[3]), month, number, *_clock(text[: match.start()] + text[match.end() :])
    return _by_name(text)


def _by_name(text: str) -> tuple[int, int, int, int, int, int, int, str] | None:
    for pattern, order in (
        (NAMED, (3, 2, 1)),
        (NAMED_YEAR_FIRST, (1, 2, 3)),
        (NAMED_FIRST, (3, 1, 2)),
        (NAMED_YEAR_LAST, (3, 1, 2)),
    ):
        for match in pattern.finditer(text):
            year, name, number = (match[place] for place in order)
            month = MONTHS.get(name.lower())
            if month is not None:
                rest = text if pattern is NAMED_YEAR_LAST else text[: match.start()] + " " + text[match.end() :]
                return int(year), month, int(number), *_clock(rest)
    return None


def _clock(rest: str) -> tuple[int, int, int, int, str]:
    """Hour, minute, second, microsecond, and what stands behind, where the zone is."""
    match = CLOCK.search(rest)
    if match is None:
        return 0, 0, 0, 0, ""
    hour = int(match[1])
    if match[5]:
        hour = hour % 12 + (12 if match[5].lower().startswith("p") else 0)
    micro = int((match[4] or "0").ljust(6, "0")[:6])
    return hour, int(match[2]), int(match[3] or 0), micro, rest[match.end() :]


def _zone(rest: str) -> timezone:
    if match := OFFSET.search(rest):
        shift = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if shift < timedelta(hours=24):
            return timezone(-shift if match[1] == "-" else shift) if shift else UTC
    if (match := ZONE.search(rest)) and (hours := ZONES.get(match[1].lower())):
        return timezone(timedelta(hours=hours))
    return UTC
