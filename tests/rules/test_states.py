"""Every state is reachable, every move of the tables is made by some action, and no action makes another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum

from cautery.core.lifecycle import DELIVERY_MOVES, EPISODE_MOVES, UNSENT, DeliveryState, EpisodeState
from tests.rules.source import Source, calls, functions, members, source, sources

Move = tuple[str, str]


def reachable(moves: Mapping[StrEnum, frozenset[StrEnum]], start: StrEnum) -> set[StrEnum]:
    """All states that can be come to from `start`."""
    found, todo = {start}, [start]
    while todo:
        new = moves[todo.pop()] - found
        found |= new
        todo += new
    return found


def episode_moves(module: Source) -> Iterator[Move]:
    """The moves of `advance(keys, SOURCE, target)`; a state in a variable is one of those its function names."""
    for function in functions(module.tree):
        for call in calls(function, "advance"):
            before, after = members(call.args[1], "EpisodeState"), members(call.args[2], "EpisodeState")
            named = members(function, "EpisodeState") | _unsent(function)
            before, after = before or named - after, after or named - before
            yield from ((a, b) for a in before for b in after)


def _unsent(function: ast.AST) -> set[str]:
    """The states of `UNSENT`, where a function goes through it."""
    named = any(isinstance(node, ast.Name) and node.id == "UNSENT" for node in ast.walk(function))
    return {state.name for state in UNSENT} if named else set()


def written(module: Source) -> set[str]:
    """Delivery states that are set: by `update(state=...)` or by assignment."""
    found: set[str] = set()
    for call in calls(module.tree, "update"):
        for word in call.keywords:
            if word.arg == "state":
                found |= members(word.value, "DeliveryState")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and any("state" in ast.unparse(target) for target in node.targets):
            found |= members(node.value, "DeliveryState")
    return found


def actions() -> list[Source]:
    return [module for module in sources() if module.path.endswith("/actions.py")]


def test_every_state_is_reachable() -> None:
    assert reachable(EPISODE_MOVES, EpisodeState.FLAGGED) == set(EpisodeState)
    assert reachable(DELIVERY_MOVES, DeliveryState.QUEUED) == set(DeliveryState)


def test_the_moves_of_episodes_are_those_of_the_table() -> None:
    made = {move for module in actions() for move in episode_moves(module)}
    assert made == {(before.name, after.name) for before, targets in EPISODE_MOVES.items() for after in targets}


def test_every_state_of_a_delivery_is_set_by_an_action() -> None:
    made = set().union(*(written(module) for module in actions()))
    assert made == {state.name for state in DeliveryState}


def test_only_advance_moves_an_episode() -> None:
    for module in sources():
        for call in calls(module.tree, "update"):
            moved = [word for word in call.keywords if word.arg == "state" and members(word.value, "EpisodeState")]
            assert not moved, f"{module.path}:{call.lineno}"


def test_the_rule_sees_moves_written_plainly_and_through_a_variable() -> None:
    plain = "def f():\n    advance(keys, EpisodeState.SIGNED, EpisodeState.COMPOSED)"
    loop = "def f():\n    for target in (EpisodeState.SIGNED, EpisodeState.CLOSED):\n        advance(keys, EpisodeState.HELD, target)"
    assert set(episode_moves(source(plain))) == {("SIGNED", "COMPOSED")}
    assert set(episode_moves(source(loop))) == {("HELD", "SIGNED"), ("HELD", "CLOSED")}


def test_the_rule_sees_an_unreachable_state() -> None:
    moves = {EpisodeState.FLAGGED: frozenset({EpisodeState.CLOSED}), EpisodeState.CLOSED: frozenset()}
    assert EpisodeState.HELD not in reachable(moves, EpisodeState.FLAGGED)
