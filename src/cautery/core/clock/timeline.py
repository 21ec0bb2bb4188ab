"""All clocks of a notice, in the order in which things happened, in words a court can read.

Every entry gives our time in UTC and in the place's own, the time the other side states and the difference, and what the
event did to each clock, with both ends where the readings differ and which of them counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cautery.core.clock.legal import ClockTable, Kind
from cautery.core.clock.periods import IN_UTC, Place
from cautery.core.clock.running import Effect, Happening, Run, Standing, reached, run, yearly


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, and what it did: (clock id, effect)."""

    happening: Happening
    effects: tuple[tuple[str, Effect], ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events of a notice with the clocks they moved, as computed at `now`."""

    entries: tuple[Entry, ...]
    runs: tuple[Run, ...]
    counted: dict[str, bool]
    place: Place
    now: datetime
    table: ClockTable

    def standing(self, clock: str) -> Standing:
        """Where the last run of a clock stands; of one that counts, whether it was reached."""
        if clock in self.counted:
            return Standing.REACHED if self.counted[clock] else Standing.RUNNING
        runs = [one for one in self.runs if one.clock.id == clock]
        return runs[-1].standing(self.now) if runs else Standing.NOT_STARTED

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """For programs: entries and clocks, all times in ISO 8601, UTC."""
        return {
            "at": self.now.astimezone(UTC).isoformat(),
            "entries": [_entry(self, entry, language) for entry in self.entries],
            "clocks": [facts(one, self.now) for one in self.runs],
        }

    def lines(self, language: str = "en") -> list[str]:
        """For people: a line for each event, below it one for each clock it moved."""
        found = []
        for entry in self.entries:
            happening = entry.happening
            found.append(
                f"{self.moment(happening.ours)}  {self.name(happening, language)}{_stated(self, happening, language)}"
            )
            found += [f"    {_moved(self, id_, effect, language)}" for id_, effect in entry.effects]
        return found

    def moment(self, moment: datetime) -> str:
        """A time in the place's zone with its offset, and in UTC."""
        return f"{moment.astimezone(self.place.zone):%Y-%m-%d %H:%M:%S %z} ({moment.astimezone(UTC):%H:%M:%S} UTC)"

    def name(self, happening: Happening, language: str) -> str:
        """The event in words, with its note."""
        words = self.table.say(self.table.events[happening.event], language)
        return f"{words}: {happening.note}" if happening.note else words

    def word(self, word: str, language: str) -> str:
        """One of the table's words."""
        return self.table.say(self.table.words[word], language)


def timeline(
    happenings: Iterable[Happening], now: datetime, place: Place = IN_UTC, table: ClockTable | None = None
) -> Timeline:
    """Set every clock of the table going by what happened up to `now`."""
    table = table or ClockTable.default()
    known = sorted((h for h in happenings if h.ours <= now), key=lambda h: h.ours)
    runs: list[Run] = []
    counted = {}
    for clock in table.clocks.values():
        if clock.kind == Kind.COUNT:
            counted[clock.id] = reached(clock, known, now, place)
        elif clock.kind == Kind.YEARLY:
            if any(h.event in clock.days for h in known):
                runs += yearly(clock, known, now, place)
        else:
            runs += run(clock, known, place)
    entries = tuple(Entry(h, _effects(h, runs)) for h in known)
    return Timeline(entries, tuple(runs), counted, place, now, table)


def facts(one: Run, now: datetime) -> dict[str, Any]:
    """A run for programs: its ends by both readings, which counts, where it stands and when to warn."""
    last = one.legs[-1]
    return {
        "clock": one.clock.id,
        "law": one.clock.law,
        "started": one.legs[0].start.isoformat(),
        "runs_since": last.start.isoformat(),
        "ends_strict": last.strict.isoformat(),
        "ends_regulation_1182_71": last.regulation.isoformat(),
        "counts": str(one.clock.reading),
        "ends": one.due.isoformat() if one.due else None,
        "standing": str(one.standing(now)),
        "done_at": one.done_at.astimezone(UTC).isoformat() if one.done_at else None,
        "warnings": [moment.isoformat() for moment in one.warnings()],
    }


def _effects(happening: Happening, runs: Sequence[Run]) -> tuple[tuple[str, Effect], ...]:
    return tuple((one.clock.id, effect) for one in runs for effect in one.effects if effect.happening is happening)


def _entry(line: Timeline, entry: Entry, language: str) -> dict[str, Any]:
    happening = entry.happening
    return {
        "event": happening.event,
        "words": line.name(happening, language),
        "ours": happening.ours.astimezone(UTC).isoformat(),
        "theirs": happening.theirs.astimezone(UTC).isoformat() if happening.theirs else None,
        "difference_s": happening.skew.total_seconds() if happening.skew is not None else None,
        "effects": [_moved(line, id_, effect, language) for id_, effect in entry.effects],
    }


def _stated(line: Timeline, happening: Happening, language: str) -> str:
    if happening.theirs is None or happening.skew is None:
        return ""
    return f" [{line.word('stated', language)}: {line.moment(happening.theirs)}, {_signed(happening.skew)}]"


def _signed(skew: timedelta) -> str:
    seconds = skew.total_seconds()
    return f"{seconds:+.0f} s" if abs(seconds) >= 1 or not seconds else f"{seconds:+.3f} s"


def _moved(line: Timeline, id_: str, effect: Effect, language: str) -> str:
    clock = line.table.clocks[id_]
    text = f"{line.table.say(clock.title, language)} ({clock.law}) {line.word(effect.word, language)}"
    if effect.leg is None:
        return f"{text}."
    leg, ends = effect.leg, line.word("ends", language)
    if leg.strict == leg.regulation:
        return f"{text}; {ends}: {line.moment(leg.due)}."
    both = []
    for reading, end in (("strict", leg.strict), ("regulation", leg.regulation)):
        mark = f", {line.word('counted', language)}" if clock.reading == reading else ""
        both.append(f"{line.moment(end)} ({line.word(reading, language)}{mark})")
    return f"{text}; {ends}: {'; '.join(both)}."
