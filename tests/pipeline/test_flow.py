"""The flow: one step's trouble is its own, time is asked for, mail is kept before the sender hears so."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection

from cautery.core.clock import SystemClock
from cautery.core.errors import SettingInvalid, Unreachable
from cautery.core.lifecycle import DeliveryState
from cautery.custody.queries import verify
from cautery.fetch import Fetcher
from cautery.identify.steps import next_identify
from cautery.intake.models import Episode
from cautery.pipeline.flow import Flow, Step
from cautery.pipeline.inbox import open_inbox
from cautery.pipeline.worker import only_worker
from cautery.refer.actions import take_batch
from cautery.refer.models import Delivery
from cautery.track.models import Mail
from tests import factories as make
from tests.servers import fetcher_for, free_port

VIDEO = "https://www.youtube.com/watch?v={:011d}"


class OneLook:
    """A clock that ends after so many waits."""

    def __init__(self, looks: int) -> None:
        self.at, self.looks = make.START, looks
        self.asked: list[datetime | None] = []

    def now(self) -> datetime:
        return self.at

    def wait(self, due: datetime | None) -> bool:
        self.asked.append(due)
        self.at = due or self.at + timedelta(hours=1)
        self.looks -= 1
        return self.looks > 0


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    with fetcher_for(tmp_path, {"www.youtube.com": free_port()}) as fetcher:
        yield fetcher


@pytest.fixture
def flow(db: None, fetcher: Fetcher) -> Flow:
    return Flow(OneLook(3), fetcher, "worker:test")


@pytest.mark.parametrize("error", [Unreachable("away"), OperationalError("locked")])
def test_a_step_that_fails_is_tried_again_later_and_the_others_go_on(flow: Flow, error: Exception) -> None:
    ran: list[str] = []

    def fail(_: datetime) -> int:
        ran.append("bad")
        raise error

    def work(_: datetime) -> int:
        ran.append("good")
        return int(ran.count("good") < 3)

    flow.steps = [Step("bad", fail), Step("good", work)]
    assert flow.run_until_idle(make.START) == 2
    assert ran == ["bad", "good", "good", "good"]
    assert flow.next_due(make.START) == make.START + timedelta(minutes=1)
    flow.run_until_idle(make.START + timedelta(minutes=1))
    assert ran.count("bad") == 2


def test_a_moment_that_is_told_as_coming_has_come_when_it_is_now(flow: Flow) -> None:
    moment = make.START + timedelta(minutes=20)
    ran: list[datetime] = []

    def work(now: datetime) -> int:
        ran.append(now)
        return 0

    flow.steps = [Step("strict", work, due=lambda since: moment if since < moment else None, ours=True)]
    flow.run_until_idle(make.START)
    assert flow.next_due(make.START) == moment
    flow.run_until_idle(moment)
    flow.run_until_idle(moment)
    assert ran == [make.START, moment]


def test_a_step_runs_when_what_it_comes_after_has_moved(flow: Flow) -> None:
    ran: list[str] = []
    moves = [1, 0, 0]
    flow.steps = [
        Step("first", lambda _: moves.pop(0) if moves else 0),
        Step("second", lambda _: ran.append("second") or 0, ("first",), ours=True),
    ]
    flow.run_until_idle(make.START)
    flow.run_until_idle(make.START)
    assert ran == ["second"]


def test_what_others_write_while_the_steps_run_is_seen_the_next_time(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, ran = [0], []
    monkeypatch.setattr("cautery.pipeline.flow.register_stamp", lambda: (written[0], 0))

    def slow(_: datetime) -> int:
        written[0] += not ran.count("early") > 1  # somebody writes when the early step has looked already
        return 0

    flow.steps = [Step("early", lambda _: ran.append("early") or 0), Step("late", slow)]
    flow.run_until_idle(make.START)
    flow.run_until_idle(make.START)
    flow.run_until_idle(make.START)
    assert ran == ["early", "early"]


def test_when_a_step_is_due_is_asked_again_once_a_step_has_run(flow: Flow) -> None:
    make.flagged(make.operation(), [VIDEO.format(1)])
    flow.steps = [Step("put off", lambda now: Episode.objects.filter(due_at__lte=now).update(due_at=make.hours(5)) * 0)]
    flow.steps.append(Step("waits", lambda _: 0, due=next_identify, ours=True))
    assert (flow.next_due(make.START - timedelta(hours=1)) or make.START) <= make.START
    flow.run_until_idle(make.START)
    assert flow.next_due(make.START) == make.hours(5)


@pytest.mark.parametrize(("depth", "there"), [("full", True), ("line", False)])
def test_the_line_alone_searches_for_nothing(
    db: None, fetcher: Fetcher, settings: LazySettings, depth: str, there: bool
) -> None:
    settings.DEPTH = depth
    names = {step.name for step in Flow(OneLook(1), fetcher, "worker:test").steps}
    assert ({"search", "domains", "index"} <= names) is there
    assert {"identify", "match", "send", "probe", "returns", "lineage"} <= names


def test_pages_nobody_answers_for_are_tried_some_times_and_then_go_on_to_a_person(flow: Flow) -> None:
    (episode,) = make.flagged(make.operation(), [VIDEO.format(1)])
    now = make.START
    for _ in range(10):
        flow.run_until_idle(now)
        due = flow.next_due(now)
        if due is None:
            break
        now = due
    episode.refresh_from_db()
    assert (episode.state, episode.capture.verdict) == ("in_review", "unreachable")
    assert now - make.START < timedelta(hours=2)


def test_it_works_until_time_ends_and_looks_at_everything_once_more(flow: Flow) -> None:
    make.flagged(make.operation(), [VIDEO.format(1)])
    flow.run()
    clock = flow.clock
    assert isinstance(clock, OneLook)
    assert len(clock.asked) == 3
    assert all(due is None or due > make.START for due in clock.asked)
    verify()


def test_taking_over_frees_rows_and_doubts_what_was_being_sent(flow: Flow) -> None:
    host, frame = make.provider(), make.operation()
    episodes = make.flagged(frame, [VIDEO.format(1)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    take_batch(host, 1, "worker:dead", make.hours(24))
    Episode.objects.update(lease_owner="worker:dead", lease_until=9e9)
    flow.take_over()
    assert Delivery.objects.get().state == DeliveryState.UNCERTAIN
    assert Episode.objects.get().lease_until == 0.0


@pytest.mark.django_db(transaction=True)
def test_mail_is_in_the_register_before_the_sender_hears_so(tmp_path: Path) -> None:
    port = free_port()
    inbox = open_inbox(f"127.0.0.1:{port}", SystemClock())
    try:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _ in range(2):
                server.sendmail("abuse@p.test", ["unit@u.test"], b"Subject: Re\r\n\r\nWords \xff.\r\n")
                assert Mail.objects.count() == 1
    finally:
        inbox.stop()
    assert b"Words" in bytes(Mail.objects.get().raw)


def test_one_worker_a_register_on_sqlite(db: None, tmp_path: Path) -> None:
    with only_worker(tmp_path) as alone:
        assert alone == (connection.vendor == "sqlite")
        if alone:
            with pytest.raises(SettingInvalid), only_worker(tmp_path):
                pass
    with only_worker(tmp_path):
        pass
