"""Lists of what waits, pages of one outlet, domain, provider and notice, and the custody of an item."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cautery.core.actors import Permission
from cautery.custody.actions import Sealer
from cautery.custody.models import Entry
from cautery.directory.roles import PERMISSIONS, Role
from cautery.report.register.actions import index_waiting
from cautery.report.register.traces import traces
from cautery.track.models import Mail, Proceeding, Threat
from cautery.web.views.lists import BANK, LISTINGS
from tests import factories as make
from tests.web.conftest import Story

EVERY = {**LISTINGS, BANK.slug: BANK}


def one_who_may(*roles: str) -> Client:
    client = Client()
    client.force_login(make.officer(f"one who may {' '.join(roles)}", *roles))
    return client


@pytest.mark.parametrize("role", list(Role))
def test_every_list_and_its_file_are_for_those_who_may_see_them(role: Role, story: Story) -> None:
    client = one_who_may(role)
    for listing in EVERY.values():
        allowed = listing.permission in PERMISSIONS[role]
        for where in (listing.page, listing.files[0][1]):
            assert (client.get(where).status_code == 200) is allowed, (role, where)


@pytest.mark.parametrize("slug", sorted(EVERY))
def test_a_list_takes_few_queries_and_says_when_it_is_empty(
    slug: str, story: Story, django_assert_max_num_queries: Any
) -> None:
    client = one_who_may(next(role for role in Role if EVERY[slug].permission in PERMISSIONS[role]))
    with django_assert_max_num_queries(25):
        said = client.get(f"{EVERY[slug].page}?q=nothing-of-that-name").content.decode()
    assert "Nothing fits the filter." in said
    for choice in EVERY[slug].choices:
        assert client.get(f"{EVERY[slug].page}?{choice.name}=none-of-them").status_code == 422
        assert client.get(f"{EVERY[slug].page}?{choice.name}={next(iter(choice.options))}").status_code == 200


def test_a_view_of_a_list_is_kept_with_the_list(story: Story, reader: Client) -> None:
    answer = reader.post(
        "/register/views/save/", {"name": "Lost", "query": "answer=declined&after=9", "place": "answers"}
    )
    assert answer["Location"] == "/lists/answers/?answer=declined"
    assert b">Lost</a>" in reader.get("/lists/answers/").content
    assert b">Lost</a>" not in reader.get("/register/").content


def test_an_outlet_and_a_domain_have_their_pages(
    story: Story, reader: Client, django_assert_max_num_queries: Any
) -> None:
    (channel,) = make.flagged(story.operation, ["https://t.me/harmless_specimen"], key="channel")
    index_waiting()
    for where in (f"/outlets/{channel.item.provider}/{channel.item.key}/", "/domains/youtube.com/"):
        with django_assert_max_num_queries(25):
            answer = reader.get(where)
        assert answer.status_code == 200, where
    assert f"/items/{story.returned.pk}/" in answer.content.decode()
    assert "seen up again" in answer.content.decode()
    assert reader.get("/domains/nowhere.example/").status_code == 404


def test_a_complaint_is_followed_to_reinstatement(story: Story, reader: Client) -> None:
    leader, reference = one_who_may("lead"), story.returned.notices.get().reference
    for kind, ruling in (("complaint", ""), ("court_decision", "overturned"), ("reinstatement", "")):
        form = {"kind": kind, "ruling": ruling, "body": "A court", "reason": "Specimen reason."}
        assert leader.post(f"/redress/{reference}/record/", form).status_code == 302
    said = reader.get(f"/redress/{reference}/").content.decode()
    assert said.index("Complaint of") < said.index("Overturned") < said.index("Reinstated")
    assert "Record a step" not in said
    assert reference in reader.get("/lists/redress/?ruling=overturned").content.decode()
    assert reader.post(f"/redress/{reference}/record/", {"kind": "complaint"}).status_code == 403
    assert leader.post(f"/redress/{reference}/record/", {"kind": "complaint", "until": "x"}).status_code == 422
    assert Proceeding.objects.count() == 3


def test_a_threat_is_taken_on_once_and_mail_is_settled(story: Story) -> None:
    leader, provider = one_who_may("lead"), make.provider()
    threat = Threat.objects.create(provider=provider, text="A specimen threat.", contact="desk", received_at=make.START)
    mail = Mail.objects.create(
        digest="1" * 64, raw=b"Subject: =?utf-8?q?Sp=C3=A9cimen?=\r\n\r\nPlain <b>words</b>.", received_at=make.START,
        sender="a@b.example", meaning="other",
    )  # fmt: skip
    assert b"A specimen threat." in leader.get("/lists/threats/?state=waiting").content
    leader.post(f"/threats/{threat.pk}/seen/")
    assert b"A specimen threat." not in leader.get("/lists/threats/?state=waiting").content
    page = leader.get(f"/mail/{mail.pk}/").content.decode()
    assert "Spécimen" in page
    assert "Plain &lt;b&gt;words" in page
    leader.post(f"/mail/{mail.pk}/settled/")
    assert b"a@b.example" not in leader.get("/lists/mail/?state=waiting").content


def test_the_custody_of_an_item_has_every_act_on_it_with_its_row(story: Story, reader: Client) -> None:
    by = make.actor("observer", "observe")
    found = traces(story.returned.pk, by=by)
    events = [trace.event for trace in found]
    for event in (
        "intake:batch:received",
        "review:decisions:recorded",
        "authorise:decision:signed",
        "refer:notices:composed",
    ):
        assert event in events, event
    decided = next(trace for trace in found if trace.event == "review:decisions:recorded")
    assert json.loads(decided.said)["finding"] == "confirmed"
    assert not any(str(story.dismissed.pk) == str(json.loads(t.said).get("item")) for t in found)
    Sealer().seal(make.hours(90))
    proof = json.loads(reader.get(f"/custody/{decided.entry}/proof.json?row={decided.row}").content)
    assert json.loads(proof["row"]["line"]) == json.loads(decided.said)
    assert reader.get(f"/items/{story.returned.pk}/custody/").status_code == 200
    assert Entry.objects.filter(pk=decided.entry).exists()


def test_what_stands_against_a_notice_of_another_unit_does_not_show(story: Story) -> None:
    flagger = one_who_may("flag")
    assert Permission.REFER_HOLD_OVERRIDE not in PERMISSIONS["flag"]
    assert b"Nothing stands against" in flagger.get("/lists/held-back/").content
