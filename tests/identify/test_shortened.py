"""Shortened links: followed through the guarded fetcher, merged into what they stand for, or left with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.links import RULES, Ruleset
from cautery.fetch import Fetcher
from cautery.identify.models import Shortened
from cautery.identify.steps import follow_shortened, identify_ready
from cautery.intake.models import Episode, Flag, Item, Merge, MergedBy
from cautery.refer.merging.actions import merge
from cautery.refer.merging.queries import merges
from tests import factories as make
from tests.refer.merging import stories as two
from tests.servers import fetcher_for, free_port, http_server

pytestmark = pytest.mark.django_db
LEADS = {
    "/film": "https://www.youtube.com/watch?v=jNQXAC9IVRw&utm_source=x",
    "/again": "https://tinyurl.com/film",
    "/inside": "http://127.0.0.1:1/",
    "/loop": "https://bit.ly/loop",
    "/nowhere": "https://t.me/",
    "/other": "https://bit.ly/plain",
}
FILM = "https://youtu.be/jNQXAC9IVRw"


async def anything(request: web.Request) -> web.StreamResponse:
    """A shortener by path; every other address is a page."""
    target = LEADS.get(request.path) if request.host.partition(":")[0] in {"bit.ly", "tinyurl.com"} else None
    if target is not None:
        return web.Response(status=302, headers={"Location": target})
    return web.Response(text="<title>A page</title><p>Harmless words.</p>", content_type="text/html")


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    with http_server(anything) as port:
        hosts = {"bit.ly": port, "tinyurl.com": port, "www.youtube.com": port, "t.me": port, "is.gd": free_port()}
        with fetcher_for(tmp_path, hosts, timeout_s=2.0) as fetcher:
            yield fetcher


def follow(fetcher: Fetcher, now: datetime | None = None) -> int:
    """One run of the step, with the action the flow gives it."""

    def merging(source: Item, target: Item, reason: str, at: datetime) -> None:
        merge(source, target, way=MergedBy.SHORTENER, reason=reason, by=make.SYSTEM, at=at)

    return follow_shortened(fetcher, merging, "worker:test", now or make.hours(1))


def test_it_is_merged_into_the_item_it_stands_for_which_is_made(fetcher: Fetcher) -> None:
    frame = make.operation()
    (short,) = make.flagged(frame, ["https://bit.ly/film"])
    assert follow(fetcher) == 1
    film = Item.objects.get(identity="youtube:video:jNQXAC9IVRw")
    assert (film.url, film.first_batch) == ("https://www.youtube.com/watch?v=jNQXAC9IVRw", short.item.first_batch)
    assert [two.state(short), film.episodes.get().state] == ["set_aside", "flagged"]
    assert Flag.objects.get().item == film
    (row,) = merges(by=make.SYSTEM)
    assert (row["way"], row["reason"]) == (
        "shortener",
        "the shortened link leads to https://www.youtube.com/watch?v=jNQXAC9IVRw&utm_source=x",
    )


def test_it_joins_the_item_that_is_there_and_its_review(fetcher: Fetcher) -> None:
    frame = make.operation()
    (film,) = make.flagged(frame, [FILM], key="film")
    make.flagged(frame, ["https://bit.ly/film", "https://tinyurl.com/film", "https://bit.ly/again"])
    assert follow(fetcher) == 3
    assert Flag.objects.filter(item=film.item).count() == 4
    assert list(Episode.objects.exclude(state="set_aside")) == [film]


def test_flags_that_come_later_go_straight_to_the_object(fetcher: Fetcher) -> None:
    frame = make.operation()
    make.flagged(frame, ["https://bit.ly/film"])
    follow(fetcher)
    make.flagged(frame, ["https://bit.ly/film"], key="later")
    assert follow(fetcher, make.hours(2)) == 0
    assert Flag.objects.filter(item__identity="youtube:video:jNQXAC9IVRw").count() == 2


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://bit.ly/plain", "no_redirect"),
        ("https://bit.ly/inside", "loopback_address"),
        ("https://bit.ly/nowhere", "not_an_object"),
        ("https://bit.ly/loop", "too_many_redirects"),
        ("https://bit.ly/other", "shortener"),
        ("https://is.gd/gone", "no_connection"),
    ],
)
def test_what_leads_to_no_object_stays_as_it_is_with_the_reason(fetcher: Fetcher, url: str, problem: str) -> None:
    frame = make.operation()
    (short,) = make.flagged(frame, [url])
    assert follow(fetcher) == 0
    assert Shortened.objects.get(item=short.item).problem == problem
    assert (two.state(short), Merge.objects.count()) == ("flagged", 0)
    assert identify_ready(fetcher, fetcher, "worker:test", make.hours(1)) == 1


def test_it_is_followed_before_it_is_looked_up(fetcher: Fetcher) -> None:
    make.flagged(make.operation(), ["https://bit.ly/film"])
    assert identify_ready(fetcher, fetcher, "worker:test", make.hours(1)) == 0
    follow(fetcher)
    assert identify_ready(fetcher, fetcher, "worker:test", make.hours(1)) == 1


def test_it_is_followed_again_when_it_is_due_again(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    (short,) = make.flagged(make.operation(), ["https://bit.ly/later"])
    assert (follow(fetcher), follow(fetcher)) == (0, 0)
    monkeypatch.setitem(LEADS, "/later", LEADS["/film"])
    assert follow(fetcher, make.hours(2)) == 1
    assert two.state(short) == "set_aside"


def test_a_shortener_and_nothing_else_has_the_kind_redirect() -> None:
    shapes = [shape for provider in Ruleset.load(RULES).providers for _, shape in provider.shapes]
    assert any(shape.shortener for shape in shapes)
    objects = [shape for shape in shapes if not shape.refuse and not shape.target]
    assert [shape for shape in objects if shape.shortener != (shape.kind == "redirect")] == []
