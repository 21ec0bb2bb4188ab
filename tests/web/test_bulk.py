"""Acts on many items: shown before they are done, done whole or not at all, each with its entries."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from cautery.custody.models import Entry
from cautery.intake.models import Episode
from cautery.review.models import Hold
from cautery.watch.models import Watch
from tests import factories as make
from tests.web.conftest import Story

LATER = "2099-01-01T10:00"


def able(*roles: str) -> Client:
    client = Client()
    client.force_login(make.officer("able", *roles))
    return client


def shown(client: Client, **form: Any) -> tuple[str, dict[str, Any]]:
    """The preview, and the form that confirms it."""
    page = client.post("/register/acts/preview/", form)
    assert page.status_code == 200, page.content
    text = page.content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', text)
    return text, form | {"digest": digest[1] if digest else ""}


def test_the_preview_says_what_would_change_and_what_cannot_and_why(story: Story) -> None:
    text, _ = shown(able("lead"), act="watch", item=[story.returned.pk, story.dismissed.pk, 99_999])
    assert "nobody has confirmed it" in text
    assert "it is not in the register" in text
    assert not Entry.objects.filter(event="watch:watches:begun", at__gte=make.hours(60)).exists()


def test_items_are_put_under_watch_in_one_transaction(story: Story) -> None:
    Watch.objects.all().delete()
    client = able("lead")
    _, form = shown(client, act="watch", item=[story.returned.pk, story.dismissed.pk])
    entries = Entry.objects.count()
    alone = form | {"reason": "Ground", "seconded_by": "", "until": LATER}
    assert client.post("/register/acts/do/", alone).status_code == 403
    assert (Watch.objects.count(), Entry.objects.count()) == (0, entries)
    done = client.post("/register/acts/do/", form | {"reason": "Ground", "seconded_by": "Leo", "until": LATER})
    assert b"Done for one item." in done.content
    assert Watch.objects.get().item_id == story.returned.pk
    assert (
        client.post("/register/acts/do/", form | {"reason": "Ground", "seconded_by": "Leo", "until": LATER}).status_code
        == 409
    )


def test_an_interest_is_marked_for_many(story: Story) -> None:
    client = able("flag")
    _, form = shown(client, act="hold", into="summer", item=[story.returned.pk, story.dismissed.pk])
    assert client.post("/register/acts/do/", form | {"reason": "", "until": LATER}).status_code == 422
    assert client.post("/register/acts/do/", form | {"reason": "A case", "until": LATER}).status_code == 200
    assert Hold.objects.count() == 2
    text, _ = shown(client, act="hold", into="summer", item=[story.returned.pk])
    assert "your unit has marked it already" in text


def test_items_are_taken_into_an_operation_unless_they_live_in_one(story: Story) -> None:
    client, autumn = able("flag"), make.operation("autumn")
    text, form = shown(client, act="assign", into="autumn", q="", item=[story.dismissed.pk, story.waiting.pk])
    assert "it is in an operation already" in text
    assert client.post("/register/acts/do/", form | {"reason": "Look again"}).status_code == 200
    assert [e.item_id for e in Episode.objects.filter(operation=autumn)] == [story.dismissed.pk]


def test_all_that_a_filter_finds_can_be_looked_through(story: Story) -> None:
    text, _ = shown(able("lead"), act="watch", all="1", query="state=dismissed")
    assert f"Item {story.dismissed.pk}" in text
    assert f"Item {story.returned.pk}" not in text


@pytest.mark.parametrize(
    ("form", "status"),
    [({"act": "burn", "item": 1}, 422), ({"act": "watch"}, 422), ({"act": "hold", "item": 1}, 403)],
)
def test_what_cannot_be_asked_is_said(form: dict[str, Any], status: int, story: Story) -> None:
    assert able("lead").post("/register/acts/preview/", form).status_code == status


def test_what_was_ticked_is_exported_and_nothing_else(story: Story) -> None:
    client = able("observe")
    page = client.get("/register/").content.decode()
    assert "/register/acts/export/ndjson" in page
    answer = client.post("/register/acts/export/ndjson", {"item": [story.returned.pk]})
    (row,) = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert row["item_id"] == story.returned.pk
    assert client.post("/register/acts/export/csv", {}).status_code == 422
    assert client.post("/register/acts/export/xlsx", {"item": [story.returned.pk]}).status_code == 422


@pytest.mark.parametrize(
    ("language", "typed"), [("de", "1.1.2099 11:00"), ("fr", "01/01/2099 11h00"), ("en-gb", "1/1/2099 11:00")]
)
def test_a_moment_is_typed_in_the_readers_way_and_zone(story: Story, language: str, typed: str) -> None:
    client = able("flag")
    _, form = shown(client, act="hold", into="summer", item=[story.returned.pk])
    said = form | {"reason": "A case", "until": typed, "zone": "Europe/Berlin"}
    assert client.post("/register/acts/do/", said, headers={"Accept-Language": language}).status_code == 200
    assert Hold.objects.latest("pk").until.isoformat() == "2099-01-01T10:00:00+00:00"


def test_a_date_with_two_readings_is_refused_with_its_field_and_both(story: Story) -> None:
    client = able("flag")
    _, form = shown(client, act="hold", into="summer", item=[story.returned.pk])
    answer = client.post(
        "/register/acts/do/", form | {"reason": "A case", "until": "03/07/2099"}, headers={"Accept-Language": "de"}
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "2099-07-03" in said
    assert "2099-03-07" in said
