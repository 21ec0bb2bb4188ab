"""What a page says in the reader's language: asked of a service of one's own, noted in the log, and never without a plain answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aiohttp import web
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.custody.models import Consultation
from cautery.fetch.fetcher import fetcher_inside
from tests import factories as make
from tests.servers import http_server
from tests.web.conftest import Work


@pytest.fixture
def at(work: Work, reviewer: Client) -> str:
    """Where the translation of the item before the reviewer is."""
    return reviewer.post("/operations/autumn/review/next/")["Location"] + "translation/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    fetcher_inside.cache_clear()


def test_without_a_service_it_says_so(at: str, reviewer: Client) -> None:
    assert "No translation service is set up here" in reviewer.get(at).content.decode()


def _answers(body: object, status: int = 200) -> tuple[list[dict[str, str]], Callable[[web.Request], object]]:
    asked: list[dict[str, str]] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response(body, status=status)

    return asked, serve


def test_it_shows_what_the_service_says_and_the_log_names_it(at: str, reviewer: Client, settings: Settings) -> None:
    asked, serve = _answers({"translatedText": "Harmlose <b>Worte</b>"})
    with http_server(serve) as port:  # type: ignore[arg-type]
        settings.TRANSLATE_URL = f"http://127.0.0.1:{port}/translate"
        page = reviewer.get(at, headers={"Accept-Language": "de"}).content.decode()
    assert "Harmlose &lt;b&gt;Worte&lt;/b&gt;" in page
    assert (asked[0]["target"], asked[0]["source"]) == ("de", "en")
    assert any(json.loads(row.line).get("to") == "127.0.0.1" for row in Consultation.objects.all())


@pytest.mark.parametrize("body", [{"error": "no"}, ["?"], {"translatedText": 5}])
def test_an_answer_that_is_none_is_said_beside_the_original(
    at: str, reviewer: Client, settings: Settings, body: object
) -> None:
    with http_server(_answers(body)[1]) as port:  # type: ignore[arg-type]
        settings.TRANSLATE_URL = f"http://127.0.0.1:{port}/translate"
        answer = reviewer.get(at)
    assert answer.status_code == 200
    assert "The translation service gave no translation." in answer.content.decode()


def test_only_who_holds_the_item_may_have_it_translated(at: str, work: Work) -> None:
    other = Client()
    other.force_login(make.officer("otto", "review"))
    assert other.get(at).status_code in {404, 409}
