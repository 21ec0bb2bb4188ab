"""Scripted officers: they flag, review, sign, hold and turn keys over the platform's API, in bulk, as clients would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cautery.exercise.moments import HOUR, to_iso
from cautery.exercise.people import judgement, timetable
from cautery.exercise.people.client import PlatformClient, PlatformRefused
from cautery.exercise.people.moderators import Answers, Moderators, Take
from cautery.exercise.people.notes import Load, Notes, Save
from cautery.exercise.people.officers import Staff, desk_keys, leaders, operational_units
from cautery.exercise.people.timetable import PeopleEvent, Plan

CLAIM_LIMIT = 500
BATCH_LIMIT = 5000
ENDLESS = 10**9
HOLD_AFTER_END_S = 30 * 86_400
"""An investigation outlasts the operation."""
HOLD_REASON = "Investigation interest: please leave this up for now."


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One row of a unit's list: `seen_at` ISO 8601 UTC; `object_id` None for a row that names no object."""

    line: int
    url: str
    seen_at: str
    language: str
    object_id: str | None


@dataclass(frozen=True, slots=True)
class World:
    """What people ask of the world that they live in."""

    flags_for: Callable[[int, int], Sequence[FlagRow]]
    late_flags: Callable[[int, float, float], Sequence[FlagRow]]
    holds_for: Callable[[int], Sequence[str]]
    truth: Callable[[str], tuple[str, str] | None]


def _nothing_new(_provider: str, _rows: Sequence[Mapping[str, Any]]) -> int:
    return 0


def _silence(_provider: str, _after: int) -> Sequence[Mapping[str, Any]]:
    return ()


