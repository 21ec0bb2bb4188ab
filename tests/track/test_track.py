"""What comes of notices: answers are heard once, probes keep both edges, mail is kept whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cautery.channels.api import ApiWay
from cautery.core.availability import Verdict
from cautery.core.lifecycle import EpisodeState
from cautery.directory.models import Provider
from cautery.intake.models import Episode, Operation
from cautery.refer.models import Notice
from cautery.track.actions import Said, keep_answers, note_referred
from cautery.track.models import Answer, Feed, OutLink, Probe, Tracking
from cautery.track.steps import follow_new, probe_due, read_feeds
from tests import factories as make
from tests.servers import fetcher_for, http_server

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
T0 = make.hours(24)


@pytest.fixture
def host() -> Provider:
    return make.provider(hosts=["www.youtube.com"], api_base="http://api.test", email="abuse@video.test")


@pytest.fixture
def frame(host: Provider) -> Operation:
    """Two notices delivered at T0 and followed."""
    frame = make.operation()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(2)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    return frame


def tracking(number: int = 0) -> Tracking:
    return Tracking.objects.order_by("pk")[number]


def key(number: int = 0) -> str:
    return Notice.objects.order_by("pk")[number].idempotency_key


def hear(said: list[Said], host: Provider, at: float = 25) -> list[str]:
    return keep_answers(said, provider_id=host.pk, source="api", by=make.SYSTEM, at=make.hours(at))


def at(number: float) -> str:
    return make.hours(number).isoformat()


def test_an_answer_heard_again_adds_nothing(frame: Operation, host: Provider) -> None:
    said = [Said(key(), "removed", at(25)), Said(key(), "removed", at(25))]
    assert hear(said, host) == hear(said, host) == []
    assert Answer.objects.count() == 1
    assert (tracking().answer, tracking().answered_at) == ("removed", make.hours(25))


def test_an_answer_to_another_provider_s_notice_is_refused_and_said(frame: Operation) -> None:
    other = make.provider("other")
    assert hear([Said(key(), "removed", at(25))], other) == [f"{key()}: no such notice"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        ("burnt", at(25)),
        ("removed", "yesterday"),
        ("removed", "0001-01-01T00:00:00+14:00"),
        ("", ""),
        ("removed\0", at(25)),
    ],
)
def test_a_malformed_answer_is_said_and_the_others_are_kept(
    frame: Operation, host: Provider, said: tuple[str, str]
) -> None:
    problems = hear([Said(key(), *said), Said(key(1), "declined", at(25), "a\0\ud800")], host)
    assert problems == [f"{key()}: malformed answer"]
    assert Answer.objects.get().reason == "a\ufffd\ufffd"


def test_the_latest_word_stands_whatever_order_they_come_in(frame: Operation, host: Provider) -> None:
    hear([Said(key(), "removed", at(30))], host, 31)
    hear([Said(key(), "declined", at(27))], host, 32)
    assert (tracking().answer, Answer.objects.count()) == ("removed", 2)


def test_a_claim_is_checked_by_a_probe_at_once(frame: Operation, host: Provider) -> None:
    hear([Said(key(), "removed", at(25))], host)
    assert tracking().next_probe_at == make.hours(25)


def test_last_seen_up_and_first_seen_down_are_both_kept(frame: Operation) -> None:
    one = tracking().pk
    make.probed([one], Verdict.UP, at=make.hours(25))
    make.probed([one], Verdict.UNREACHABLE, at=make.hours(26))
    make.probed([one], Verdict.GONE, at=make.hours(27))
    make.probed([one], Verdict.REMOVED, at=make.hours(35))
    found = tracking()
    assert (found.last_up_at, found.first_down_at, found.down_verdict) == (
        make.hours(25),
        make.hours(27),
        Verdict.REMOVED,
    )
    assert Probe.objects.filter(tracking=found).count() == found.probes == 4


def test_what_could_not_be_told_changes_nothing_but_the_next_look(frame: Operation) -> None:
    before = tracking()
    for n, verdict in enumerate((Verdict.LOGIN_WALL, Verdict.RATE_LIMITED, Verdict.PRIVATE)):
        make.probed([before.pk], verdict, at=make.hours(25 + n))
    found = tracking()
    assert (found.last_up_at, found.first_down_at, found.returned_at) == (before.last_up_at, None, None)
    assert found.unsure_in_a_row == 3
    assert found.next_probe_at is not None
    assert found.next_probe_at > make.hours(27)


def test_up_after_down_is_a_return_and_this_episode_is_looked_at_no_more(frame: Operation) -> None:
    one = tracking().pk
    make.probed([one], Verdict.REMOVED, at=make.hours(26))
    make.probed([one], Verdict.UP, at=make.hours(40))
    assert (tracking().returned_at, tracking().next_probe_at) == (make.hours(40), None)


def test_down_and_up_before_its_notice_is_no_return(host: Provider) -> None:
    frame = make.operation()
    make.identified(make.flagged(frame, [VIDEO.format(1)]), host=host)
    make.matched(list(Episode.objects.all()))
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    one = tracking().pk
    make.probed([one], Verdict.GONE, at=make.hours(10))
    assert tracking().first_down_at == make.hours(10)
    make.probed([one], Verdict.UP, at=make.hours(12))
    found = tracking()
    assert (found.returned_at, found.first_down_at, found.down_verdict, found.last_up_at) == (
        None,
        None,
        "",
        make.hours(12),
    )


class Site:
    """A feed of answers, page by page, and pages of videos."""

    def __init__(self) -> None:
        self.pages: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.endless = False
        self.text = "<title>Film</title><a href=https://www.youtube.com/channel/UC0000000000000000000001>x</a>"
        self.status = 200

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/answers":
            after = request.query["after"]
            self.asked.append(after)
            if self.endless:
                row = {"idempotency_key": "nobody's", "answer": "removed", "at": at(25)}
                return web.json_response({"answers": [row], "next": f"{len(self.asked)}"})
            return web.json_response(self.pages.get(after, {"answers": [], "next": after}))
        return web.Response(text=self.text, status=self.status, content_type="text/html")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def way(site: Site, tmp_path: Path) -> Iterator[Any]:
    with (
        http_server(site.handle) as port,
        fetcher_for(tmp_path, {"api.test": port, "www.youtube.com": port}) as fetcher,
    ):
        yield fetcher


def test_a_feed_is_read_page_by_page_and_on_from_there(
    frame: Operation, site: Site, way: Any, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"idempotency_key": key(), "answer": "removed", "at": at(25)}
    site.pages = {
        "": {
            "answers": [row, row, "no row", {"idempotency_key": "nobody's", "answer": "removed", "at": at(25)}],
            "next": "p1",
        },
        "p1": {
            "answers": [row, {"idempotency_key": key(1), "answer": "declined", "at": at(25), "reason": "Satire."}],
            "next": "p2",
        },
    }
    assert read_feeds(ApiWay(way, 1.0), make.hours(25)) > 0
    assert sorted(Answer.objects.values_list("answer", flat=True)) == ["declined", "removed"]
    assert "no such notice" in caplog.text
    feed = Feed.objects.get()
    assert (feed.cursor, site.asked) == ("p2", ["", "p1", "p2"])
    assert feed.due_at > make.hours(25)
    read_feeds(ApiWay(way, 1.0), feed.due_at)
    assert (site.asked[-1], Answer.objects.count()) == ("p2", 2)


def test_a_feed_without_end_holds_up_nothing(frame: Operation, site: Site, way: Any) -> None:
    site.endless = True
    read_feeds(ApiWay(way, 1.0), make.hours(25))
    assert 0 < len(site.asked) <= 100
    assert Feed.objects.get().due_at > make.hours(25)


def test_a_probe_fetches_judges_and_keeps_what_a_page_says(frame: Operation, site: Site, way: Any) -> None:
    Tracking.objects.update(next_probe_at=make.hours(25))
    assert probe_due(way, "worker:test", make.hours(25)) == 2
    assert set(Tracking.objects.values_list("verdict", flat=True)) == {Verdict.UP}
    site.text, site.status = "This content was removed because it breaks our rules.", 410
    Tracking.objects.update(next_probe_at=make.hours(26))
    assert probe_due(way, "worker:test", make.hours(26)) == 2
    assert set(Tracking.objects.values_list("down_verdict", "first_down_at")) == {(Verdict.REMOVED, make.hours(26))}
    assert probe_due(way, "worker:test", make.hours(26)) == 0


def test_following_twice_is_following_once(frame: Operation) -> None:
    assert follow_new(make.hours(25)) == 0
    assert note_referred(at=make.hours(25)) == 0
    assert Tracking.objects.filter(referred_at=T0).count() == 2
    assert Episode.objects.filter(state=EpisodeState.REFERRED).count() == 2
    assert OutLink.objects.count() == 0


def test_the_first_look_at_what_waits_for_t0_comes_an_hour_before(host: Provider) -> None:
    frame = make.operation()
    make.identified(make.flagged(frame, [VIDEO.format(1)]), host=host)
    make.matched(list(Episode.objects.all()))
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    assert tracking().next_probe_at == T0 - timedelta(hours=1)
