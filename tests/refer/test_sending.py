"""Sending: nothing unsigned leaves, nothing takes effect twice, one provider's trouble is its own."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from django.db import IntegrityError, transaction

from cautery.authorise.models import Signature
from cautery.channels.api import ApiWay
from cautery.channels.base import Addressee, Done, Outgoing, SendResult, Taken, Uncertain, Way
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.custody.models import Entry
from cautery.custody.queries import verify
from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item, Operation
from cautery.refer.actions import give_up_sending, take_batch
from cautery.refer.models import Delivery, Notice
from cautery.refer.steps import compose_ready, next_sending, reconcile, send_due
from cautery.review.actions import HoldRequest, hold_many
from cautery.review.models import Assessment
from tests import factories as make
from tests.servers import fetcher_for, http_server

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
T0 = make.hours(24)


class Platform:
    """A provider's notice API: takes each idempotency key once, and misbehaves as it is told."""

    def __init__(self) -> None:
        self.effective: Counter[str] = Counter()
        self.arrived: Counter[str] = Counter()
        self.trouble = ""
        self.first_at = 0.0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            key = request.path.rpartition("/")[2]
            found = {"idempotency_key": key, "received_at": T0.isoformat(), "provider_ref": "c"}
            return web.json_response(found) if self.arrived[key] else web.Response(status=404)
        self.first_at = self.first_at or time.monotonic()
        trouble, self.trouble = self.trouble, self.trouble if self.trouble.startswith("always") else ""
        if trouble in {"429", "503", "always 400"}:
            return web.Response(status=int(trouble[-3:]), headers={"Retry-After": "600"})
        if trouble == "redirect":
            return web.Response(status=307, headers={"Location": str(request.url)})
        keys = [notice["idempotency_key"] for notice in (await request.json())["notices"]]
        for key in keys:
            self.effective[key] += self.arrived[key] == 0
            self.arrived[key] += 1
        if trouble in {"taken, no answer", "always taken, no answer"}:
            await asyncio.sleep(20)
        if trouble == "endless":
            answer = web.StreamResponse()
            await answer.prepare(request)
            while True:
                await answer.write(b"x" * 100_000)
        if trouble == "garbage":
            return web.Response(body=b"\xff[[[")
        results = [
            {
                "idempotency_key": k,
                "status": "received" if self.arrived[k] == 1 else "duplicate",
                "received_at": T0.isoformat(),
            }
            for k in keys
        ]
        return web.json_response({"results": results})


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def ways(platform: Platform, tmp_path: Path) -> Iterator[dict[str, Way]]:
    with http_server(platform.handle) as port, fetcher_for(tmp_path, {"youtube.test": port}) as fetcher:
        yield {"api": ApiWay(fetcher, 1.0)}


@pytest.fixture
def host() -> Provider:
    return make.provider(api_base="http://youtube.test/api", max_batch=2)


@pytest.fixture
def frame(host: Provider) -> Operation:
    """Five notices, signed, composed, released, due at T0."""
    return through(make.operation(), host, 5)


def through(frame: Operation, host: Provider, n: int, start: int = 0) -> Operation:
    episodes = make.flagged(frame, [VIDEO.format(start + i) for i in range(n)], key=f"list {start}")
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    return frame


def states() -> dict[str, int]:
    return dict(Counter(Delivery.objects.values_list("state", flat=True)))


def work(ways: dict[str, Way], now: datetime) -> None:
    """What the flow does with outgoing notices until nothing moves; with a bound, since nothing may go on for ever."""
    for _ in range(20):
        if not reconcile(ways, now) + send_due(ways, "worker:test", now):
            return
    pytest.fail("it never comes to rest")


def work_on(ways: dict[str, Way], now: datetime, steps: int = 12) -> None:
    """The same, going on to when the next thing is due."""
    for _ in range(steps):
        work(ways, now)
        due = next_sending(now)
        if due is None:
            return
        now = max(now, due)


def test_every_notice_arrives_once_and_is_written_down(
    frame: Operation, ways: dict[str, Way], platform: Platform
) -> None:
    work(ways, T0)
    assert states() == {"delivered": 5}
    assert set(platform.effective.values()) == {1}
    assert set(Episode.objects.values_list("state", flat=True)) == {EpisodeState.REFERRED}
    verify()


def test_nothing_leaves_before_its_time(frame: Operation, ways: dict[str, Way], platform: Platform) -> None:
    work(ways, make.hours(23))
    assert not platform.arrived
    assert next_sending(make.hours(23)) == T0


def test_nothing_leaves_of_an_operation_two_leaders_did_not_release(
    frame: Operation, ways: dict[str, Way], platform: Platform
) -> None:
    Operation.objects.update(released_at=None)
    work(ways, T0)
    assert not platform.arrived
    assert take_batch(Provider.objects.get(), 10, "worker:test", T0) == []


def _refused(notice: Notice) -> None:
    Signature.objects.filter(pk=notice.signature_id).update(act="refuse")


def _by_the_reviewer(notice: Notice) -> None:
    Assessment.objects.filter(signature=notice.signature_id).update(reviewer=notice.signature.signer)


