"""Each channel, held to the contract."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiohttp import web

from cautery.channels.api import ApiWay
from cautery.channels.base import Addressee, Done
from cautery.channels.keys import Keys
from cautery.channels.mail import MailWay
from cautery.channels.portal import PortalWay
from cautery.channels.webhook import verify
from cautery.fetch.hosts import HostMap
from cautery.fetch.mail import Postman
from tests.channels.contract import BATCH, BODY, WayContract
from tests.servers import fetcher_for, http_server, raw_server

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="


class Api:
    """A provider's API that takes, refuses or goes dead in the middle."""

    def __init__(self) -> None:
        self.mood = "taking"
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self.mood == "refusing":
            return web.Response(status=429, headers={"Retry-After": "60"})
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if self.mood == "breaking":
            await asyncio.sleep(30)
        rows = [{"idempotency_key": n["idempotency_key"], "status": "received"} for n in json.loads(body)["notices"]]
        return web.json_response({"results": rows})


class TestApi(WayContract):
    @pytest.fixture(autouse=True)
    def far_side(self, tmp_path: Path) -> Iterator[None]:
        self.api = Api()
        (tmp_path / "p.whsec").write_text(SECRET)
        with http_server(self.api.handle) as port, fetcher_for(tmp_path, {"p.test": port}) as fetcher:
            self.way = ApiWay(fetcher, 1.0, Keys(tmp_path))
            self.to = Addressee("p", "http://p.test/api", "t", "")
            yield

    def taking(self) -> None:
        self.api.mood = "taking"

    def refusing(self) -> None:
        self.api.mood = "refusing"

    def breaking(self) -> None:
        self.api.mood = "breaking"

    def took(self) -> list[bytes]:
        return self.api.bodies

    def name_of(self, raw: bytes) -> bytes:
        return self.api.headers[self.api.bodies.index(raw)]["idempotency-key"].encode()

    def test_a_call_is_signed_so_that_the_provider_can_verify_it(self) -> None:
        self.send()
        found = verify([SECRET], self.api.headers[0], self.api.bodies[0], datetime.now(UTC), lambda _: False)
        assert found.id == self.api.headers[0]["idempotency-key"]

    def test_another_batch_under_the_same_message_is_another_call(self) -> None:
        for batch in (BATCH[:1], BATCH[1:]):
            self.way.send(self.to, batch, "0" * 40).result(10)
        assert len({headers["idempotency-key"] for headers in self.api.headers}) == 2

    def test_without_a_secret_nothing_is_signed(self) -> None:
        self.to = Addressee("other", "http://p.test/api", "t", "")
        self.send()
        assert "webhook-signature" not in self.api.headers[0]


class Host:
    """A mail host on a raw socket."""

    def __init__(self) -> None:
        self.mood = "taking"
        self.mails: list[bytes] = []
        self.lock = threading.Lock()

    def talk(self, connection: socket.socket) -> None:
        connection.sendall(b"220 here\r\n")
        reader = connection.makefile("rb")
        for line in reader:
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                kept = b""
                while (line := reader.readline()) not in {b".\r\n", b""}:
                    kept += line.removeprefix(b".")
                if self.mood == "breaking":
                    return
                with self.lock:
                    self.mails.append(kept)
                connection.sendall(b"250 2.0.0 kept as 4711\r\n")
            elif line.upper().startswith(b"RCPT") and self.mood == "refusing":
                connection.sendall(b"451 4.7.1 come again\r\n")
            elif line.upper().startswith(b"QUIT"):
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 fine\r\n")


class TestMail(WayContract):
    @pytest.fixture(autouse=True)
    def far_side(self) -> Iterator[None]:
        self.host = Host()
        with raw_server(self.host.talk) as port:
            postman = Postman(HostMap(None), f"127.0.0.1:{port}")
            now = datetime(2026, 6, 15, 6, tzinfo=UTC)
            self.way = MailWay(postman, "referrals@unit.test", lambda: now, token_key=b"k" * 32)
            self.to = Addressee("p", "", "", "abuse@p.test")
            yield

    def taking(self) -> None:
        self.host.mood = "taking"

    def refusing(self) -> None:
        self.host.mood = "refusing"

    def breaking(self) -> None:
        self.host.mood = "breaking"

    def took(self) -> list[bytes]:
        return self.host.mails

    def name_of(self, raw: bytes) -> bytes:
        return str(message_from_bytes(raw)["Message-ID"]).encode()

    def test_the_servers_own_words_are_kept(self) -> None:
        assert self.receipt(self.send()).said == "250 2.0.0 kept as 4711"

    def test_it_is_marked_so_that_no_machine_answers_for_ever(self) -> None:
        self.send()
        message = message_from_bytes(self.host.mails[0])
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Loop"] == "referrals@unit.test"
        assert str(message["Reply-To"]).startswith("referrals+0000000000000000")


class TestPortal(TestMail):
    """It tells of what lies in the desk as mail tells of what it carries."""

    @pytest.fixture(autouse=True)
    def desk(self, far_side: None) -> None:
        self.way = PortalWay(self.way, "https://desk.test/provider/")

    def test_the_word_says_how_many_and_where_and_nothing_of_what_they_are_about(self) -> None:
        self.send()
        (raw,) = self.host.mails
        message = message_from_bytes(raw, policy=policy.default)
        text = message.get_content()
        assert message["Subject"] == "2 new notices wait for you"
        assert "https://desk.test/provider/" in text
        assert BODY["reference"] in text
        for secret in (BODY["url"], BODY["legal_ground"], BODY["reasons"], "k1"):
            assert secret.encode() not in raw

    def test_a_provider_without_an_address_has_them_without_a_word(self) -> None:
        self.to = Addressee("p", "", "", "")
        result = self.send()
        assert isinstance(result, Done)
        assert self.receipt(result).said == "laid out in the desk"
        assert self.host.mails == []

    def test_it_cannot_be_asked(self) -> None:
        assert self.way.ask(self.to, ["k1"]) is None
