"""People as an administrator keeps them: by links, by two, shut out at once, and what they did stays."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cautery.authorise.models import Signature
from cautery.core.errors import MovedMeanwhile, NotAllowed, Refused, RowRefused
from cautery.custody.models import Entry
from cautery.directory.actions import import_directory
from cautery.directory.models import ApiToken, Officer, Unit
from cautery.directory.officers import actions
from cautery.directory.officers.actions import Person, UnitSaid
from cautery.directory.people.models import Invitation, RoleChange, Session
from cautery.directory.queries import actor_of
from cautery.fetch import clock
from cautery.intake.actions import create_operation
from cautery.intake.models import Episode
from cautery.review.models import Assessment
from tests import factories as make
from tests.web.conftest import Work

NEW = {"username": "nora", "name": "Nora", "unit": "fr-pharos", "reads": "ar, fr", "role": ["flag"]}
LINK = re.compile(r"http://testserver(/welcome/[^/<]+/)")
PHRASE = {"new": "a long pass phrase", "again": "a long pass phrase"}


@pytest.fixture
def admin(db: None) -> Officer:
    """The administrator."""
    return make.officer("ada", "administer")


@pytest.fixture
def second(admin: Officer) -> Officer:
    """A second one."""
    return make.officer("abel", "administer", unit="de-meldestelle")


def client_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def desk(admin: Officer) -> Client:
    """The administrator's browser."""
    return client_of(admin)


def facts_of(event: str) -> dict[str, Any]:
    """What the one entry of this kind says."""
    facts: dict[str, Any] = json.loads(Entry.objects.get(event=event).body)["facts"]
    return facts


def act(client: Client, officer: Officer, what: str, **form: object) -> Any:
    return client.post(f"/people/{officer.pk}/act/", {"act": what, **form})


def test_somebody_is_added_and_comes_in_by_a_link_that_opens_once(desk: Client, admin: Officer) -> None:
    page = desk.post("/people/add/do/", NEW).content.decode()
    (link,) = LINK.findall(page)
    nora = Officer.objects.get(username="nora")
    assert (nora.roles, nora.reads, nora.keyed_by) == (["flag"], ["ar", "fr"], [str(admin.pk)])
    assert not nora.has_usable_password()
    assert Client().post(link, PHRASE)["Location"] == "/me/"
    assert Client().post(link, PHRASE).status_code == 403
    assert link not in desk.get(f"/people/{nora.pk}/").content.decode()


def test_a_link_is_over_after_three_days(admin: Officer, db: None) -> None:
    at = clock().now()
    person = Person("Nora", "fr-pharos", ["flag"])
    actions.add_officer("nora", person, by=actor_of(admin), at=at)
    assert Invitation.objects.get().until == at + timedelta(hours=72)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "ada"}, "belongs to one person"),
        ({"username": "ADA"}, "belongs to one person"),
        ({"username": "two words"}, "letters, digits"),
        ({"name": " "}, "has a name"),
        ({"unit": "nowhere"}, "no such unit"),
        ({"role": ["review", "sign"]}, "together"),
        ({"role": ["rule"]}, "no such role"),
        ({"reads": "French"}, "Languages are written"),
    ],
)
def test_what_does_not_hold_is_said_at_the_form_and_nobody_is_added(
    desk: Client, wrong: dict[str, object], said: str
) -> None:
    answer = desk.post("/people/add/do/", NEW | wrong)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Officer.objects.count() == 1


def test_a_key_role_waits_for_a_second_administrator(desk: Client, second: Officer) -> None:
    desk.post("/people/add/do/", NEW | {"role": ["flag", "lead"]})
    nora = Officer.objects.get(username="nora")
    asked = RoleChange.objects.get()
    assert (nora.roles, asked.roles, asked.granted) == (["flag"], ["lead"], None)
    settle = f"/people/roles/{asked.pk}/settle/"
    assert desk.post(settle, {"act": "grant"}).status_code == 403
    assert b"Grant Nora the roles" in client_of(second).get("/lists/role-changes/?state=waiting").content
    assert client_of(second).post(settle, {"act": "grant"})["Location"] == f"/people/{nora.pk}/"
    nora.refresh_from_db()
    assert nora.roles == ["flag", "lead"]
    assert str(second.pk) not in nora.keyed_by
    assert client_of(second).post(settle, {"act": "decline"}).status_code == 409


def test_the_only_administrator_gives_it_at_once(desk: Client) -> None:
    desk.post("/people/add/do/", NEW | {"role": ["sign"]})
    assert Officer.objects.get(username="nora").roles == ["sign"]


