"""What another unit may see: every page of an operation, and of what is in it, follows the handling code."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.test import Client
from django.urls import reverse

from cautery.core.actors import Actor
from cautery.core.errors import NotAllowed, NotFound, Refused
from cautery.core.handling import Handling, may_see
from cautery.directory.models import Unit
from cautery.intake.actions import set_handling
from cautery.intake.models import Operation
from cautery.intake.queries import get_item, get_operation, operation_names, shares_of
from cautery.report.register import desks
from cautery.track.models import Mail, Threat
from cautery.web.access import NEEDS
from tests import factories as make
from tests.web.conftest import Story
from tests.web.test_access import ACTING, GUARDED, PATTERNS, READING, address, ask

HERE, THERE = "fr-pharos", "de-meldestelle"
OF_NO_OPERATION = {"provider", "unit"}
OF_AN_OPERATION = [n for n in GUARDED if "slug" in PATTERNS[n].pattern.converters and n not in OF_NO_OPERATION]
OF_AN_ITEM = ["item", "item-stop", "picture"]


@pytest.fixture
def kept(story: Story) -> Story:
    """The story's operation belongs to one unit, which alone sees it; no other gave flags to it."""
    make.officer("owner", "lead", unit=HERE)
    Operation.objects.update(unit=Unit.objects.get(slug=HERE), handling=Handling.RED)
    return story


def role_for(name: str) -> str:
    """A role that the page would let in."""
    return {
        "AUTHORISE_DECISION_SIGN": "sign",
        "AUTHORISE_OPERATION_RELEASE": "lead",
        "REVIEW_EPISODE_CLAIM": "review",
        "REVIEW_EPISODE_DECIDE": "review",
        "INTAKE_EVIDENCE_READ": "review",
        "REVIEW_ITEM_QUARANTINE": "review",
    }.get(getattr(PATTERNS[name].callback, NEEDS).name, "lead")


def of(unit: str, role: str) -> Client:
    """A client of an officer of this unit, who may do everything of the role."""
    client = Client()
    client.force_login(make.officer(f"{role} of {unit}", role, unit=unit))
    return client


def test_no_page_of_it_is_there_for_another_unit(kept: Story) -> None:
    found = {name: ask(of(THERE, role_for(name)), name, kept) for name in [*OF_AN_OPERATION, *OF_AN_ITEM]}
    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 404} == {}
    assert [name for name, answer in found.items() if b"youtube" in b"".join(_whole(answer))] == []


def test_its_own_unit_goes_on_as_before(kept: Story) -> None:
    client = of(HERE, "lead")
    for name in ("operation", "items", "item", "room", "report", "sharing"):
        assert ask(client, name, kept).status_code == 200, name


def test_lists_of_everything_do_not_name_what_is_hidden(kept: Story) -> None:
    client = of(THERE, "lead")
    assert b"Summer" not in client.get("/operations/").content
    found = client.get("/register/").content
    assert b"Summer" not in found
    assert f"/items/{kept.returned.pk}/".encode() not in found
    assert kept.returned.key.encode() not in b"".join(_whole(client.get("/register/file/csv")))


def _whole(answer: Any) -> list[bytes]:
    return list(answer) if answer.streaming else [answer.content]


def test_the_api_follows_the_same_rule(kept: Story) -> None:
    row = {
        "id": str(uuid5(NAMESPACE_URL, "german")),
        "name": "German",
        "unit": THERE,
        "roles": ["lead"],
        "token": "german",
    }
    make.import_directory({"officers": [row]}, by=make.SYSTEM, at=make.START)
    client, reference = Client(headers={"Authorization": "Bearer german"}), kept.returned.notices.get().reference
    assert client.get("/api/v1/operations/summer").status_code == 404
    assert client.get("/api/v1/register?operation=summer").status_code == 404
    assert client.get(f"/api/v1/notices/{reference}/forms").status_code == 404
    complaint = {"kind": "complaint", "reason": "A newspaper reports."}
    answer = client.post(f"/api/v1/notices/{reference}/redress", complaint, content_type="application/json")
    assert answer.status_code == 404
    assert client.post("/api/v1/operations/summer/keys").status_code == 404


@pytest.fixture
def waiting(kept: Story) -> tuple[Threat, Mail]:
    """A threat and a message about the notice that is kept."""
    notice = kept.returned.notices.get()
    words = {"text": "A specimen threat.", "contact": "desk", "received_at": make.START}
    threat = Threat.objects.create(provider=notice.provider, notice=notice, **words)
    named = ["CTY-NONE", notice.reference]
    mail = Mail.objects.create(
        digest="1" * 64,
        raw=b"Subject: specimen\n\nwords",
        received_at=make.START,
        meaning="reply",
        references=named,
    )
    return threat, mail


def told_by_api(unit: str, *roles: str) -> Client:
    """A program that comes in as an officer of this unit."""
    identity = str(uuid5(NAMESPACE_URL, f"{unit} {roles}"))
    row = {"id": identity, "name": unit, "unit": unit, "roles": list(roles), "token": f"{unit}{roles}"}
    make.import_directory({"officers": [row]}, by=make.SYSTEM, at=make.START)
    return Client(headers={"Authorization": f"Bearer {unit}{roles}"})


