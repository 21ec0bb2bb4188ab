"""Whose turn it is: the worker asks for time, the world performs what is due and moves the clock."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable
from typing import Protocol

from cautery.exercise.mail import Outgoing, PostOffice
from cautery.exercise.people import PeopleEvent
from cautery.exercise.state import State

MAIL = "mail"


class Actors(Protocol):
    """Those who act on the platform by a timetable; `people.People` is the one."""

    def events(self) -> Iterable[PeopleEvent]:
        """All events, known in advance."""

    def perform(self, event: PeopleEvent, now: float) -> bool:
        """True when it called the platform and may have changed something."""

    def last_look(self) -> None:
        """What those who look in rounds do once more when all is over; it calls the platform."""

    def counts(self) -> dict[str, int]:
        """The `people` part of world.json."""


class Turns:
    """One turn at a time. People and mail block while they talk to the platform, so they do it in a thread."""

    def __init__(self, state: State, actors: Actors, post: PostOffice) -> None:
        self.state = state
        self._actors = actors
        self._post = post
        self._lock = asyncio.Lock()
        self._done = state.books.done()
        self._people: dict[tuple[str, str], PeopleEvent] = {(event.kind, event.key): event for event in actors.events()}
        self._agenda = [(_second(event.at), *name) for name, event in self._people.items() if name not in self._done]
        heapq.heapify(self._agenda)

    @property
    def finished(self) -> bool:
        """Whether the operation is over and everything in it has been done."""
        nothing = not self._agenda or self._agenda[0][0] > self.state.now
        return self.state.now >= self.state.scenario.end and nothing

    async def wait(self, now: int, due: int | None) -> tuple[int, bool]:
        """What the worker is told when it has nothing to do: the time, and whether all is over."""
        async with self._lock:
            if now < self.state.now:
                return self.state.now, self.finished
            if not await self._perform_due() and not self.finished:
                self.state.advance(self._next(due))
                await self._perform_due()
            return self.state.now, self.finished

    def _next(self, due: int | None) -> int:
        """The next moment at which anybody has something to do, at most the end."""
        self._collect_mail()
        moments = [self.state.scenario.end]
        if self._agenda:
            moments.append(self._agenda[0][0])
        if due is not None:
            moments.append(due)
        return max(self.state.now, min(moments))

    async def _perform_due(self) -> bool:
        """Performs what is due now, in the order of (time, kind, key); True when the platform was called."""
        called = False
        self._collect_mail()
        while self._agenda and self._agenda[0][0] <= self.state.now:
            at, kind, key = self._agenda[0]
            called |= await asyncio.to_thread(self._perform, at, kind, key)
            self.state.books.mark_done([(kind, key)], self.state.now)
            heapq.heappop(self._agenda)
            self._collect_mail()
        return called

    def _perform(self, at: int, kind: str, key: str) -> bool:
        if kind == MAIL:
            return self._post.send(Outgoing(at, key))
        return self._actors.perform(self._people[kind, key], self.state.now)

    def _collect_mail(self) -> None:
        """Puts messages that have become known on the agenda."""
        for outgoing in self._post.fresh():
            if (MAIL, outgoing.key) not in self._done:
                heapq.heappush(self._agenda, (outgoing.at, MAIL, outgoing.key))


def _second(at: float) -> int:
    """The whole second at or after a moment."""
    return -int(-at // 1)