class People:
    """Everyone who works with the platform in a rehearsal.

    `scenario` (the tables of scenario.toml and `run`) is read for `operation`, `run`, `desks` (see `timetable.Plan.of`)
    and, where it is there, `people` (`review_error`, `signature_refused`: shares). `truth` is asked with the URLs that
    the platform gives. `take` and `answers` are the moderators' (see `moderators`). `load` and `save` keep notes (see
    `notes`). `perform` blocks: a world with an event loop calls it in a thread.
    """

    def __init__(
        self,
        *,
        seed: int,
        out: Path,
        directory: Mapping[str, Any],
        scenario: Mapping[str, Any],
        flags_for: Callable[[int, int], Sequence[FlagRow]],
        late_flags: Callable[[int, float, float], Sequence[FlagRow]],
        holds_for: Callable[[int], Sequence[str]],
        truth: Callable[[str], tuple[str, str] | None],
        take: Take = _nothing_new,
        answers: Answers = _silence,
        load: Load | None = None,
        save: Save | None = None,
        client: PlatformClient | None = None,
    ) -> None:
        self._seed = seed
        self._world = World(flags_for, late_flags, holds_for, truth)
        self._units = operational_units(directory)
        self._leaders = leaders(directory)
        self._plan = Plan.of(scenario, units=len(self._units), leaders=len(self._leaders))
        rates = scenario.get("people", {})
        self._error_rate: float = rates.get("review_error", 0.01)
        self._refusal_rate: float = rates.get("signature_refused", 0.005)
        self._notes = Notes(load, save)
        self._client = client or PlatformClient(out)
        self._moderators = Moderators(desk_keys(directory), take, answers, self._notes, self._client)
        self._acts: dict[str, Callable[[PeopleEvent], bool]] = {
            "duty-review": lambda event: self._review(event, ENDLESS),
            "duty-sign": self._sign,
            "flags": self._flag,
            "holds": self._hold,
            "keys": self._turn_key,
            "late-flags": self._flag_late,
            "portal": lambda event: self._moderators.round(event.key.partition(":")[0]),
            "review": lambda event: self._review(event, self._plan.session_share),
            "review-all": lambda event: self._review(event, ENDLESS),
            "sign": self._sign,
        }

    def events(self) -> Iterable[PeopleEvent]:
        """All events of the operation, in order; the same for the same scenario and directory."""
        return timetable.events(self._plan)

    def perform(self, event: PeopleEvent, now: float) -> bool:  # noqa: ARG002  as the world calls it
        """Do it, again if need be; True when the platform recorded something. PlatformRefused: a bug.

        What is done depends on the event alone, never on when it is done at last.
        """
        return self._acts[event.kind](event)

    def counts(self) -> dict[str, int]:
        """The `people` part of world.json."""
        return self._notes.counts()

    def last_look(self) -> None:
        """When all is over: moderators see what was laid out for them at the very end."""
        self._moderators.look_at_all()

    def close(self) -> None:
        """Let go of the connection to the platform."""
        self._client.close()

    def _flag(self, event: PeopleEvent) -> bool:
        index, hour = _unit_and_number(event.key)
        unit = self._units[index]
        return self._upload(unit, f"{unit.slug}-{hour:03d}", hour, self._world.flags_for(index, hour))

    def _flag_late(self, event: PeopleEvent) -> bool:
        index, number = _unit_and_number(event.key)
        unit = self._units[index]
        rows = self._world.late_flags(index, self._plan.t0 + number * HOUR, event.at)
        return self._upload(unit, f"{unit.slug}-late-{number:03d}", number, rows)

    def _upload(self, unit: Staff, batch: str, number: int, rows: Sequence[FlagRow]) -> bool:
        token = unit.flaggers[number % len(unit.flaggers)]
        for start in range(0, len(rows), BATCH_LIMIT):
            part = rows[start : start + BATCH_LIMIT]
            key = f"{batch}-{start // BATCH_LIMIT}"
            body = {"operation": self._plan.operation, "batch_key": key, "rows": [_as_row(row) for row in part]}
            answer = self._client.post("/intake/batches", token, body)
            if "accepted" not in answer:
                raise PlatformRefused("POST", "/intake/batches", 409, str(answer))
            taken = (answer["accepted"], answer["known"], len(answer["rejected"]))
            self._notes.add({f"batch:{key}": " ".join(map(str, taken))})
        return bool(rows)

    def _hold(self, event: PeopleEvent) -> bool:
        index, _ = _unit_and_number(event.key)
        urls = self._world.holds_for(index)
        if not urls:
            return False
        until = to_iso(self._plan.end + HOLD_AFTER_END_S)
        holds = [{"url": url, "reason": HOLD_REASON, "until": until} for url in urls]
        answer = self._client.post(
            "/deconfliction/holds", self._units[index].reviewers[0], {"operation": self._plan.operation, "holds": holds}
        )
        results = answer.get("results", [])
        self._notes.add({f"hold:{result['url']}": result["status"] for result in results})
        return any(result["status"] == "recorded" for result in results)

    def _turn_key(self, event: PeopleEvent) -> bool:
        self._client.post(f"/operations/{self._plan.operation}/keys", self._leaders[int(event.key)], {})
        return True

    def _review(self, event: PeopleEvent, share: int) -> bool:
        index, number = _unit_and_number(event.key)
        reviewers = self._units[index].reviewers
        token = reviewers[number % len(reviewers)]
        return self._work_off(
            share,
            claim=lambda limit: self._claim("/review/claims", "items", token, limit),
            answer=lambda items: self._decide(token, items),
        )

    def _sign(self, event: PeopleEvent) -> bool:
        index, number = _unit_and_number(event.key)
        signers = self._units[index].signers
        token = signers[number % len(signers)]
        return self._work_off(
            ENDLESS,
            claim=lambda limit: self._claim("/authorise/claims", "decisions", token, limit),
            answer=lambda decisions: self._answer_decisions(token, decisions),
        )

    def _work_off(
        self,
        share: int,
        *,
        claim: Callable[[int], list[dict[str, Any]]],
        answer: Callable[[list[dict[str, Any]]], int],
    ) -> bool:
        """Claim and answer in chunks until nothing is left, the share is done, or a chunk brought nothing forward.

        Less than was asked for was all there was: when all of it is settled, nothing is left.
        """
        done = 0
        while done < share:
            wanted = min(CLAIM_LIMIT, share - done)
            chunk = claim(wanted)
            settled = answer(chunk) if chunk else 0
            done += settled
            if not settled or settled == len(chunk) < wanted:
                break
        return done > 0

    def _claim(self, path: str, part: str, token: str, limit: int) -> list[dict[str, Any]]:
        answer = self._client.post(path, token, {"operation": self._plan.operation, "limit": limit})
        claimed: list[dict[str, Any]] = answer.get(part, [])
        return claimed

    def _decide(self, token: str, items: list[dict[str, Any]]) -> int:
        notes, decisions = {}, []
        for item in items:
            finding = self._finding(item)
            if finding is judgement.UNKNOWN:
                notes[f"unknown:{item['url']}"] = "dismissed"
            notes[f"decision:{item['episode_id']}"] = "wrong" if finding.wrong else "right"
            decisions.append(finding.as_decision(item["episode_id"], self._instrument(item)))
        self._notes.add(notes)
        return _settled("/review/decisions", self._client.post("/review/decisions", token, {"decisions": decisions}))

    def _finding(self, item: Mapping[str, Any]) -> judgement.Finding:
        known = self._world.truth(item["url"])
        if known is None:
            return judgement.UNKNOWN
        object_id, truth = known
        number = item.get("number", 1)
        return judgement.review(self._seed, object_id, truth, number=number, error_rate=self._error_rate)

    def _instrument(self, item: Mapping[str, Any]) -> str:
        known = self._world.truth(item["url"])
        return judgement.instrument(self._seed, known[0], str(item.get("provider", ""))) if known else "referral"

    def _answer_decisions(self, token: str, decisions: list[dict[str, Any]]) -> int:
        notes, signatures = {}, []
        for decision in decisions:
            refused = self._refuses(decision)
            notes[f"{'refusal' if refused else 'signature'}:{decision['episode_id']}"] = str(decision["decision_id"])
            act, reason = ("refuse", judgement.REFUSAL) if refused else ("sign", "")
            signatures.append({"decision_id": decision["decision_id"], "act": act, "reason": reason})
        self._notes.add(notes)
        answer = self._client.post("/authorise/signatures", token, {"signatures": signatures})
        return _settled("/authorise/signatures", answer)

    def _refuses(self, decision: Mapping[str, Any]) -> bool:
        known = self._world.truth(decision["url"])
        number = decision.get("number", 1)
        return known is not None and judgement.refuses(self._seed, known[0], number=number, rate=self._refusal_rate)


def _unit_and_number(key: str) -> tuple[int, int]:
    _, unit, number = key.split(":")
    return int(unit), int(number)


def _as_row(row: FlagRow) -> dict[str, Any]:
    return {"line": row.line, "url": row.url, "seen_at": row.seen_at, "language": row.language}


def _settled(path: str, answer: Mapping[str, Any]) -> int:
    """How many results stand as asked for; PlatformRefused for one that the platform refuses (that is a bug)."""
    results = answer.get("results", [])
    refused = [result for result in results if result["status"] == "refused"]
    if refused:
        raise PlatformRefused("POST", path, 200, str(refused[:3]))
    return sum(result["status"] in {"recorded", "already"} for result in results)
