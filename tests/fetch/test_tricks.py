"""Tricks that lead a fetcher into the house reach nothing: no connection but to what was resolved, checked and public.

`tricks.ndjson`, a trick a line: `url` (with `{port}`, where a listener waits on loopback), what the name server answers, by
name and in turn (`dns`; `*`: every name), where http://start.test/ redirects to (`redirect`, after `hops` hops), and which
addresses may be tried at all (`public`: none, usually). Both ways out are tried: the fetcher and the recorder of captures.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cautery.core.addresses import refusal
from cautery.fetch import Fetcher, Request
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.fetch.recorder import Limits, Recorder
from tests.servers import http_server

TRICKS = [json.loads(line) for line in (Path(__file__).parent / "tricks.ndjson").read_text().splitlines()]


class Trap:
    """A real listener on loopback, IPv4 and IPv6: whoever connects was led inside."""

    def __init__(self) -> None:
        self.caught: list[str] = []
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            with suppress(OSError):  # no IPv6 on this machine
                self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for one in self._sockets:
            threading.Thread(target=self._wait, args=(one,), daemon=True).start()

    def _wait(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, who = listener.accept()
            except OSError:
                return
            self.caught.append(str(who))
            connection.close()

    def close(self) -> None:
        for one in self._sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


class Names:
    """A name server that answers as a trick says, another answer each time."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked = 0

    async def look_up(self, host: str, port: int, family: int) -> list[tuple[str, int]]:
        self.asked += 1
        said = self.answers.get(host.lower(), self.answers.get("*"))
        if said is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        answer = said.pop(0) if len(said) > 1 else said[0]
        return [(address, socket.AF_INET6 if ":" in address else socket.AF_INET) for address in answer]


@contextmanager
def no_way_out(monkeypatch: pytest.MonkeyPatch, start: int) -> Iterator[list[str]]:
    """Every connection that is tried is noted; only the redirecting server is connected to."""
    tried: list[str] = []
    connect = asyncio.selector_events.BaseSelectorEventLoop.sock_connect  # type: ignore[attr-defined]

    async def noted(loop: Any, sock: socket.socket, address: Any) -> None:
        if address[:2] == ("127.0.0.1", start):
            await connect(loop, sock, address)
            return
        tried.append(str(address[0]))
        raise ConnectionRefusedError("the tests go nowhere")

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", noted)  # type: ignore[attr-defined]
    yield tried


async def redirecting(request: web.Request) -> web.StreamResponse:
    """Sends where the query says; the trap's page would be a catch too."""
    hops = int(request.query.get("hops", "0"))
    here = redirecting_to[0]
    to = here["redirect"] if not hops else f"/?hops={hops - 1}"
    return web.Response(status=here.get("status", 302), headers={"Location": to})


redirecting_to: list[dict[str, Any]] = [{}]


@contextmanager
def ways_out(tmp_path: Path, names: Names) -> Iterator[tuple[int, Fetcher, Recorder]]:
    with http_server(redirecting) as start:
        file = tmp_path / "hosts.json"
        file.write_text(json.dumps({"start.test": f"127.0.0.1:{start}"}))
        guard = Guard(HostMap(file), names.look_up)
        fetcher = Fetcher(guard, concurrency=4, timeout_s=5.0, user_agent="test")
        recorder = Recorder(Dialler(guard), "test", lambda: datetime.now(UTC), tmp_path, Limits(5.0, 1_000_000))
        try:
            yield start, fetcher, recorder
        finally:
            fetcher.close()


def filled(trick: dict[str, Any], port: int) -> dict[str, Any]:
    return json.loads(json.dumps(trick).replace("{port}", str(port)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("way", ["fetcher", "recorder"])
def test_no_trick_leads_inside(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names, trap = Names(), Trap()
    wrong: list[str] = []
    try:
        with ways_out(tmp_path, names) as (start, fetcher, recorder), no_way_out(monkeypatch, start) as tried:
            for trick in TRICKS:
                one = filled(trick, trap.port)
                redirecting_to[0] = one
                names.answers = {name: [list(a) for a in said] for name, said in one.get("dns", {}).items()}
                tried.clear()
                url = one["url"] + (f"?hops={one['hops']}" if "hops" in one else "")
                if way == "fetcher":
                    fetcher.fetch(Request(url))
                else:
                    recorder.follow_all([url])
                allowed = set(one.get("public", ()))
                if set(tried) - allowed or trap.caught:
                    wrong.append(f"{trick['trick']}: {url!r} led to {tried} {trap.caught}")
                    trap.caught.clear()
    finally:
        trap.close()
    assert wrong == []


def test_there_are_enough_tricks_and_each_is_its_own() -> None:
    assert len(TRICKS) >= 300
    assert len({json.dumps({k: v for k, v in t.items() if k != "trick"}) for t in TRICKS}) == len(TRICKS)


def test_the_trap_catches_who_connects() -> None:
    trap = Trap()
    try:
        socket.create_connection(("127.0.0.1", trap.port)).close()
        while not trap.caught:
            pass
    finally:
        trap.close()


@pytest.mark.parametrize("trick", [t for t in TRICKS if t.get("public")], ids=lambda t: t["trick"])
def test_a_name_is_resolved_once_for_a_connection(
    trick: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names()
    with ways_out(tmp_path, names) as (start, fetcher, _), no_way_out(monkeypatch, start) as tried:
        names.answers = {name: [list(a) for a in said] for name, said in trick["dns"].items()}
        fetcher.fetch(Request(trick["url"].replace("{port}", "9")))
        assert (names.asked, tried) == (1, trick["public"])
        assert all(refusal(address) is None for address in tried)
