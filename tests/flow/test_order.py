"""One item from flag to removal order: first information, twelve hours, impossibility, clarification, removal, complaint, scrutiny, reinstatement."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from django.test import Client

from cautery.authorise.actions import (
    Granted,
    record_warrants,
    resume_instrument,
    suspend_instrument,
)
from cautery.core.actors import Actor
from cautery.core.clock.running import Standing
from cautery.custody.events import Event
from cautery.custody.models import Entry
from cautery.directory.actions import give_provider_key, import_directory
from cautery.directory.models import Authority, Officer, Provider
from cautery.directory.queries import provider_access
from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.match.actions import Known, import_known
from cautery.match.models import BankEntry
from cautery.refer.issuing.steps import Desk, copy_orders, make_out, next_making, send_papers
from cautery.refer.models import Notice, Paper
from cautery.refer.steps import send_due
from cautery.review.actions import Decision, claim_episodes, decide_many
from cautery.review.models import Assessment
from cautery.track.actions import note_referred
from cautery.track.desk.actions import see_threat
from cautery.track.desk.queries import art_7, threats
from cautery.track.forms.queries import annex
from cautery.track.redress.actions import Step, record_step
from cautery.track.redress.queries import precision
from tests import factories as make
from tests.flow.orders import FILM, Way, authority, confirmed, host, reviewer, say, sign, standing

pytestmark = pytest.mark.django_db
__all__ = ["host", "reviewer"]
"""Fixtures of orders.py, found here by their names."""


def test_an_order_goes_its_whole_way(host: Provider, reviewer: Actor) -> None:
    confirmed(reviewer, host)
    assert sign() == ("recorded", "")
    (notice,) = make.composed(host, at=make.hours(13))
    make.released(Operation.objects.get())
    api, mail = Way(), Way()
    informed_then_sent(notice, api, mail)
    leader = make.actor("leader", "lead")
    obstructed_then_removed(host, notice, leader)
    overturned(host, notice, leader, mail)
    line = next(row for row in precision(by=leader) if row["by"] == "instrument")
    assert {name: line[name] for name in ("value", "delivered", "complained", "overturned", "reinstated")} == {
        "value": "tco-removal-order", "delivered": 1, "complained": 1, "overturned": 1, "reinstated": 1
    }  # fmt: skip
    key = provider_access(give_provider_key(host, "y", by=make.SYSTEM, at=make.hours(62)), make.hours(62))
    assert art_7(key, 2026) == {
        "year": 2026, "orders_received": 1, "removed": 1, "disabled": 0, "not_executed_impossible": 1,
        "not_executed_clarification": 1, "complaints": 1, "reinstated": 1,
    }  # fmt: skip


def informed_then_sent(notice: Notice, api: Way, mail: Way) -> None:
    """First information, its twelve hours, the order, its copy to the home state."""
    desk, ways = Desk(), {"api": api, "mail": mail}
    make_out(desk, make.hours(13))
    send_papers(ways, make.hours(13))
    assert [to.email for to, _ in mail.sent] == ["tco@youtube.example"], "the provider is informed first"
    for hour in (13, 24, 24.9):
        make_out(desk, make.hours(hour))
        assert send_due(ways, "worker:test", make.hours(hour)) == 0, "and has its twelve hours"
    assert next_making(make.hours(24.9)) == make.hours(25)
    make_out(desk, make.hours(25))
    api.now = make.hours(25)
    assert send_due(ways, "worker:test", make.hours(25)) == 1
    order = api.sent[0][1].body["document"]["fields"]
    assert (order["urls"], order["cross_border"], order["first_order"]) == ([FILM], True, True)
    copy_orders(desk, make.hours(25))
    send_papers(ways, make.hours(25))
    assert mail.sent[-1][0].email == "orders@ie-office.example"
    assert {f.filename for f in mail.sent[-1][1].documents} == {
        f"{notice.reference}%2FC.json", f"{notice.reference}.json"
    }  # fmt: skip


def obstructed_then_removed(host: Provider, notice: Notice, leader: Actor) -> None:
    """Impossibility and a question suspend the hour, each beginning it anew; removed within it."""
    note_referred(at=make.hours(25))
    assert standing(notice, "first-notice", make.hours(25.1)) == Standing.MET
    assert standing(notice, "remove", make.hours(25.1)) == Standing.RUNNING
    say(host, notice, "impossible", make.hours(25.2))
    assert standing(notice, "remove", make.hours(30)) == Standing.SUSPENDED
    say(host, notice, "ceased", make.hours(31))
    say(host, notice, "clarification", make.hours(31.5))
    assert standing(notice, "remove", make.hours(33)) == Standing.SUSPENDED
    record_step(Step(notice.reference, "clarification"), by=leader, at=make.hours(34))
    assert standing(notice, "remove", make.hours(34.5)) == Standing.RUNNING, "the hour begins anew"
    say(host, notice, "removed", make.hours(34.7))
    assert standing(notice, "remove", make.hours(36)) == Standing.MET
    key = provider_access(give_provider_key(host, "x", by=make.SYSTEM, at=make.hours(35)), make.hours(35))
    assert annex(key, notice.reference, "ii")[1].values["measure"] == "removed"


def overturned(host: Provider, notice: Notice, leader: Actor, mail: Way) -> None:
    """A complaint, scrutiny that overturns, word to all who relied on the order, reinstatement."""
    known = [Known(1, "film", "image", "own", sha256=sha256(b"specimen").hexdigest())]
    import_known(known, by=make.SYSTEM, at=make.hours(35))
    say(host, notice, "complaint", make.hours(36))
    request = Step(notice.reference, "scrutiny_request", body="the content provider")
    record_step(request, by=leader, at=make.hours(40))
    assert standing(notice, "requested-scrutiny", make.hours(41)) == Standing.RUNNING
    why = {"ruling": "overturned", "reason": "Reporting, not propaganda.", "body": "Specimen Office IE"}
    record_step(Step(notice.reference, "scrutiny_decision", **why), by=leader, at=make.hours(60))
    assert standing(notice, "requested-scrutiny", make.hours(61)) == Standing.MET
    send_papers({"mail": mail}, make.hours(60))
    assert {to.email for to, _ in mail.sent[-2:]} == {"tco@youtube.example", "orders@ie-office.example"}
    assert BankEntry.objects.get(label="film").quarantined_at == make.hours(60)
    say(host, notice, "reinstated", make.hours(61))


def test_an_order_that_lacks_a_field_is_not_signed_and_says_which_and_why(host: Provider, reviewer: Actor) -> None:
    Authority.objects.filter(slug="fr-office").update(redress_body="")
    confirmed(reviewer, host)
    status, detail = sign()
    assert status == "refused"
    assert "redress_body" in detail
    assert "Art 3(4)(f)" in detail


def test_an_order_of_an_authority_that_needs_a_judge_waits_for_one(host: Provider, reviewer: Actor) -> None:
    import_directory(
        {"authorities": [authority("fr-office", "FR", "issue", warrant_needed=True)]}, by=make.SYSTEM, at=make.START
    )
    confirmed(reviewer, host)
    assert "judge" in sign()[1]
    decision = Assessment.objects.get().pk
    granted = [Granted(decision, "Specimen Court", "1/26", make.hours(2.5))]
    record_warrants(granted, by=make.actor("leader", "lead"), at=make.hours(2.6))
    assert sign() == ("recorded", "")


def test_a_unit_without_an_authority_orders_nothing(host: Provider) -> None:
    confirmed(make.actor("reviewer", "review"), host)
    assert "Art 12(1)(a)" in sign()[1]


@pytest.mark.parametrize("grounds", [["because I say so"], ["tco-2-7-a", "made up"]])
def test_a_ground_in_free_text_is_not_even_decided(host: Provider, reviewer: Actor, grounds: list[str]) -> None:
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)
    make.matched(episodes)
    (key,) = claim_episodes(frame, 1, by=reviewer)
    (said,) = decide_many([Decision(key, "confirmed", "x", ["a"], grounds=grounds)], by=reviewer, at=make.hours(2))
    assert said.status == "refused"


def test_a_designation_that_was_not_in_force_that_day_carries_nothing(host: Provider, reviewer: Actor) -> None:
    row = {"code": "outlet", "name": "Specimen Outlet", "law": "a list", "since": "2020-01-01", "until": "2026-06-14"}
    import_directory({"designations": [row]}, by=make.SYSTEM, at=make.START)
    confirmed(reviewer, host, instrument="referral", grounds=["designated-entity"], designation="outlet")
    assert "not designated" in sign()[1]


def test_nobody_who_gave_both_their_keys_gets_a_notice_signed(host: Provider) -> None:
    keeper = make.actor("keeper", "administer")
    reviewer = make.actor("reviewer", "review")
    signer = make.actor("signer", "sign", unit="de-meldestelle")
    for who in ("reviewer", "signer"):
        officer = Officer.objects.get(username=who)
        row = {"id": str(officer.pk), "username": who, "name": who, "unit": officer.unit.slug, "roles": officer.roles}
        import_directory({"officers": [row | {"token": f"token of {who}"}]}, by=keeper, at=make.START)
    confirmed(reviewer, host, instrument="referral")
    assert "keys" in sign(by=signer)[1]


def test_the_overseer_stops_a_type_of_notice(host: Provider, reviewer: Actor) -> None:
    overseer = make.actor("overseer", "oversee")
    assert suspend_instrument("tco-removal-order", "Under inquiry.", by=overseer, at=make.hours(1))
    confirmed(reviewer, host)
    assert "suspended" in sign()[1]
    assert resume_instrument("tco-removal-order", by=overseer, at=make.hours(2.9))
    assert sign() == ("recorded", "")


def test_a_provider_sees_and_answers_its_own_notices_alone(host: Provider) -> None:
    other = make.provider("vimeo")
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    (notice,) = make.composed(host)
    make.released(frame)
    mine, theirs, sandbox = (
        Client(
            headers={
                "Authorization": f"Bearer {give_provider_key(who, 'k', by=make.SYSTEM, at=make.START, sandbox=box)}"
            }
        )
        for who, box in ((host, False), (other, False), (host, True))
    )
    assert mine.get("/api/v1/provider/notices").json()["notices"] == [], "what has not left does not show"
    make.sent(host)
    (row,) = mine.get("/api/v1/provider/notices").json()["notices"]
    assert (row["reference"], row["url"], len(row["sha256"])) == (notice.reference, FILM, 1)
    for word in ("reviewer", "signer", "Reviewer", "Pharos", "fr-pharos"):
        assert word not in json.dumps(row)
    assert theirs.get("/api/v1/provider/notices").json()["notices"] == []
    assert theirs.get(f"/api/v1/provider/notices/{notice.reference}").status_code == 404
    body = {
        "answers": [{"idempotency_key": notice.idempotency_key, "answer": "removed", "at": make.hours(25).isoformat()}]
    }
    post = lambda client: client.post("/api/v1/provider/answers", json.dumps(body), "application/json").json()  # noqa: E731
    assert post(theirs)["taken"] == 0
    assert post(sandbox)["taken"] == 1
    assert not notice.answers.exists(), "a sandbox key changes nothing"
    assert post(mine)["taken"] == post(mine)["taken"] == 1
    assert notice.answers.count() == 1
    assert mine.get("/api/v1/operations/summer").status_code == 401, "a provider's key opens nothing of the house"


def test_odd_answers_are_kept_and_marked(host: Provider) -> None:
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    (notice,) = make.composed(host)
    make.released(frame)
    make.sent(host)
    for answer, stated in (("removed", 20), ("removed", 25), ("declined", 26), ("reinstated", 90)):
        say(host, notice, answer, make.hours(27), stated=make.hours(stated))
    marks = list(notice.answers.order_by("at").values_list("answer", "remark"))
    assert marks == [
        ("removed", "before_receipt"), ("removed", ""), ("declined", "contradicts"), ("reinstated", "in_future")
    ]  # fmt: skip


def test_a_threat_to_life_has_its_own_queue_and_signs_nothing(host: Provider, caplog: pytest.LogCaptureFixture) -> None:
    secret = give_provider_key(host, "k", by=make.SYSTEM, at=make.START)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    body = json.dumps({"text": "A specimen threat.", "contact": "duty@youtube.example"})
    threat = client.post("/api/v1/provider/threats", body, "application/json").json()["threat_id"]
    assert "THREAT TO LIFE" in caplog.text
    signer = make.actor("signer", "sign")
    assert [row["threat_id"] for row in threats(by=signer) if not row["seen"]] == [threat]
    assert see_threat(threat, by=signer, at=make.hours(1))
    assert not see_threat(threat, by=signer, at=make.hours(1))
    assert Entry.objects.filter(event=Event.TRACK_THREAT_REPORTED).count() == 2
    assert not Paper.objects.exists()


def test_the_desk_lets_in_by_a_link_once_and_answers_all_of_a_list(host: Provider) -> None:
    frame = make.operation()
    urls = [f"https://www.youtube.com/watch?v=0000000{n:04d}" for n in range(3)]
    episodes = make.flagged(frame, urls)
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    now = clock().now()
    secret = give_provider_key(host, "link", by=make.SYSTEM, at=now, once=True)
    client, late = Client(), Client()
    assert client.get("/provider/").headers["Location"] == "/provider/enter/"
    assert client.get(f"/provider/enter/{secret}/").status_code == 200
    assert client.post(f"/provider/enter/{secret}/").status_code == 302
    assert late.post(f"/provider/enter/{secret}/").status_code == 403, "used up"
    page = client.get("/provider/").content.decode()
    assert all(url in page for url in urls)
    lines = b"".join(client.get("/provider/notices.csv").streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert sha256(b"specimen").hexdigest() in lines[1]
    answered = client.post("/provider/answers/", {"answer": "removed", "all": "1"})
    assert b"3 answers taken" in answered.content
    reference = Notice.objects.earliest("pk").reference
    assert client.get(f"/provider/notices/{reference}/").status_code == 200
