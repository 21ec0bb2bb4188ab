"""The whole world with its people, as `cautery exercise` starts it, against a small platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cautery.exercise.directory import directory
from cautery.exercise.moments import from_iso
from cautery.exercise.scenario import load
from tests.exercise.fake_platform import FakePlatform
from tests.exercise.worlds import SMALL, WorldProcess

WHOLE = "cautery.exercise.world"


def people_at_work(out: Path, kill_at: frozenset[int]) -> tuple[dict[str, Any], FakePlatform]:
    """The books of an operation in which nobody sends a notice, and the platform that people worked on."""
    out.mkdir()
    officers = {officer["token"]: officer["id"] for officer in directory(load(SMALL))["officers"]}
    with FakePlatform(out, officers=officers) as platform, WorldProcess(out, module=WHOLE) as world:
        now, finished, turns = world.ask("/clock")["now"], False, 0
        while not finished:
            turns += 1
            if turns in kill_at:
                world.kill()
                world.start()
            told = world.ask("/clock/wait", {"now": now, "due": None})
            assert from_iso(told["now"]) >= from_iso(now)
            now, finished = told["now"], told["finished"]
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


def test_a_world_killed_between_turns_goes_on_with_the_same_books(tmp_path: Path) -> None:
    undisturbed, _ = people_at_work(tmp_path / "undisturbed", frozenset())
    killed, _ = people_at_work(tmp_path / "killed", frozenset({3, 20, 41}))
    assert killed == undisturbed
