"""How long what may be kept, as rules a lawyer can read and change; decided here, done elsewhere.

A rule says for a category of data, under the law of one state or of all (`*`), how long it is kept and what happens then:
`erase`, or `review` by a person (Directive (EU) 2016/680, Article 5, knows both). The rule of the state goes before that of all.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cautery.core.errors import RulesInvalid

ANY = "*"
PERIOD = re.compile(r"P(?=\d)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<days>\d{1,5})D)?")
WORDS = {"category", "law", "keep", "then", "basis"}


class Then(StrEnum):
    """What happens at the end of a term."""

    ERASE = "erase"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Period:
    """A term in calendar months and days."""

    months: int
    days: int

    def before(self, moment: datetime) -> datetime:
        """The moment that lies this long before `moment`; a day the month does not have becomes its last."""
        years, month = divmod(moment.year * 12 + moment.month - 1 - self.months, 12)
        day = min(moment.day, calendar.monthrange(years, month + 1)[1])
        return moment.replace(year=years, month=month + 1, day=day) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; `basis` is the provision it rests on."""

    category: str
    law: str
    keep: Period
    then: Then
    basis: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The table."""

    rules: tuple[Rule, ...]

    def rule(self, category: str, law: str) -> Rule | None:
        """The rule for data of this category under this law; None where there is none."""
        fitting = [r for r in self.rules if r.category == category and r.law in {law, ANY}]
        return min(fitting, key=lambda r: r.law == ANY, default=None)


def read_rules(text: str, file: str) -> Rules:
    """The table from TOML (`[[rule]]` with category, law, keep, then, basis); `RulesInvalid` says which line is not right."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid(f"{file} is not TOML: {error}.", reason="not_toml", file=file) from error
    lines = document.get("rule", [])
    if set(document) - {"rule"} or not isinstance(lines, list):
        raise RulesInvalid(f"{file} holds more than [[rule]].", reason="unknown_table", file=file)
    rules = tuple(_rule(line, f"{file}, rule {number}") for number, line in enumerate(lines, 1))
    _each_once(rules, file)
    return Rules(rules)


def _rule(line: dict[str, object], place: str) -> Rule:
    if (
        not isinstance(line, dict)
        or set(line) != WORDS
        or not all(isinstance(word, str) and word for word in line.values())
    ):
        raise RulesInvalid(
            f"{place}: it needs {', '.join(sorted(WORDS))}, each a word, and nothing else.", reason="words", place=place
        )
    words = {name: str(word) for name, word in line.items()}
    found = PERIOD.fullmatch(words["keep"])
    if found is None:
        raise RulesInvalid(f"{place}: keep is a period such as P6M, P5Y or P30D.", reason="period", place=place)
    if words["then"] not in set(Then):
        raise RulesInvalid(f"{place}: then is erase or review.", reason="then", place=place)
    if words["law"] != ANY and not re.fullmatch("[A-Z]{2}", words["law"]):
        raise RulesInvalid(f"{place}: law is a state's two letters, or *.", reason="law", place=place)
    years, months, days = (int(number or 0) for number in found.group("years", "months", "days"))
    return Rule(words["category"], words["law"], Period(12 * years + months, days), Then(words["then"]), words["basis"])


def _each_once(rules: Iterable[Rule], file: str) -> None:
    seen = set[tuple[str, str]]()
    for rule in rules:
        if (rule.category, rule.law) in seen:
            raise RulesInvalid(
                f"{file}: two rules for {rule.category} under {rule.law}.",
                reason="twice",
                file=file,
                place=rule.category,
            )
        seen.add((rule.category, rule.law))
