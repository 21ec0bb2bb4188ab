"""Which item comes next: threat before what was chosen, what was chosen before reach, and the reason says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cautery.core.triage import Waiting, rank

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)


def waiting(episode: int, *, severity: int = 0, units: int = 1, place: int = 0, hours: int = 0) -> Waiting:
    return Waiting(episode, severity, units, 0, NOW - timedelta(hours=hours), place=place)


def test_what_people_chose_comes_in_their_order_before_what_many_flagged() -> None:
    found = rank([waiting(1, units=5), waiting(2, place=2), waiting(3, place=1)], NOW)
    assert [row.episode for row in found] == [3, 2, 1]
    assert found[0].reason == "number 1 of those chosen to be acted on together"


def test_a_threat_and_a_long_wait_come_before_what_was_chosen() -> None:
    found = rank([waiting(1, place=1), waiting(2, severity=3), waiting(3, hours=50)], NOW)
    assert [row.episode for row in found] == [2, 3, 1]
