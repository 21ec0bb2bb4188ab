"""The whole world with its people, as `cautery exercise` starts it, against a small platform."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cautery.exercise.directory import directory
from cautery.exercise.moments import from_iso
from cautery.exercise.objects import PROPAGANDA
from cautery.exercise.population import Population
from cautery.exercise.scenario import load
from tests.exercise.fake_platform import FakePlatform
from tests.exercise.worlds import SMALL, WorldProcess, a_notice

WHOLE = "cautery.exercise.world"


def laid_out() -> list[dict[str, Any]]:
    """Notices in the provider desk for all that its provider shows from the start."""
    population = Population(load(SMALL))
    things = population.by_provider["lumigram"]
    shown = [thing for thing in things if thing.appeared_at < population.scenario.t0 and thing.truth == PROPAGANDA]
    return [a_notice(f"k-{thing.id}", thing.url) for thing in shown]


def people_at_work(
    out: Path, kill_at: frozenset[int], notices: Sequence[dict[str, Any]] = ()
) -> tuple[dict[str, Any], FakePlatform]:
    """The books of an operation in which no notice is sent but laid out, and the platform that people worked on."""
    out.mkdir()
    told = directory(load(SMALL))
    officers = {officer["token"]: officer["id"] for officer in told["officers"]}
    officers |= {row["desk_key"]: row["slug"] for row in told["providers"] if row["desk_key"]}
    with FakePlatform(out, officers=officers) as platform, WorldProcess(out, module=WHOLE) as world:
        platform.notices = list(notices)
        now, finished, turns = world.ask("/clock")["now"], False, 0
        while not finished:
            turns += 1
            if turns in kill_at:
                world.kill()
                world.start()
            told = world.ask("/clock/wait", {"now": now, "due": None})
            assert from_iso(told["now"]) >= from_iso(now)
            now, finished = told["now"], told["finished"]
        world.ask("/close", {})
        world.ask("/finish", {})
        world.ended()
    return json.loads((out / "world.json").read_text()), platform


def test_people_flag_everything_and_decide_by_what_is_true(tmp_path: Path) -> None:
    books, platform = people_at_work(tmp_path / "run", frozenset())
    rows = sum(a["accepted"] + a["known"] + len(a["rejected"]) for a in platform.batches.values())
    assert rows == books["flags"]["sent"]
    assert books["flags"]["sent"] == SMALL.flags + books["flags"]["late"]
    assert books["people"]["decisions"] == len(platform.decided) == len(platform.items)
    assert books["people"]["unknown_urls"] <= books["flags"]["malformed"]
    assert books["people"]["holds"] == len(platform.holds) >= 1
    assert len(platform.keys) == 2
    assert books["deliveries"] == []


def test_moderators_look_at_the_desk_in_rounds_and_their_answers_come_when_they_decide(tmp_path: Path) -> None:
    undisturbed, platform = people_at_work(tmp_path / "undisturbed", frozenset(), notices=laid_out())
    deliveries = undisturbed["deliveries"]
    assert {d["channel"] for d in deliveries} == {"portal"}
    assert [d["idempotency_key"] for d in deliveries] == sorted(n["idempotency_key"] for n in laid_out())
    first = min(from_iso(d["received_at"]) for d in deliveries)
    t0 = from_iso(undisturbed["operation"]["t0"])
    assert t0 < first <= t0 + 900
    assert first % 900 == 0
    assert {d["times_received"] for d in deliveries} == {1}, "to look again is not to receive again"
    answered = {d["idempotency_key"]: (d["answer"], d["answered_at"]) for d in deliveries if d["answer"]}
    assert answered == {key: (row["answer"], row["at"]) for key, row in platform.answers.items()}
    assert len(answered) > len(deliveries) / 2


def test_moderators_killed_in_the_middle_receive_and_answer_each_notice_once(tmp_path: Path) -> None:
    undisturbed, calm = people_at_work(tmp_path / "undisturbed", frozenset(), notices=laid_out())
    killed, shaken = people_at_work(tmp_path / "killed", frozenset({60, 75, 90, 120}), notices=laid_out())
    for books in (undisturbed, killed):
        for delivery in books["deliveries"]:
            del delivery["received_wall"]
    assert killed == undisturbed
    assert shaken.answers == calm.answers


def test_a_world_killed_between_turns_goes_on_with_the_same_books(tmp_path: Path) -> None:
    undisturbed, _ = people_at_work(tmp_path / "undisturbed", frozenset())
    killed, _ = people_at_work(tmp_path / "killed", frozenset({3, 20, 41}))
    assert killed == undisturbed