def test_who_shut_the_other_one_out_is_not_the_only_one_for_three_days(admin: Officer, second: Officer) -> None:
    by, at = actor_of(admin), make.START
    nora = make.officer("nora", "flag")
    actions.suspend_officer(second.pk, "A specimen.", by=by, at=at)
    kept = actions.change_officer(nora.pk, Person("Nora", "fr-pharos", ["lead"]), by=by, at=at)
    assert kept.waiting == {"lead"}
    later = at + timedelta(hours=73)
    assert actions.change_officer(nora.pk, Person("Nora", "fr-pharos", ["lead"]), by=by, at=later).waiting == set()


def test_a_list_does_not_give_what_two_give(admin: Officer, second: Officer) -> None:
    row = {"id": str(make.officer("nora", "flag").pk), "name": "Nora", "unit": "fr-pharos", "roles": ["flag", "sign"]}
    with pytest.raises(RowRefused) as refused:
        import_directory({"officers": [row]}, by=actor_of(admin), at=make.START)
    assert refused.value.reason == "second_administrator"
    assert Officer.objects.get(username="nora").roles == ["flag"]


def test_nobody_changes_themselves(admin: Officer, desk: Client) -> None:
    for what in ("change", "suspend", "resume", "invite", "reset", "token"):
        answer = act(desk, admin, what, **NEW, token="mine", reason="why")
        assert (what, answer.status_code) == (what, 403)
    assert Officer.objects.get(pk=admin.pk).roles == ["administer"]


def test_being_shut_out_ends_all_ways_in_returns_work_and_keeps_what_was_done(desk: Client, work: Work) -> None:
    rita, sven = make.officer("rita", "review"), make.officer("sven", "sign", unit="de-meldestelle")
    make.decided(work.operation, limit=1, by=actor_of(rita))
    make.signed(work.operation, by=actor_of(sven))
    browser = client_of(rita)
    browser.post("/operations/autumn/review/next/")
    token = actions.issue_token(rita.pk, "a program", by=actor_of(Officer.objects.get(username="ada")), at=make.START)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/operations/autumn", headers=headers).status_code == 200
    assert ApiToken.objects.get().used_at is not None
    held = Episode.objects.filter(lease_owner=f"officer:{rita.pk}").count()
    assert held > 0
    assert act(desk, rita, "suspend", reason="A specimen.").status_code == 302
    assert b"back to be taken anew" in desk.get(f"/people/{rita.pk}/").content
    assert not Episode.objects.filter(lease_owner=f"officer:{rita.pk}").exists()
    assert not Session.objects.filter(officer=rita).exists()
    assert browser.get("/operations/").status_code == 302
    assert Client().get("/api/v1/operations/autumn", headers=headers).status_code == 401
    assert (Assessment.objects.get().reviewer, Signature.objects.get().signer) == (rita, sven)
    facts = facts_of("directory:officer:suspended")
    assert (facts["reason"], facts["returned"], facts["tokens"]) == ("A specimen.", held, 1)
    assert act(desk, rita, "resume").status_code == 302
    assert client_of(rita).get("/operations/").status_code == 200


def test_shutting_out_wants_its_reason(desk: Client, work: Work) -> None:
    rita = make.officer("rita", "review")
    assert act(desk, rita, "suspend").status_code == 422
    assert Officer.objects.get(pk=rita.pk).is_active


def test_who_comes_back_gets_key_roles_by_two_again(admin: Officer, second: Officer) -> None:
    lena = make.officer("lena", "lead", "flag")
    actions.suspend_officer(lena.pk, "A specimen.", by=actor_of(admin), at=make.START)
    actions.resume_officer(lena.pk, by=actor_of(admin), at=make.START)
    assert Officer.objects.get(pk=lena.pk).roles == ["flag"]
    change = RoleChange.objects.get(settled_at=None)
    actions.settle_roles(change.pk, grant=True, by=actor_of(second), at=make.START)
    assert Officer.objects.get(pk=lena.pk).roles == ["flag", "lead"]


def test_a_transfer_returns_what_they_hold_and_is_on_the_record(desk: Client, work: Work) -> None:
    rita = make.officer("rita", "review")
    client_of(rita).post("/operations/autumn/review/next/")
    form = {"name": "Rita", "unit": "de-meldestelle", "role": ["review"], "reads": ""}
    assert act(desk, rita, "change", **form).status_code == 302
    assert Officer.objects.get(pk=rita.pk).unit.slug == "de-meldestelle"
    assert not Episode.objects.filter(lease_owner=f"officer:{rita.pk}").exists()
    changed = facts_of("directory:officer:changed")["changed"]
    assert changed == {"unit": ["fr-pharos", "de-meldestelle"]}


