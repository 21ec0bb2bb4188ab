from __future__ import annotations

from collections import Counter

import pytest

from cautery.exercise.flagging import Flagging
from cautery.exercise.moments import HOUR, from_iso
from cautery.exercise.objects import PROPAGANDA
from cautery.exercise.population import UNITS, Population
from cautery.exercise.scenario import Run, load

RUN = Run(seed=7, flags=6000, providers=9, days=2)


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(load(RUN))


@pytest.fixture(scope="module")
def flagging(population: Population) -> Flagging:
    return Flagging(population)


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    same, again = (Population(load(RUN)).objects for _ in range(2))
    other = Population(load(Run(seed=8, flags=6000, providers=9, days=2))).objects
    assert same == again
    assert same.keys() == other.keys()
    assert sum(same[name].url != other[name].url for name in same) > 0.9 * len(same)


def test_shares_of_providers_and_decoys_are_those_of_the_scenario(population: Population) -> None:
    things = population.objects.values()
    by_provider = Counter(thing.provider for thing in things)
    for slug, provider in population.scenario.providers.items():
        assert by_provider[slug] / len(things) == pytest.approx(provider.share, abs=0.005)
    decoys = sum(thing.truth != PROPAGANDA for thing in things) / len(things)
    assert decoys == pytest.approx(population.scenario.content.decoys, abs=0.015)


def test_works_are_shown_first_and_then_copied_in_every_way(population: Population) -> None:
    origins = Counter(thing.origin for thing in population.objects.values() if not thing.is_account)
    copies = {f"copy:{how}" for how in population.scenario.content.copies}
    assert set(origins) == copies | {"first"}
    assert origins["copy:same"] > origins["copy:recompressed"] > origins["copy:mirrored"] > 0


def test_content_belongs_to_accounts_of_its_provider_that_were_there_before(population: Population) -> None:
    owned = [thing for thing in population.objects.values() if thing.owner]
    assert len(owned) > 0.7 * len(population.objects)
    for thing in owned:
        owner = population.objects[str(thing.owner)]
        assert owner.is_account
        assert owner.provider == thing.provider
        assert owner.appeared_at <= thing.appeared_at


def test_units_hand_in_exactly_the_flags_of_the_run(flagging: Flagging) -> None:
    scenario = flagging.scenario
    rows = [row for unit in range(12) for hour in range(scenario.flag_hours) for row in flagging.flags_for(unit, hour)]
    assert len(rows) == RUN.flags
    malformed = sum(row.object_id is None for row in rows)
    assert malformed == round(RUN.flags * scenario.flags.malformed)
    assert flagging.sent_by(scenario.end) == (RUN.flags, malformed)
    assert {row.object_id for row in rows} - {None} == set(flagging.population.objects)


def test_nobody_flags_what_is_not_there_yet_or_what_was_not_yet_seen(flagging: Flagging) -> None:
    scenario = flagging.scenario
    for unit in range(12):
        for hour in range(scenario.flag_hours):
            rows = flagging.flags_for(unit, hour)
            assert [row.line for row in rows] == list(range(1, len(rows) + 1))
            for row in rows:
                assert from_iso(row.seen_at) <= scenario.start + (hour + 1) * HOUR
                if row.object_id:
                    assert flagging.population.objects[row.object_id].appeared_at <= from_iso(row.seen_at)


def test_subsets_of_the_units_overlap(flagging: Flagging) -> None:
    flagged = [len(set(thing.flagged_by)) for thing in flagging.population.objects.values()]
    assert min(flagged) == 1
    assert sum(flagged) / len(flagged) == pytest.approx(1.5, abs=0.02)
    assert all(
        unit.removeprefix("unit-") in UNITS for t in flagging.population.objects.values() for unit in t.flagged_by
    )


def test_holds_are_few_and_on_accounts_that_the_unit_flagged(flagging: Flagging) -> None:
    holds = [(unit, url) for unit in range(12) for url in flagging.holds_for(unit)]
    assert 1 <= len(holds) <= 5
    for unit, url in holds:
        thing = flagging.population.resolve(url)
        assert thing is not None
        assert thing.is_account
        assert f"unit-{UNITS[unit]}" in thing.flagged_by


@pytest.mark.parametrize("run", [Run(1, 1, 1, 1), Run(1, 12, 9, 1), Run(2, 300, 3, 1)])
def test_the_smallest_worlds_hold_together(run: Run) -> None:
    flagging = Flagging(Population(load(run)))
    assert flagging.sent_by(flagging.scenario.end)[0] >= run.flags


def test_late_flags_handed_in_until_the_end_are_all_in_the_books(population: Population) -> None:
    flagging, scenario = Flagging(population), population.scenario
    for number, thing in enumerate(list(population.objects.values())[:200]):
        flagging.came_back(thing, scenario.end - 6 * 3_600 + number * 60, f"return {number}")
    handed_in = sum(len(flagging.late_flags(unit, scenario.t0, scenario.end)) for unit in range(12))
    assert handed_in > 0
    assert len(flagging.late_sent_by(scenario.end)) == handed_in