@pytest.mark.both
def test_mail_and_threats_about_it_are_not_there_for_another_unit(kept: Story, waiting: tuple[Threat, Mail]) -> None:
    threat, mail = waiting
    own, other = told_by_api(HERE, "lead"), told_by_api(THERE, "lead")
    for client, number in ((other, 0), (told_by_api(THERE, "oversee"), 1), (own, 1)):
        for path in ("threats", "mail/waiting"):
            assert len(client.get(f"/api/v1/{path}").json()["rows"]) == number, path
    for path in (f"threats/{threat.pk}/seen", f"mail/{mail.pk}/settled"):
        assert [client.post(f"/api/v1/{path}").json() for client in (other, own)] == [{"done": False}, {"done": True}]


def test_the_desk_shows_neither_to_another_unit(kept: Story, waiting: tuple[Threat, Mail]) -> None:
    threat, mail = waiting
    own, other = make.actor("own", "lead", unit=HERE), make.actor("other", "lead", unit=THERE)
    for by, number in ((own, 1), (other, 0)):
        assert len(desks.threats("", "", {}, by=by).rows) == desks.waiting_threats(by=by) == number
        assert len(desks.letters("", "", {}, by=by).rows) == number
    assert desks.letter(mail.pk, by=own)["mail"] == mail
    with pytest.raises(NotFound):
        desks.letter(mail.pk, by=other)
    client = of(THERE, "lead")
    assert client.get(reverse("web:mail", args=[mail.pk])).status_code == 404
    client.post(reverse("web:threat-seen", args=[threat.pk]))
    client.post(reverse("web:mail-settled", args=[mail.pk]))
    assert (Threat.objects.get().seen_at, Mail.objects.get().settled_at) == (None, None)


def test_what_is_about_no_notice_is_for_all_who_read_such_things(kept: Story, waiting: tuple[Threat, Mail]) -> None:
    Threat.objects.update(notice=None)
    Mail.objects.update(references=["CTY-NONE"])
    client = told_by_api(THERE, "lead")
    assert [len(client.get(f"/api/v1/{path}").json()["rows"]) for path in ("threats", "mail/waiting")] == [1, 1]


def test_oversight_sees_it(kept: Story) -> None:
    client = of(THERE, "oversee")
    assert client.get(address("operation", kept)).status_code == 200
    assert client.get(address("item", kept)).status_code == 200


def test_amber_is_for_the_units_it_names(kept: Story) -> None:
    owner, other = make.actor("owner", "lead", unit=HERE), make.actor("other", "lead", unit=THERE)
    kept.operation.refresh_from_db()
    set_handling(kept.operation, "amber", [THERE], by=owner, at=make.START)
    assert get_operation("summer", by=other) == kept.operation
    assert get_item(kept.returned.pk, by=other) == kept.returned
    set_handling(kept.operation, "amber", [], by=owner, at=make.START)
    assert operation_names(by=other) == []
    with pytest.raises(NotFound):
        get_item(kept.returned.pk, by=other)


def test_an_item_that_is_in_an_open_operation_too_shows_only_that_one(kept: Story) -> None:
    other = make.operation("autumn", t0=make.hours(200))
    other.unit = None
    make.flagged(
        other, [kept.dismissed.url], by=make.actor("german", "flag", unit=THERE), at=make.hours(60), key="again"
    )
    page = of(THERE, "lead").get(f"/items/{kept.dismissed.pk}/")
    assert page.status_code == 200
    assert b"Autumn" in page.content
    assert b"Summer" not in page.content
    assert b"A newspaper reports" not in page.content


def test_only_its_unit_says_who_sees_it(kept: Story) -> None:
    other = make.actor("other", "lead", unit=THERE)
    with pytest.raises(NotAllowed):
        set_handling(kept.operation, "green", [], by=other, at=make.START)
    kept.operation.unit = None
    with pytest.raises(NotAllowed):
        set_handling(kept.operation, "red", [], by=make.actor("owner", "lead", unit=HERE), at=make.START)


def test_nobody_is_shut_out_from_what_they_gave(kept: Story) -> None:
    owner: Actor = make.actor("owner", "lead", unit=HERE)
    kept.operation.refresh_from_db()
    set_handling(kept.operation, "green", [], by=owner, at=make.START)
    german = make.actor("german", "flag", unit=THERE)
    make.flagged(kept.operation, ["https://www.youtube.com/watch?v=00000000077"], by=german, key="german")
    with pytest.raises(Refused):
        set_handling(kept.operation, "red", [], by=owner, at=make.START)
    set_handling(kept.operation, "amber", [], by=owner, at=make.START)
    assert shares_of(kept.operation) == [THERE]


def test_a_leader_sets_the_code_on_its_page(kept: Story) -> None:
    client = of(HERE, "lead")
    page = client.get("/operations/summer/sharing/")
    assert b"Meldestelle" in page.content
    client.post("/operations/summer/sharing/set/", {"code": "amber", "unit": [THERE]})
    kept.operation.refresh_from_db()
    assert (kept.operation.handling, shares_of(kept.operation)) == ("amber", [THERE])


@pytest.mark.parametrize(
    ("unit", "code", "seen"),
    [("a", "red", True), ("b", "red", False), ("b", "amber", True), ("c", "amber", False), ("c", "green", True)],
)
def test_the_rule_of_the_codes(unit: str, code: str, seen: bool) -> None:
    assert may_see(unit, Handling(code), owner="a", named={"b"}) is seen


def test_the_walk_covers_pages_that_read_and_that_act() -> None:
    assert set(OF_AN_OPERATION) & set(ACTING)
    assert set(OF_AN_OPERATION) & set(READING)
