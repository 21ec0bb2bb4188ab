"""Too many failed sign-ins, by a clock of the test's own, in the register: every process counts the same."""

from __future__ import annotations

import pytest

from cautery.directory.actions import REFUSED_S, WINDOW_S, forget_failures, note_failures
from cautery.directory.models import SignInFailure
from cautery.directory.queries import FAILURES, refused_for

pytestmark = pytest.mark.django_db


def test_it_refuses_at_the_tenth_failure_for_fifteen_minutes() -> None:
    for number in range(FAILURES - 1):
        note_failures(["a"], now=number)
    assert refused_for(["a"], now=9) == 0
    note_failures(["a"], now=9)
    assert refused_for(["a", "b"], now=9) == REFUSED_S
    assert refused_for(["a"], now=8 + REFUSED_S) == 1
    assert refused_for(["a"], now=9 + REFUSED_S) == 0


def test_failures_far_apart_do_not_add_up() -> None:
    for number in range(FAILURES * 3):
        now = number * (WINDOW_S / (FAILURES - 1) + 1)
        note_failures(["a"], now=now)
        assert refused_for(["a"], now=now) == 0


def test_others_are_not_refused_and_nobody_is_by_no_key() -> None:
    for _ in range(FAILURES):
        note_failures(["a"], now=0)
    assert refused_for(["b"], now=0) == 0
    assert refused_for([], now=0) == 0


def test_who_gets_in_is_forgotten_and_so_is_what_is_over() -> None:
    for _ in range(FAILURES):
        note_failures(["a", "b"], now=0)
    forget_failures("a")
    assert (refused_for(["a"], now=1), refused_for(["b"], now=1)) == (0, REFUSED_S - 1)
    note_failures(["c"], now=WINDOW_S + REFUSED_S + 1)
    assert list(SignInFailure.objects.values_list("key", flat=True)) == ["c"]
