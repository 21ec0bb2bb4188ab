"""The reading process: what a function says of each answer, in order; a death costs one job and no more."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.availability import Verdict
from cautery.core.errors import Unreachable
from cautery.fetch import Answer, FetchFailed, Request
from cautery.fetch.reading import ReadingProcess
from cautery.identify.looking import LINKS, look
from tests.servers import http_server

PAGES = [f"http://pages.test/{n}" for n in range(150)]


def length_of(request: Request, answer: Answer) -> tuple[str, int]:
    """A function of a module, as the process wants it."""
    return request.note, -1 if isinstance(answer, FetchFailed) else len(answer.body)


async def pages(request: web.Request) -> web.Response:
    number = int(request.path[1:])
    await asyncio.sleep((number % 3) / 500)  # answers come in another order than the questions
    return web.Response(text="x" * number)


def length_said(request: Request, answer: Answer) -> tuple[str, int]:
    """The same, with a library that prints."""
    sys.stdout.write("deprecated: use something else\n")
    return length_of(request, answer)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadingProcess]:
    with http_server(pages) as port:
        hosts = tmp_path / "hosts.json"
        hosts.write_text(json.dumps({"pages.test": f"127.0.0.1:{port}"}))
        monkeypatch.setenv("CAUTERY_HOST_MAP", str(hosts))
        monkeypatch.setenv("CAUTERY_DATA", str(tmp_path))
        monkeypatch.setenv("CAUTERY_MODE", "rehearsal")
        reader = ReadingProcess()
        yield reader
        reader.close()


def test_what_is_said_of_each_answer_comes_in_the_order_of_the_requests(reader: ReadingProcess) -> None:
    asked = [Request(url, note=url) for url in PAGES]
    assert list(reader.each(asked, length_of)) == [(url, n) for n, url in enumerate(PAGES)]
    assert list(reader.each([], length_of)) == []


def test_what_a_library_prints_does_not_come_between(reader: ReadingProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    assert [size for _, size in reader.each([Request(url) for url in PAGES], length_said)] == list(range(len(PAGES)))


def test_a_job_that_is_left_early_does_not_leak_into_the_next(reader: ReadingProcess) -> None:
    first = reader.each([Request(url) for url in PAGES], length_of)
    assert next(iter(first)) == ("", 0)
    assert list(reader.each([Request(PAGES[7], note="next")], length_of)) == [("next", 7)]


def test_when_the_process_dies_its_job_fails_and_the_next_has_another(reader: ReadingProcess) -> None:
    assert list(reader.each([Request(PAGES[1])], length_of)) == [("", 1)]
    child = reader._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    job = reader.each([Request(PAGES[2])], length_of)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(Unreachable):
        list(job)
    assert list(reader.each([Request(PAGES[3])], length_of)) == [("", 3)]


def test_a_page_is_judged_and_its_links_are_read_only_where_they_are_wanted(reader: ReadingProcess) -> None:
    plain, whole = reader.each([Request(PAGES[9]), Request(PAGES[9], note=LINKS)], look)
    assert plain.judged == whole.judged
    assert plain.judged.verdict is Verdict.UP
    assert (plain.page.text, whole.page.text) == ("", "x" * 9)
