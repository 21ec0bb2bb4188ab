from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from cautery.exercise.mail import PostOffice
from cautery.exercise.objects import PROPAGANDA
from cautery.exercise.state import State
from tests.exercise.worlds import a_notice, small_state


class Inbox:
    """The platform's mail server: keeps what comes."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        (tmp_path / "platform.json").write_text(json.dumps({"api": None, "smtp": f"127.0.0.1:{port}"}))
        yield inbox
    finally:
        controller.stop()


def a_mail(identity: str, notices: list[dict[str, Any]] | None) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@cautery.test", "abuse@pastely.test", "Notices"
    message["Reply-To"] = "op-specimen@cautery.test"
    message["Message-ID"] = identity
    message.set_content("Please see the attachment.")
    if notices is not None:
        data = json.dumps({"notices": notices}).encode()
        message.add_attachment(data, maintype="application", subtype="json", filename="notices.json")
    return message.as_bytes()


def notices_for(state: State) -> list[dict[str, Any]]:
    things = [t for t in state.population.by_provider["pastely"] if t.truth == PROPAGANDA and not t.owner_deletes_at]
    return [a_notice(f"k{number}", thing.url) for number, thing in enumerate(things[:6])]


def send_all(post: PostOffice) -> list[int]:
    """Sends everything that is known to go out; the moments."""
    outgoing = sorted(post.fresh())
    assert all(post.send(message) for message in outgoing)
    return [message.at for message in outgoing]


def test_notices_by_mail_are_acknowledged_and_answered_by_mail(tmp_path: Path, inbox: Inbox) -> None:
    state = small_state(tmp_path, "[providers.pastely]\nremoved = 1.0\n")
    state.advance(state.scenario.t0)
    post = PostOffice(state, tmp_path)
    post.take("pastely", a_mail("<m1@cautery.test>", notices_for(state)))
    moments = send_all(post)
    ack, *answers = inbox.messages
    assert moments[0] == state.scenario.t0 + 120
    assert all(moment % 1800 == 0 for moment in moments[1:])
    assert (ack["Auto-Submitted"], ack["In-Reply-To"]) == ("auto-replied", "<m1@cautery.test>")
    assert ack["To"] == "op-specimen@cautery.test"
    answered = []
    for message in answers:
        [part] = [part for part in message.walk() if part.get_filename() == "answers.json"]
        answered += json.loads(part.get_payload(decode=True))["answers"]
    assert {answer["idempotency_key"] for answer in answered} == {f"k{number}" for number in range(6)}
    assert {answer["answer"] for answer in answered} == {"removed"}


def test_the_same_mail_twice_is_one_mail_and_counts_as_received_twice(tmp_path: Path, inbox: Inbox) -> None:
    state = small_state(tmp_path)
    state.advance(state.scenario.t0)
    post, mail = PostOffice(state, tmp_path), a_mail("<m1@cautery.test>", notices_for(state))
    post.take("pastely", mail)
    expected = sorted(post.fresh())
    post.take("pastely", mail)
    assert post.fresh() == []
    assert {delivery.times_received for delivery in state.deliveries.values()} == {2}
    assert {delivery.times_effective for delivery in state.deliveries.values()} == {1}
    state.books.close()
    again = small_state(tmp_path)
    assert sorted(PostOffice(again, tmp_path).fresh()) == expected


def test_a_second_sending_of_a_message_has_the_same_identity(tmp_path: Path, inbox: Inbox) -> None:
    state = small_state(tmp_path)
    state.advance(state.scenario.t0)
    post = PostOffice(state, tmp_path)
    post.take("pastely", a_mail("<m1@cautery.test>", notices_for(state)))
    [ack, *_] = sorted(post.fresh())
    post.send(ack)
    post.send(ack)
    assert inbox.messages[0]["Message-ID"] == inbox.messages[1]["Message-ID"]


def test_a_message_waits_for_the_platform_to_come_back(tmp_path: Path, inbox: Inbox) -> None:
    state = small_state(tmp_path)
    state.advance(state.scenario.t0)
    post = PostOffice(state, tmp_path)
    post.take("pastely", a_mail("<m1@cautery.test>", notices_for(state)))
    [ack, *_] = sorted(post.fresh())
    place = tmp_path / "platform.json"
    there = place.read_text()
    place.unlink()
    sending = threading.Thread(target=post.send, args=(ack,))
    sending.start()
    sending.join(0.1)
    assert sending.is_alive()
    place.write_text(there)
    sending.join(10)
    assert len(inbox.messages) == 1


@pytest.mark.parametrize("content", [a_mail("<m2@x.test>", None), b"", b"\xff\x00garbage", b"Subject: x\n\nhello"])
def test_a_mail_without_notices_is_listed_and_does_no_harm(tmp_path: Path, content: bytes) -> None:
    state = small_state(tmp_path)
    post = PostOffice(state, tmp_path)
    post.take("pastely", content)
    assert [refusal.why for refusal in state.books.refusals()] == ["no_notices"]
    assert post.fresh() == []


def test_where_the_platform_takes_no_mail_nothing_waits_for_it(tmp_path: Path) -> None:
    (tmp_path / "platform.json").write_text('{"api": null, "smtp": null}')
    state = small_state(tmp_path)
    state.advance(state.scenario.t0)
    post = PostOffice(state, tmp_path)
    post.take("pastely", a_mail("<m1@cautery.test>", notices_for(state)))
    assert not any(post.send(message) for message in post.fresh())


def test_word_of_notices_in_the_provider_desk_is_taken_and_is_no_notice(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    post = PostOffice(state, tmp_path)
    word = Envelope()
    word.rcpt_tos, word.content = (
        ["abuse@lumigram.test"],
        b"Subject: 3 new notices wait for you\r\n\r\nPlease enter.\r\n",
    )
    assert asyncio.run(post.handle_DATA(None, None, word)) == "250 OK"  # type: ignore[arg-type]  # it looks at neither
    assert state.deliveries == {}
    assert state.books.refusals() == []
