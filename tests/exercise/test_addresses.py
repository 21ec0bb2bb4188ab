from __future__ import annotations

from pathlib import Path

import pytest

from cautery.core.links import RULES, Ruleset, identify
from cautery.exercise import naming
from cautery.exercise.addresses import Address, locate_url
from cautery.exercise.population import Population
from cautery.exercise.scenario import Run, load
from cautery.exercise.spellings import defang, normal_forms, spelled

WORLD_RULES = Path(naming.__file__).with_name("rules")


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(load(Run(seed=3, flags=6000, providers=9, days=2)))


def test_every_object_is_found_at_its_own_address_and_no_two_share_one(population: Population) -> None:
    assert len(population.by_address) == len(population.objects)
    assert all(population.resolve(thing.url) is thing for thing in population.objects.values())


def test_every_other_form_of_an_address_leads_to_the_same_object(population: Population) -> None:
    for thing in population.objects.values():
        assert all(population.resolve(url) is thing for url in normal_forms(thing)), thing.url


def test_every_spelling_leads_to_its_object_once_the_dots_are_back(population: Population) -> None:
    flags = population.scenario.flags
    spellings = 0
    for thing in population.objects.values():
        url = spelled(thing, f"{thing.id}/at", population.draws, flags)
        spellings += url != thing.url
        assert population.resolve(url.replace("hxxp", "http").replace("[.]", ".")) is thing, url
    assert spellings > len(population.objects) / 3


def test_the_platform_reads_the_same_object_from_every_address(population: Population) -> None:
    rules = Ruleset.load(RULES, WORLD_RULES)
    for thing in list(population.objects.values())[::3]:
        for url in (thing.url, spelled(thing, f"{thing.id}/be", population.draws, population.scenario.flags)):
            link = identify(url.replace("hxxp", "http").replace("[.]", "."), rules)
            assert (link.kind, link.key) == (thing.kind, thing.address.key), url
            assert link.provider == thing.provider or thing.provider == "hostkit"


def test_an_address_of_nobody_is_nothing(population: Population) -> None:
    for url in ("https://elsewhere.test/x", "", "https://", "javascript:alert(1)", "https://vidora.test/watch?v="):
        assert locate_url(url, population.provider_of) is None
    assert population.resolve("https://chirp.test/nobody_at_all") is None
    address = locate_url("https://chirp.test/nobody_at_all", population.provider_of)
    assert address == Address("chirp", "account", "nobody_at_all")


def test_a_defanged_address_opens_nowhere() -> None:
    assert defang("https://chirp.test/a.b/status/1") == "hxxps://chirp[.]test/a.b/status/1"
