"""The browser's way out goes through the guard, and there is no other."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.evidence.capture import Rendering
from cautery.fetch.browser import browser, why_no_browser
from cautery.fetch.dial import Dialler
from cautery.fetch.egress import Egress, egress
from cautery.fetch.hosts import Guard, HostMap
from tests.fetch.test_tricks import Trap
from tests.servers import http_server

ASKED: list[str] = []


async def site(request: web.Request) -> web.StreamResponse:
    ASKED.append(request.path)
    inside = request.query.get("inside", "9")
    tries = "".join(
        f"<img src='{way}'>"
        for way in (f"http://127.0.0.1:{inside}/", f"http://localhost:{inside}/", f"http://[::1]:{inside}/", "/i.png")
    )
    script = f"fetch('http://127.0.0.1:{inside}/').catch(() => 0); new WebSocket('ws://127.0.0.1:{inside}/');"
    page = f"<title>Specimen</title>{tries}<p>Visible words.<script>{script} document.body.append('by script')</script>"
    return web.Response(text=page, content_type="text/html")


@pytest.fixture
def dialler(tmp_path: Path) -> Iterator[Dialler]:
    ASKED.clear()
    with http_server(site) as port:
        file = tmp_path / "hosts.json"
        file.write_text(json.dumps({"a.test": f"127.0.0.1:{port}"}))
        yield Dialler(Guard(HostMap(file)))


def ask(proxy: Egress, first: str, *, ticket: bool = True) -> bytes:
    """What the proxy answers to a request."""
    word = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
    with socket.create_connection(("127.0.0.1", proxy.port)) as line:
        line.settimeout(10)
        pass_ = f"Proxy-Authorization: Basic {word}\r\n" if ticket else ""
        line.sendall(f"{first} HTTP/1.1\r\nHost: x\r\n{pass_}\r\n".encode())
        answer = b""
        while data := line.recv(65_536):
            answer += data
    return answer


def test_it_carries_what_is_allowed_and_writes_it_down(dialler: Dialler) -> None:
    with egress(dialler) as proxy:
        assert b"Visible words" in ask(proxy, "GET http://a.test/page")
        assert proxy.asked == [{"host": "a.test", "port": 80, "address": "127.0.0.1"}]
    assert ASKED == ["/page"]


@pytest.mark.parametrize(
    "first",
    [
        "GET http://127.0.0.1:{port}/",
        "CONNECT 127.0.0.1:{port}",
        "CONNECT localhost:{port}",
        "CONNECT [::1]:{port}",
        "GET http://2130706433:{port}/",
        "CONNECT 0x7f.1:{port}",
        "CONNECT a.test:25",
        "GET ftp://a.test/",
        "GET http://user@a.test/",
        "GET /only/a/path",
        "CONNECT",
        "nonsense",
        "GET http://10.0.0.1/",
    ],
)
def test_it_leads_nowhere_inside(dialler: Dialler, first: str) -> None:
    trap = Trap()
    try:
        with egress(dialler) as proxy:
            answer = ask(proxy, first.format(port=trap.port))
        assert not answer.startswith(b"HTTP/1.1 200")
        assert (trap.caught, ASKED) == ([], [])
    finally:
        trap.close()


def test_who_has_no_ticket_is_not_carried(dialler: Dialler) -> None:
    with egress(dialler) as proxy:
        assert ask(proxy, "GET http://a.test/", ticket=False).startswith(b"HTTP/1.1 407")
    assert ASKED == []


def test_it_carries_no_more_than_it_may(dialler: Dialler) -> None:
    with egress(dialler, max_bytes=10) as proxy:
        assert b"Visible" not in ask(proxy, "GET http://a.test/")


@pytest.mark.browser
@pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())
def test_a_page_is_shown_and_none_of_its_ways_inside_is_open(dialler: Dialler) -> None:
    trap = Trap()
    try:
        words = {"user_agent": "test", "now": lambda: datetime.now(UTC), "timeout_s": 30.0, "max_bytes": 10_000_000}
        with browser(dialler, **words) as shown:  # type: ignore[arg-type]
            found = shown.render(f"https://a.test/page?inside={trap.port}")
            gone = shown.render("http://127.0.0.1:9/")
    finally:
        trap.close()
    assert isinstance(found, Rendering), found
    assert (found.title, "Visible words." in found.text, "by script" in found.text) == ("Specimen", True, True)
    assert (found.picture[:4], b"MIME-Version" in found.mhtml) == (b"\x89PNG", True)
    assert trap.caught == []
    assert {row.get("refused") for row in found.requests if row["port"] == trap.port} == {"loopback_address"}
    assert not isinstance(gone, Rendering) or "Specimen" not in gone.text
