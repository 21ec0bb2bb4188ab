"""Signing in by SAML: a real identity provider, small, on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.core.errors import NotFound, SettingInvalid
from cautery.core.saml import xml
from cautery.directory.models import Officer
from cautery.directory.people import saml
from cautery.directory.people.models import Identity, SamlQuestion, Session
from cautery.settings.elsewhere import check_elsewhere
from cautery.settings.environment import Environment
from cautery.web.people.saml import MOST_POSTED
from tests import factories as make
from tests.saml import CERTIFICATES, KEY, NEXT_KEY, attribute
from tests.web.people.conftest import code, with_app
from tests.web.people.idp import IdentityProvider, running

GO, CONSUME, BACK = "/sign-in/saml/", "/sign-in/saml/consume/", "/sign-in/saml/back/"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[IdentityProvider]:
    """A provider the desk is set to, by the address of its metadata."""
    with running() as provider:
        settings.SAML_METADATA, settings.SAML_NAME = f"{provider.issuer}/metadata", "The Ministry"
        settings.SAML_ISSUER = settings.SAML_ENTITY = settings.SAML_ATTRIBUTE = ""
        settings.SAML_KEY = None
        saml._known.clear()
        yield provider


def consumed(provider: IdentityProvider, told: dict[str, str]) -> Any:
    """The post from the provider's page: another site's, so without any cookie, and with no token of ours."""
    return Client(enforce_csrf_checks=True).post(CONSUME, told, headers={"Origin": provider.issuer})


def through(client: Client, provider: IdentityProvider, query: str = "") -> Any:
    """Go there, sign in, come back."""
    answer = consumed(provider, provider.answers(client.get(f"{GO}{query}")["Location"]))
    return client.get(answer["Location"]) if answer.status_code == 303 else answer


def connected(officer: Officer, provider: IdentityProvider, subject: str = "subject-1") -> None:
    Identity.objects.create(officer=officer, issuer=f"saml:{provider.issuer}", subject=subject, made_at=make.START)


@pytest.mark.both
def test_an_officer_connects_their_account_and_signs_in_with_it(
    inside: Client, vera: Officer, elsewhere: IdentityProvider
) -> None:
    assert b"Connect my account at The Ministry" in inside.get("/me/").content
    assert through(inside, elsewhere, "?connect=1")["Location"] == "/me/"
    page = inside.get("/me/").content
    assert b"subject-1" in page
    assert b"Connect my account" not in page
    other = Client()
    assert b"Sign in at The Ministry" in other.get("/sign-in/").content
    assert through(other, elsewhere, "?next=/me/log/")["Location"] == "/me/log/"
    assert other.get("/me/").status_code == 200
    assert Session.objects.filter(proofs=["saml"]).count() == 1
    assert not SamlQuestion.objects.exists()


def test_whom_nobody_knows_stays_outside(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    answer = through(client, elsewhere)
    assert (answer.status_code, b"Not known here" in answer.content) == (403, True)
    assert client.get("/me/").status_code == 302
    assert Officer.objects.count() == 1


def test_an_attribute_that_is_the_user_name_connects_by_itself_and_once(
    vera: Officer, elsewhere: IdentityProvider, client: Client, settings: Settings
) -> None:
    settings.SAML_ATTRIBUTE = "uid"
    elsewhere.attributes = attribute("uid", "vera", "otto")
    assert through(Client(), elsewhere).status_code == 403
    elsewhere.attributes = attribute("uid", "vera")
    assert through(client, elsewhere)["Location"] == "/operations/"
    elsewhere.name = "subject-2"
    assert through(Client(), elsewhere).status_code == 403


def test_the_name_itself_may_be_the_user_name(
    vera: Officer, elsewhere: IdentityProvider, client: Client, settings: Settings
) -> None:
    settings.SAML_ATTRIBUTE, elsewhere.name = "NameID", "vera"
    assert through(client, elsewhere)["Location"] == "/operations/"


def test_a_name_that_changes_each_time_is_nobodys_unless_an_attribute_stays(
    vera: Officer, elsewhere: IdentityProvider, settings: Settings
) -> None:
    elsewhere.changed = lambda text: text.replace("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", TRANSIENT)
    assert b"another one each time" in through(Client(), elsewhere).content
    settings.SAML_ATTRIBUTE, elsewhere.attributes = "uid", attribute("uid", "vera")
    for name in ("one", "two"):
        elsewhere.name = name
        assert through(Client(), elsewhere)["Location"] == "/operations/"
    assert Identity.objects.get().subject == "uid vera"


def test_a_name_of_another_directory_is_another_name(
    vera: Officer, elsewhere: IdentityProvider, client: Client
) -> None:
    connected(vera, elsewhere)
    elsewhere.changed = lambda text: text.replace("<saml:NameID ", '<saml:NameID NameQualifier="urn:other" ')
    assert through(client, elsewhere).status_code == 403
    elsewhere.changed = lambda text: text.replace("<saml:NameID ", f'<saml:NameID NameQualifier="{elsewhere.issuer}" ')
    assert through(client, elsewhere).status_code == 302


def test_an_account_by_openid_at_the_same_issuer_is_another_account(
    vera: Officer, elsewhere: IdentityProvider, client: Client
) -> None:
    Identity.objects.create(officer=vera, issuer=elsewhere.issuer, subject="subject-1", made_at=make.START)
    assert through(client, elsewhere).status_code == 403


def test_who_has_a_second_factor_here_proves_it_unless_it_was_proved_there(
    inside: Client, vera: Officer, elsewhere: IdentityProvider
) -> None:
    key, _ = with_app(inside)
    connected(vera, elsewhere)
    other = Client()
    assert through(other, elsewhere)["Location"] == "/sign-in/second/"
    assert other.post("/sign-in/second/", {"code": code(key)})["Location"] == "/operations/"
    context = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
    elsewhere.changed = lambda text: text.replace(context, "https://refeds.org/profile/mfa")
    assert through(Client(), elsewhere)["Location"] == "/operations/"
    assert sorted(Session.objects.filter(officer=vera).values_list("proofs", flat=True)) == [
        ["code", "password"], ["code", "saml"], ["mfa", "saml"],
    ]  # fmt: skip


@pytest.mark.both
def test_an_answer_is_taken_once(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    connected(vera, elsewhere)
    told = elsewhere.answers(client.get(GO)["Location"])
    first = consumed(elsewhere, told)
    assert first.status_code == 303
    assert b"Nobody here asked" in consumed(elsewhere, told).content
    assert client.get(first["Location"])["Location"] == "/operations/"
    assert Client().get(first["Location"]).status_code == 422
    assert client.get(first["Location"]).status_code == 422
    assert consumed(elsewhere, told).status_code == 422


@pytest.mark.both
def test_of_two_answers_at_once_one_is_kept(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    now = datetime.now(UTC)
    told = elsewhere.answers(client.get(GO)["Location"])
    question = saml.saml_question(told["RelayState"], now=now)
    assert consumed(elsewhere, told).status_code == 303
    kept = SamlQuestion.objects.get(pk=question.pk).ticket
    with pytest.raises(saml.Refused):
        saml.answer_saml(told["RelayState"], {"subject": "another"}, now=now)
    assert SamlQuestion.objects.get().ticket == kept


def test_an_answer_nobody_asked_for_opens_nothing(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    connected(vera, elsewhere)
    told = elsewhere.answers(client.get(GO)["Location"])
    for relay in ({}, {"RelayState": ""}, {"RelayState": "another"}):
        assert b"Nobody here asked" in consumed(elsewhere, {"SAMLResponse": told["SAMLResponse"]} | relay).content
    another = elsewhere.answers(Client().get(GO)["Location"])
    assert consumed(elsewhere, told | {"RelayState": another["RelayState"]}).status_code == 422


def test_who_is_sent_an_answer_of_somebody_else_is_not_signed_in_as_them(
    vera: Officer, elsewhere: IdentityProvider, client: Client
) -> None:
    connected(vera, elsewhere)
    theirs = consumed(elsewhere, elsewhere.answers(Client().get(GO)["Location"]))
    assert client.get(theirs["Location"]).status_code == 422
    client.get(GO)
    assert client.get(theirs["Location"]).status_code == 422
    assert client.get("/me/").status_code == 302


def test_who_has_somebody_else_answer_their_question_does_not_get_in(
    vera: Officer, elsewhere: IdentityProvider, client: Client
) -> None:
    connected(vera, elsewhere)
    for guess in ("", "?ticket=", "?ticket=guess"):
        where = client.get(GO)["Location"]
        assert consumed(elsewhere, elsewhere.answers(where)).status_code == 303  # the ticket is the other browser's
        assert client.get(f"{BACK}{guess}").status_code == 422
    assert client.get("/me/").status_code == 302


def test_an_answer_of_one_way_is_none_of_the_other(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    client.get(GO)
    assert client.get("/sign-in/elsewhere/back/").status_code == 422


def test_it_must_not_take_long(
    vera: Officer, elsewhere: IdentityProvider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(vera, elsewhere)
    told = elsewhere.answers(client.get(GO)["Location"])
    SamlQuestion.objects.update(until=datetime.now(UTC))
    assert b"Nobody here asked" in consumed(elsewhere, told).content
    answer = consumed(elsewhere, elsewhere.answers(client.get(GO)["Location"]))
    assert SamlQuestion.objects.count() == 1  # what is over went
    SamlQuestion.objects.update(until=datetime.now(UTC))
    assert client.get(answer["Location"]).status_code == 422
    answer = consumed(elsewhere, elsewhere.answers(client.get(GO)["Location"]))
    now = time.time()
    monkeypatch.setattr("cautery.web.people.elsewhere.time.time", lambda: now + 601)
    assert client.get(answer["Location"]).status_code == 422


def test_no_answer_is_larger_than_any_is(elsewhere: IdentityProvider, db: None) -> None:
    answer = consumed(elsewhere, {"SAMLResponse": "A" * MOST_POSTED})
    assert (answer.status_code, b"larger" in answer.content) == (422, True)
    chunked = Client().generic("POST", CONSUME, b"", CONTENT_LENGTH="")
    assert (chunked.status_code, b"larger" in chunked.content) == (422, True)
    assert Client().get(CONSUME).status_code == 405


def test_an_account_belongs_to_one_officer(inside: Client, vera: Officer, elsewhere: IdentityProvider) -> None:
    connected(make.officer("otto", "observe"), elsewhere)
    assert through(inside, elsewhere, "?connect=1").status_code == 409


def test_connecting_wants_a_fresh_proof(
    inside: Client, elsewhere: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 901
    monkeypatch.setattr("cautery.web.people.begun.time.time", lambda: later)
    assert inside.get(f"{GO}?connect=1")["Location"].startswith("/me/confirm/")


def test_who_left_does_not_come_back_that_way(vera: Officer, elsewhere: IdentityProvider, client: Client) -> None:
    connected(vera, elsewhere)
    Officer.objects.filter(pk=vera.pk).update(is_active=False)
    assert through(client, elsewhere).status_code == 403


def test_whom_the_provider_does_not_let_in_is_told_so(elsewhere: IdentityProvider, db: None) -> None:
    elsewhere.changed = lambda text: text.replace("status:Success", "status:Requester")
    answer = through(Client(), elsewhere)
    assert (answer.status_code, b"did not let you in" in answer.content) == (422, True)


def test_why_an_answer_was_refused_is_in_the_log_and_who_it_was_of_is_not(
    elsewhere: IdentityProvider, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere.changed = lambda text: text.replace("<saml:Audience>", "<saml:Audience>not-")
    assert through(Client(), elsewhere).status_code == 422
    assert "saml audience" in caplog.text
    assert "subject-1" not in caplog.text


def test_keys_roll_over_with_the_metadata(
    vera: Officer, elsewhere: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(vera, elsewhere)
    elsewhere.keys = (KEY, NEXT_KEY)
    assert through(Client(), elsewhere).status_code == 302
    elsewhere.key = NEXT_KEY
    assert through(Client(), elsewhere).status_code == 302
    elsewhere.keys = (KEY,)
    assert through(Client(), elsewhere).status_code == 302  # still as it was read
    assert elsewhere.asked.count("/metadata") == 1
    later = time.monotonic() + saml.ANEW_S
    monkeypatch.setattr(saml.time, "monotonic", lambda: later)
    assert through(Client(), elsewhere).status_code == 422
    assert elsewhere.asked.count("/metadata") == 2


def test_what_was_read_bridges_a_failure_for_a_day(
    vera: Officer, elsewhere: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Client().get(GO).status_code == 302
    elsewhere.status, start = 503, time.monotonic()
    for after, status in ((saml.ANEW_S + 1, 302), (saml.STALE_S + 60, 422)):
        monkeypatch.setattr(saml.time, "monotonic", lambda after=after: start + after)
        assert Client().get(GO).status_code == status
    saml._known.clear()
    assert Client().get(GO).status_code == 422


def test_metadata_that_ended_is_not_used_longer(db: None, elsewhere: IdentityProvider) -> None:
    now = datetime.now(UTC)
    elsewhere.more = f'validUntil="{(now + timedelta(seconds=30)).isoformat()}"'
    assert saml.begin("https://desk.example/sign-in/saml/consume/", now=now)
    with pytest.raises(saml.Refused):
        saml.begin("https://desk.example/sign-in/saml/consume/", now=now + timedelta(seconds=31))


def test_the_metadata_may_be_a_file(
    vera: Officer, elsewhere: IdentityProvider, client: Client, settings: Settings, tmp_path: Path
) -> None:
    connected(vera, elsewhere)
    file = tmp_path / "metadata.xml"
    settings.SAML_METADATA = str(file)
    assert client.get(GO).status_code == 500
    file.write_text(elsewhere.metadata())
    assert through(client, elsewhere).status_code == 302
    assert elsewhere.asked == []


def test_the_provider_is_the_one_that_is_named(
    db: None, elsewhere: IdentityProvider, client: Client, settings: Settings
) -> None:
    settings.SAML_ISSUER = "https://other.example"
    assert client.get(GO).status_code == 422


def test_what_leads_inside_or_over_http_is_refused(
    db: None, elsewhere: IdentityProvider, client: Client, settings: Settings
) -> None:
    settings.SAML_METADATA = "http://169.254.169.254/metadata"
    assert client.get(GO).status_code in {422, 503}
    settings.REHEARSAL = False
    settings.SAML_METADATA = f"{elsewhere.issuer}/metadata"
    with pytest.raises(SettingInvalid):
        saml.begin("https://desk.example/sign-in/saml/consume/", now=datetime.now(UTC))
    assert elsewhere.asked == []


def test_people_are_not_sent_to_an_address_that_is_not_https(
    db: None, elsewhere: IdentityProvider, settings: Settings, tmp_path: Path
) -> None:
    elsewhere.sign_on = "javascript:alert(1)"
    file = tmp_path / "metadata.xml"
    file.write_text(elsewhere.metadata())
    settings.SAML_METADATA = str(file)
    with pytest.raises(SettingInvalid):
        saml.begin("https://desk.example/sign-in/saml/consume/", now=datetime.now(UTC))


def signing(folder: Path, key: Any = KEY, of: Any = KEY) -> Path:
    file = folder / "saml.pem"
    certificate = CERTIFICATES[id(of)].public_bytes(Encoding.PEM)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    return file


def test_questions_are_signed_where_the_provider_wants_it(
    vera: Officer, elsewhere: IdentityProvider, client: Client, settings: Settings, tmp_path: Path
) -> None:
    elsewhere.more = 'WantAuthnRequestsSigned="true"'
    assert client.get(GO).status_code == 500
    settings.SAML_KEY = signing(tmp_path)
    assert "&Signature=" in client.get(GO)["Location"]
    assert b'AuthnRequestsSigned="true"' in client.get("/sign-in/saml/metadata/").content
    settings.SAML_KEY = signing(tmp_path, KEY, NEXT_KEY)
    assert client.get(GO).status_code == 500
    settings.SAML_KEY = tmp_path / "none.pem"
    assert client.get(GO).status_code == 500


def test_our_metadata_is_for_everybody(
    db: None, elsewhere: IdentityProvider, client: Client, settings: Settings
) -> None:
    answer = client.get("/sign-in/saml/metadata/")
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert b'entityID="http://testserver/sign-in/saml/metadata/"' in answer.content
    assert b'Location="http://testserver/sign-in/saml/consume/"' in answer.content
    settings.SAML_ENTITY = "urn:desk"
    assert b'entityID="urn:desk"' in client.get("/sign-in/saml/metadata/").content


def test_without_a_provider_there_is_no_such_way(vera: Officer, client: Client, settings: Settings) -> None:
    settings.SAML_METADATA = ""
    assert [client.get(f"/sign-in/saml/{place}").status_code for place in ("", "metadata/")] == [404, 404]
    assert b"saml" not in client.get("/sign-in/").content
    with pytest.raises(NotFound):
        saml.describe("https://desk.example/sign-in/saml/consume/")


def test_what_is_not_installed_is_named_with_how_to_get_it(
    inside: Client, elsewhere: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml, "etree", None)
    page = Client().get("/sign-in/").content.decode()
    assert "cautery[saml]" in page
    assert "Sign in at The Ministry" not in page
    assert Client().get(GO).status_code == 500
    assert b"Connect my account" not in inside.get("/me/").content


HALF = [
    ({"CAUTERY_OIDC_ISSUER": "https://id.example"}, "CAUTERY_OIDC_CLIENT"),
    ({"CAUTERY_OIDC_CLIENT": "desk"}, "CAUTERY_OIDC_ISSUER"),
    ({"CAUTERY_SAML_ATTRIBUTE": "uid"}, "CAUTERY_SAML_METADATA"),
    ({"CAUTERY_SAML_METADATA": "http://id.example/metadata"}, "CAUTERY_SAML_METADATA"),
    ({"CAUTERY_SAML_METADATA": "/not/there.xml"}, "CAUTERY_SAML_METADATA"),
    ({"CAUTERY_SAML_METADATA": "https://id.example/", "CAUTERY_SAML_KEY": "/not/there.pem"}, "CAUTERY_SAML_KEY"),
]


@pytest.mark.parametrize(("given", "setting"), HALF)
def test_half_of_a_provider_stops_the_start(
    given: dict[str, str], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid) as refused:
        check_elsewhere(Environment())
    assert refused.value.fields["setting"] == setting
    assert refused.value.fields["hint"]


def test_a_whole_provider_starts_unless_its_part_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUTERY_SAML_METADATA", "https://id.example/metadata")
    check_elsewhere(Environment())
    monkeypatch.setattr("cautery.settings.elsewhere.find_spec", lambda name: None)
    with pytest.raises(SettingInvalid) as refused:
        check_elsewhere(Environment())
    assert refused.value.fields["hint"] == "pip install 'cautery[saml]'"
