"""What came of a notice: every verdict with every answer."""

from __future__ import annotations

from itertools import product

import pytest

from cautery.core.availability import UNSURE, Verdict
from cautery.core.lifecycle import Outcome
from cautery.core.outcomes import outcome

ANSWERS = (None, "removed", "geo_blocked", "declined", "already_gone")
TABLE = {
    Verdict.UP: "unanswered claimed_but_up claimed_but_up declined unanswered",
    Verdict.REMOVED: "removed removed removed removed removed",
    Verdict.ACCOUNT_CLOSED: "removed removed removed removed removed",
    Verdict.DELETED_BY_OWNER: "gone_other gone_other gone_other gone_other gone_other",
    Verdict.GONE: "gone_other removed gone_other gone_other gone_other",
    Verdict.GEO_BLOCKED: "geo_blocked geo_blocked geo_blocked geo_blocked geo_blocked",
} | dict.fromkeys(UNSURE, "unknown unknown unknown declined unknown")


def test_the_table_speaks_of_every_verdict() -> None:
    assert set(TABLE) == set(Verdict)


@pytest.mark.parametrize(("verdict", "answer"), list(product(Verdict, ANSWERS)))
def test_each_verdict_and_answer_has_its_outcome(verdict: Verdict, answer: str | None) -> None:
    assert outcome(verdict, answer) == TABLE[verdict].split()[ANSWERS.index(answer)]


@pytest.mark.parametrize(("verdict", "answer"), list(product(sorted(UNSURE), ANSWERS)))
def test_what_could_not_be_told_never_counts_as_removed(verdict: Verdict, answer: str | None) -> None:
    assert outcome(verdict, answer) is not Outcome.REMOVED
