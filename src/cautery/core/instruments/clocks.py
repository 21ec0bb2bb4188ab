"""What a notice itself says of the legal clocks: the events its moments tell, and where each clock of its form stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cautery.core.clock.holidays import place_of
from cautery.core.clock.legal import ClockTable
from cautery.core.clock.periods import IN_UTC, Place
from cautery.core.clock.running import Happening
from cautery.core.clock.timeline import Timeline, facts, timeline
from cautery.core.errors import RulesInvalid
from cautery.core.instruments.form import Form, Values
from cautery.core.instruments.validation import moment

PLACES = ("home_state", "respondent_state", "issuing_state")
"""Fields that say where periods are counted, the first that is filled in."""


def happenings(form: Form, values: Values) -> list[Happening]:
    """The events a notice tells, as our times: they are the notice's own."""
    return [
        Happening(event.event, moment(values[event.field]))
        for event in form.events
        if event.field in values and (event.only is None or event.only.holds(values))
    ]


def place(values: Values) -> Place:
    """Where the periods of a notice are counted; UTC where it does not say."""
    named = next((str(values[name]) for name in PLACES if name in values), "")
    return place_of(named) if named else IN_UTC


def notice_timeline(form: Form, values: Values, now: datetime, table: ClockTable | None = None) -> Timeline:
    """The timeline of what the notice tells up to `now`."""
    return timeline(happenings(form, values), now, place(values), table)


def clock_facts(form: Form, line: Timeline) -> list[dict[str, Any]]:
    """For each clock of the form: its run, or what starts it. RulesInvalid for a clock the table has not."""
    found = []
    for name in form.clocks:
        if name not in line.table.clocks:
            raise RulesInvalid(f"{form.instrument} speaks of the unknown clock {name}.", reason="clock", place=name)
        clock = line.table.clocks[name]
        runs = [facts(one, line.now) for one in line.runs if one.clock.id == name]
        unstarted = {
            "clock": name,
            "law": clock.law,
            "standing": str(line.standing(name)),
            "length": str(clock.length),
            "counts": str(clock.reading),
            "starts_with": list(clock.starts),
        }
        found += runs or [unstarted]
    return found
