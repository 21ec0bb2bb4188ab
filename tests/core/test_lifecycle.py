"""The tables of states: complete, closed and without a state that nothing leads to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from cautery.core import lifecycle
from cautery.core.lifecycle import DELIVERY_MOVES, EPISODE_MOVES, LIVE_EPISODES, DeliveryState, EpisodeState

TABLES = [(EPISODE_MOVES, EpisodeState, EpisodeState.FLAGGED), (DELIVERY_MOVES, DeliveryState, DeliveryState.QUEUED)]


@pytest.mark.parametrize(("moves", "states", "first"), TABLES)
def test_every_state_has_its_row_and_can_be_reached(
    moves: Mapping[StrEnum, frozenset[StrEnum]], states: type[StrEnum], first: StrEnum
) -> None:
    assert set(moves) == set(states)
    seen, todo = {first}, [first]
    while todo:
        for following in moves[todo.pop()] - seen:
            seen.add(following)
            todo.append(following)
    assert seen == set(states)


def test_an_episode_is_live_until_it_ends_or_is_set_aside() -> None:
    assert set(EpisodeState) - LIVE_EPISODES == {EpisodeState.DISMISSED, EpisodeState.CLOSED, EpisodeState.SET_ASIDE}


def test_nothing_that_may_have_been_sent_goes_straight_back_to_being_sent() -> None:
    assert DeliveryState.SENDING not in DELIVERY_MOVES[DeliveryState.UNCERTAIN]
    assert all(not DELIVERY_MOVES[state] for state in (DeliveryState.DELIVERED, DeliveryState.REJECTED))


def test_the_drawings_name_every_state() -> None:
    assert all(state in (lifecycle.__doc__ or "") for state in (*EpisodeState, *DeliveryState))