def test_what_was_asked_for_falls_with_who_asked(admin: Officer, second: Officer) -> None:
    nora = make.officer("nora", "flag")
    actions.change_officer(nora.pk, Person("Nora", "fr-pharos", ["sign"]), by=actor_of(admin), at=make.START)
    change = RoleChange.objects.get()
    actions.suspend_officer(admin.pk, "A specimen.", by=actor_of(second), at=make.START)
    with pytest.raises(MovedMeanwhile):
        actions.settle_roles(change.pk, grant=True, by=actor_of(second), at=make.START)


def test_one_who_would_have_the_roles_does_not_grant_them(admin: Officer, second: Officer) -> None:
    third = make.officer("amir", "administer")
    actions.change_officer(
        second.pk, Person("Abel", "de-meldestelle", ["lead", "flag"]), by=actor_of(admin), at=make.START
    )
    with pytest.raises(NotAllowed):
        actions.settle_roles(RoleChange.objects.get().pk, grant=True, by=actor_of(second), at=make.START)
    actions.settle_roles(RoleChange.objects.get().pk, grant=True, by=actor_of(third), at=make.START)
    assert Officer.objects.get(pk=second.pk).roles == ["flag", "lead"]


def test_beginning_anew_ends_what_they_signed_in_with_at_once(desk: Client) -> None:
    nora = make.officer("nora", "observe", password=make.PASSWORD)
    browser = client_of(nora)
    page = act(desk, nora, "reset").content.decode()
    assert browser.get("/operations/").status_code == 302
    assert Client().post("/sign-in/", {"username": "nora", "password": make.PASSWORD}).status_code != 302
    assert Client().post(LINK.findall(page)[0], PHRASE)["Location"] == "/me/"


def test_a_token_is_shown_once_and_revoked(desk: Client) -> None:
    nora = make.officer("nora", "flag")
    page = act(desk, nora, "token", token="her script").content.decode()
    (secret,) = re.findall(r"cta-[\w-]+", page)
    assert secret not in desk.get(f"/people/{nora.pk}/").content.decode()
    assert b"her script" in desk.get("/lists/tokens/?state=open").content
    token = ApiToken.objects.get()
    assert desk.post(f"/people/tokens/{token.pk}/revoke/").status_code == 302
    assert desk.post(f"/people/tokens/{token.pk}/revoke/").status_code == 409
    assert Client().get("/api/v1/operations/summer", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_people_are_found_by_role_state_and_unit(desk: Client, second: Officer) -> None:
    make.officer("nora", "flag")
    desk.post("/people/add/do/", NEW | {"username": "noel", "name": "Noel"})
    found = {
        query: re.findall(r">(nora|noel|ada|abel)</bdi>", desk.get(f"/lists/people/?{query}").content.decode())
        for query in ("role=administer", "state=waits", "q=de-meldestelle", "q=nor")
    }
    assert found == {
        "role=administer": ["abel", "ada"],
        "state=waits": ["noel"],
        "q=de-meldestelle": ["abel"],
        "q=nor": ["nora"],
    }
    rows = b"".join(desk.get("/lists/people/file/csv").streaming_content).decode()
    assert "noel,Noel,Pharos,flag,ar fr,waits," in rows


def test_a_units_operations_begin_with_its_handling_code(desk: Client, admin: Officer) -> None:
    form = {"name": "Specimen", "state": "at", "handling": "amber", "email": "", "authority": ""}
    assert desk.post("/units/keep/", form | {"slug": "at-unit"})["Location"] == "/units/at-unit/"
    assert desk.post("/units/keep/", form | {"slug": "at-unit"}).status_code == 422
    leader = make.actor("lotte", "lead")
    Officer.objects.filter(username="lotte").update(unit=Unit.objects.get(slug="at-unit"))
    leader = actor_of(Officer.objects.select_related("unit").get(username="lotte"))
    frame = create_operation("own", "Own", starts_at=make.START, t0=None, ends_at=None, by=leader, at=make.START)
    assert (frame.handling, frame.unit.slug if frame.unit else "") == ("amber", "at-unit")
    with pytest.raises(Refused):
        actions.keep_unit(
            "at-unit", UnitSaid("X", "AT", handling="white"), new=False, by=actor_of(admin), at=make.START
        )
