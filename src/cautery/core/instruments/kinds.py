"""Kinds of field: how a value given as JSON, TOML or Python is read, and what JSON Schema says of it.

A value is kept in one form, which is JSON: text in NFC, a moment as ISO 8601 with its offset, a date as `YYYY-MM-DD`, codes
in capitals. What cannot be read raises `Refused` with a stable `reason`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cautery.core.clock.periods import UNITS
from cautery.core.errors import LinkRefused, Refused
from cautery.core.links.address import parse

Value = str | bool | list[str]

MEMBER_STATES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT",
    "RO", "SE", "SI", "SK",
)  # fmt: skip
LONGEST = 20_000
"""Letters of a text whose field says no other limit."""

_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+")
_PERIOD = re.compile(rf"([1-9][0-9]{{0,4}}) ({'|'.join(UNITS)})s?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EAN = re.compile(r"[0-9]{13}")
_PUID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a field says beyond its kind: the words it may be, and its greatest length (letters, or entries of a list)."""

    choices: tuple[str, ...] = ()
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of field; `several` are lists of it."""

    read: Callable[[Any, Limits], Value]
    schema: Callable[[Limits], dict[str, Any]]


def _refuse(reason: str, message: str) -> Refused:
    return Refused(message, reason=reason)


def _text(given: Any, limits: Limits) -> str:
    if not isinstance(given, str):
        raise _refuse("not_text", "is not text")
    text = unicodedata.normalize("NFC", given).strip()
    if _CONTROL.search(text):
        raise _refuse("control_character", "holds a control character")
    if len(text) > limits.longest:
        raise _refuse("too_long", f"is longer than {limits.longest} letters")
    return text


def _url(given: Any, limits: Limits) -> str:
    """Kept letter for letter: another normal form may be another address."""
    del limits
    if not isinstance(given, str) or _CONTROL.search(given.strip()) or "://" not in given:
        raise _refuse("not_a_url", "is not an address with its scheme")
    try:
        parse(given)
    except LinkRefused as refused:
        raise _refuse("not_a_url", "is not the exact address of something on the web") from refused
    return given.strip()


def _matching(pattern: re.Pattern[str], reason: str, message: str) -> Callable[[Any, Limits], str]:
    def read(given: Any, limits: Limits) -> str:
        text = _text(given, limits)
        if not pattern.fullmatch(text):
            raise _refuse(reason, message)
        return text

    return read


def _country(given: Any, limits: Limits) -> str:
    code = _text(given, limits).upper()
    code = "GR" if code == "EL" else code
    if code not in (limits.choices or MEMBER_STATES):
        raise _refuse("not_a_state", "is not the code of a member state")
    return code


def _language(given: Any, limits: Limits) -> str:
    code = _text(given, limits).lower()
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise _refuse("not_a_language", "is not a language code of ISO 639")
    return code


def _moment(given: Any, limits: Limits) -> str:
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(_text(given, limits))
    except ValueError as wrong:
        raise _refuse("not_a_moment", "is not a date and time of ISO 8601") from wrong
    if moment.utcoffset() is None:
        raise _refuse("no_offset", "does not say its offset from UTC")
    return moment.isoformat()


def _date(given: Any, limits: Limits) -> str:
    if isinstance(given, datetime):
        raise _refuse("not_a_date", "is a moment, not a date")
    try:
        return (given if isinstance(given, date) else date.fromisoformat(_text(given, limits))).isoformat()
    except ValueError as wrong:
        raise _refuse("not_a_date", "is not a date (YYYY-MM-DD)") from wrong


def _flag(given: Any, limits: Limits) -> bool:
    del limits
    if not isinstance(given, bool):
        raise _refuse("not_yes_or_no", "is neither true nor false")
    return given


def _choice(given: Any, limits: Limits) -> str:
    if given not in limits.choices:
        raise _refuse("not_a_choice", f"is none of: {', '.join(limits.choices[:12])}")
    return str(given)


def _list_of(one: Callable[[Any, Limits], Value]) -> Callable[[Any, Limits], list[str]]:
    def read(given: Any, limits: Limits) -> list[str]:
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise _refuse("not_a_list", "is not a list")
        found = [str(one(each, limits)) for each in given]
        return [each for place, each in enumerate(found) if each and each not in found[:place]]

    return read


def _schema_text(limits: Limits) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": limits.longest}


def _schema_list(one: Callable[[Limits], dict[str, Any]]) -> Callable[[Limits], dict[str, Any]]:
    return lambda limits: {"type": "array", "items": one(limits), "minItems": 1, "uniqueItems": True}


def _schema_choice(limits: Limits) -> dict[str, Any]:
    return {"enum": list(limits.choices)}


def _schema_country(limits: Limits) -> dict[str, Any]:
    return {"enum": list(limits.choices or MEMBER_STATES)}


def _fixed(**schema: Any) -> Callable[[Limits], dict[str, Any]]:
    return lambda _: {"type": "string"} | schema


KINDS: dict[str, Kind] = {
    "choice": Kind(_choice, _schema_choice),
    "choices": Kind(_list_of(_choice), _schema_list(_schema_choice)),
    "countries": Kind(_list_of(_country), _schema_list(_schema_country)),
    "country": Kind(_country, _schema_country),
    "date": Kind(_date, _fixed(format="date")),
    "digest": Kind(
        _matching(_DIGEST, "not_a_digest", "is not a SHA-256 in hexadecimal"), _fixed(pattern="^[0-9a-f]{64}$")
    ),
    "digests": Kind(
        _list_of(_matching(_DIGEST, "not_a_digest", "is not a SHA-256 in hexadecimal")),
        _schema_list(_fixed(pattern="^[0-9a-f]{64}$")),
    ),
    "ean13": Kind(_matching(_EAN, "not_a_number", "is not a number of 13 digits"), _fixed(pattern="^[0-9]{13}$")),
    "email": Kind(_matching(_EMAIL, "not_an_address", "is not an e-mail address"), _fixed(format="email")),
    "flag": Kind(_flag, lambda _: {"type": "boolean"}),
    "language": Kind(_language, _fixed(pattern="^[a-z]{2,3}$")),
    "moment": Kind(_moment, _fixed(format="date-time")),
    "period": Kind(
        _matching(_PERIOD, "not_a_period", "is not a period such as `1 month`"), _fixed(pattern=f"^{_PERIOD.pattern}$")
    ),
    "puid": Kind(
        _matching(_PUID, "not_an_identifier", "is not letters, digits, - and _"), _fixed(pattern=f"^{_PUID.pattern}$")
    ),
    "text": Kind(_text, _schema_text),
    "texts": Kind(_list_of(_text), _schema_list(_schema_text)),
    "url": Kind(_url, _fixed(format="uri-reference", minLength=1)),
    "urls": Kind(_list_of(_url), _schema_list(_fixed(minLength=1))),
}
"""Every kind a form may name."""


def is_empty(value: object) -> bool:
    """Whether nothing was given: None, text of blanks, a list of nothing. False is an answer."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)
