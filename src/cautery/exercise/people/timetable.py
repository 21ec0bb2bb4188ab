"""When people do what: every event of an operation, known before it starts.

start ......... flags end ........ keys .. last review .. T0 .................. end
|- flags, hourly -|                  |          |         |- duty, every 15 minutes -|
      |- review, hourly; signing 20 minutes later -|      |- late flags, hourly -----|
                                                          |- moderators, in rounds --|
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cautery.exercise.moments import DAY, HOUR, from_iso

MINUTE = 60


@dataclass(frozen=True, slots=True, order=True)
class PeopleEvent:
    """Something a person does: `at` in seconds since 1970; events happen in the order of (at, kind, key)."""

    at: float
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The frame of an operation; times in whole seconds since 1970, lengths in seconds."""

    operation: str
    start: int
    flags_end: int
    t0: int
    end: int
    units: int
    leaders: int
    flags: int
    desks: tuple[tuple[str, int], ...] = ()
    """Providers whose moderators look at the provider desk, each with the seconds from one round to the next."""

    @classmethod
    def of(cls, scenario: Mapping[str, Any], *, units: int, leaders: int) -> Plan:
        """From the scenario's tables `operation` (slug, starts_at, flags_until, t0: shares of the days) and `run`."""
        told, run = scenario["operation"], scenario["run"]
        start, length = from_iso(told["starts_at"]), run["days"] * DAY
        return cls(
            operation=told["slug"],
            start=start,
            flags_end=start + round(told["flags_until"] * length),
            t0=start + round(told["t0"] * length),
            end=start + round(length),
            units=units,
            leaders=leaders,
            flags=run["flags"],
            desks=tuple((slug, round(minutes * MINUTE)) for slug, minutes in scenario.get("desks", {}).items()),
        )

    @property
    def flag_hours(self) -> int:
        """How many hourly batches a unit uploads before T0; the last may come when flagging ends."""
        return max(1, (self.flags_end - self.start) // HOUR)

    @property
    def lull(self) -> int:
        """Time between the last flag and T0."""
        return self.t0 - self.flags_end

    @property
    def session_share(self) -> int:
        """How many decisions one officer makes in an hourly session: enough that reviewing keeps up with flagging."""
        return max(50, math.ceil(1.2 * self.flags / (self.flag_hours * self.units)))


def events(plan: Plan) -> list[PeopleEvent]:
    """Everything people do in this operation, in order."""
    parts = (_flags(plan), _reviews(plan), _holds(plan), _keys(plan), _duty(plan), _late_flags(plan), _rounds(plan))
    return sorted(event for part in parts for event in part)


def _per_unit(plan: Plan, at: int, kind: str, number: int) -> Iterator[PeopleEvent]:
    """One event for each unit at the same time; who goes first changes with the number. Key: `turn:unit:number`."""
    for turn in range(plan.units):
        yield PeopleEvent(at, kind, f"{turn:02d}:{(turn + number) % plan.units:02d}:{number:04d}")


def _flags(plan: Plan) -> Iterator[PeopleEvent]:
    for hour in range(plan.flag_hours):
        yield from _per_unit(plan, min(plan.start + (hour + 1) * HOUR, plan.flags_end), "flags", hour)


def _reviews(plan: Plan) -> Iterator[PeopleEvent]:
    """Hourly sessions from the second hour, then one that clears the queue; signing follows each."""
    last = plan.t0 - min(HOUR // 2, plan.lull // 3)
    lag = min(20 * MINUTE, plan.lull // 6)
    hourly = range(plan.start + 2 * HOUR, last - lag, HOUR)
    for number, at in enumerate(hourly):
        yield from _per_unit(plan, at, "review", number)
        yield from _per_unit(plan, at + lag, "sign", number)
    yield from _per_unit(plan, last, "review-all", len(hourly))
    yield from _per_unit(plan, last + lag, "sign", len(hourly))


def _holds(plan: Plan) -> Iterator[PeopleEvent]:
    yield from _per_unit(plan, plan.flags_end + plan.lull // 4, "holds", 0)


def _keys(plan: Plan) -> Iterator[PeopleEvent]:
    at = plan.t0 - min(HOUR, plan.lull // 2)
    for leader in range(plan.leaders):
        yield PeopleEvent(at, "keys", f"{leader:02d}")


def _duty(plan: Plan) -> Iterator[PeopleEvent]:
    """The duty reviewer and, at the same time but after, the duty signer ("duty-review" sorts before "duty-sign")."""
    for number, at in enumerate(range(plan.t0 + 15 * MINUTE, plan.end + 1, 15 * MINUTE)):
        unit = number % plan.units
        yield PeopleEvent(at, "duty-review", f"00:{unit:02d}:{number:04d}")
        yield PeopleEvent(at, "duty-sign", f"00:{unit:02d}:{number:04d}")


def _late_flags(plan: Plan) -> Iterator[PeopleEvent]:
    """What was seen in each hour after T0, at the end of that hour or of the operation."""
    for number, since in enumerate(range(plan.t0, plan.end, HOUR)):
        yield from _per_unit(plan, min(since + HOUR, plan.end), "late-flags", number)


def _rounds(plan: Plan) -> Iterator[PeopleEvent]:
    """At the moments at which a provider's staff also act on what they decided (`outcomes`): whole rounds since 1970."""
    for slug, step in plan.desks:
        for number, at in enumerate(range((plan.t0 // step + 1) * step, plan.end + 1, step)):
            yield PeopleEvent(at, "portal", f"{slug}:{number:04d}")
