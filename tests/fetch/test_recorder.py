"""Recording exchanges: the bytes as they came, and bad servers told from good ones."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cautery.core.errors import SettingInvalid
from cautery.core.evidence.berkeley import Missing
from cautery.core.evidence.capture import CaptureState, outcome
from cautery.core.evidence.exchange import Exchange
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.fetch.pace import LONGEST_WAIT_S, Pacer
from cautery.fetch.recorder import Limits, Recorder
from cautery.intake.capturing.collect import FULL, Collector
from tests.fetch.certificates import certificate
from tests.servers import free_port, raw_server

LIMITS = Limits(timeout_s=0.8, max_bytes=2_000_000, redirects=3)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def recorder(folder: Path, port: int | str, exit_: str = "", limits: Limits = LIMITS) -> Recorder:
    file = folder / "hosts.json"
    file.write_text(json.dumps({"a.test": f"127.0.0.1:{port}" if isinstance(port, int) else port}))
    return Recorder(Dialler(Guard(HostMap(file)), exit_), "test", lambda: datetime.now(UTC), folder, limits)


@contextmanager
def saying(said: bytes, *, wait: float = 0.0, hold: bool = False) -> Iterator[int]:
    """A server that says just this, and hangs up (`hold`: not before the other side does)."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)
        if hold:
            connection.recv(1)

    with raw_server(talk) as port:
        yield port


def recorded(folder: Path, port: int, url: str = "http://a.test/") -> Exchange:
    return recorder(folder, port).follow_all([url])[0][-1]


def raw(exchange: Exchange) -> bytes:
    exchange.response.seek(0)
    return exchange.response.read()


def test_the_bytes_are_kept_as_they_came(tmp_path: Path) -> None:
    said = b"HTTP/1.1 200  Fine\r\nX-ODD :  two  \r\ncontent-LENGTH: 5\r\n\r\n<b>\xff\x00"
    with saying(said) as port:
        found = recorded(tmp_path, port)
    assert (raw(found), found.problem, found.status) == (said, "", 200)
    assert found.request.startswith(b"GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: test\r\n")
    assert (found.address, found.tls) == ("127.0.0.1", None)


@pytest.mark.parametrize(
    ("said", "problem", "state"),
    [
        (OK + b"Content-Length: 50\r\n\r\nshort", "cut_off", CaptureState.PARTIAL),
        (OK + b"Content-Length: 2\r\n\r\nmuch longer", "longer_than_said", CaptureState.PARTIAL),
        (OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello", "bad_length", CaptureState.PARTIAL),
        (OK + b"Content-Length: -1\r\n\r\nhello", "bad_length", CaptureState.PARTIAL),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "cut_off", CaptureState.PARTIAL),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "bad_chunk", CaptureState.PARTIAL),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n", "bad_chunk", CaptureState.PARTIAL),
        (b"<html>an answer of HTTP/0.9</html>", "not_http", CaptureState.PARTIAL),
        (b"HTTP/9 what\r\n\r\nx", "not_http", CaptureState.PARTIAL),
        (b"HTTP/1.1 20", "not_http", CaptureState.PARTIAL),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000, "head_too_large", CaptureState.FAILED),
        (b"", "no_answer", CaptureState.FAILED),
        (OK + b"Content-Length: 5\r\n\r\nhello", "", CaptureState.COMPLETE),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n", "", CaptureState.COMPLETE),
        (OK + b"\r\nuntil I hang up", "", CaptureState.COMPLETE),
        (b"HTTP/1.1 204 No\r\n\r\n", "", CaptureState.COMPLETE),
        (b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", "", CaptureState.COMPLETE),
    ],
)
def test_a_response_that_is_not_what_it_says_is_kept_with_what_is_wrong(
    tmp_path: Path, said: bytes, problem: str, state: CaptureState
) -> None:
    with saying(said) as port:
        taken = Collector(recorder(tmp_path, port), FULL, "test").collect(["http://a.test/"])[0]
    assert taken.page[-1].problem == problem
    assert outcome(taken)[0] is state
    if state is CaptureState.PARTIAL:
        assert raw(taken.page[-1]) == said


