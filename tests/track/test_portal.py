"""Notices laid out in the provider desk: there when delivered, received when its staff first see them, once."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from cautery.channels.base import Done, Taken, Uncertain
from cautery.core.lifecycle import DeliveryState
from cautery.custody.events import Event
from cautery.custody.models import Entry
from cautery.directory.models import Provider
from cautery.fetch import clock
from cautery.refer.actions import record_sending, take_batch
from cautery.refer.models import Delivery, Notice
from cautery.track.actions import note_referred
from cautery.track.models import Tracking
from cautery.track.timelines.queries import NOTICE, happenings
from tests import factories as make

pytestmark = pytest.mark.django_db
FILMS = [f"https://www.youtube.com/watch?v={n:011d}" for n in range(3)]


@pytest.fixture
def host() -> Provider:
    return make.provider(channel="portal", email="abuse@youtube.example", desk_key="specimen-key")


@pytest.fixture
def notices(host: Provider) -> list[Notice]:
    """Three notices that wait to leave."""
    frame = make.operation()
    episodes = make.flagged(frame, FILMS)
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    found = make.composed(host)
    make.released(frame)
    return found


def leave(host: Provider, *, told: bool = True) -> None:
    """They are laid out, and the provider was told, or may have been."""
    now = make.hours(24)
    batch = take_batch(host, 10, "worker:test", now)
    done = Done([Taken(delivery.notice.idempotency_key, None, "") for delivery in batch])
    record_sending(batch, done if told else Uncertain("the line broke"), by=make.SYSTEM, at=now)
    note_referred(at=now)


def staff() -> Client:
    return Client(headers={"Authorization": "Bearer specimen-key"})


def shown(path: str = "/api/v1/provider/notices?state=open") -> list[dict[str, str]]:
    return staff().get(path).json()["notices"]


def entries() -> int:
    return Entry.objects.filter(body__contains=Event.TRACK_NOTICES_FETCHED.value).count()


def test_what_lies_in_the_desk_is_delivered_and_not_yet_received(host: Provider, notices: list[Notice]) -> None:
    assert shown() == [], "nothing shows before its time"
    leave(host)
    for delivery in Delivery.objects.all():
        assert (delivery.state, delivery.received_at) == (DeliveryState.DELIVERED, None)
        assert delivery.sent_at == make.hours(24)
    assert set(Tracking.objects.values_list("referred_at", flat=True)) == {make.hours(24)}
    assert len(notices) == 3


def test_it_is_received_when_its_staff_first_see_it_and_only_then(host: Provider, notices: list[Notice]) -> None:
    leave(host)
    before = clock().now()
    rows = shown()
    received = set(Delivery.objects.values_list("received_at", flat=True))
    (moment,) = received
    assert moment is not None
    assert moment >= before
    assert {row["received_at"] for row in rows} == {moment.isoformat()}
    assert set(Tracking.objects.values_list("referred_at", flat=True)) == {moment}
    assert shown() == rows
    assert set(Delivery.objects.values_list("received_at", flat=True)) == received
    assert entries() == 1
    assert {row["reference"] for row in rows} == {notice.reference for notice in notices}


def test_one_notice_or_the_list_as_a_file_is_seen_too(host: Provider, notices: list[Notice]) -> None:
    leave(host)
    one = staff().get(f"/api/v1/provider/notices/{notices[0].reference}").json()
    assert one["received_at"]
    assert Delivery.objects.filter(received_at=None).count() == 2
    browser = Client()
    browser.post("/provider/enter/", {"key": "specimen-key"})
    b"".join(browser.get("/provider/notices.csv").streaming_content)
    assert not Delivery.objects.filter(received_at=None).exists()
    assert entries() == 2


def test_what_a_probe_saw_gone_before_keeps_the_time_it_was_laid_out(host: Provider, notices: list[Notice]) -> None:
    leave(host)
    gone = notices[0].episode_id
    make.probed([gone], at=make.hours(25))
    shown()
    assert Tracking.objects.get(pk=gone).referred_at == make.hours(24)


def test_a_notice_of_which_the_provider_may_not_have_been_told_does_not_show_yet(
    host: Provider, notices: list[Notice]
) -> None:
    leave(host, told=False)
    assert shown() == []
    assert staff().get(f"/api/v1/provider/notices/{notices[0].reference}").status_code == 404
    assert entries() == 0


def test_another_provider_receives_nothing_by_looking(host: Provider, notices: list[Notice]) -> None:
    leave(host)
    make.provider("vimeo", desk_key="another-key")
    other = Client(headers={"Authorization": "Bearer another-key"})
    assert other.get("/api/v1/provider/notices").json()["notices"] == []
    other.get(f"/api/v1/provider/notices/{notices[0].reference}")
    assert Delivery.objects.filter(received_at=None).count() == 3


def test_an_answer_there_counts_as_any_other(host: Provider, notices: list[Notice]) -> None:
    leave(host)
    at = clock().now().isoformat()
    said = [{"idempotency_key": row["idempotency_key"], "answer": "removed", "at": at} for row in shown()]
    told = staff().post("/api/v1/provider/answers", json.dumps({"answers": said}), "application/json").json()
    assert told == {"taken": 3, "problems": []}
    assert set(Tracking.objects.values_list("answer", flat=True)) == {"removed"}
    assert shown() == [], "nothing is open any more"


def test_the_clocks_of_an_order_start_when_it_is_seen(host: Provider, notices: list[Notice]) -> None:
    Notice.objects.update(instrument="tco-removal-order")
    leave(host)
    order = Notice.objects.select_related(*NOTICE).get(pk=notices[0].pk)
    assert "order_received" not in [one.event for one in happenings(order)]
    shown()
    order.delivery.refresh_from_db()
    (received,) = [one for one in happenings(order) if one.event == "order_received"]
    assert received.ours == order.delivery.received_at
