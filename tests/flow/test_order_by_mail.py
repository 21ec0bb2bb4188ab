"""A removal order by e-mail over a real SMTP server: its signed PDF attached, in a lawyer's words; altered by one byte, it says so."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner

from cautery.channels.mail import MailWay
from cautery.cli.notice import app
from cautery.core.actors import Actor
from cautery.core.instruments import Document
from cautery.directory.models import Provider
from cautery.fetch.hosts import HostMap
from cautery.fetch.mail import Postman
from cautery.intake.models import Operation
from cautery.refer.issuing.steps import Desk, make_out
from cautery.refer.models import Delivery, Notice
from cautery.refer.signing.checking import State, check_document, check_pdf, load_roots
from cautery.refer.signing.office import Office, SigningSettings
from cautery.refer.steps import send_due
from tests import factories as make
from tests.channels.test_mail import Inbox
from tests.flow.orders import FILM, authority, confirmed, host, reviewer, sign
from tests.refer.authority import PASSPHRASE, Authority, make_authority, time_service
from tests.servers import free_port

pytestmark = pytest.mark.django_db
__all__ = ["authority", "host", "reviewer"]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def office(trusted: Authority) -> Iterator[Office]:
    with (
        time_service(trusted.stamper) as url,
        closing(Office.open(SigningSettings(trusted.key, PASSPHRASE, timestamp_url=url))) as one,
    ):
        yield one


@pytest.fixture
def server() -> Iterator[tuple[Inbox, str]]:
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, data_size_limit=33_554_432)
    controller.start()
    yield inbox, f"127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def wording(tmp_path: Path, settings: Any) -> Path:
    """A lawyer's folder: another title and a further sentence, in English."""
    folder = tmp_path / "wording" / "tco-removal-order"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text(
        'title = "Order to remove content"\nclosing = ["Changed by a lawyer, not by a programmer."]\n'
    )
    settings.WORDING = tmp_path / "wording"
    return folder


def ordered(host: Provider, reviewer: Actor, office: Office | None, relay: str) -> Notice:
    """An emergency order, made out, signed and sent by mail."""
    Provider.objects.filter(pk=host.pk).update(channel="mail", email="orders@youtube.example")
    host.refresh_from_db()
    confirmed(reviewer, host, details={"emergency_reasons": "Specimen."})
    assert sign() == ("recorded", "")
    (notice,) = make.composed(host, at=make.hours(13))
    make.released(Operation.objects.get())
    make_out(Desk(office), make.hours(23.5))
    way = MailWay(Postman(HostMap(None), relay), "orders@unit.test", lambda: make.hours(24), token_key=b"k" * 32)
    assert send_due({"mail": way}, "worker:test", make.hours(24)) == 1
    assert Delivery.objects.get(notice=notice).state == "delivered"
    return notice


def files(message: Message) -> dict[str, bytes]:
    found = {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}
    return {str(name): content for name, content in found.items() if isinstance(content, bytes)}


def words(pdf: bytes) -> str:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def test_it_arrives_signed_and_in_a_lawyers_words(
    host: Provider,
    reviewer: Actor,
    office: Office,
    server: tuple[Inbox, str],
    wording: Path,
    trusted: Authority,
    tmp_path: Path,
) -> None:
    inbox, relay = server
    notice = ordered(host, reviewer, office, relay)
    message = message_from_bytes(inbox.raw[0])
    assert message["To"] == "orders@youtube.example"
    assert "orders+" in message["Reply-To"]
    attached = files(message)
    assert set(attached) == {"notices.json", f"{notice.reference}.json", f"{notice.reference}.pdf"}
    pdf, machine = attached[f"{notice.reference}.pdf"], attached[f"{notice.reference}.json"]
    roots = load_roots(trusted.roots)
    facts = check_pdf(pdf, roots, now=datetime.now(UTC))
    assert (facts.state, facts.timestamped) == (State.VALID, True)
    assert check_document(Document.parse(machine), roots, now=datetime.now(UTC)).state == State.VALID
    printed = words(pdf)
    assert "Order to remove content" in printed
    assert "Changed by a lawyer, not by a programmer." in printed
    assert "Removal order" not in printed
    assert FILM in printed
    _checked_at_the_shell(pdf, trusted, tmp_path / "order.pdf")


def _checked_at_the_shell(pdf: bytes, trusted: Authority, file: Path) -> None:
    """Sound as it came; with any one byte altered it is said to be altered, and the command stops with 1."""

    def check() -> tuple[int, dict[str, Any]]:
        result = CliRunner().invoke(app, ["check", str(file), "--trust", str(trusted.roots), "--json"])
        return result.exit_code, json.loads(result.stdout)

    file.write_bytes(pdf)
    code, found = check()
    assert (code, found["sound"], found["signature"]["state"]) == (0, True, "valid")
    draw = random.Random(5)  # noqa: S311
    for place in (draw.randrange(len(pdf)) for _ in range(5)):
        altered = bytearray(pdf)
        altered[place] ^= 1
        file.write_bytes(bytes(altered))
        code, found = check()
        assert (code, found["sound"], found["signature"]["state"]) == (1, False, "altered"), place


def test_words_that_change_meanwhile_hold_from_the_next_order_on(
    host: Provider, reviewer: Actor, server: tuple[Inbox, str], wording: Path
) -> None:
    desk = Desk()
    assert desk.ready_press().catalogue.get("tco-removal-order").wording("en").title == "Order to remove content"
    (wording / "en.toml").write_text('title = "Order, second wording"\n')
    ordered(host, reviewer, None, server[1])
    (pdf,) = (content for name, content in files(message_from_bytes(server[0].raw[0])).items() if name.endswith(".pdf"))
    assert "Order, second wording" in words(pdf)


def test_a_field_a_lawyer_demands_is_asked_for_before_the_signature(
    host: Provider, reviewer: Actor, tmp_path: Path, settings: Any
) -> None:
    folder = tmp_path / "tco-removal-order"
    folder.mkdir()
    demanded = '[[section]]\nid = "E"\nfield = [{ id = "authority_fax", need = "always", law = "national law" }]\n'
    (folder / "form.toml").write_text(demanded)
    settings.WORDING = tmp_path
    confirmed(reviewer, host)
    status, detail = sign()
    assert (status, "authority_fax (national law)" in detail) == ("refused", True)
