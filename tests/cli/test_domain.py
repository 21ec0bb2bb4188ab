"""`cautery domain`: everything about one name at once, and which lists of RDAP services are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cautery.cli import domain
from cautery.watch.domains.asking import inquiry
from tests import factories as make
from tests.cli.conftest import Run
from tests.watch.test_domain_sites import NAME, World, dns_list, fetcher, world

__all__ = ["fetcher", "world"]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Path:
    """Commands run on the tests' settings, with a data folder of their own."""
    monkeypatch.setattr(domain, "set_up", lambda *_args, **_words: None)
    monkeypatch.setattr("cautery.cli.ground.set_up", lambda *_args, **_words: None)
    settings.DATA = tmp_path / "data"
    return tmp_path


def test_all_is_asked_of_one_name_and_each_part_says_what_it_could_not_tell(
    run: Run, here: Path, world: World, fetcher: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cautery.fetch.fetcher", lambda: fetcher)
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    said = run("domain", "look", f"https://{NAME.upper()}/page", "--json").json
    assert (said["state"], said["dns"]["addresses"]) == ("registered", ["198.18.0.1"])
    assert said["certificate"]["spki_sha256"] == world.certificates[NAME].spki
    assert [step["role"] for step in said["write_to"]] == ["host"]
    world.names.trouble[NAME] = "servfail"
    del world.certificates[NAME]
    world.objects.clear()
    text = run("domain", "look", NAME).said
    assert f"{NAME}: available" in text
    assert "dns: could not tell: A servfail" in text
    assert "certificate: could not tell" in text


@pytest.mark.parametrize("name", ["", "x y", "localhost", "127.0.0.1", "http://", "a..b", "-" * 64 + ".org"])
def test_what_is_no_domain_is_refused(run: Run, here: Path, name: str) -> None:
    assert run("domain", "look", "--", name).code == 2


def test_nothing_is_asked_where_nothing_may_be(run: Run, here: Path) -> None:
    got = run("domain", "look", NAME)
    assert (got.code, "CAUTERY_DOMAIN_ASKS" in got.complaints) == (1, True)


def test_the_lists_in_use_are_shown_and_taken_from_files(run: Run, here: Path) -> None:
    assert "1200 entries  shipped" in run("domain", "bootstrap").said
    new, old, none = here / "new.json", here / "old.json", here / "none.json"
    new.write_bytes(dns_list())
    old.write_bytes(dns_list("2001-01-01T00:00:00Z"))
    none.write_text("<html>")
    got = run("domain", "bootstrap", "--from", new, old, none, "--json")
    assert got.code == 1
    assert [row["from"] == "shipped" for row in got.json] == [False, True, True, True]
    assert all(
        word in got.complaints for word in ("old.json: not taken", "none.json: not taken", "published 2099-01-01")
    )
    assert run("domain", "bootstrap", "--from", new).code == 0
    assert run("domain", "bootstrap", "--from", here / "missing.json").code == 1


def test_a_rehearsal_refreshes_nothing(run: Run, here: Path) -> None:
    got = run("domain", "bootstrap", "--refresh")
    assert (got.code, "A rehearsal asks nobody outside." in got.complaints) == (1, True)


def test_what_is_kept_of_a_look_can_be_written_and_read(world: World, fetcher: object, settings: Any) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    (seen,) = inquiry.inquire([NAME], inquiry.means(fetcher), make.hours(0))  # type: ignore[arg-type]
    again = type(seen.site).of(json.loads(json.dumps(seen.site.as_dict())))
    assert again == seen.site
