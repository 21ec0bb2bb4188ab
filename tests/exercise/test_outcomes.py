from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from cautery.exercise import adversary, outcomes
from cautery.exercise.draws import Draws
from cautery.exercise.population import Population
from cautery.exercise.scenario import Run, load

SCENARIO = load(Run(seed=7, flags=3000, providers=9, days=4))
DRAWS = Draws(7)
CASES = 4000


def decided(slug: str) -> list[outcomes.Outcome]:
    provider = SCENARIO.providers[slug]
    return [outcomes.decide(provider, DRAWS, f"{slug}-{number}/0", SCENARIO.t0) for number in range(CASES)]


@pytest.mark.parametrize("slug", list(SCENARIO.providers))
def test_every_provider_answers_as_its_figures_say(slug: str) -> None:
    provider, results = SCENARIO.providers[slug], decided(slug)
    answers = Counter(result.answer for result in results)
    gone = [result.gone_at - SCENARIO.t0 for result in results if result.gone_at is not None]
    claimed = sum(result.answer == "removed" and result.gone_at is None for result in results)
    assert answers["declined"] / CASES == pytest.approx(provider.declined, abs=0.02)
    assert len(gone) / CASES == pytest.approx((1 - provider.declined) * provider.removed, abs=0.025)
    assert claimed / CASES == pytest.approx(provider.claimed_but_up, abs=0.01)
    assert median(gone) / 60 == pytest.approx(provider.removal_minutes, rel=0.1)
    assert set(answers) <= {provider.effect, "removed", "declined", None}


def test_nothing_is_gone_before_it_was_asked_for_and_no_answer_comes_before_the_deed() -> None:
    for slug in SCENARIO.providers:
        for result in decided(slug):
            if result.gone_at is not None and result.answered_at is not None:
                assert SCENARIO.t0 < result.gone_at <= result.answered_at


def test_staff_that_works_in_rounds_acts_only_then() -> None:
    step = int(SCENARIO.providers["pastely"].rounds_minutes * 60)
    assert all(result.answered_at % step == 0 for result in decided("pastely") if result.answered_at is not None)


def test_a_later_notice_about_the_same_episode_has_the_same_outcome_later() -> None:
    provider = SCENARIO.providers["chirp"]
    early = outcomes.decide(provider, DRAWS, "chirp-1/0", SCENARIO.t0)
    late = outcomes.decide(provider, DRAWS, "chirp-1/0", SCENARIO.t0 + 100)
    assert early.answer == late.answer
    assert late.gone_at is None or late.gone_at == (early.gone_at or 0) + 100


def test_things_come_back_at_the_rates_of_the_scenario_and_decoys_never() -> None:
    population = Population(SCENARIO)
    figures, ways, removed = SCENARIO.adversary, Counter[tuple[bool, str]](), Counter[bool]()
    for thing in population.objects.values():
        for number in range(4):
            back = adversary.plan(thing, number, SCENARIO.t0, DRAWS, figures)
            if thing.truth != "propaganda":
                assert back is None
                continue
            removed[thing.is_account] += 1
            if back is not None:
                ways[thing.is_account, back.way] += 1
                delay = (back.at - SCENARIO.t0) / 60
                assert figures.delay_min_minutes <= delay + 1
                assert delay <= figures.delay_max_minutes
    shares = {case: count / removed[case[0]] for case, count in ways.items()}
    assert shares[True, "successor"] == pytest.approx(figures.successor, abs=0.05)
    assert shares[False, "same_bytes"] == pytest.approx(figures.same_bytes, abs=0.01)
    assert shares[False, "altered_bytes"] == pytest.approx(figures.altered_bytes, abs=0.01)
    assert shares[False, "same_place"] == pytest.approx(figures.same_place, abs=0.01)
    assert set(ways) == {
        (True, "successor"),
        (True, "same_place"),
        *((False, way) for way in ("same_bytes", "altered_bytes", "same_place")),
    }
