"""From what happened to where a clock stands.

events -> in the order in which they count for this clock -> legs (start, end by both readings) -> standing

Every event may carry two times: ours, when we sent, saw or received it, and theirs, as the other side states it. Both are
kept; the table says which counts. A clock that restarts runs its whole length anew from the moment the last of its
obstacles has ceased (Art 3(7) and (8)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from cautery.core.clock.legal import Counts, Kind, LegalClock
from cautery.core.clock.periods import IN_UTC, Period, Place, Reading, regulation_end, strict_end


class Standing(StrEnum):
    """Where a clock stands at a moment."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUSPENDED = "suspended"
    MET = "met"
    MET_LATE = "met_late"
    OVERDUE = "overdue"
    OVER = "over"
    BROKEN = "broken"
    WAIVED = "waived"
    ENDED = "ended"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: its name in the table, our time of it, the time the other side states, and until when it extends."""

    event: str
    ours: datetime
    theirs: datetime | None = None
    until: datetime | None = None
    note: str = ""

    @property
    def skew(self) -> timedelta | None:
        """Their time less ours; None where they state none."""
        return None if self.theirs is None else self.theirs - self.ours


@dataclass(frozen=True, slots=True)
class Leg:
    """One run of a clock from a start to its ends by both readings (UTC)."""

    start: datetime
    strict: datetime
    regulation: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event did to a clock: a word of the table, and the leg that runs since."""

    happening: Happening
    word: str
    counted: datetime
    leg: Leg | None = None


@dataclass(slots=True)
class Run:
    """A clock set going: its legs, what each event did to it, and what still keeps it from running."""

    clock: LegalClock
    place: Place
    legs: list[Leg] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    open: dict[str, datetime] = field(default_factory=dict)
    done_at: datetime | None = None
    done: Standing | None = None

    @property
    def started(self) -> datetime | None:
        return self.legs[0].start if self.legs else None

    @property
    def due(self) -> datetime | None:
        """The end that counts; None while it is suspended or has not started."""
        return None if self.open or not self.legs else self.legs[-1].due

    def standing(self, now: datetime) -> Standing:
        """Where it stands at `now`."""
        if self.done is not None:
            return self.done
        if not self.legs:
            return Standing.NOT_STARTED
        if self.open:
            return Standing.SUSPENDED
        if now < self.legs[-1].due:
            return Standing.RUNNING
        return Standing.OVERDUE if self.clock.kind in (Kind.DEADLINE, Kind.YEARLY) else Standing.OVER

    def warnings(self) -> list[datetime]:
        """The moments before the end at which somebody is to be told, earliest first."""
        due = self.due
        if due is None or self.done is not None:
            return []
        return sorted(moment for period in self.clock.warn if (moment := _before(due, period)) > self.legs[-1].start)


def run(clock: LegalClock, happenings: Iterable[Happening], place: Place = IN_UTC) -> list[Run]:
    """Every run of a clock: one, or one for each event that starts it where the table says so; none that did not start."""
    ordered = sorted(happenings, key=lambda h: h.ours)
    if clock.kind == Kind.YEARLY:
        return []
    starts = [h for h in ordered if h.event in clock.starts]
    if not clock.each:
        starts = starts[:1]
    return [_run(clock, start, ordered, place) for start in starts]


def reached(clock: LegalClock, happenings: Iterable[Happening], now: datetime, place: Place = IN_UTC) -> bool:
    """Of a clock that counts: whether so many of its events lie within its length before `now`."""
    moments = [h.ours for h in happenings if h.event in clock.starts and h.ours <= now]
    within = [m for m in moments if _leg(clock, m, clock.length, place).due > now]
    return len(within) >= clock.count


def yearly(clock: LegalClock, happenings: Iterable[Happening], now: datetime, place: Place = IN_UTC) -> list[Run]:
    """Of a clock with days of the year: a run for each of this year's days, from 1 January to the end of that day."""
    year = now.astimezone(place.zone).year
    start = datetime(year, 1, 1, tzinfo=place.zone).astimezone(UTC)
    runs = []
    for event, written in clock.days.items():
        day = date.fromisoformat(f"{year}-{written}")
        end = datetime.combine(day, datetime.min.time(), place.zone) + timedelta(days=1)
        one = Run(clock, place, [Leg(start, *(3 * (end.astimezone(UTC),)))])
        for happening in sorted(happenings, key=lambda h: h.ours):
            if happening.event == event and start <= happening.ours and one.done is None:
                _meet(one, happening, happening.ours)
        runs.append(one)
    return runs


def _run(clock: LegalClock, start: Happening, ordered: Sequence[Happening], place: Place) -> Run:
    one = Run(clock, place)
    others = [h for h in ordered if h is not start and h.event not in clock.starts]
    _begin(one, start, counted_start(clock, start), "starts")
    for happening in others:
        if one.done is None:
            _take(one, happening)
    return one


