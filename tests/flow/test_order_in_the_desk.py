"""A removal order laid out in the provider desk: the same signed pages and data as one by mail; one by API has its data, printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from django.test import Client

from cautery.channels.portal import PortalWay
from cautery.core.actors import Actor
from cautery.core.instruments import Document
from cautery.directory.actions import give_provider_key
from cautery.directory.models import Provider
from cautery.intake.models import Operation
from cautery.refer.issuing.steps import Desk, make_out
from cautery.refer.models import Delivery, Issue, Notice
from cautery.refer.printing.reading import machine_form
from cautery.refer.signing.checking import State, check_document, check_pdf, load_roots
from cautery.refer.signing.office import Office, SigningSettings
from cautery.refer.steps import send_due
from tests import factories as make
from tests.flow.orders import Way, confirmed, host, reviewer, sign
from tests.refer.authority import PASSPHRASE, Authority, make_authority

pytestmark = pytest.mark.django_db
__all__ = ["host", "reviewer"]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def office(trusted: Authority) -> Iterator[Office]:
    with closing(Office.open(SigningSettings(trusted.key, PASSPHRASE))) as one:
        yield one


def ordered(host: Provider, reviewer: Actor, office: Office, channel: str) -> Notice:
    """An emergency order, made out, signed and sent."""
    Provider.objects.filter(pk=host.pk).update(channel=channel, email="")
    host.refresh_from_db()
    confirmed(reviewer, host, details={"emergency_reasons": "Specimen."})
    assert sign() == ("recorded", "")
    (notice,) = make.composed(host, at=make.hours(13))
    make.released(Operation.objects.get())
    make_out(Desk(office), make.hours(23.5))
    way = Way(make.hours(24))
    assert send_due({"portal": PortalWay(way), "api": way}, "worker:test", make.hours(24)) == 1  # type: ignore[arg-type]
    return notice


def staff_of(host: Provider) -> Client:
    client = Client()
    client.post("/provider/enter/", {"key": give_provider_key(host, "desk", by=make.SYSTEM, at=make.START)})
    return client


def test_the_desk_gives_the_signed_pages_and_the_signed_data(
    host: Provider, reviewer: Actor, office: Office, trusted: Authority
) -> None:
    notice = ordered(host, reviewer, office, "portal")
    staff, roots, now = staff_of(host), load_roots(trusted.roots), datetime.now(UTC)
    at = f"/provider/notices/{notice.reference}/"
    pdf = staff.get(f"{at}order.pdf")
    assert pdf["Content-Disposition"] == f'attachment; filename="{notice.reference}.pdf"'
    assert check_pdf(pdf.content, roots, now=now).state == State.VALID
    assert pdf.content == bytes(Issue.objects.get(notice=notice).pdf or b"")
    document = Document.parse(staff.get(f"{at}order.json").content)
    assert check_document(document, roots, now=now).state == State.VALID
    assert b"PDF, signed" in staff.get(at).content
    assert Delivery.objects.get(notice=notice).received_at is not None


def test_what_came_by_a_program_is_printed_from_its_signed_data(
    host: Provider, reviewer: Actor, office: Office, trusted: Authority
) -> None:
    notice = ordered(host, reviewer, office, "api")
    staff = staff_of(host)
    assert Issue.objects.get(notice=notice).pdf is None
    pdf = staff.get(f"/provider/notices/{notice.reference}/order.pdf").content
    inside = Document.parse(machine_form(pdf))
    assert check_document(inside, load_roots(trusted.roots), now=datetime.now(UTC)).state == State.VALID
    assert b"PDF, signed" not in staff.get(f"/provider/notices/{notice.reference}/").content


def test_nobody_else_gets_it_and_a_referral_has_none(host: Provider, reviewer: Actor, office: Office) -> None:
    notice = ordered(host, reviewer, office, "portal")
    other = staff_of(make.provider("vimeo"))
    for name in ("order.pdf", "order.json"):
        assert other.get(f"/provider/notices/{notice.reference}/{name}").status_code == 404
    assert Delivery.objects.get(notice=notice).received_at is None
    Issue.objects.all().delete()
    assert staff_of(host).get(f"/provider/notices/{notice.reference}/order.pdf").status_code == 404
