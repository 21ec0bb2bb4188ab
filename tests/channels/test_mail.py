"""Notices by mail over a real SMTP server, and mail as it comes in."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import example, given
from hypothesis import strategies as st

from cautery.channels.base import Addressee, Done, Later, Outgoing, SendResult, Uncertain
from cautery.channels.mail import MailWay, compose, read_mail
from cautery.fetch.hosts import HostMap
from cautery.fetch.mail import Postman
from tests.servers import free_port, raw_server
from tests.shared import shared

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
BODY = {
    "reference": "CTY-1",
    "url": "https://host.example/x",
    "legal_ground": "Art 2(7)(a)",
    "reasons": "It calls: «für die Tat».",
}
BATCH = [Outgoing("k1", BODY | {"idempotency_key": "k1"})]


class Inbox:
    """An aiosmtpd handler that keeps what comes, or refuses as it is told."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.answer = "250 kept"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.raw.append(envelope.content)
        return self.answer


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"127.0.0.1:{port}"
    controller.stop()


def send(relay: str, to: str = "abuse@p.test", message_id: str = "m1") -> SendResult:
    way = MailWay(Postman(HostMap(None), relay), "unit@u.test", lambda: NOW)
    return way.send(Addressee("p", "", "", to), BATCH, message_id).result(30)


def test_a_message_carries_text_for_people_and_json_for_machines(inbox: tuple[Inbox, str]) -> None:
    handler, relay = inbox
    assert isinstance(send(relay), Done)
    message = message_from_bytes(handler.raw[0])
    assert (message["Message-ID"], message["Reply-To"], message["To"]) == ("<m1@u.test>", "unit@u.test", "abuse@p.test")
    text, attached = (part.get_payload(decode=True) for part in message.get_payload())  # type: ignore[union-attr]
    assert "«für die Tat»" in text.decode()  # type: ignore[union-attr]
    assert json.loads(attached)["notices"][0]["idempotency_key"] == "k1"  # type: ignore[arg-type]


def test_the_same_batch_sent_again_is_the_same_message(inbox: tuple[Inbox, str]) -> None:
    handler, relay = inbox
    send(relay)
    send(relay)
    assert [message_from_bytes(raw)["Message-ID"] for raw in handler.raw] == ["<m1@u.test>"] * 2


@pytest.mark.parametrize("answer", ["451 come again", "550 not here", "552 too big"])
def test_a_refusal_is_later(inbox: tuple[Inbox, str], answer: str) -> None:
    inbox[0].answer = answer
    assert isinstance(send(inbox[1]), Later)


def test_no_connection_and_no_address_are_later() -> None:
    assert isinstance(send(f"127.0.0.1:{free_port()}"), Later)
    assert isinstance(send(f"127.0.0.1:{free_port()}", to=""), Later)


def _converse(connection: socket.socket, *, on_end: bytes, on_quit: bytes) -> None:
    connection.sendall(b"220 here\r\n")
    reader = connection.makefile("rb")
    for line in reader:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go on\r\n")
            while reader.readline() not in {b".\r\n", b""}:
                pass
            if not on_end:
                return
            connection.sendall(on_end)
        elif line.upper().startswith(b"QUIT"):
            connection.sendall(on_quit)
            return
        else:
            connection.sendall(b"250 fine\r\n")


def test_a_line_that_goes_dead_after_the_message_leaves_it_uncertain() -> None:
    with raw_server(lambda c: _converse(c, on_end=b"", on_quit=b"")) as port:
        assert isinstance(send(f"127.0.0.1:{port}"), Uncertain)


@pytest.mark.parametrize("on_quit", [b"421 too busy for goodbyes\r\n", b"500 what\r\n", b""])
def test_a_message_taken_is_taken_however_the_server_says_goodbye(on_quit: bytes) -> None:
    with raw_server(lambda c: _converse(c, on_end=b"250 kept\r\n", on_quit=on_quit)) as port:
        assert isinstance(send(f"127.0.0.1:{port}"), Done)


def test_mail_goes_to_the_host_the_map_names_and_nowhere_inside(tmp_path: Path, inbox: tuple[Inbox, str]) -> None:
    file = tmp_path / "hosts.json"
    file.write_text(json.dumps({"mail.p.test": inbox[1]}))
    way = MailWay(Postman(HostMap(file), ""), "unit@u.test", lambda: NOW)
    assert isinstance(way.send(Addressee("p", "", "", "abuse@p.test"), BATCH, "m").result(10), Done)
    assert isinstance(way.send(Addressee("p", "", "", "abuse@localhost"), BATCH, "m").result(10), Later)
    assert way.ask(Addressee("p", "", "", ""), ["k1"]) is None


def answer_mail(payload: bytes, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in ({"From": "Abuse <abuse@p.test>", "In-Reply-To": "<m1@u.test>"} | headers).items():
        message[name] = value
    message.set_content("See attached.")
    message.add_attachment(payload, maintype="application", subtype="json", filename="answers.json")
    return message.as_bytes()


def test_answers_are_read_from_the_attachment() -> None:
    row = {"idempotency_key": "k1", "answer": "removed", "at": "2026-06-15T07:00:00Z"}
    found = read_mail(answer_mail(json.dumps({"answers": [row, "x"]}).encode()))
    assert (found.answers, found.in_reply_to, found.automatic, found.problem) == ((row,), "<m1@u.test>", False, "")
    assert read_mail(answer_mail(b"{}", **{"Auto-Submitted": "auto-replied"})).automatic


@pytest.mark.parametrize(
    "payload", [b"", b"\xff\xfe", b"[]", b'{"answers": 5}', b"[" * 100_000, b'{"answers": ' + b"9" * 5_000 + b"}"]
)
def test_an_attachment_that_cannot_be_read_is_a_problem_in_words(payload: bytes) -> None:
    found = read_mail(answer_mail(payload))
    assert found.answers == ()
    assert found.problem
    found.problem.encode()


@given(
    st.binary(max_size=500),
    st.sampled_from([b"", b"From: ", b"Content-Type: multipart/mixed; boundary=", b"In-Reply-To: <"]),
)
@example(b"<", b"From: ")
@example(b"\nContent-Disposition: attachment; filename*0*=\xff\0'", b"From: ")
def test_no_bytes_make_it_raise(body: bytes, start: bytes) -> None:
    read_mail(start + body).sender.encode()


def test_real_mail_of_every_sort_is_read_without_an_error() -> None:
    files = [file for file in shared("exchange/mail").rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert read_mail(file.read_bytes()).answers == ()


def test_the_subject_counts_what_it_holds() -> None:
    assert compose("a@p.test", "u@u.test", BATCH * 3, "m", NOW)["Subject"] == "Referral of 3 items (CTY-1)"
