"""When to look again: every verdict, before and after a notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from cautery.core.availability import DOWN, UNSURE, Verdict
from cautery.core.clock import on_grid
from cautery.core.schedule import AFTER_NOTICE, READ_EVERY, READ_LATER, WHILE_DOWN, WHILE_DOWN_LATER, next_probe

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
KINDS = ("video", "channel")


@pytest.mark.parametrize(
    ("verdict", "kind", "notice", "unsure"), list(product(Verdict, KINDS, (None, NOON), (0, 1, 9)))
)
def test_the_next_look_lies_ahead_and_on_the_grid(
    verdict: Verdict, kind: str, notice: datetime | None, unsure: int
) -> None:
    due = next_probe(NOON, referred_at=notice, verdict=verdict, kind=kind, unsure_in_a_row=unsure)
    assert NOON < due <= NOON + WHILE_DOWN_LATER
    assert due == on_grid(due, 5)


@pytest.mark.parametrize("verdict", sorted(DOWN))
def test_what_is_down_is_looked_at_often_in_the_first_day_and_then_daily(verdict: Verdict) -> None:
    looks, now = [], NOON
    while now < NOON + timedelta(hours=73):
        now = next_probe(now, referred_at=NOON, verdict=verdict, kind="post", unsure_in_a_row=0, down_since=NOON)
        looks.append(now - NOON)
    assert looks == [*WHILE_DOWN, timedelta(hours=72), timedelta(hours=96)]


def test_sparse_looks_come_on_the_same_grid_half_as_often() -> None:
    def looks(verdict: Verdict, *, sparse: bool) -> int:
        now, n = NOON, 0
        while now < NOON + timedelta(hours=48):
            n, now = (
                n + 1,
                next_probe(
                    now,
                    referred_at=NOON,
                    verdict=verdict,
                    kind="post",
                    unsure_in_a_row=0,
                    down_since=NOON,
                    sparse=sparse,
                ),
            )
            assert now == on_grid(now, 5)
        return n

    for verdict in (Verdict.UP, Verdict.REMOVED):
        assert looks(verdict, sparse=True) * 2 <= looks(verdict, sparse=False) + 1


@pytest.mark.parametrize("verdict", sorted(UNSURE))
def test_what_could_not_be_told_is_looked_at_again_less_and_less_often(verdict: Verdict) -> None:
    waits = [
        next_probe(NOON, referred_at=NOON, verdict=verdict, kind="post", unsure_in_a_row=n) - NOON for n in range(7)
    ]
    assert [wait / timedelta(minutes=30) for wait in waits] == [1, 2, 4, 8, 16, 16, 16]


def test_what_is_still_up_is_looked_at_at_each_step_after_its_notice() -> None:
    looks, now = [], NOON
    while now < NOON + timedelta(hours=48):
        now = next_probe(now, referred_at=NOON, verdict=Verdict.UP, kind="video", unsure_in_a_row=0)
        looks.append(now - NOON)
    assert looks == list(AFTER_NOTICE)


@pytest.mark.parametrize(
    ("hours", "wait"), [*((int(u / timedelta(hours=1)) - 1, w) for u, w in READ_EVERY), (130, READ_LATER)]
)
def test_a_page_that_may_announce_something_is_read_ever_less_often(hours: int, wait: timedelta) -> None:
    now = NOON + timedelta(hours=hours, minutes=15)
    for kind in ("channel", "account", "site"):
        assert next_probe(now, referred_at=NOON, verdict=Verdict.UP, kind=kind, unsure_in_a_row=0) <= on_grid(
            now + wait, 10
        )


def test_the_grid_rounds_up_and_leaves_what_is_on_it() -> None:
    assert on_grid(NOON, 5) == NOON
    assert on_grid(NOON + timedelta(microseconds=1), 5) == NOON + timedelta(minutes=5)
    assert on_grid(NOON.replace(hour=23, minute=58), 5) == NOON.replace(hour=0) + timedelta(days=1)
