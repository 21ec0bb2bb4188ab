"""The contract every rule file keeps: its own examples hold, its patterns are sound, its hosts are its own."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest

from cautery.core.errors import LinkRefused, RulesInvalid
from cautery.core.links import RULES, Provider, Ruleset, identify
from cautery.core.links.ruleset import examples

REHEARSAL = Path(__file__).parents[3] / "src" / "cautery" / "exercise" / "rules"
ALL = Ruleset.load(RULES, REHEARSAL)


def _yes() -> list[Any]:
    return [
        pytest.param(provider, row, id=f"{provider.file}:{row[0][:60]}")
        for provider in ALL.providers
        for row in examples(provider).get("yes", ())
    ]


def _no() -> list[Any]:
    return [
        pytest.param(provider, url, id=f"{provider.file}:{url[:60]}")
        for provider in ALL.providers
        for url in examples(provider).get("no", ())
    ]


@pytest.mark.parametrize(("provider", "row"), _yes())
def test_an_example_is_the_object_its_file_says(provider: Provider, row: list[str]) -> None:
    link = identify(row[0], ALL)
    assert (link.kind, link.key) == (row[1], row[2])
    assert link.provider in (provider.hosts if provider.each_host else [provider.slug])
    if len(row) > 3:
        assert link.owner == row[3]


@pytest.mark.parametrize(("provider", "row"), _yes())
def test_the_canonical_address_is_the_same_object(provider: Provider, row: list[str]) -> None:
    link = identify(row[0], ALL)
    assert identify(link.canonical_url, ALL).identity == link.identity


def _through() -> list[Any]:
    return [
        pytest.param(provider, row, id=f"{provider.file}:{row[0][:60]}")
        for provider in ALL.providers
        for row in examples(provider).get("through", ())
    ]


@pytest.mark.parametrize(("provider", "row"), _through())
def test_a_wrapper_gives_way_to_what_it_leads_to(provider: Provider, row: list[str]) -> None:
    link = identify(row[0], ALL)
    assert link.identity == row[1]
    assert link.via is not None
    assert link.via.partition(":")[2] in (provider.slug, *provider.hosts)


@pytest.mark.parametrize(("provider", "url"), _no())
def test_a_counter_example_is_no_object_of_its_file(provider: Provider, url: str) -> None:
    try:
        link = identify(url, ALL)
    except LinkRefused:
        return
    assert link.provider != provider.slug or link.kind in {"page", "site"}


@pytest.mark.parametrize("provider", [pytest.param(p, id=p.file) for p in ALL.providers])
def test_a_file_with_shapes_brings_examples(provider: Provider) -> None:
    if any(not shape.refuse for _, shape in provider.shapes):
        assert examples(provider).keys() & {"yes", "through"}, "give at least one address this file is for"


def test_a_rule_file_with_a_broken_pattern_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('provider = "x"\n[[object]]\nkind = "page"\npath = "/("\n')
    with pytest.raises(RulesInvalid) as refused:
        Ruleset.load(tmp_path)
    assert refused.value.reason == "pattern"


def test_two_files_cannot_hold_one_host(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f'provider = "{name}"\nhosts = ["same.test"]\n')
    with pytest.raises(RulesInvalid) as refused:
        Ruleset.load(tmp_path)
    assert refused.value.reason == "host_taken"


def test_an_operator_adds_a_provider_with_one_file(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(
        'provider = "newsite"\nhosts = ["newsite.test"]\n[[object]]\nkind = "video"\npath = "/clip/{id}"\n'
    )
    assert identify("https://newsite.test/clip/9", Ruleset.load(RULES, tmp_path)).identity == "newsite:video:9"


def _spellings(url: str) -> list[str]:
    """The same address as other people write it: tracking added, escapes, case of the host, a port nobody needs."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    before, mark, fragment = rest.partition("#")
    joint = "&" if "?" in before else "?"
    spellings = [
        f"{scheme.upper()}://{host.upper()}{slash}{path}",
        f"{'http' if scheme == 'https' else 'https'}://{rest}",
        f"  {url}\n",
        f"{scheme}://{host}.{slash}{path}",
        f"{scheme}://{host}:{443 if scheme == 'https' else 80}{slash}{path}",
    ]
    if "=" in before or "?" not in before:
        spellings.append(f"{scheme}://{before}{joint}utm_source=a&fbclid=b{mark}{fragment}")
    if "?" not in before and not mark and slash and path:
        spellings.append(f"{scheme}://{rest.rstrip('/')}/")
    return spellings


@pytest.mark.parametrize(("provider", "row"), [p for p in _yes() if p.values[1][0].startswith("http")])
def test_an_example_is_one_object_however_it_is_spelled(provider: Provider, row: list[str]) -> None:
    wanted = identify(row[0], ALL).identity
    assert {spelling: identify(spelling, ALL).identity for spelling in _spellings(row[0])} == dict.fromkeys(
        _spellings(row[0]), wanted
    )


def _another(letter: str) -> str:
    """Another letter of the same sort."""
    for first, last in ("09", "az", "AZ"):
        if first <= letter <= last:
            return first if letter == last else chr(ord(letter) + 1)
    return letter


@pytest.mark.parametrize(("provider", "row"), _yes())
def test_another_id_is_another_object(provider: Provider, row: list[str]) -> None:
    identity = identify(row[0], ALL).identity
    part = max(re.split(r"[/:@#?=&.]", row[2]), key=len)
    at = row[0].find(part) if row[0].count(part) == 1 else -1
    for place in range(len(part)) if at >= 0 else ():
        letter = row[0][at + place]
        changed = row[0][: at + place] + _another(letter) + row[0][at + place + 1 :]
        if changed != row[0]:
            with contextlib.suppress(LinkRefused):
                assert identify(changed, ALL).identity != identity, changed


def test_the_rule_file_shown_to_newcomers_holds(tmp_path: Path) -> None:
    shown = (RULES / "README.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "shown.toml").write_text(shown, encoding="utf-8")
    rules = Ruleset.load(RULES, tmp_path)
    provider = next(rules.named("vidora"))
    for address, kind, key in examples(provider)["yes"]:
        link = identify(address, rules)
        assert (link.provider, link.kind, link.key) == ("vidora", kind, key)
    for address, identity in examples(provider)["through"]:
        assert identify(address, rules).identity == identity
    assert identify("https://vidora.test/about", rules).kind == "page"