def _reason_altered(notice: Notice) -> None:
    Assessment.objects.filter(signature=notice.signature_id).update(reason="Another reason.")


def _limbs_altered(notice: Notice) -> None:
    Assessment.objects.filter(signature=notice.signature_id).update(limbs=["b"])


def _url_altered(notice: Notice) -> None:
    Item.objects.filter(pk=notice.item_id).update(url="https://elsewhere.example/")


def _body_altered(name: str) -> Callable[[Notice], None]:
    def alter(notice: Notice) -> None:
        Notice.objects.filter(pk=notice.pk).update(body=notice.body | {name: "altered"})

    return alter


TAMPERS = [_refused, _by_the_reviewer, _reason_altered, _limbs_altered, _url_altered]
TAMPERS += [
    _body_altered(name)
    for name in ("url", "reasons", "instrument", "legal_ground", "key", "kind", "idempotency_key", "reference")
]


@pytest.mark.parametrize("tamper", TAMPERS)
@pytest.mark.parametrize("all_of_them", [False, True])
def test_what_is_not_signed_as_it_stands_never_leaves_and_the_rest_does(
    frame: Operation, ways: dict[str, Way], platform: Platform, tamper: Callable[[Notice], None], all_of_them: bool
) -> None:
    notices = list(Notice.objects.order_by("pk").select_related("signature"))
    altered = notices if all_of_them else notices[:1]
    for notice in altered:
        tamper(notice)
    work(ways, T0)
    assert sum(platform.arrived.values()) == 5 - len(altered)
    assert states() == {"failed": len(altered)} | ({} if all_of_them else {"delivered": 4})
    assert Entry.objects.filter(event="refer:unsigned:refused").exists()


def test_one_provider_s_unsigned_batch_holds_up_no_other(
    frame: Operation, host: Provider, ways: dict[str, Way], platform: Platform
) -> None:
    other = make.provider("another", api_base="http://youtube.test/api", max_batch=10)
    through(frame, other, 2, start=100)
    Assessment.objects.filter(signature__notice__provider=other).update(reason="Altered.")
    work(ways, T0)
    assert states() == {"delivered": 5, "failed": 2}


def test_an_altered_mail_is_not_sent_again_either(frame: Operation, host: Provider) -> None:
    sent: list[str] = []

    class Mail:
        def send(self, to: Addressee, batch: list[Outgoing], message_id: str) -> Future[SendResult]:
            sent.append(message_id)
            answered: Future[SendResult] = Future()
            answered.set_result(Uncertain("the line went dead"))
            return answered

        def ask(self, to: Addressee, keys: list[str]) -> None:
            return None

    send_due({"api": Mail()}, "worker:test", T0)  # type: ignore[dict-item]
    Assessment.objects.update(reason="Altered.")
    reconcile({"api": Mail()}, T0)  # type: ignore[dict-item]
    assert len(sent) == 1
    assert states()["failed"] == 2


def test_there_is_one_notice_an_item_addressee_instrument_and_episode(frame: Operation, host: Provider) -> None:
    assert compose_ready("worker:test", T0) == 0
    notice = Notice.objects.first()
    assert notice is not None
    spare = Signature.objects.exclude(pk=notice.signature_id)[0]
    notice.pk, notice.reference, notice.idempotency_key, notice.signature = None, "other", "other", spare  # type: ignore[assignment]
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


@pytest.mark.parametrize("trouble", ["429", "503", "redirect", "taken, no answer", "endless", "garbage"])
def test_trouble_costs_time_and_nothing_else(
    frame: Operation, ways: dict[str, Way], platform: Platform, trouble: str
) -> None:
    platform.trouble = trouble
    work(ways, T0)
    assert states() != {"delivered": 5}
    work_on(ways, T0)
    assert states() == {"delivered": 5}
    assert set(platform.effective.values()) == {1}
    assert set(platform.arrived.values()) == {1}


@pytest.mark.parametrize("trouble", ["429", "503"])
def test_later_is_as_late_as_the_provider_says_for_everything_it_is_owed(
    frame: Operation, ways: dict[str, Way], platform: Platform, trouble: str
) -> None:
    platform.trouble = trouble
    work(ways, T0)
    assert states() == {"queued": 5}
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {T0.replace(minute=10)}


@pytest.mark.parametrize("trouble", ["always 400", "always taken, no answer"])
def test_a_provider_that_never_makes_sense_comes_to_rest_at_every_moment(
    frame: Operation, ways: dict[str, Way], platform: Platform, trouble: str
) -> None:
    platform.trouble = trouble
    began = time.monotonic()
    work(ways, T0)
    assert time.monotonic() - began < 6
    due = next_sending(T0)
    assert due is None or due > T0
    assert max(platform.effective.values(), default=0) <= 1


