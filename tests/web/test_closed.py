"""What must stop is seen nowhere: no page, list, file, route or search has its words, and nothing more is sent of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cautery.core.actors import Actor
from cautery.intake.models import Item, Merge
from cautery.refer.actions import queued_now, take_batch
from cautery.refer.models import Notice
from cautery.refer.steps import compose_ready
from cautery.report.queries import register_page
from cautery.report.register.actions import index_waiting
from cautery.review.care.actions import quarantine
from cautery.review.care.queries import closed_items
from cautery.review.models import Quarantine
from tests import factories as make
from tests.web.conftest import Story, Work


def closer() -> Actor:
    return make.actor("closer", "lead")


@pytest.fixture
def closed(story: Story) -> Item:
    """The item that was removed and came back, closed to view; its links named by a word that is nowhere else."""
    Item.objects.filter(pk=story.returned.pk).update(owner="nowhereelse")
    index_waiting()
    quarantine(story.returned.pk, by=closer(), at=make.hours(60))
    return story.returned


WHERE = (
    "/register/", "/register/?q=youtube", "/register/?domain=youtube.com", "/operations/summer/items/",
    "/operations/summer/", "/operations/summer/room/", "/lists/outlets/file/csv?q=zzz", "/register/file/csv",
    "/register/file/ndjson", "/register/file/parquet", "/operations/summer/items/file/csv",
    "/operations/summer/items/file/ndjson", "/domains/youtube.com/", "/lists/answers/", "/providers/youtube/",
)  # fmt: skip


@pytest.mark.parametrize("where", WHERE)
def test_no_page_or_file_has_its_words(where: str, closed: Item, reader: Client) -> None:
    answer: Any = reader.get(where)
    body = answer.getvalue() if answer.streaming else answer.content
    assert answer.status_code == 200
    assert closed.key.encode() not in body
    assert b"nowhereelse" not in body


def test_a_search_does_not_tell_that_it_is_there(closed: Item, reader: Client) -> None:
    assert f"/items/{closed.pk}/".encode() not in reader.get("/register/?q=nowhereelse").content


@pytest.mark.parametrize("where", ["/items/{}/", "/items/{}/custody/"])
def test_its_own_pages_are_not_there(where: str, closed: Item) -> None:
    client = Client()
    client.force_login(make.officer("closer", "lead"))
    assert client.get(where.format(closed.pk)).status_code == 404


def test_the_api_says_only_that_it_is_there(closed: Item, story: Story) -> None:
    rows, _ = register_page(story.operation, after="", limit=100, by=closer())
    row = next(row for row in rows if row["item_id"] == closed.pk)
    assert (row["url"], row["key"], row["owner"]) == ("", "", "")


def test_nothing_is_composed_of_it_after_it_was_signed(work: Work) -> None:
    make.decided(work.operation)
    make.signed(work.operation)
    quarantine(work.plain.item_id, by=closer(), at=make.hours(5))
    compose_ready("worker", make.hours(6))
    assert not Notice.objects.filter(item=work.plain.item).exists()
    assert Notice.objects.filter(operation=work.operation).exists()


def test_a_notice_that_waits_for_t0_stays(work: Work) -> None:
    make.decided(work.operation)
    make.signed(work.operation)
    host = make.provider()
    make.composed(host)
    make.released(work.operation)
    quarantine(work.plain.item_id, by=closer(), at=make.hours(5))
    at = make.hours(30)
    assert not queued_now(at).filter(notice__item=work.plain.item).exists()
    taken = take_batch(host, 1_000, "worker", at)
    assert taken
    assert work.plain.item_id not in {delivery.notice.item_id for delivery in taken}


def test_what_is_the_same_object_is_closed_with_it(story: Story) -> None:
    Item.objects.filter(pk=story.dismissed.pk).update(merged_into=story.waiting)
    quarantine(story.waiting.pk, by=closer(), at=make.hours(60))
    assert closed_items([story.dismissed.pk, story.returned.pk]) == {story.dismissed.pk}
    assert Quarantine.objects.count() == 2
    assert not Merge.objects.exists()
