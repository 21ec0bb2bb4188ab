"""Too many failures, by a clock of the test's own."""

from __future__ import annotations

import pytest

from cautery.web import lockout as module
from cautery.web.lockout import FAILURES, REFUSED_S, WINDOW_S, Lockout


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_it_refuses_at_the_tenth_failure_for_fifteen_minutes(hand: Hand) -> None:
    lockout = Lockout(hand)
    for _ in range(FAILURES - 1):
        lockout.fail("name:a")
    assert lockout.seconds_left("name:a") == 0
    lockout.fail("name:a")
    assert lockout.seconds_left("name:a", "address:b") == REFUSED_S
    hand.now = REFUSED_S - 1
    assert lockout.seconds_left("name:a") == 1
    hand.now = REFUSED_S
    assert lockout.seconds_left("name:a") == 0


def test_failures_far_apart_do_not_add_up(hand: Hand) -> None:
    lockout = Lockout(hand)
    for number in range(FAILURES * 3):
        hand.now = number * (WINDOW_S / (FAILURES - 1) + 1)
        lockout.fail("name:a")
        assert lockout.seconds_left("name:a") == 0


def test_others_are_not_refused_and_nobody_is_by_no_key(hand: Hand) -> None:
    lockout = Lockout(hand)
    for _ in range(FAILURES):
        lockout.fail("name:a")
    assert lockout.seconds_left("name:b") == 0
    assert lockout.seconds_left() == 0


def test_a_flood_of_names_does_not_free_who_is_refused(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEYS_KEPT", 50)
    lockout = Lockout(hand)
    for _ in range(FAILURES):
        lockout.fail("name:a")
    for number in range(500):
        lockout.fail(f"name:{number}")
    assert lockout.seconds_left("name:a") == REFUSED_S
    assert len(lockout._records) == 50
