"""How a domain's state went over time, from observations made now and then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .record import FREE, TAKEN, DomainRecord, State

SLACK = timedelta(days=1)
"""Registries and registrars round the day of registration differently."""
SHOWN = ("spki:", "san:")
"""Marks the site shows. They tell that it is the same one who runs it, never that it is another: keys are changed every day."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One record as it was read at a moment."""

    at: datetime
    record: DomainRecord


@dataclass(frozen=True, slots=True)
class Change:
    """The domain came into `state` after `after` (the last look that showed another one; None: none) and by `by`.

    `same_marks`: of a domain registered anew, whether the new registrant shows a mark of the old; None where neither can be told.
    """

    state: State
    after: datetime | None
    by: datetime
    ground: str
    same_marks: bool | None = None


def timeline(observations: Iterable[Observed]) -> tuple[Change, ...]:
    """The changes of state, in order. A look that could not tell changes nothing; it only leaves the moment less certain.

    A domain that was taken and is free has dropped. One taken with a later date of creation than before, or after it had
    dropped, is registered anew, even where nobody saw it free.
    """
    told = sorted((one for one in observations if one.record.state is not State.UNKNOWN), key=lambda one: one.at)
    changes: list[Change] = []
    owner: DomainRecord | None = None
    for place, seen in enumerate(told):
        state, same = _state(seen.record, owner, changes)
        anew = state is State.REGISTERED_ANEW
        if not changes or anew or changes[-1].state is not state:
            settled = changes and changes[-1].state is State.REGISTERED_ANEW and state is State.REGISTERED
            if not settled:
                changes.append(Change(state, told[place - 1].at if place else None, seen.at, seen.record.ground, same))
        if seen.record.state in TAKEN:
            owner = seen.record if anew or owner is None else _remembering(seen.record, owner)
    return tuple(changes)


def _state(record: DomainRecord, owner: DomainRecord | None, changes: Sequence[Change]) -> tuple[State, bool | None]:
    if record.state in FREE:
        return (State.DROPPED if owner is not None else record.state), None
    if owner is not None and record.state in TAKEN:
        dropped = bool(changes) and changes[-1].state is State.DROPPED
        newer = record.created is not None and owner.created is not None and record.created > owner.created + SLACK
        if dropped or newer:
            return State.REGISTERED_ANEW, same_marks(owner, record)
    return record.state, None


def _remembering(record: DomainRecord, before: DomainRecord) -> DomainRecord:
    """The record with the marks its site showed earlier: a domain on hold shows none, and is still the same one's."""
    shown = (mark for mark in before.marks if mark.startswith(SHOWN))
    return replace(record, marks=tuple(dict.fromkeys([*record.marks, *shown])))


def same_marks(old: DomainRecord, new: DomainRecord) -> bool | None:
    """Whether two registrations show a common mark, of the registry's or of their sites; None where nobody can tell."""
    if set(old.marks) & set(new.marks):
        return True
    named = all(any(not mark.startswith(SHOWN) for mark in one.marks) for one in (old, new))
    return False if named else None


def expiring(records: Iterable[DomainRecord], *, now: datetime, within: timedelta) -> list[DomainRecord]:
    """Domains that expire within a span, the first first: the calendar of what may drop or be renewed."""
    due = [record for record in records if record.expires is not None and record.expires <= now + within]
    return sorted(due, key=lambda record: (record.expires or now, record.domain))
