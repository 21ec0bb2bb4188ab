"""Signing in at an identity provider: a real one, small, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.core.errors import SettingInvalid
from cautery.directory.models import Officer
from cautery.directory.people import oidc
from cautery.directory.people.models import Identity, Session
from tests import factories as make
from tests.web.people.conftest import code, with_app
from tests.web.people.provider import Provider, running

GO, BACK = "/sign-in/elsewhere/", "/sign-in/elsewhere/back/"


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    """A provider the desk is set to."""
    with running() as provider:
        secret = tmp_path / "secret"
        secret.write_text(f"{provider.secret}\n")
        settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = provider.issuer, provider.client, secret
        settings.OIDC_CLAIM, settings.OIDC_NAME = "", "The Ministry"
        yield provider


def through(client: Client, provider: Provider, query: str = "") -> Any:
    """Go there, sign in, come back."""
    return client.get(BACK, provider.sign_in(client.get(f"{GO}{query}")["Location"]))


def connected(officer: Officer, provider: Provider) -> None:
    Identity.objects.create(officer=officer, issuer=provider.issuer, subject="subject-1", made_at=make.START)


def test_an_officer_connects_their_account_and_signs_in_with_it(
    inside: Client, vera: Officer, elsewhere: Provider
) -> None:
    assert b"Connect my account at The Ministry" in inside.get("/me/").content
    assert through(inside, elsewhere, "?connect=1")["Location"] == "/me/"
    assert b"subject-1" in inside.get("/me/").content
    other = Client()
    assert b"Sign in at The Ministry" in other.get("/sign-in/").content
    assert through(other, elsewhere, "?next=/me/log/")["Location"] == "/me/log/"
    assert other.get("/me/").status_code == 200
    assert Session.objects.filter(proofs=["oidc"]).count() == 1


def test_whom_nobody_knows_stays_outside(vera: Officer, elsewhere: Provider, client: Client) -> None:
    answer = through(client, elsewhere)
    assert (answer.status_code, b"Not known here" in answer.content) == (403, True)
    assert client.get("/me/").status_code == 302


def test_a_claim_that_is_the_user_name_connects_by_itself_and_once(
    vera: Officer, elsewhere: Provider, client: Client, settings: Settings
) -> None:
    settings.OIDC_CLAIM = "preferred_username"
    elsewhere.claims = {"sub": "subject-1", "preferred_username": "vera"}
    assert through(client, elsewhere)["Location"] == "/operations/"
    elsewhere.claims = {"sub": "subject-2", "preferred_username": "vera"}
    assert through(Client(), elsewhere).status_code == 403


@pytest.mark.parametrize(("verified", "status"), [(True, 302), (False, 403), (None, 403)])
def test_an_address_is_believed_only_when_it_was_verified(
    db: None, elsewhere: Provider, client: Client, settings: Settings, verified: bool | None, status: int
) -> None:
    make.officer("vera@unit.example", "observe")
    settings.OIDC_CLAIM = "email"
    elsewhere.claims = {"sub": "subject-1", "email": "vera@unit.example", "email_verified": verified}
    assert through(client, elsewhere).status_code == status


def test_who_has_a_second_factor_here_proves_it_unless_it_was_proved_there(
    inside: Client, vera: Officer, elsewhere: Provider
) -> None:
    key, _ = with_app(inside)
    connected(vera, elsewhere)
    other = Client()
    assert through(other, elsewhere)["Location"] == "/sign-in/second/"
    assert other.post("/sign-in/second/", {"code": code(key)})["Location"] == "/operations/"
    elsewhere.claims = {"sub": "subject-1", "amr": ["pwd", "mfa"]}
    assert through(Client(), elsewhere)["Location"] == "/operations/"
    assert sorted(Session.objects.filter(officer=vera).values_list("proofs", flat=True)) == [
        ["code", "oidc"], ["code", "password"], ["mfa", "oidc"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"aud": "them"}, {"iss": "https://other.example"}, {"nonce": "stale"}, {"exp": 1}, {"iat": 99_999_999_999}],
)
def test_a_token_that_does_not_hold_opens_nothing(
    vera: Officer, elsewhere: Provider, client: Client, wrong: dict[str, Any]
) -> None:
    connected(vera, elsewhere)
    elsewhere.wrong = {"claims": wrong}
    assert through(client, elsewhere).status_code == 422
    assert client.get("/me/").status_code == 302


def test_an_answer_to_another_question_or_a_second_time_opens_nothing(
    vera: Officer, elsewhere: Provider, client: Client
) -> None:
    connected(vera, elsewhere)
    told = elsewhere.sign_in(client.get(GO)["Location"])
    assert Client().get(BACK, told).status_code == 422
    assert client.get(BACK, told | {"state": "other"}).status_code == 422
    assert client.get(BACK, told).status_code == 422
    told = elsewhere.sign_in(client.get(GO)["Location"])
    assert client.get(BACK, told | {"iss": "https://other.example"}).status_code == 422
    told = elsewhere.sign_in(client.get(GO)["Location"])
    assert client.get(BACK, {"state": told["state"], "error": "access_denied"}).status_code == 422


def test_a_code_that_somebody_else_began_is_worth_nothing(vera: Officer, elsewhere: Provider, client: Client) -> None:
    connected(vera, elsewhere)
    theirs = elsewhere.sign_in(Client().get(GO)["Location"])
    mine = elsewhere.sign_in(client.get(GO)["Location"])
    assert client.get(BACK, mine | {"code": theirs["code"]}).status_code == 422


def test_an_account_belongs_to_one_officer(inside: Client, vera: Officer, elsewhere: Provider) -> None:
    connected(make.officer("otto", "observe"), elsewhere)
    assert through(inside, elsewhere, "?connect=1").status_code == 409


def test_who_left_does_not_come_back_that_way(vera: Officer, elsewhere: Provider, client: Client) -> None:
    connected(vera, elsewhere)
    Officer.objects.filter(pk=vera.pk).update(is_active=False)
    assert through(client, elsewhere).status_code == 403


def test_a_provider_that_calls_itself_otherwise_or_leads_inside_is_refused(
    vera: Officer, elsewhere: Provider, client: Client
) -> None:
    elsewhere.wrong = {"configuration": {"issuer": "https://other.example"}}
    assert client.get(GO).status_code == 422
    elsewhere.wrong = {"configuration": {"token_endpoint": "http://169.254.169.254/token"}}
    assert client.get(BACK, elsewhere.sign_in(client.get(GO)["Location"])).status_code == 503


def test_in_production_it_is_https(vera: Officer, elsewhere: Provider, client: Client, settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(SettingInvalid):
        oidc.begin("https://desk.example/back/")
    assert elsewhere.asked == []


def test_without_a_provider_there_is_no_such_way(vera: Officer, client: Client, settings: Settings) -> None:
    settings.OIDC_ISSUER = ""
    assert client.get(GO).status_code == 404
    assert b"elsewhere" not in client.get("/sign-in/").content
