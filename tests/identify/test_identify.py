"""Looking things up: pages, media and their fingerprints, who hosts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cautery.core.availability import Verdict
from cautery.core.lifecycle import EpisodeState
from cautery.fetch import Fetched, Fetcher, FetchFailed
from cautery.identify.actions import AGAIN, TRIES
from cautery.identify.models import Capture, EpisodeMedia, Hosting, Media
from cautery.identify.steps import identify_ready, next_identify, rdap_handles
from cautery.intake.models import Episode
from tests import factories as make
from tests.core.fingerprints.pictures import encoded, picture
from tests.servers import fetcher_for, http_server

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
PICTURE = encoded(picture())


class Site:
    """Pages with a picture, and an RDAP service."""

    def __init__(self) -> None:
        self.status, self.page = 200, b"<title>A film</title><meta name=author content=Someone><img src=/i.png>Words."
        self.media = {"/i.png": (PICTURE, "image/png")}
        self.rdap: Any = {}

    async def handle(self, request: web.Request) -> web.Response:
        if request.path in self.media:
            body, mime = self.media[request.path]
            return web.Response(body=body, headers={"Content-Type": mime})
        if request.path.startswith("/domain/"):
            return web.json_response(self.rdap)
        return web.Response(status=self.status, body=self.page, content_type="text/html")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def fetcher(site: Site, tmp_path: Path) -> Iterator[Fetcher]:
    with http_server(site.handle) as port:
        hosts = dict.fromkeys(("www.youtube.com", "rdap.test", "own.example", "other.example"), port)
        with fetcher_for(tmp_path, hosts) as fetcher:
            yield fetcher


def flag(*urls: str) -> list[Episode]:
    return make.flagged(make.operation(), list(urls))


def test_a_page_is_captured_with_its_media_and_their_fingerprints(fetcher: Fetcher) -> None:
    host = make.provider()
    flag(VIDEO.format(1))
    assert identify_ready(fetcher, fetcher, "worker:test", make.hours(1)) == 1
    capture = Capture.objects.get()
    assert (capture.title, capture.text, capture.author, capture.verdict) == ("A film", "Words.", "Someone", Verdict.UP)
    media = EpisodeMedia.objects.get().media
    assert (media.sha256, media.mime, len(bytes(media.pdq))) == (sha256(PICTURE).hexdigest(), "image/png", 32)
    assert media.quality >= 50
    assert (Hosting.objects.get().provider, Hosting.objects.get().how) == (host, "url")
    assert Episode.objects.get().state == EpisodeState.IDENTIFIED
    assert identify_ready(fetcher, fetcher, "worker:test", make.hours(1)) == 0


def test_the_same_bytes_are_one_medium_on_many_items(fetcher: Fetcher) -> None:
    flag(*(VIDEO.format(n) for n in range(5)))
    identify_ready(fetcher, fetcher, "worker:test", make.hours(1))
    assert (Media.objects.count(), EpisodeMedia.objects.count()) == (1, 5)


@pytest.mark.parametrize(
    ("body", "mime", "refused"),
    [
        (b"no picture", "image/png", True),
        (PICTURE[:100], "image/png", True),
        (b"text", "text/plain", True),
        (PICTURE, "image/png\xff", False),
    ],
)
def test_a_medium_without_a_fingerprint_says_why(
    fetcher: Fetcher, site: Site, body: bytes, mime: str, refused: bool
) -> None:
    site.media["/i.png"] = (body, mime)
    flag(VIDEO.format(1))
    identify_ready(fetcher, fetcher, "worker:test", make.hours(1))
    media = Media.objects.get()
    assert bool(media.refused) == (not bytes(media.pdq)) == refused


def test_what_is_gone_when_looked_up_goes_on_to_a_person_with_its_verdict(fetcher: Fetcher, site: Site) -> None:
    site.status, site.page = 410, b"This video was removed because it breaks our rules.<img src=/i.png>"
    flag(VIDEO.format(1))
    identify_ready(fetcher, fetcher, "worker:test", make.hours(1))
    capture = Capture.objects.get()
    assert (capture.verdict, capture.title, capture.text) == (Verdict.REMOVED, "", "")
    assert not Media.objects.exists()


def test_what_could_not_be_seen_is_tried_again_and_then_goes_on_without(fetcher: Fetcher, site: Site) -> None:
    site.status = 503
    flag(VIDEO.format(1))
    now = make.hours(1)
    for tries in range(1, TRIES + 1):
        assert identify_ready(fetcher, fetcher, "worker:test", now) == 1
        assert identify_ready(fetcher, fetcher, "worker:test", now) == 0
        assert Capture.objects.exists() == (tries == TRIES)
        if tries < TRIES:
            assert next_identify() == now + AGAIN
        now += AGAIN
    assert Episode.objects.get().state == EpisodeState.IDENTIFIED
    assert now - make.hours(1) < timedelta(hours=1)


def test_a_site_of_its_own_is_hosted_by_whom_rdap_names(fetcher: Fetcher, site: Site, settings: Any) -> None:
    settings.RDAP_BASE = "http://rdap.test"
    host = make.provider("hoster", rdap_handles=["HOST-1"])
    site.rdap = {"entities": [{"handle": "REG"}, {"entities": [{"handle": "host-1", "roles": ["abuse"]}]}]}
    flag("https://own.example/page")
    identify_ready(fetcher, fetcher, "worker:test", make.hours(1))
    assert (Hosting.objects.get().provider, Hosting.objects.get().how) == (host, "rdap")


def test_nobody_known_is_no_row_rather_than_a_guess(fetcher: Fetcher, site: Site, settings: Any) -> None:
    settings.RDAP_BASE = "http://rdap.test"
    site.rdap = {"entities": [{"handle": "NOBODY"}]}
    flag("https://own.example/page")
    identify_ready(fetcher, fetcher, "worker:test", make.hours(1))
    assert not Hosting.objects.exists()


def answer(body: bytes, status: int = 200) -> Fetched:
    return Fetched("http://rdap.test/", status, {}, body)


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"\xff", b"[" * 100_000, b"5", b"[]", b'{"entities": 5}', b'{"entities": [5, null, {"handle": 7}]}'],
)
def test_an_rdap_answer_that_is_none_names_nobody(body: bytes) -> None:
    assert rdap_handles(answer(body)) == []


def test_only_a_good_answer_names_somebody() -> None:
    body = json.dumps({"handle": "A", "entities": [{"handle": "B"}]}).encode()
    assert sorted(rdap_handles(answer(body))) == ["A", "B"]
    assert rdap_handles(answer(body, 404)) == []
    assert rdap_handles(FetchFailed("u", "timeout", "", sent=True)) == []
