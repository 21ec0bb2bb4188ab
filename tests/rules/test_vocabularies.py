"""Words the project fixes: alphabetical, labelled, with a written grammar; errors with status and message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cautery.core import errors as core_errors
from cautery.core.actors import Permission
from cautery.core.errors import CauteryError
from cautery.core.statuses import STATUSES
from cautery.custody.events import LABELS, Event
from cautery.directory.roles import PERMISSIONS, Role
from cautery.web.access import TITLES
from tests.rules.source import STAGES

GRAMMAR = re.compile(rf"({'|'.join(STAGES)})(:[a-z_]+){{1,2}}")


def errors(kind: type[CauteryError] = CauteryError) -> Iterator[type[CauteryError]]:
    """The whole tree."""
    yield kind
    for below in kind.__subclasses__():
        yield from errors(below)


def out_of_order(words: Sequence[str]) -> list[str]:
    """Words that stand behind a later one."""
    return [after for before, after in pairwise(words) if after < before]


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    kinds = [kind for kind in errors() if kind.__module__.startswith("cautery.")]
    assert set(kinds) == set(STATUSES)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_every_error_is_drawn_in_the_tree() -> None:
    drawn = core_errors.__doc__ or ""
    assert [kind.__name__ for kind in errors() if not re.search(rf"\b{kind.__name__}\b", drawn)] == []


def test_every_status_a_person_can_meet_has_a_title() -> None:
    assert {status for status in STATUSES.values() if status < 500} <= set(TITLES)


def test_every_event_has_a_label_and_both_are_alphabetical() -> None:
    assert list(LABELS) == list(Event)
    assert out_of_order([event.name for event in Event]) == []


def test_permissions_and_roles_are_alphabetical() -> None:
    assert out_of_order([permission.name for permission in Permission]) == []
    assert out_of_order([role.name for role in Role]) == []


def test_events_and_permissions_follow_the_grammar() -> None:
    assert [word for word in (*Event, *Permission) if not GRAMMAR.fullmatch(word)] == []


def test_every_role_says_what_it_may_do_and_every_permission_is_somebodys() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(Permission)


def test_the_rule_of_order_finds_what_is_out_of_it() -> None:
    assert out_of_order(["A", "C", "B"]) == ["B"]