def test_a_server_that_drips_is_cut_off_with_what_came(tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        for byte in OK + b"Content-Length: 1000\r\n\r\n" + b"x" * 1_000:
            connection.sendall(bytes([byte]))
            time.sleep(0.01)

    began = time.monotonic()
    with raw_server(talk) as port:
        found = recorded(tmp_path, port)
    assert (found.problem, found.size > 10) == ("timeout", True)
    assert time.monotonic() - began < 5


def test_a_body_without_end_is_cut_off_at_the_bound_and_kept_on_disk(tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(OK + b"Content-Length: 10000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with raw_server(talk) as port:
        found = recorder(tmp_path, port, limits=Limits(20.0, 2_000_000)).follow_all(["http://a.test/"])[0][-1]
    assert (found.problem, 2_000_000 < found.size < 2_200_000) == ("too_large", True)
    assert len(raw(found)) == found.size
    found.close()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_a_bomb_is_kept_as_it_came_and_not_unpacked(tmp_path: Path, coding: str) -> None:
    body = gzip.compress(b"\0" * 40_000_000)
    body = gzip.compress(body) if coding == "gzip, gzip" else body
    said = OK + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    with saying(said) as port:
        taken = Collector(recorder(tmp_path, port), FULL, "test").collect(["http://a.test/"])[0]
    assert outcome(taken) == (CaptureState.PARTIAL, "page_bomb")
    assert isinstance(taken.text, Missing)
    assert raw(taken.page[-1]) == said


def test_a_server_that_says_nothing_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    with saying(b"", hold=True) as port:
        taken = Collector(recorder(tmp_path, port), FULL, "test").collect(["http://a.test/"])[0]
    assert outcome(taken) == (CaptureState.FAILED, "timeout")


def test_nobody_there_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    assert recorded(tmp_path, free_port()).problem == "no_connection"


def test_redirects_are_followed_by_hand_and_counted(tmp_path: Path) -> None:
    with saying(b"HTTP/1.1 302 F\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n") as port:
        hops = recorder(tmp_path, port).follow_all(["http://a.test/"])[0]
    assert (len(hops), hops[-1].problem) == (LIMITS.redirects + 1, "too_many_redirects")


@contextmanager
def tls_server(folder: Path, said: bytes, **words: object) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder, "a.test", **words))  # type: ignore[arg-type]

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as channel:
            channel.recv(65_536)
            channel.sendall(said)

    with raw_server(talk) as port:
        yield port


def test_a_certificate_that_does_not_hold_is_recorded_and_the_capture_partial(tmp_path: Path) -> None:
    with tls_server(tmp_path, OK + b"Content-Length: 2\r\n\r\nok") as port:
        made = recorder(tmp_path, "127.0.0.1")
        taken = Collector(made, FULL, "test").collect([f"https://a.test:{port}/"])[0]
    assert outcome(taken) == (CaptureState.PARTIAL, "tls_not_verified")
    tls = taken.page[-1].tls
    assert tls is not None
    assert "self" in tls.problem
    assert tls.certificate_pem.startswith("-----BEGIN CERTIFICATE-----")


def test_what_is_no_tls_at_all_is_a_failure(tmp_path: Path) -> None:
    with saying(b"HTTP/1.1 400 plain\r\n\r\n") as port:
        found = recorder(tmp_path, "127.0.0.1").follow_all([f"https://a.test:{port}/"])[0][-1]
    assert (found.problem, found.size) == ("tls", 0)


def test_a_full_disk_is_told_and_stops_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cautery.fetch.recorder.tempfile.TemporaryFile", full)
    with saying(OK + b"Content-Length: 1500000\r\n\r\n" + b"x" * 1_500_000) as port:
        found = recorded(tmp_path, port)
    assert (found.problem, found.answered) == ("disk_full", False)


def test_a_host_that_is_asked_often_has_to_wait_its_turn() -> None:
    now = [100.0]
    pacer = Pacer(0.5, lambda: now[0])
    assert [pacer.turn("a"), pacer.turn("a"), pacer.turn("b"), pacer.turn("a")] == [0.0, 0.5, 0.0, 1.0]
    now[0] = 110.0
    assert pacer.turn("a") == 0.0
    pacer.hold("a", "30")
    assert (pacer.turn("a"), pacer.turn("b")) == (None, 0.0)
    now[0] = 141.0
    assert pacer.turn("a") == 0.0
    for _ in range(int(LONGEST_WAIT_S / 0.5)):
        pacer.turn("c")
    assert pacer.turn("c") in {LONGEST_WAIT_S, None}
    assert pacer.turn("c") is None


Proxy = Callable[[socket.socket], bytes]


def http_proxy(connection: socket.socket) -> bytes:
    asked = connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    return asked.split(b"\r\n")[0]


def socks_proxy(connection: socket.socket) -> bytes:
    connection.recv(3)
    connection.sendall(b"\x05\x00")
    asked = connection.recv(65_536)
    connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
    return asked


@pytest.mark.parametrize(
    ("scheme", "proxy", "expected"),
    [
        ("http", http_proxy, b"CONNECT 93.184.215.14:80 HTTP/1.1"),
        ("socks5", socks_proxy, b"\x05\x01\x00\x01" + bytes([93, 184, 215, 14]) + b"\x00\x50"),
        ("socks5h", socks_proxy, b"\x05\x01\x00\x03\x0epublic.test.se\x00\x50"),
    ],
)
def test_an_exit_is_asked_for_the_checked_address(tmp_path: Path, scheme: str, proxy: Proxy, expected: bytes) -> None:
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        asked.append(proxy(connection))
        connection.recv(65_536)
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nok")

    async def names(*_: object) -> list[tuple[str, int]]:
        return [("93.184.215.14", socket.AF_INET)]

    with raw_server(talk) as port:
        dialler = Dialler(Guard(HostMap(None), names), f"{scheme}://127.0.0.1:{port}")
        made = Recorder(dialler, "test", lambda: datetime.now(UTC), tmp_path, LIMITS)
        found = made.follow_all(["http://public.test.se/"])[0][-1]
        inside = made.follow_all(["http://127.0.0.1/"])[0][-1]
    assert (found.problem, found.size > 0) == ("", True)
    assert (asked, inside.problem[:8]) == ([expected], "refused_")


def test_an_exit_that_resolves_is_not_asked_for_names_of_the_inside(tmp_path: Path) -> None:
    made = Recorder(Dialler(Guard(HostMap(None)), "socks5h://127.0.0.1:1"), "test", lambda: datetime.now(UTC), tmp_path)
    found = made.follow_all(["http://localhost/", "http://db/", "http://router.lan/", "http://a.internal/"])
    assert {hops[-1].problem for hops in found} == {"refused_private_name"}


def test_an_exit_that_is_none_is_a_setting_that_cannot_be_right() -> None:
    with pytest.raises(SettingInvalid):
        Dialler(Guard(HostMap(None)), "ftp://127.0.0.1:1")
