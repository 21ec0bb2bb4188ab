"""The world as a process over its real servers: pages, notices, the clock, its end, and `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cautery.exercise.moments import from_iso, to_iso
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.population import Population
from tests.exercise.fake_worker import FakeWorker
from tests.exercise.worlds import WorldProcess, a_notice

NO_MAIL = '{"api": null, "smtp": null}'
BY_API = {"lumigram": 'channel = "api"\nmax_batch = 100\nrounds_minutes = 0.0\n'}
"""Without people nobody looks at the provider desk: who answers there takes notices as the others do."""
CERTAIN = "".join(
    f"[providers.{slug}]\nremoved = 1.0\nremoval_minutes = 20.0\ndeclined = 0.0\nerror_share = 0.0\n{BY_API.get(slug, '')}"
    "hang_share = 0.0\ngarbage_share = 0.0\nburst_every_minutes = 0.0\n"
    for slug in ("vidora", "courier", "chirp", "agora", "lumigram", "cloudlet", "dropfile", "pastely", "hostkit")
)
STAYS_GONE = "[adversary]\nsame_place = 0.0\n"


def certain_world(out: Path) -> WorldProcess:
    """A world in which every notice is followed and nothing goes wrong."""
    (out / "platform.json").write_text(NO_MAIL)
    figures = out / "figures.toml"
    figures.write_text(CERTAIN + STAYS_GONE)
    return WorldProcess(out, scenario=figures)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WorldProcess]:
    with certain_world(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def still_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorldProcess]:
    """One world for all tests that change nothing in it."""
    with certain_world(tmp_path_factory.mktemp("still")) as process:
        yield process


def there_from_the_start(population: Population, slug: str) -> WebObject:
    things = population.by_provider[slug]
    start = population.scenario.start
    return next(t for t in things if t.truth == PROPAGANDA and t.appeared_at < start and not t.owner_deletes_at)


def wait_until(world: WorldProcess, moment: int) -> None:
    now = world.ask("/clock")["now"]
    while from_iso(now) < moment:
        now = world.ask("/clock/wait", {"now": now, "due": to_iso(moment)})["now"]


def test_every_provider_shows_its_objects_and_their_media(still_world: WorldProcess) -> None:
    population = still_world.population
    for slug in population.scenario.providers:
        for thing in [t for t in population.by_provider[slug] if t.appeared_at < population.scenario.start][:12]:
            status, headers, body = still_world.fetch(thing.url)
            page = body.decode()
            assert status == 200, thing.url
            assert headers["Content-Type"] == "text/html; charset=utf-8"
            assert f'<html lang="{thing.language}"' in page
            assert f'content="{thing.handle}"' in page
            assert 600 < len(body) < 6000
            media = [part.split('"')[0] for part in page.split('src="')[1:]]
            assert bool(media) == (thing.medium != "text")
            for url in media:
                status, headers, data = still_world.fetch(url)
                assert status == 200
                assert headers["Content-Type"] in {"image/jpeg", "image/png", "video/mp4"}
                assert url.endswith(headers["Content-Type"].split("/")[1].replace("jpeg", "jpg"))
                assert len(data) > 1000


def test_short_hosts_lead_to_the_object_and_unknown_addresses_to_404(still_world: WorldProcess) -> None:
    video = there_from_the_start(still_world.population, "vidora")
    key = video.address.key
    if video.kind == "video":
        status, headers, _ = still_world.fetch(f"https://vido.test/{key}")
        assert (status, headers["Location"]) == (301, video.url)
    assert still_world.fetch("https://chirp.test/nobody_at_all")[0] == 404
    assert still_world.fetch("https://chirp.test/media/nothing.jpg")[0] == 404
    assert still_world.fetch("https://chirp.test/")[0] == 200


def test_the_search_finds_accounts_and_titles(still_world: WorldProcess) -> None:
    account = there_from_the_start(still_world.population, "chirp")
    page = still_world.fetch(f"https://chirp.test/search?q={quote(account.handle)}")[2].decode()
    assert account.url in page
    words = still_world.fetch("https://chirp.test/search?q=specimen+statement")[2].decode()
    assert words.count("<li>") > 1
    assert still_world.fetch("https://chirp.test/search?q=nosuchword")[2].decode().count("<li>") == 0
    assert still_world.fetch("https://chirp.test/search")[0] == 200


def test_rdap_names_the_host_of_the_outlets_domain(still_world: WorldProcess) -> None:
    status, headers, body = still_world.fetch("http://rdap.test/domain/greyharbour.test")
    document = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/rdap+json")
    host = next(entity for entity in document["entities"] if entity["handle"] == "HOSTKIT")
    [abuse] = host["entities"]
    assert abuse["roles"] == ["abuse"]
    assert ["email", {"type": "work"}, "text", "abuse@hostkit.test"] in abuse["vcardArray"][1]
    assert still_world.fetch("http://rdap.test/domain/elsewhere.test")[0] == 404
    assert still_world.fetch("http://rdap.test/domain/greyharbour-online.test")[0] == 404


GONE = {
    "vidora": (410, "lang="),
    "courier": (404, "lang="),
    "chirp": (200, "lang="),
    "agora": (302, ""),
    "lumigram": (404, "lang="),
    "cloudlet": (451, "lang="),
    "dropfile": (404, "<title>404 Not Found</title>"),
    "hostkit": (451, "lang="),
}


def test_what_is_gone_shows_as_its_provider_shows_it(world: WorldProcess) -> None:
    population = world.population
    t0 = population.scenario.t0
    wait_until(world, t0)
    things = {slug: there_from_the_start(population, slug) for slug in GONE}
    for slug, thing in things.items():
        assert world.send(slug, [a_notice(f"k-{slug}", thing.url)])[1]["results"][0]["status"] == "received"
        assert world.fetch(thing.url)[0] == 200
    wait_until(world, t0 + 10 * 3600)
    for slug, (status, words) in GONE.items():
        seen, headers, body = world.fetch(things[slug].url)
        assert seen == status, slug
        assert words in body.decode()
        if status == 302:
            assert headers["Location"].startswith("https://agora.test/login?next=")
            assert world.fetch(headers["Location"])[0] == 200


def test_the_directory_names_officers_of_every_role_and_a_contact_for_every_provider(still_world: WorldProcess) -> None:
    directory = still_world.directory
    roles = [role for officer in directory["officers"] for role in officer["roles"]]
    assert [roles.count(role) for role in ("flag", "review", "sign", "lead", "observe")] == [36, 24, 12, 2, 1]
    for name in ("id", "token"):
        assert len({officer[name] for officer in directory["officers"]}) == len(directory["officers"])
    assert {officer["unit"] for officer in directory["officers"]} <= {unit["slug"] for unit in directory["units"]}
    for provider in directory["providers"]:
        assert (provider["api_base"] is None) == (provider["channel"] != "api")
        assert (provider["desk_key"] is None) == (provider["channel"] != "portal")
        assert all(host in still_world.hosts for host in provider["hosts"] if "*" not in host)


def test_the_end_is_refused_before_its_time_and_then_writes_the_books(world: WorldProcess) -> None:
    assert world.fetch("http://control/finish", body={})[0] == 409
    wait_until(world, world.population.scenario.end)
    assert world.ask("/clock")["finished"] is True
    assert {"flags": world.run.flags, "progress": 1.0, "deliveries": 0}.items() <= world.ask("/books").items()
    assert world.fetch("http://control/finish", body={})[0] == 200
    assert world.ended() == 0
    books = json.loads((world.out / "world.json").read_text())
    assert set(books) == {"seed", "flags", "operation", "objects", "deliveries", "refusals", "people"}


@pytest.mark.parametrize("body", [{}, {"now": "soon"}, {"now": "2027-03-01T06:00:00"}, []])
def test_a_wait_that_says_no_time_is_refused(still_world: WorldProcess, body: Any) -> None:
    assert still_world.fetch("http://control/clock/wait", body=body)[0] == 400
    assert still_world.fetch("http://control/elsewhere")[0] == 404


def test_a_world_ends_when_its_launcher_is_gone(world: WorldProcess) -> None:
    assert world.let_go() == 0


def test_a_call_that_hangs_costs_nobody_else_anything(tmp_path: Path) -> None:
    figures = tmp_path / "figures.toml"
    figures.write_text("[providers.agora]\nhang_share = 1.0\nhang_taken = 1.0\n")
    with WorldProcess(tmp_path, scenario=figures) as world:
        thing = there_from_the_start(world.population, "agora")
        url = "http://agora.test/api/notices/v1/notices"
        token = world.tokens["agora"]
        with pytest.raises(TimeoutError):
            world.fetch(url, body={"notices": [a_notice("k", thing.url)]}, token=token, timeout=0.2)
        assert world.fetch(f"{url}/k", token=token)[0] == 200
        assert world.send("agora", [a_notice("k", thing.url)])[1]["results"][0]["status"] == "duplicate"


def test_a_kill_forgets_nothing_that_was_answered(world: WorldProcess) -> None:
    population = world.population
    thing = there_from_the_start(population, "vidora")
    wait_until(world, population.scenario.t0)
    first = world.send("vidora", [a_notice("k1", thing.url)])[1]["results"][0]
    ports = dict(world.hosts)
    world.kill()
    world.start()
    assert {name: place for name, place in world.hosts.items() if name != "control"}.items() <= ports.items()
    assert from_iso(world.ask("/clock")["now"]) == population.scenario.t0
    again = world.send("vidora", [a_notice("k1", thing.url)])[1]["results"][0]
    assert again == {**first, "status": "duplicate"}
    wait_until(world, population.scenario.t0 + 10 * 3600)
    assert world.fetch(thing.url)[0] == 410


class MortalWorld(WorldProcess):
    """Dies of `kill -9` around the numbered calls: before they arrive, while they are handled, or just after."""

    calls = deaths = 0

    def fetch(self, url: str, **options: Any) -> tuple[int, Mapping[str, str], bytes]:
        self.calls += 1
        if self.calls in DEATHS:
            threading.Timer(DEATHS[self.calls], os.kill, (self.pid, signal.SIGKILL)).start()
        return super().fetch(url, **options)

    def revive(self) -> None:
        self.deaths += 1
        self.kill()
        self.start()


DEATHS = {2: 0.0, 5: 0.0003, 9: 0.0006, 14: 0.001, 22: 0.0015}


def whole_operation(out: Path, kind: type[WorldProcess]) -> dict[str, Any]:
    """The books at the end of an operation, without what may differ: wall time and repeated arrivals."""
    out.mkdir()
    (out / "platform.json").write_text(NO_MAIL)
    figures = out / "figures.toml"
    figures.write_text("[providers.lumigram]\n" + BY_API["lumigram"])
    with kind(out, scenario=figures) as world:
        FakeWorker(world, world.revive if isinstance(world, MortalWorld) else None).run()
        assert not isinstance(world, MortalWorld) or world.deaths >= len(DEATHS) - 1
        world.ended()
    books: dict[str, Any] = json.loads((out / "world.json").read_text())
    for delivery in books["deliveries"]:
        del delivery["received_wall"], delivery["times_received"]
    return books


def test_the_same_seed_gives_the_same_books_with_kills_and_without(tmp_path: Path) -> None:
    undisturbed = whole_operation(tmp_path / "undisturbed", WorldProcess)
    assert len(undisturbed["deliveries"]) > 150
    assert whole_operation(tmp_path / "killed", MortalWorld) == undisturbed
