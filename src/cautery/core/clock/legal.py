"""The legal clocks of the acts, from clocks.toml: what starts one, its length, what suspends and restarts it, and its words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cautery.core.clock.periods import Period, Reading
from cautery.core.errors import Refused, RulesInvalid

FILE = Path(__file__).with_name("clocks.toml")
Words = Mapping[str, str]


class Kind(StrEnum):
    """What the end of a clock means."""

    DEADLINE = "deadline"
    WAITING = "waiting"
    WINDOW = "window"
    LAPSE = "lapse"
    COUNT = "count"
    YEARLY = "yearly"


class Counts(StrEnum):
    """Which of the two times of one event counts."""

    OURS = "ours"
    THEIRS = "theirs"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class LegalClock:
    """One clock of an act. Events are named as in the table's `events`; `suspends` leads from an event to what ends it."""

    id: str
    title: Words
    law: str
    kind: Kind
    bearer: str
    starts: tuple[str, ...]
    length: Period
    reading: Reading
    counts: Counts
    at_end: Words
    met_by: tuple[str, ...] = ()
    waived_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()
    extended_by: tuple[str, ...] = ()
    extension: Period | None = None
    then_every: Period | None = None
    suspends: Mapping[str, str] = field(default_factory=dict)
    warn: tuple[Period, ...] = ()
    days: Mapping[str, str] = field(default_factory=dict)
    count: int = 0
    each: bool = False
    check: bool = False

    @property
    def named(self) -> set[str]:
        """Every event it speaks of."""
        lists = (self.starts, self.met_by, self.waived_by, self.ended_by, self.extended_by)
        return {name for names in lists for name in names} | {*self.suspends, *self.suspends.values(), *self.days}


@dataclass(frozen=True, slots=True)
class ClockTable:
    """All clocks, by id, with the words for events and for what happens to a clock."""

    clocks: Mapping[str, LegalClock]
    events: Mapping[str, Words]
    words: Mapping[str, Words]

    @staticmethod
    def load(file: Path = FILE) -> ClockTable:
        """The table of a file. RulesInvalid names the file, the clock and what does not hold."""
        try:
            raw = tomllib.loads(file.read_text())
            table = ClockTable(
                {id_: _clock(id_, row) for id_, row in raw["clocks"].items()}, raw["events"], raw["words"]
            )
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as wrong:
            raise RulesInvalid(f"{file.name} cannot be read: {wrong}", reason="toml", file=str(file)) from wrong
        for clock in table.clocks.values():
            if unknown := sorted(clock.named - set(table.events)):
                raise _invalid(clock.id, "event", f"speaks of unknown events: {', '.join(unknown)}")
        return table

    @staticmethod
    @cache
    def default() -> ClockTable:
        """The table as shipped."""
        return ClockTable.load()

    def say(self, words: Words, language: str) -> str:
        """Words in a language, English where it is missing."""
        return words.get(language) or words["en"]


_LISTS = ("starts", "met_by", "waived_by", "ended_by", "extended_by")
_PERIODS = ("extension", "then_every")
_PLAIN = ("title", "law", "bearer", "at_end", "suspends", "days", "count", "each", "check")


def _clock(id_: str, row: Mapping[str, Any]) -> LegalClock:
    known = {*_LISTS, *_PERIODS, *_PLAIN, "kind", "length", "reading", "counts", "warn"}
    if unknown := sorted(set(row) - known):
        raise _invalid(id_, "unknown_key", f"has unknown keys: {', '.join(unknown)}")
    try:
        given: dict[str, Any] = {name: row[name] for name in _PLAIN if name in row}
        given |= {name: tuple(row[name]) for name in _LISTS if name in row}
        given |= {name: Period.read(row[name]) for name in _PERIODS if name in row}
        return LegalClock(
            id=id_,
            kind=Kind(row["kind"]),
            length=Period.read(row["length"]),
            reading=Reading(row["reading"]),
            counts=Counts(row["counts"]),
            warn=tuple(Period.read(each) for each in row.get("warn", [])),
            **given,
        )
    except (KeyError, TypeError, ValueError, Refused) as wrong:
        raise _invalid(id_, "clock", f"does not hold: {wrong}") from wrong


def _invalid(id_: str, reason: str, words: str) -> RulesInvalid:
    return RulesInvalid(f"The clock {id_} {words}.", reason=reason, place=id_)