def test_a_crash_between_sending_and_recording_is_asked_about_and_never_sent_twice(
    frame: Operation, host: Provider, ways: dict[str, Way], platform: Platform
) -> None:
    arrived, lost = take_batch(host, 2, "worker:1", T0), take_batch(host, 2, "worker:1", T0)
    batch = [Outgoing(d.notice.idempotency_key, d.notice.body) for d in arrived]
    ways["api"].send(Addressee("p", host.api_base, "", ""), batch, "m").result(5)
    del lost
    assert states() == {"sending": 4, "queued": 1}
    assert give_up_sending("worker:") == 4
    assert states() == {"uncertain": 4, "queued": 1}
    work(ways, T0)
    assert states() == {"delivered": 5}
    assert set(platform.arrived.values()) == {1}


def test_a_worker_that_is_gone_elsewhere_lets_its_lease_run_out(
    frame: Operation, host: Provider, ways: dict[str, Way], platform: Platform
) -> None:
    take_batch(host, 2, "worker:elsewhere", T0)
    work(ways, T0)
    assert states() == {"sending": 2, "delivered": 3}
    Delivery.objects.filter(state=DeliveryState.SENDING).update(lease_until=1.0)
    work(ways, T0)
    assert states() == {"delivered": 5}
    assert set(platform.arrived.values()) == {1}


def test_two_workers_never_take_the_same(frame: Operation, host: Provider) -> None:
    one, two = take_batch(host, 3, "worker:1", T0), take_batch(host, 3, "worker:2", T0)
    assert (len(one), len(two)) == (3, 2)
    assert not {d.pk for d in one} & {d.pk for d in two}


def test_a_mail_that_may_have_gone_goes_again_as_the_same_message(frame: Operation, host: Provider) -> None:
    Provider.objects.update(channel="mail")
    Delivery.objects.update(channel="mail")
    sent: list[tuple[str, tuple[str, ...]]] = []
    results: list[SendResult] = [Uncertain("no goodbye"), Uncertain("again")]

    class Mail:
        def send(self, to: Addressee, batch: list[Outgoing], message_id: str) -> Future[SendResult]:
            sent.append((message_id, tuple(n.idempotency_key for n in batch)))
            answered: Future[SendResult] = Future()
            answered.set_result(results.pop() if results else Done([Taken(n.idempotency_key, None, "") for n in batch]))
            return answered

        def ask(self, to: Addressee, keys: list[str]) -> None:
            return None

    work_on({"mail": Mail()}, T0)  # type: ignore[dict-item]
    assert states() == {"delivered": 5}
    assert len(set(sent)) == 3
    assert len(sent) == 5


def test_an_interest_stops_a_notice_and_its_owner_s_posts_and_lets_go_at_its_end(
    host: Provider, ways: dict[str, Way], platform: Platform
) -> None:
    frame = through(make.operation(), host, 3)
    first, second, _ = Item.objects.order_by("pk")
    Item.objects.filter(pk=second.pk).update(owner=first.key, provider=first.provider)
    asked = HoldRequest(VIDEO.format(0), "An inquiry.", make.hours(30))
    hold_many(frame, [asked], by=make.actor("reviewer", "review"), at=make.hours(5))
    work(ways, T0)
    assert states() == {"held": 2, "delivered": 1}
    assert Episode.objects.filter(state=EpisodeState.HELD).count() == 2
    assert next_sending(T0) == make.hours(30)
    work(ways, make.hours(29))
    assert states() == {"held": 2, "delivered": 1}
    work(ways, make.hours(30))
    assert states() == {"delivered": 3}


def test_an_interest_of_another_unit_that_lasts_keeps_it_held(host: Provider, ways: dict[str, Way]) -> None:
    frame = through(make.operation(), host, 1)
    for unit, until in (("fr-pharos", 30), ("de-meldestelle", 60)):
        by = make.actor(f"reviewer of {unit}", "review", unit=unit)
        hold_many(frame, [HoldRequest(VIDEO.format(0), "An inquiry.", make.hours(until))], by=by, at=make.hours(5))
    for now in (T0, make.hours(31)):
        work(ways, now)
        assert states() == {"held": 1}
    work(ways, make.hours(60))
    assert states() == {"delivered": 1}


def test_at_t0_all_begin_within_a_second_though_one_hangs(tmp_path: Path) -> None:
    frame = make.operation()
    platforms = [Platform() for _ in range(9)]
    platforms[0].trouble = "always taken, no answer"
    servers = [http_server(p.handle) for p in platforms]
    ports = [server.__enter__() for server in servers]
    try:
        for n in range(9):
            host = make.provider(f"host-{n}", api_base=f"http://p{n}.test/api", max_batch=2)
            through(frame, host, 4, start=n * 10)
        with fetcher_for(tmp_path, {f"p{n}.test": port for n, port in enumerate(ports)}) as fetcher:
            send_due({"api": ApiWay(fetcher, 2.0)}, "worker:test", T0)
    finally:
        for server in servers:
            server.__exit__(None, None, None)
    firsts = [p.first_at for p in platforms]
    assert max(firsts) - min(firsts) < 1
    assert states() == {"delivered": 32, "uncertain": 2, "queued": 2}
    walls = list(Delivery.objects.filter(attempts=1, sent_wall__isnull=False).values_list("sent_wall", flat=True))
    assert walls
