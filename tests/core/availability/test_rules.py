"""Rules as data: every language and every provider holds to its own examples, and languages do not speak for each other."""

from __future__ import annotations

import pytest

from cautery.core.availability import REMOVALS, Observation, judge
from cautery.core.availability.phrasebook import MEANINGS, languages, phrasebook
from cautery.core.availability.providers import rules

SPOKEN = [(name, meaning, words) for name, one in languages().items() for meaning, words in one["examples"].items()]
RULES = [(one, rule) for one in rules()[0].values() for rule in one.rules]
WHO_MAY_LOOK = ("by_country", "by_login", "by_privacy", "by_haste", "suspended")


@pytest.mark.parametrize(("name", "meaning", "words"), SPOKEN, ids=lambda value: str(value)[:24])
def test_a_language_means_what_its_example_says(name: str, meaning: str, words: str) -> None:
    found = phrasebook().search(words)
    assert found is not None
    assert found.meaning == meaning


def test_there_are_languages_enough_and_each_says_when_something_is_removed() -> None:
    spoken = languages()
    assert sum(len(one["language"].replace(" and ", ", ").split(", ")) for one in spoken.values()) >= 40
    assert all({"removed", "missing", "by_country"} <= set(one) for one in spoken.values())


@pytest.mark.parametrize("status", [200, 403, 404, 410])
def test_who_may_not_look_is_no_removal_in_any_language(status: int) -> None:
    limited = [words for _, meaning, words in SPOKEN if meaning in WHO_MAY_LOOK]
    wrong = [words for words in limited if judge(Observation("u", "u", status, "Harbour", words)).verdict in REMOVALS]
    assert wrong == []
    assert len(limited) > 120


@pytest.mark.parametrize(
    ("provider", "rule"), RULES, ids=[f"{one.name}-{place}" for place, (one, _) in enumerate(RULES)]
)
def test_a_provider_s_rule_means_what_its_example_says(provider: object, rule: object) -> None:
    host, status = provider.hosts[0], min(rule.status, default=200)
    url = f"https://www.{host}/specimen/1"
    seen = Observation(url, rule.example, status) if rule.leads else Observation(url, url, status, "", rule.example)
    assert judge(seen).verdict is rule.verdict


def test_without_its_own_rules_no_provider_s_wall_is_taken_for_a_removal() -> None:
    # Each provider left out in turn: its examples at a host nobody wrote a rule for.
    walls = [rule for _, rule in RULES if rule.says and rule.verdict not in REMOVALS]
    wrong = [
        rule.example
        for rule in walls
        if judge(Observation("https://a.example/1", "https://a.example/1", 200, "", rule.example)).verdict in REMOVALS
    ]
    assert wrong == []


def test_every_meaning_has_a_verdict_and_none_that_limits_is_a_removal() -> None:
    assert all(MEANINGS[meaning] not in REMOVALS for meaning in (*WHO_MAY_LOOK, "unclear", "unsaid", "not_now"))
