from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from cautery.exercise.mail import PostOffice
from cautery.exercise.moments import HOUR
from cautery.exercise.people import PeopleEvent
from cautery.exercise.state import State
from cautery.exercise.turns import Turns
from tests.exercise.worlds import small_state


class Diary:
    """Actors who write down what they do; events whose kind begins with "call" say that they called the platform."""

    def __init__(self, *events: PeopleEvent) -> None:
        self.planned = events
        self.done: list[tuple[float, str, str]] = []

    def events(self) -> Iterable[PeopleEvent]:
        return self.planned

    def perform(self, event: PeopleEvent, now: float) -> bool:
        self.done.append((now, event.kind, event.key))
        return event.kind.startswith("call")

    def counts(self) -> dict[str, int]:
        return {"decisions": len(self.done)}


def turns_of(state: State, diary: Diary, tmp_path: Path) -> Turns:
    return Turns(state, diary, PostOffice(state, tmp_path))


def test_time_moves_to_what_is_next_for_the_worker_or_for_the_world(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    start = state.scenario.start
    turns = turns_of(state, Diary(PeopleEvent(start + HOUR, "call", "a")), tmp_path)
    assert asyncio.run(turns.wait(start, start + 60)) == (start + 60, False)
    assert asyncio.run(turns.wait(start + 60, None)) == (start + HOUR, False)
    assert asyncio.run(turns.wait(start + HOUR, None)) == (state.scenario.end, True)


def test_events_happen_in_the_order_of_time_kind_and_key(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    start = state.scenario.start
    planned = [
        (start + 9.5, "quiet", "b"),
        (start + 9, "quiet", "c"),
        (start + 9, "call", "b"),
        (start + 9, "call", "a"),
    ]
    diary = Diary(*(PeopleEvent(*event) for event in planned))
    turns = turns_of(state, diary, tmp_path)
    asyncio.run(turns.wait(start, start + 10))
    assert diary.done == [(start + 9, "call", "a"), (start + 9, "call", "b"), (start + 9, "quiet", "c")]
    asyncio.run(turns.wait(start + 9, start + 10))
    assert diary.done[3:] == [(start + 10, "quiet", "b")]


def test_what_is_due_now_is_done_first_and_the_worker_looks_again_when_the_platform_was_called(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    start = state.scenario.start
    turns = turns_of(state, Diary(PeopleEvent(start, "call", "a")), tmp_path)
    assert asyncio.run(turns.wait(start, start + 60)) == (start, False)
    assert asyncio.run(turns.wait(start, start + 60)) == (start + 60, False)


def test_a_worker_that_is_behind_is_told_the_time_and_nothing_moves(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    start = state.scenario.start
    turns = turns_of(state, Diary(), tmp_path)
    asyncio.run(turns.wait(start, start + 600))
    assert asyncio.run(turns.wait(start, start + 30)) == (start + 600, False)


def test_what_was_done_is_not_done_again_after_a_restart(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    start = state.scenario.start
    events = (PeopleEvent(start + 5, "call", "a"), PeopleEvent(start + 7, "call", "b"))
    asyncio.run(turns_of(state, Diary(*events), tmp_path).wait(start, None))
    state.books.close()
    again = small_state(tmp_path)
    assert again.now == start + 5
    diary = Diary(*events)
    asyncio.run(turns_of(again, diary, tmp_path).wait(start + 5, None))
    assert diary.done == [(start + 7, "call", "b")]


def test_the_operation_is_over_when_the_last_event_at_its_end_is_done(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    diary = Diary(PeopleEvent(state.scenario.end, "call", "last"), PeopleEvent(state.scenario.end + 1, "call", "never"))
    turns = turns_of(state, diary, tmp_path)
    assert asyncio.run(turns.wait(state.scenario.start, None)) == (state.scenario.end, True)
    assert [key for _, _, key in diary.done] == ["last"]
