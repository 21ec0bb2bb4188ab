"""Terms of retention: calendar periods, the state's rule before that of all, and files that are not right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cautery.core.errors import RulesInvalid
from cautery.core.retention import Then, read_rules

LINE = '[[rule]]\ncategory = "contact"\nlaw = "{law}"\nkeep = "{keep}"\nthen = "erase"\nbasis = "specimen"\n'
MARCH = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keep", "before"),
    [("P1M", "2026-02-28"), ("P13M", "2025-02-28"), ("P6M", "2025-09-30"), ("P5Y", "2021-03-31"), ("P30D", "2026-03-01"), ("P1Y1M1D", "2025-02-27")],
)  # fmt: skip
def test_a_term_is_counted_in_calendar_months(keep: str, before: str) -> None:
    (rule,) = read_rules(LINE.format(law="FR", keep=keep), "specimen").rules
    assert rule.keep.before(MARCH).date().isoformat() == before
    assert rule.then is Then.ERASE


def test_the_rule_of_the_state_goes_before_that_of_all_and_none_is_made_up() -> None:
    table = read_rules(LINE.format(law="*", keep="P1Y") + LINE.format(law="DE", keep="P6M"), "specimen")
    assert (table.rule("contact", "DE").keep.months, table.rule("contact", "FR").keep.months) == (6, 12)  # type: ignore[union-attr]
    assert table.rule("letters", "DE") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rule = [", "not_toml"), ("[other]", "unknown_table"), ("rule = 3", "unknown_table"), ("[[rule]]\nlaw='*'", "words"),
        (LINE.format(law="fr", keep="P1Y"), "law"), (LINE.format(law="FR", keep="1 year"), "period"), (LINE.format(law="FR", keep="P"), "period"),
        (LINE.format(law="FR", keep="P1Y").replace("erase", "burn"), "then"), (2 * LINE.format(law="FR", keep="P1Y"), "twice"),
        (LINE.format(law="FR", keep="P1Y") + "more = 3\n", "words"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_right_says_where(text: str, reason: str) -> None:
    with pytest.raises(RulesInvalid) as found:
        read_rules(text, "specimen")
    assert found.value.reason == reason
