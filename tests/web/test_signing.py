"""Signing: a batch with what is the same, a second person's act, refusals with a reason."""

from __future__ import annotations

import pytest
from django.test import Client

from cautery.authorise.models import Signature
from tests import factories as make
from tests.web.conftest import Work

AT = "/operations/autumn/signing/"


@pytest.fixture
def signer(work: Work) -> Client:
    """Signed in as one who signs."""
    client = Client()
    client.force_login(make.officer("sven", "sign", unit="de-meldestelle"))
    return client


def held(work: Work, signer: Client) -> list[str]:
    make.decided(work.operation)
    assert signer.post(f"{AT}take/").status_code == 302
    return [str(pk) for pk in work.operation.episodes.order_by("pk").values_list("assessment", flat=True)]


def test_a_batch_says_what_is_the_same_and_shows_the_notice(work: Work, signer: Client) -> None:
    keys = held(work, signer)
    said = signer.get(AT).content.decode()
    assert "The same in all 5" in said
    assert "It calls for the act." in said
    assert "As the notice would read" in said
    assert all(f'name="decision" value="{key}"' in said for key in keys)


def test_it_signs_what_is_ticked_and_no_more(work: Work, signer: Client) -> None:
    keys = held(work, signer)
    answer = signer.post(f"{AT}sign/", {"decision": keys[:2], "act": "sign"}, follow=True)
    assert b"2 of 2 signed" in answer.content
    assert {str(row.assessment_id) for row in Signature.objects.all()} == set(keys[:2])


def test_a_refusal_needs_its_reason(work: Work, signer: Client) -> None:
    keys = held(work, signer)
    assert signer.post(f"{AT}sign/", {"decision": keys[:1], "act": "refuse"}).status_code == 422
    signer.post(f"{AT}sign/", {"decision": keys[:1], "act": "refuse", "reason": "A newspaper."})
    assert Signature.objects.get().reason == "A newspaper."


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 30]])
def test_nothing_ticked_is_said(ticked: list[str], work: Work, signer: Client) -> None:
    assert signer.post(f"{AT}sign/", {"decision": ticked, "act": "sign"}).status_code == 422


def test_what_another_signed_meanwhile_is_said(work: Work, signer: Client) -> None:
    keys = held(work, signer)
    signer.post(f"{AT}sign/", {"decision": keys, "act": "sign"})
    other = Client()
    other.force_login(make.officer("sina", "sign"))
    assert other.post(f"{AT}sign/", {"decision": keys[:1], "act": "sign"}).status_code == 409


def test_what_must_not_be_seen_is_not_brought_to_a_signer(work: Work, signer: Client) -> None:
    make.decided(work.operation)
    signer.post(f"/items/{work.known.item.pk}/stop/")
    signer.post(f"{AT}take/")
    assert f"Item {work.known.item.pk}<" not in signer.get(AT).content.decode()