def _take(one: Run, happening: Happening) -> None:
    """Let one event act on a clock that runs or is suspended."""
    clock, event = one.clock, happening.event
    if event in clock.met_by:
        _act(one, happening)
    elif event in clock.waived_by:
        _finish(one, happening, Standing.WAIVED, "waived")
    elif event in clock.ended_by and happening.ours >= one.legs[0].start:
        _finish(one, happening, Standing.ENDED, "ended")
    elif event in clock.extended_by:
        _extend(one, happening)
    elif event in clock.suspends:
        _suspend(one, happening)
    elif event in clock.suspends.values():
        _resume(one, happening)


def counted_start(clock: LegalClock, happening: Happening) -> datetime:
    """The time of an event that starts a clock: with the benefit of the doubt the later of the two."""
    return _counted(clock, happening, max)


def _counted(clock: LegalClock, happening: Happening, benefit: object) -> datetime:
    if happening.theirs is None or clock.counts == Counts.OURS:
        return happening.ours
    if clock.counts == Counts.THEIRS:
        return happening.theirs
    later = benefit is max
    return max(happening.ours, happening.theirs) if later else min(happening.ours, happening.theirs)


def _acted(one: Run, happening: Happening) -> datetime:
    """When somebody acted: with the benefit of the doubt the earlier time, but never a stated one before the start."""
    moment = _counted(one.clock, happening, min)
    if moment < one.legs[-1].start <= happening.ours:
        one.effects.append(Effect(happening, "stated_before_start", happening.ours))
        return happening.ours
    return moment


def _act(one: Run, happening: Happening) -> None:
    moment = _acted(one, happening)
    if one.clock.kind == Kind.WAITING:
        early = moment < one.legs[-1].due
        _finish(one, happening, Standing.BROKEN if early else Standing.MET, "before_end" if early else "met")
    elif moment >= one.legs[0].start or not one.clock.each:
        _meet(one, happening, moment)


def _meet(one: Run, happening: Happening, moment: datetime) -> None:
    # What is still suspended has no end yet; an act then is in time.
    late = not one.open and moment > one.legs[-1].due
    if one.clock.then_every is not None:
        one.effects.append(Effect(happening, "met_late" if late else "met", moment))
        one.legs.append(_leg(one.clock, one.legs[-1].due, one.clock.then_every, one.place))
        return
    _finish(one, happening, Standing.MET_LATE if late else Standing.MET, "met_late" if late else "met", moment)


def _finish(one: Run, happening: Happening, standing: Standing, word: str, moment: datetime | None = None) -> None:
    one.done, one.done_at = standing, moment or happening.ours
    one.effects.append(Effect(happening, word, one.done_at))


def _begin(one: Run, happening: Happening, moment: datetime, word: str) -> None:
    leg = _leg(one.clock, moment, one.clock.length, one.place)
    one.legs.append(leg)
    one.effects.append(Effect(happening, word, moment, leg))


def _suspend(one: Run, happening: Happening) -> None:
    moment = _acted(one, happening)
    if not one.open and moment > one.legs[-1].due:
        one.effects.append(Effect(happening, "late_report", moment))
        return
    one.open[happening.event] = moment
    one.effects.append(Effect(happening, "suspended", moment))


def _resume(one: Run, happening: Happening) -> None:
    ceased = [event for event, end in one.clock.suspends.items() if end == happening.event and event in one.open]
    for event in ceased:
        del one.open[event]
    if ceased and not one.open:
        _begin(one, happening, max(counted_start(one.clock, happening), one.legs[-1].start), "restarts")


def _extend(one: Run, happening: Happening) -> None:
    """To the moment the event names, or by the table's extension from the end so far; never shorter than it was."""
    last = one.legs[-1]
    if happening.until is not None:
        leg = Leg(last.start, *(3 * (max(last.due, happening.until.astimezone(UTC)),)))
    elif one.clock.extension is not None:
        leg = _leg(one.clock, last.due, one.clock.extension, one.place)
    else:
        return
    if happening.ours > last.due:
        one.effects.append(Effect(happening, "late_report", happening.ours))
        return
    one.legs.append(leg)
    one.effects.append(Effect(happening, "extended", happening.ours, leg))


def _leg(clock: LegalClock, start: datetime, length: Period, place: Place) -> Leg:
    strict, regulation = strict_end(start, length, place), regulation_end(start, length, place)
    return Leg(start.astimezone(UTC), strict, regulation, strict if clock.reading == Reading.STRICT else regulation)


def _before(due: datetime, period: Period) -> datetime:
    """A period before an end: months and years as 30 and 365 days, for a warning needs no calendar."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}
    if period.unit in days:
        return due - timedelta(days=period.number * days[period.unit])
    return due - timedelta(**{f"{period.unit}s": period.number})
