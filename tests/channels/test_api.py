"""A provider's API as it may answer: well, badly, or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from cautery.channels.api import ApiWay, moment
from cautery.channels.base import Addressee, Done, Later, NotTaken, Outgoing, SendResult, Taken, Uncertain
from tests.servers import fetcher_for, free_port, http_server

BATCH = [Outgoing(key, {"idempotency_key": key}) for key in ("k1", "k2")]
GOOD = [
    {"idempotency_key": k, "status": "received", "received_at": "2026-06-15T06:00:00+00:00", "provider_ref": "c"}
    for k in ("k1", "k2")
]


class Provider:
    """Answers every call with what the test sets."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"", {}  # type: int, bytes, dict[str, str]
        self.hang = self.endless = False
        self.seen: list[tuple[str, str, bytes]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path_qs, await request.read()))
        if self.hang:
            await asyncio.sleep(30)
        if self.endless:
            answer = web.StreamResponse()
            await answer.prepare(request)
            while True:
                await answer.write(b"x" * 100_000)
        return web.Response(status=self.status, body=self.body, headers=self.headers)

    def says(self, document: Any, status: int = 200, **headers: str) -> None:
        self.status, self.body, self.headers = status, json.dumps(document).encode(), headers


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def way(provider: Provider, tmp_path: Path) -> Iterator[ApiWay]:
    with (
        http_server(provider.handle) as port,
        fetcher_for(tmp_path, {"p.test": port, "gone.test": free_port()}) as fetcher,
    ):
        yield ApiWay(fetcher, 1.0)


def send(way: ApiWay, host: str = "p.test") -> SendResult:
    return way.send(Addressee("p", f"http://{host}/api", "secret", ""), BATCH, "m1").result(10)


TO = Addressee("p", "http://p.test/api", "secret", "")


def test_a_batch_taken_is_told_notice_by_notice(way: ApiWay, provider: Provider) -> None:
    rejected = {"idempotency_key": "k2", "status": "rejected", "error": "unknown_object"}
    provider.says({"results": [rejected, GOOD[0]]})
    result = send(way)
    assert isinstance(result, Done)
    assert list(result.results) == [
        NotTaken("k2", "unknown_object"),
        Taken("k1", datetime(2026, 6, 15, 6, tzinfo=UTC), "c"),
    ]
    assert json.loads(provider.seen[0][2]) == {"notices": [{"idempotency_key": "k1"}, {"idempotency_key": "k2"}]}


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "90"}, 90.0), (503, {"Retry-After": "9" * 30}, 86_400.0), (429, {"Retry-After": "\u00b2"}, None), (500, {}, None),
        (503, {"Retry-After": "-5"}, None), (503, {"Retry-After": "soon"}, None),
        (503, {"Retry-After": "Mon, 15 Jun 2026 06:02:00 GMT", "Date": "Mon, 15 Jun 2026 06:00:00 GMT"}, 120.0),
    ],
)  # fmt: skip
def test_later_is_later(
    way: ApiWay, provider: Provider, status: int, headers: dict[str, str], wait: float | None
) -> None:
    provider.says({}, status, **headers)
    result = send(way)
    assert isinstance(result, Later)
    assert result.after_s == wait


@pytest.mark.parametrize(
    "document",
    [
        [], {}, {"results": {}}, {"results": [1, 2]}, {"results": GOOD[:1]}, {"results": [*GOOD, GOOD[0]]}, {"results": [GOOD[0], GOOD[0]]},
        {"results": [{"idempotency_key": ["k1"]}, {"idempotency_key": {"k": 2}}]}, {"results": [*GOOD, "x"]}, {"results": [None, *GOOD]},
    ],
)  # fmt: skip
def test_an_answer_that_does_not_speak_of_the_batch_leaves_it_uncertain(
    way: ApiWay, provider: Provider, document: Any
) -> None:
    provider.says(document)
    assert isinstance(send(way), Uncertain)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>", b"[" * 100_000, b'{"results": ' + b"9" * 5_000 + b"}"])
def test_garbage_leaves_it_uncertain(way: ApiWay, provider: Provider, body: bytes) -> None:
    provider.body = body
    assert isinstance(send(way), Uncertain)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 413])
def test_a_status_of_another_kind_leaves_it_uncertain_and_is_not_followed(
    way: ApiWay, provider: Provider, status: int
) -> None:
    provider.says({}, status, Location="http://p.test/api/notices")
    assert isinstance(send(way), Uncertain)
    assert len(provider.seen) == 1


def test_what_may_have_been_read_before_the_line_went_is_uncertain(way: ApiWay, provider: Provider) -> None:
    provider.hang = True
    assert isinstance(send(way), Uncertain)
    provider.hang, provider.endless = False, True
    assert send(way) == Uncertain("too_large")


def test_what_was_never_connected_may_simply_go_later(way: ApiWay) -> None:
    assert isinstance(send(way, "gone.test"), Later)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", None, 5, "2026-06-15T06:00:00", []]
)
def test_a_time_nobody_can_mean_is_no_time(way: ApiWay, provider: Provider, at: Any) -> None:
    assert moment(at) is None
    provider.says({"results": [row | {"received_at": at} for row in GOOD]})
    result = send(way)
    assert isinstance(result, Done)
    assert [row.received_at for row in result.results if isinstance(row, Taken)] == [None, None]


def test_words_no_database_keeps_are_mended(way: ApiWay, provider: Provider) -> None:
    provider.body = (
        b'{"results": [{"idempotency_key": "k1", "status": "received", "provider_ref": "a\\u0000\\ud800"}, '
        b'{"idempotency_key": "k2", "status": "no", "error": "\\udfff"}]}'
    )
    result = send(way)
    assert isinstance(result, Done)
    assert list(result.results) == [Taken("k1", None, "a\ufffd\ufffd"), NotTaken("k2", "\ufffd")]


def test_asking_tells_apart_there_never_there_and_no_answer(way: ApiWay, provider: Provider) -> None:
    provider.says({"idempotency_key": "k1", "received_at": "2026-06-15T06:00:00Z", "provider_ref": "c"})
    assert way.ask(TO, ["k1", "k2"]) == {"k1": Taken("k1", datetime(2026, 6, 15, 6, tzinfo=UTC), "c")}
    provider.says({}, 404)
    assert way.ask(TO, ["k1"]) == {"k1": None}
    for status, body in ((500, b""), (200, b"garbage"), (403, b"{}"), (200, b"[]")):
        provider.status, provider.body = status, body
        assert way.ask(TO, ["k1"]) == {}


def test_a_feed_is_read_with_its_cursor_quoted(way: ApiWay, provider: Provider) -> None:
    provider.says({"answers": [], "next": "n"})
    assert way.answers(TO, "a&limit=1 /?#") == {"answers": [], "next": "n"}
    asked = parse_qs(urlsplit(provider.seen[0][1]).query)
    assert asked == {"after": ["a&limit=1 /?#"], "limit": ["1000"]}


@pytest.mark.parametrize(
    "page",
    [
        [],
        {"answers": {}, "next": ""},
        {"answers": []},
        {"answers": [], "next": 5},
        {"answers": [], "next": "x" * 201},
        {"answers": [], "next": "\ud800"},
    ],
)
def test_a_page_that_is_none_is_not_read(way: ApiWay, provider: Provider, page: Any) -> None:
    provider.says(page)
    assert way.answers(TO, "") is None
