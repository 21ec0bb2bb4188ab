"""The share of altered copies found, on books with four copies of known fate."""

from __future__ import annotations

from typing import Any

from cautery.exercise.score import score
from tests.exercise.small_books import Row, books


def shown(world: Row, name: str, **more: Any) -> None:
    (row,) = (row for row in world["objects"] if row["id"] == name)
    row |= {"medium": "picture", "work": 7, "variant": "original", "known": True} | more


def held(register: list[Row], name: str, case: int, *labels: str) -> None:
    (row,) = (row for row in register if row["item_id"] == f"i-{name}")
    row["episodes"][0] |= {"media": 1, "cases": [case], "matches": [{"label": label} for label in labels]}


def figures() -> Row:
    world, report, register = books()
    shown(world, "quick", variant="logo#0")
    held(register, "quick", 1, "outlet-0007")
    shown(world, "slow", variant="mirrored#1")
    held(register, "slow", 2)
    shown(world, "plain")
    held(register, "plain", 1, "outlet-0007")
    shown(world, "mute", work=8, known=False, variant="cropped#0", medium="video")
    held(register, "mute", 1, "outlet-0007")
    shown(world, "liar", variant="logo#1")  # never captured
    found: Row = score(world, report, register)["figures"]
    return found


def test_a_copy_is_found_when_the_entry_of_its_own_work_is_proposed() -> None:
    found = figures()["copies_found_share"]
    assert (found["value"], found["n"]) == (0.5, 2)
    by_kind = {how: row["value"] for how, row in found["by_medium"]["picture"].items()}
    assert by_kind == {"logo": 1.0, "mirrored": 0.0}
    assert found["by_medium"]["video"] == {}


def test_copies_are_joined_when_one_case_holds_two_forms_of_a_work() -> None:
    found = figures()["copies_joined_share"]
    assert (found["value"], found["n"]) == (0.5, 2)


def test_what_is_taken_for_a_copy_of_another_work_is_counted_by_name() -> None:
    assert figures()["copies_wrong"]["cases"] == ["mute"]
    assert figures()["copies_wrong"]["n"] == 4
