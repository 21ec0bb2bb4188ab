"""Which of two episodes of one object stands: every pair of the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cautery.core.lifecycle import EpisodeState
from cautery.core.merging import FINDINGS, NOTICES, Outcome, Standing, decide

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCE, TARGET = 1, 2


def standing(episode: int, state: str, *, hour: int = 0, addressee: int | None = None, **words: object) -> Standing:
    decided = NOON + timedelta(hours=hour) if state not in {"flagged", "identified", "in_review"} else None
    left = state in {"referred", "closed"}
    return Standing(episode, EpisodeState(state), decided, addressee=addressee, **{"left": left} | words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "target", "becomes"),
    [
        ("flagged", "flagged", Outcome(SOURCE)),
        ("in_review", "dismissed", Outcome(SOURCE)),
        ("identified", "referred", Outcome(SOURCE)),
        ("dismissed", "in_review", Outcome(TARGET)),
        ("confirmed", "flagged", Outcome(TARGET)),
        ("dismissed", "dismissed", Outcome()),
        ("dismissed", "signed", Outcome(TARGET, FINDINGS)),
        ("composed", "dismissed", Outcome(SOURCE, FINDINGS)),
        ("referred", "dismissed", Outcome(None, FINDINGS)),
        ("referred", "referred", Outcome(None, NOTICES)),
        ("closed", "referred", Outcome(None, NOTICES)),
        ("referred", "composed", Outcome(TARGET)),
        ("held", "closed", Outcome(SOURCE)),
    ],
)
def test_what_becomes_of_a_pair(source: str, target: str, becomes: Outcome) -> None:
    assert decide(standing(SOURCE, source), standing(TARGET, target)) == becomes


@pytest.mark.parametrize(("hour", "aside"), [(-1, SOURCE), (0, SOURCE), (1, TARGET)])
def test_of_two_confirmed_the_one_decided_earlier_stands(hour: int, aside: int) -> None:
    assert decide(standing(SOURCE, "signed"), standing(TARGET, "composed", hour=hour)) == Outcome(aside)


@pytest.mark.parametrize(("source", "target"), [("confirmed", "in_review"), ("referred", "composed")])
def test_another_addressee_is_asked_too(source: str, target: str) -> None:
    pair = standing(SOURCE, source, addressee=7), standing(TARGET, target, addressee=8)
    assert decide(*pair) == Outcome()


def test_another_instrument_is_another_notice() -> None:
    pair = standing(SOURCE, "composed", instrument="referral"), standing(TARGET, "composed", instrument="order")
    assert decide(*pair) == Outcome()


def test_what_may_be_on_its_way_counts_as_sent() -> None:
    pair = standing(SOURCE, "composed", left=True), standing(TARGET, "composed", hour=-5)
    assert decide(*pair) == Outcome(TARGET)
