"""The control server: the clock for the worker, the end for the launcher, counters for whoever watches."""

from __future__ import annotations

import asyncio
import json
import traceback
from pathlib import Path
from typing import Any

from cautery.exercise.export import world_json
from cautery.exercise.moments import from_iso, to_iso
from cautery.exercise.people import PlatformRefused
from cautery.exercise.serving import JSON, Answer, Later, Request
from cautery.exercise.state import State
from cautery.exercise.turns import Actors, Turns


class Control:
    """`GET /clock`, `POST /clock/wait`, `POST /close`, `POST /finish`, `GET /books`."""

    def __init__(self, state: State, turns: Turns, actors: Actors, out: Path, stop: asyncio.Event) -> None:
        self.state = state
        self.turns = turns
        self.actors = actors
        self.out = out
        self.stop = stop

    def handle(self, request: Request) -> Answer | Later:
        """Answers a request."""
        match request.method, request.path:
            case "GET", "/clock":
                return _json(200, self._clock(self.state.now, finished=self.turns.finished))
            case "POST", "/clock/wait":
                return self._wait(request.body)
            case "POST", "/close":
                return self._close()
            case "POST", "/finish":
                return self._finish()
            case "GET", "/books":
                return _json(200, self._books())
        return _json(404, {"error": "no such call"})

    async def _wait(self, body: bytes) -> Answer:
        try:
            asked = json.loads(body)
            now = from_iso(asked["now"])
            due = None if asked.get("due") is None else from_iso(asked["due"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _json(400, {"error": f"not a wait: {error!r}"})
        try:
            at, finished = await self.turns.wait(now, due)
        except PlatformRefused as error:
            traceback.print_exc()
            return _json(500, {"error": str(error)})
        return _json(200, self._clock(at, finished=finished))

    async def _close(self) -> Answer:
        """The last look of those who look in rounds, when the platform has done its last; again is harmless."""
        if not self.turns.finished:
            return self._not_over()
        try:
            await asyncio.to_thread(self.actors.last_look)
        except PlatformRefused as error:
            traceback.print_exc()
            return _json(500, {"error": str(error)})
        return _json(200, {"closed": True})

    def _not_over(self) -> Answer:
        return _json(409, {"error": "the operation is not over", **self._clock(self.state.now, finished=False)})

    def _finish(self) -> Answer:
        """Writes world.json and ends the process; refused while the operation goes on."""
        if not self.turns.finished:
            return self._not_over()
        draft = self.out / "world.json.new"
        draft.write_text(json.dumps(world_json(self.state, self.actors.counts())), encoding="utf-8")
        draft.replace(self.out / "world.json")
        asyncio.get_running_loop().call_later(0.1, self.stop.set)
        return _json(200, {"written": "world.json"})

    def _books(self) -> dict[str, Any]:
        """Counters for whoever watches; cheap, since they are asked for several times a second."""
        state, scenario = self.state, self.state.scenario
        return {
            "now": to_iso(state.now),
            "progress": (state.now - scenario.start) / (scenario.end - scenario.start),
            "flags": state.flagging.sent_by(state.now)[0],
            "decisions": state.books.count_notes("decision"),
            "deliveries": len(state.deliveries),
            "removed": state.removed,
            "returned": state.returned,
        }

    def _clock(self, now: int, *, finished: bool) -> dict[str, Any]:
        return {"now": to_iso(now), "finished": finished}


def _json(status: int, document: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(document).encode(), JSON)
