"""What an order asks for beyond a referral: by the reviewer's form, by the signer's, and no signature while a needed field is missing."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from cautery.authorise.actions import complete_many
from cautery.authorise.models import Signature
from cautery.core.errors import Refused
from cautery.custody.models import Entry
from cautery.directory.models import Authority, Officer
from cautery.directory.queries import actor_of
from cautery.intake.models import Operation
from cautery.review.models import Assessment
from tests import factories as make
from tests.flow.orders import FILM, host, reviewer

pytestmark = pytest.mark.django_db
__all__ = ["host", "reviewer"]
AT = "/operations/summer"


@pytest.fixture
def frame(host: object, reviewer: object) -> Operation:
    """One item in review, on a known host, for a unit whose authority issues orders."""
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)  # type: ignore[arg-type]
    make.matched(episodes)
    return frame


@pytest.fixture
def rita(frame: Operation) -> tuple[Client, str]:
    """The reviewer with the item before her, and its address."""
    client = Client()
    client.force_login(Officer.objects.get(username="reviewer"))
    item = client.post(f"{AT}/review/next/")["Location"]
    assert client.get(item).status_code == 200
    return client, item


@pytest.fixture
def sven(frame: Operation) -> Client:
    """A signer."""
    client = Client()
    client.force_login(make.officer("sven", "sign", unit="de-meldestelle"))
    return client


def decide(rita: tuple[Client, str], instrument: str, **given: object) -> object:
    words = {"outcome": "confirmed", "limb": ["a"], "reason": "It calls for the act.", "instrument": instrument}
    client, item = rita
    return client.post(f"{item}decide/", words | {f"field-{name}": value for name, value in given.items()})


def held(sven: Client) -> tuple[str, Assessment]:
    """The signer's page with the batch, and the decision on it."""
    sven.post(f"{AT}/signing/take/")
    return sven.get(f"{AT}/signing/").content.decode(), Assessment.objects.get()


def test_the_form_asks_what_the_instrument_asks_in_the_readers_words(rita: tuple[Client, str]) -> None:
    client, item = rita
    order = client.get(f"{item}fields/?instrument=tco-removal-order").content.decode()
    for name in ("emergency_reasons", "nondisclosure", "nondisclosure_until", "additional_identification"):
        assert f'name="field-{name}"' in order
    assert "field-authority_phone" not in order, "the register knows it"
    other = client.get(f"{item}fields/?instrument=dsa-order", headers={"Accept-Language": "de"}).content.decode()
    assert 'name="field-territorial_scope"' in other
    assert "Räumlicher Geltungsbereich" in other or "Gebiet" in other or "räumlich" in other.lower()
    assert client.get(f"{item}fields/?instrument=referral").content.strip() == b""


def test_what_the_authority_lacks_is_asked_for_too(rita: tuple[Client, str]) -> None:
    Authority.objects.update(phone="")
    client, item = rita
    assert b'name="field-authority_phone"' in client.get(f"{item}fields/?instrument=tco-removal-order").content


def test_only_who_holds_the_item_is_asked(rita: tuple[Client, str], frame: Operation) -> None:
    other = Client()
    other.force_login(make.officer("rob", "review"))
    assert other.get(f"{rita[1]}fields/?instrument=tco-removal-order").status_code == 404


def test_what_was_filled_in_stands_in_the_decision_and_lets_it_be_signed(
    rita: tuple[Client, str], sven: Client
) -> None:
    decide(rita, "tco-removal-order", emergency_reasons="A threat to life.", nondisclosure="")
    page, decision = held(sven)
    assert decision.details == {"emergency_reasons": "A threat to life."}
    assert "Not to be signed as they stand" not in page
    sven.post(f"{AT}/signing/sign/", {"decision": decision.pk, "act": "sign"})
    assert Signature.objects.get().act == "sign"


def test_a_value_that_does_not_hold_is_refused_with_its_field(rita: tuple[Client, str]) -> None:
    answer = decide(rita, "dsa-order", territorial_scope="Atlantis")
    assert (answer.status_code, b"Atlantis" in answer.content or b"erritor" in answer.content) == (422, True)  # type: ignore[attr-defined]
    answer = decide(rita, "tco-removal-order", nondisclosure="1", nondisclosure_until="03-04-2026")
    assert (answer.status_code, b"2026-04-03" in answer.content) == (422, True)  # type: ignore[attr-defined]
    assert not Assessment.objects.exists()


def test_nothing_is_signed_while_a_needed_field_is_missing_and_the_signer_fills_it_in(
    rita: tuple[Client, str], sven: Client
) -> None:
    decide(rita, "dsa-order", legal_basis="Specimen law.", territorial_scope="FR, DE")
    page, decision = held(sven)
    assert "Not to be signed as they stand" in page
    assert 'name="field-territorial_justification"' in page
    assert 'name="field-legal_basis"' not in page
    refused = sven.post(f"{AT}/signing/sign/", {"decision": decision.pk, "act": "sign"}).content.decode()
    assert "territorial_justification" in refused
    assert not Signature.objects.exists()
    lacking = {f"field-{name}": "Specimen." for name in ("territorial_justification", "coordinator")}
    answer = sven.post(f"{AT}/signing/complete/", {"decision": decision.pk, **lacking})
    assert answer.status_code == 302, answer.content.decode()
    page, decision = held(sven)
    assert "Not to be signed as they stand" not in page
    assert decision.details["territorial_scope"] == ["FR", "DE"]
    sven.post(f"{AT}/signing/sign/", {"decision": decision.pk, "act": "sign"})
    assert Signature.objects.get().act == "sign"
    entry = json.loads(Entry.objects.get(event="authorise:decision:completed").body)
    assert entry["facts"] == {"decisions": 1}


def test_a_signer_changes_nothing_that_was_decided(rita: tuple[Client, str], sven: Client) -> None:
    decide(rita, "dsa-order", legal_basis="Specimen law.")
    _, decision = held(sven)
    by = actor_of(Officer.objects.select_related("unit").get(username="sven"))
    with pytest.raises(Refused) as refused:
        complete_many([decision.pk], {"legal_basis": "Another law."}, by=by, at=make.hours(3))
    assert refused.value.reason == "not_lacking"
    with pytest.raises(Refused):
        complete_many([decision.pk], {"territorial_scope": ["Atlantis"]}, by=by, at=make.hours(3))
    assert Assessment.objects.get().details == {"legal_basis": "Specimen law."}


def test_a_referral_asks_for_nothing(rita: tuple[Client, str], sven: Client) -> None:
    decide(rita, "referral", legal_basis="ignored")
    page, decision = held(sven)
    assert decision.details == {}
    assert "Not to be signed as they stand" not in page
