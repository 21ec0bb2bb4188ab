"""Text in pictures at the desk: on demand, as plain text, said to be machine-read, and only for who may see the picture."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.custody.models import Consultation
from cautery.fetch.fetcher import fetcher_inside
from cautery.intake.models import Episode
from cautery.ocr.base import Line
from cautery.report.register.actions import index_waiting
from cautery.review.care.actions import quarantine
from cautery.review.models import PictureText
from tests import factories as make
from tests.kept import keep_picture
from tests.ocr.pictures import ARABIC, ENGLISH, tesseract, written
from tests.servers import http_server
from tests.web.conftest import CHROMIUM, SPECIMEN, As

POSTER = written([ENGLISH, ARABIC])
SHA = sha256(POSTER).hexdigest()


@dataclass(frozen=True)
class Poster:
    """Two items with one poster: the first confirmed and kept, the second before the reviewer."""

    first: Episode
    second: Episode

    @property
    def text(self) -> str:
        """Where the text of the second one's picture is."""
        return f"/pictures/{self.second.pk}/{SHA}/text/"


def saying(words: str) -> str:
    """A setting that names a program which says this."""
    return shlex.join([sys.executable, "-c", f"print({words!r})"])


@pytest.fixture
def poster(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Poster:
    frame = make.operation("autumn")
    first, second = make.flagged(frame, [SPECIMEN.format(n) for n in (1, 2)])
    make.identified([first, second], image=POSTER)
    make.matched([first, second])
    make.decided(frame, limit=1)
    keep_picture(POSTER, tmp_path, monkeypatch)
    settings.OCR = saying("The bonfire is lit <b>at the old quay</b>")
    return Poster(first, second)


@pytest.fixture
def rita(poster: Poster, client: Client) -> Client:
    client.force_login(make.officer("rita", "review"))
    client.post("/operations/autumn/review/next/")
    return client


def said(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_item_in_review_and_its_page_have_the_button_and_its_keys(poster: Poster, rita: Client) -> None:
    for at in (f"/operations/autumn/review/{poster.second.pk}/", f"/items/{poster.second.item_id}/"):
        page = said(rita, at)
        assert f'data-key="p" hx-get="{poster.text}"' in page
        assert "<kbd>p</kbd></dt>" in page
    assert not PictureText.objects.exists()


def test_the_text_is_text_and_says_what_read_it(poster: Poster, rita: Client) -> None:
    page = said(rita, poster.text)
    assert "The bonfire is lit &lt;b&gt;at the old quay&lt;/b&gt;" in page
    assert "Read by a machine (python" in page
    assert "What you decide on is the picture." in page
    why = [json.loads(row.line)["why"] for row in Consultation.objects.order_by("pk")]
    assert "machine-read by python" in why[-1]


def test_lines_it_is_not_sure_of_are_marked_and_each_has_its_own_direction(poster: Poster, rita: Client) -> None:
    made = said(rita, poster.text)
    assert "unsure" not in made
    PictureText.objects.update(lines=[[ARABIC, 91], ["Old quay", 42]], text=f"{ARABIC}\nOld quay", left_out=2)
    page = said(rita, poster.text)
    assert f'<p dir="auto">{ARABIC}</p>' in page
    assert '<p dir="auto" class="unsure">Old quay' in page
    assert "unsure, 42 of 100" in page
    assert "2 lines were too unsure to show." in page


def test_no_text_found_is_not_could_not_be_read(poster: Poster, rita: Client, settings: Settings) -> None:
    settings.OCR = saying("")
    assert "No text was found in the picture by python" in said(rita, poster.text)
    settings.OCR = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])
    page = said(rita, poster.text)
    assert "could not read the picture" in page
    assert "Whether there is text in the picture is not known." in page
    settings.OCR = "/no/such/program"
    assert "names a program that is not there" in said(rita, poster.text)
    settings.OCR = "none"
    assert "Nothing is installed here that reads text in pictures" in said(rita, poster.text)


def test_it_is_for_who_may_see_the_picture_and_nobody_after_it_is_closed(poster: Poster, rita: Client) -> None:
    said(rita, poster.text)
    other = Client()
    other.force_login(make.officer("nobody in particular"))
    assert other.get(poster.text).status_code == 403
    assert rita.get(f"/pictures/{poster.second.pk}/{'0' * 64}/text/").status_code == 404
    quarantine(poster.first.item_id, by=make.actor("lena", "lead"), at=make.hours(5))
    for at in (poster.text, f"{poster.text}translation/", f"/pictures/{poster.first.pk}/{SHA}/text/"):
        assert rita.get(at).status_code == 404


def test_its_translation_stands_beside_it_and_the_log_names_who_made_it(
    poster: Poster, rita: Client, settings: Settings
) -> None:
    asked: list[dict[str, str]] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response({"translatedText": "Das <i>Feuer</i> brennt"})

    fetcher_inside.cache_clear()
    assert "No translation service is set up here" in said(rita, f"{poster.text}translation/")
    with http_server(serve) as port:
        settings.TRANSLATE_URL = f"http://127.0.0.1:{port}/translate"
        page = said(rita, f"{poster.text}translation/")
    assert "Das &lt;i&gt;Feuer&lt;/i&gt; brennt" in page
    assert asked[0]["q"] == "The bonfire is lit <b>at the old quay</b>"
    assert json.loads(Consultation.objects.order_by("-pk")[0].line)["to"] == "127.0.0.1"


def test_items_with_the_same_words_are_named(poster: Poster, rita: Client) -> None:
    assert f'href="/items/{poster.first.item_id}/"' in said(rita, poster.text)


def test_the_register_says_that_it_was_found_in_a_picture(poster: Poster, rita: Client) -> None:
    said(rita, poster.text)
    index_waiting()
    for at in ("/register/", "/operations/autumn/items/"):
        assert said(rita, f"{at}?q=bonfire").count("found in the text of a picture, machine-read") == 2
        assert "found in the text of a picture" not in said(rita, f"{at}?q=specimen")


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium")
def test_by_one_key_it_stands_beside_the_picture(
    transactional_db: None, poster: Poster, as_officer: As, settings: Settings
) -> None:
    tesseract("ara", "eng")
    settings.OCR = ""
    make.officer("rita", "review")
    page = as_officer("rita")
    page.goto("/operations/autumn/review/")
    page.keyboard.press("n")
    page.locator(".picture-words button").wait_for()
    page.wait_for_load_state()  # keys are heard once its script has run
    page.keyboard.press("p")
    page.get_by_role("region", name="Text in the picture, machine-read").wait_for()
    assert [Line(words).text for words in page.locator(".beside .read p").all_inner_texts()] == [ENGLISH, ARABIC]
    page.wait_for_function("!document.querySelector('.htmx-added, .htmx-settling')")  # its button is bound then
    page.keyboard.press("P")
    page.get_by_text("No translation service is set up here").wait_for()
