"""The second step, recovery codes, who must have a second factor, and coming in by a link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.core.errors import NotAllowed, Refused
from cautery.custody.models import Entry
from cautery.directory.models import Officer
from cautery.directory.people.actions import accept, invite
from cautery.directory.people.models import CodeApp, RecoveryCode, Session
from cautery.directory.queries import FAILURES
from tests import factories as make
from tests.web.people.conftest import WORDS, code, with_app

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def events(officer: Officer) -> list[str]:
    return list(Entry.objects.filter(actor=f"officer:{officer.pk}").order_by("pk").values_list("event", flat=True))


def test_with_an_app_the_password_alone_opens_nothing(inside: Client, vera: Officer) -> None:
    key, _ = with_app(inside)
    other = Client()
    assert other.post("/sign-in/", WORDS)["Location"] == "/sign-in/second/"
    assert other.get("/operations/")["Location"].startswith("/sign-in/")
    assert b"That code does not open" in other.post("/sign-in/second/", {"code": "000000"}).content
    assert other.post("/sign-in/second/", {"code": code(key)})["Location"] == "/operations/"
    assert other.get("/operations/").status_code == 200
    assert events(vera)[-1] == "directory:session:begun"


def test_it_goes_on_to_where_one_wanted_to_go(inside: Client) -> None:
    key, _ = with_app(inside)
    other = Client()
    other.post("/sign-in/", WORDS | {"next": "/me/log/"})
    assert other.post("/sign-in/second/", {"code": code(key)})["Location"] == "/me/log/"


def test_a_code_opens_once(inside: Client) -> None:
    key, _ = with_app(inside)
    now = code(key)
    for answer in (302, 200):
        other = Client()
        other.post("/sign-in/", WORDS)
        assert other.post("/sign-in/second/", {"code": now}).status_code == answer


def test_a_recovery_code_opens_once_and_only_its_digest_is_kept(inside: Client, vera: Officer) -> None:
    _, codes = with_app(inside)
    assert len(codes) == len(set(codes)) == 10
    assert not any(word.replace("-", "") in str(list(RecoveryCode.objects.values())) for word in codes)
    for answer in (302, 200):
        other = Client()
        other.post("/sign-in/", WORDS)
        assert other.post("/sign-in/second/", {"code": codes[3].upper()}).status_code == answer
    assert RecoveryCode.objects.filter(officer=vera, used_at=None).count() == 9


def test_codes_are_guessed_no_oftener_than_passwords(inside: Client) -> None:
    key, _ = with_app(inside)
    other = Client()
    other.post("/sign-in/", WORDS)
    for _ in range(FAILURES):
        other.post("/sign-in/second/", {"code": "000000"})
    answer = other.post("/sign-in/second/", {"code": code(key)}, **ELSEWHERE)
    assert (answer.status_code, b"Tried too often" in answer.content) == (429, True)
    assert Client().post("/sign-in/", WORDS, **ELSEWHERE).status_code == 429


def test_the_second_step_is_there_only_after_the_first(vera: Officer, client: Client) -> None:
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/second/", {"code": "000000"})["Location"] == "/sign-in/"


def test_the_key_of_an_app_is_not_in_the_database_as_it_is(inside: Client, vera: Officer) -> None:
    key, _ = with_app(inside)
    assert key not in bytes(CodeApp.objects.get(officer=vera).secret)


@pytest.mark.parametrize(("policy", "role", "wanted"), [
    ("keys", "sign", True), ("keys", "lead", True), ("keys", "administer", True), ("keys", "review", False),
    ("none", "sign", False), ("all", "review", True),
])  # fmt: skip
def test_who_signs_or_releases_proves_a_second_factor_before_they_work(
    db: None, client: Client, settings: Settings, policy: str, role: str, wanted: bool
) -> None:
    settings.SECOND_FACTOR = policy
    make.officer("vera", role, password=make.PASSWORD)
    client.post("/sign-in/", WORDS)
    answer = client.get("/operations/")
    assert (answer.status_code == 302) is wanted
    if wanted:
        assert answer["Location"] == "/me/?wanted=second"
        assert b"add a second factor" in client.get(answer["Location"]).content
        part = client.get("/operations/", headers={"HX-Request": "true"})
        assert part["HX-Redirect"] == "/me/?wanted=second"
        with_app(client)
        assert client.get("/operations/").status_code == 200


def test_a_link_lets_in_once_and_whoever_came_in_chose_the_password(vera: Officer, client: Client) -> None:
    secret = invite("vera", by=make.SYSTEM, at=datetime.now(UTC))
    assert b"vera" in client.get(f"/welcome/{secret}/").content
    assert client.post(f"/welcome/{secret}/", {"new": "short", "again": "short"}).status_code == 422
    assert client.post(f"/welcome/{secret}/", {"new": "one long phrase", "again": "other long one"}).status_code == 422
    assert (
        client.post(f"/welcome/{secret}/", {"new": "a new pass phrase", "again": "a new pass phrase"})["Location"]
        == "/me/"
    )
    assert Client().get(f"/welcome/{secret}/").status_code == 403
    assert "directory:invitation:used" in events(vera)
    assert secret not in str(list(Entry.objects.values_list("body", flat=True)))


def test_a_link_anew_ends_what_there_was(inside: Client, vera: Officer) -> None:
    with_app(inside)
    officer = accept(invite("vera", by=make.SYSTEM, at=make.START, anew=True), "a new pass phrase", at=make.START)
    assert officer == vera
    assert not CodeApp.objects.filter(officer=vera).exists()
    assert not RecoveryCode.objects.filter(officer=vera).exists()
    assert inside.get("/operations/").status_code == 302


def test_a_link_is_over_after_three_days_and_when_a_newer_one_was_made(vera: Officer) -> None:
    late = invite("vera", by=make.SYSTEM, at=make.START)
    with pytest.raises(NotAllowed):
        accept(late, "a new pass phrase", at=make.hours(72))
    invite("vera", by=make.SYSTEM, at=make.START)
    with pytest.raises(NotAllowed):
        accept(late, "a new pass phrase", at=make.START)


def test_a_weak_password_does_not_use_the_link_up(vera: Officer) -> None:
    secret = invite("vera", by=make.SYSTEM, at=make.START)
    with pytest.raises(Refused):
        accept(secret, "password1234", at=make.START)
    assert accept(secret, "a new pass phrase", at=make.START) == vera


def test_who_invites_holds_the_key_and_nobody_invites_themselves(vera: Officer) -> None:
    admin = make.actor("ann", "administer")
    invite("vera", by=admin, at=make.START)
    vera.refresh_from_db()
    assert admin.officer_id in vera.keyed_by
    with pytest.raises(NotAllowed):
        invite("ann", by=admin, at=make.START)


def test_sessions_that_are_over_go_when_somebody_signs_in(inside: Client, vera: Officer) -> None:
    Session.objects.update(expire_date=make.START)
    Client().post("/sign-in/", WORDS)
    assert Session.objects.filter(officer=vera).count() == 1
