"""Fetching: within bounds, and never to where it must not go."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cautery.core.errors import Unreachable
from cautery.fetch import Fetched, Fetcher, FetchFailed, Request
from cautery.fetch.fetcher import expect
from cautery.fetch.hosts import HostMap
from tests.servers import fetcher_for, free_port, http_server, raw_server

AT = "http://a.test"


async def site(request: web.Request) -> web.StreamResponse:
    """Answers by path."""
    match request.path:
        case "/hops":
            n = int(request.query["n"])
            return web.Response(status=302, headers={"Location": f"/hops?n={n - 1}" if n else "/end"})
        case "/loop":
            return web.Response(status=301, headers={"Location": "/loop"})
        case "/inside":
            return web.Response(status=302, headers={"Location": request.query["to"]})
        case "/slow":
            await asyncio.sleep(30)
        case "/bomb":
            body = gzip.compress(b"\0" * 50_000_000)
            return web.Response(body=body, headers={"Content-Encoding": "gzip"})
        case "/endless":
            answer = web.StreamResponse()
            await answer.prepare(request)
            while True:
                await answer.write(b"x" * 65_536)
    return web.Response(text=f"{request.method} {request.path} {request.headers.get('User-Agent')}")


@pytest.fixture
def port() -> Iterator[int]:
    with http_server(site) as port:
        yield port


@pytest.fixture
def fetcher(port: int, tmp_path: Path) -> Iterator[Fetcher]:
    hosts = {"a.test": port, "*.b.test": port, "gone.test": free_port()}
    with fetcher_for(tmp_path, hosts, timeout_s=1.0) as fetcher:
        yield fetcher


def failed(fetcher: Fetcher, url: str, **words: object) -> FetchFailed:
    answer = fetcher.fetch(Request(url, **words))  # type: ignore[arg-type]
    assert isinstance(answer, FetchFailed), answer
    return answer


def test_it_fetches_and_says_where_it_was_led(fetcher: Fetcher) -> None:
    answer = fetcher.fetch(Request(f"{AT}/hops?n=2"))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.url, len(answer.hops)) == (200, f"{AT}/end", 3)
    assert answer.body == b"GET /end test"


def test_https_and_subdomains_of_mapped_hosts_lead_to_loopback(fetcher: Fetcher) -> None:
    assert expect(fetcher.fetch(Request("https://x.b.test/y"))).body.startswith(b"GET /y")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/loop", "too_many_redirects"),
        ("/hops?n=9", "too_many_redirects"),
        ("/slow", "timeout"),
        ("/endless", "too_large"),
        ("/bomb", "too_large"),
    ],
)
def test_what_has_no_end_is_cut_off_and_may_have_arrived(fetcher: Fetcher, path: str, reason: str) -> None:
    began = time.monotonic()
    found = failed(fetcher, f"{AT}{path}", max_bytes=1_000_000)
    assert (found.reason, found.sent) == (reason, True)
    assert time.monotonic() - began < 5


def test_a_refused_connection_was_never_sent(fetcher: Fetcher) -> None:
    found = failed(fetcher, "http://gone.test/")
    assert (found.reason, found.sent) == ("no_connection", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/", "http://127.0.0.1.:{port}/", "http://0177.0.0.1:{port}/",
        "http://127\u30020\u30020\u30021:{port}/", "http://\uff11\uff12\uff17.0.0.1:{port}/", "http://%31%32%37.0.0.1:{port}/",
        "http://169.254.169.254/", "http://10.0.0.1/", "http://user:secret@a.test/", "file:///etc/passwd", "ftp://a.test/", "http://", "gopher://x",
    ],
)  # fmt: skip
def test_nothing_leads_to_where_it_must_not_go(fetcher: Fetcher, port: int, url: str) -> None:
    found = failed(fetcher, url.format(port=port))
    assert not found.sent or found.reason == "bad_answer"


def test_a_redirect_into_the_house_is_refused(fetcher: Fetcher, port: int) -> None:
    for to in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/", "file:///etc/passwd", "http://user:x@a.test/"):
        assert failed(fetcher, f"{AT}/inside?to={to}").reason in {"loopback_address", "scheme", "credentials"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
    ],
)
def test_garbage_is_a_bad_answer_and_stops_nothing(tmp_path: Path, said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    with raw_server(talk) as port, fetcher_for(tmp_path, {"a.test": port}) as fetcher:
        found = failed(fetcher, f"{AT}/")
    assert (found.reason, found.sent) == ("bad_answer", True)


def test_headers_that_are_no_text_can_be_kept(tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: image/\xff\xfe\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )

    with raw_server(talk) as port, fetcher_for(tmp_path, {"a.test": port}) as fetcher:
        answer = expect(fetcher.fetch(Request(f"{AT}/")))
    answer.headers["content-type"].encode()


def test_a_certificate_nobody_signed_is_told_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")

    def talk(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True).recv(1)

    monkeypatch.setattr(HostMap, "plain", lambda *_: False)
    with raw_server(talk) as port, fetcher_for(tmp_path, {"a.test": port}) as fetcher:
        found = failed(fetcher, "https://a.test/")
    assert (found.reason, found.sent) == ("tls", False)


def test_one_that_hangs_does_not_hold_up_the_others(fetcher: Fetcher) -> None:
    began = time.monotonic()
    answers = fetcher.fetch_many([Request(f"{AT}/slow"), *(Request(f"{AT}/{n}") for n in range(50))])
    assert isinstance(answers[0], FetchFailed)
    assert [isinstance(a, Fetched) and a.body.split()[1].decode() for a in answers[1:]] == [f"/{n}" for n in range(50)]
    assert time.monotonic() - began < 3


def test_what_did_not_come_is_unreachable_to_who_needs_it(fetcher: Fetcher) -> None:
    with pytest.raises(Unreachable):
        expect(fetcher.fetch(Request("http://gone.test/")))


def test_the_map_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "hosts.json"
    file.write_text('{"a.test": "127.0.0.1:1"}')
    hosts = HostMap(file)
    assert hosts.find("a.test") == ("127.0.0.1", 1)
    draft = tmp_path / "new"
    draft.write_text('{"b.test": "127.0.0.1:2"}')
    draft.replace(file)
    assert (hosts.find("a.test"), hosts.find("b.test"), HostMap(None).find("a.test")) == (None, ("127.0.0.1", 2), None)
