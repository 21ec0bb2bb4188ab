"""What the desk says of languages: beside the item, in the lobby, in the room; by name, in the reader's own."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from cautery.directory.models import Officer
from cautery.fetch import clock
from cautery.identify.models import Capture
from cautery.intake.models import Episode
from cautery.web.templatetags.desk import because, tongue, tongues_of
from tests import factories as make
from tests.web.conftest import Work
from tests.web.test_queue import AT, take


@pytest.fixture
def amal(work: Work, reviewer: Client) -> Client:
    """The reviewer said they read Arabic, somebody else French; all pages are in Arabic."""
    Officer.objects.filter(username="rita").update(reads=["ar"])
    make.officer("fanny", "review")
    Officer.objects.filter(username="fanny").update(reads=["fr"])
    Capture.objects.update(language="ar-SA")
    Episode.objects.update(opened_at=clock().now())
    return reviewer


def test_the_page_says_that_one_reads_it(amal: Client) -> None:
    said = amal.get(f"{AT}{take(amal)}/").content.decode()
    assert "in Arabic, which you read" in said
    assert "Arabic (ar-SA)" in said


def test_the_page_says_that_nobody_reads_it_and_how_to_translate(amal: Client, work: Work) -> None:
    Capture.objects.update(language="ur")
    said = amal.get(f"{AT}{take(amal)}/").content.decode()
    assert "in Urdu, which nobody here has said they read" in said
    assert "In Urdu, which you have not said you read." in said
    assert "<kbd>t</kbd> translates" in said


def test_the_lobby_says_why_what_waits_is_not_for_one(amal: Client, work: Work) -> None:
    Capture.objects.update(language="fr")
    said = amal.get(AT).content.decode()
    assert "kept for those who read its language" in said
    assert amal.post(f"{AT}next/")["Location"] == AT


def test_the_room_names_the_languages_nobody_reads(amal: Client, work: Work) -> None:
    Capture.objects.update(language="ur")
    said = amal.get("/operations/autumn/room/").content.decode()
    assert "In a language no reviewer said they read" in said
    assert "Urdu" in said


def test_languages_have_names_in_the_readers_language() -> None:
    assert tongues_of("ar pt-br ps xx") == "Arabic, Portuguese (pt-br), Pashto, xx"
    with translation.override("de"):
        assert [tongue(code) for code in ("ar", "ps", "zh-Hant")] == ["Arabisch", "Paschtu", "Chinesisch (zh-Hant)"]
        assert because("the oldest that waits, in a language you read (ur)").endswith("auf Urdu, das Sie lesen")
