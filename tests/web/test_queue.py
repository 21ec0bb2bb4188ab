"""A day in the queue: what comes, what is recorded, what can be taken back, what nobody sees any more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cautery.core.lifecycle import EpisodeState
from cautery.custody.models import Consultation, Entry
from cautery.directory.models import Authority, Unit
from cautery.intake.models import Episode
from cautery.review import actions
from cautery.review.models import Assessment, Exposure, Quarantine, Question, Rest, Showing
from cautery.review.queries import review_items
from cautery.review.queue.queries import shown_digest
from tests import factories as make
from tests.web.conftest import Work

AT = "/operations/autumn/review/"
YES = {"outcome": "confirmed", "limb": ["a", "c"], "reason": "It glorifies the act.", "purpose": "none"}


def take(client: Client) -> int:
    """The episode the next item led to."""
    found = re.fullmatch(rf"{AT}(\d+)/", client.post(f"{AT}next/")["Location"])
    assert found
    return int(found[1])


def test_the_most_pressing_comes_first_and_says_why(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    assert key == work.known.pk
    said = reviewer.get(f"{AT}{key}/").content.decode()
    assert "known content of degree 4" in said
    assert "Specimen film of degree four" in said
    assert take(reviewer) == key


def test_two_reviewers_never_have_the_same_item(work: Work, reviewer: Client) -> None:
    other = Client()
    other.force_login(make.officer("otto", "review"))
    mine, theirs = take(reviewer), take(other)
    assert mine != theirs
    assert other.get(f"{AT}{mine}/").status_code == 404


def test_a_claim_returns_by_itself(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    Episode.objects.filter(pk=key).update(lease_until=1.0)
    assert reviewer.get(f"{AT}{key}/").status_code == 404
    other = Client()
    other.force_login(make.officer("otto", "review"))
    assert take(other) == key


def test_what_was_seen_is_what_is_recorded(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    seen = shown_digest(review_items([key])[0])
    assert Showing.objects.get(episode=key).digest == seen
    assert f"episode:{key}" in Consultation.objects.values_list("line", flat=True).latest("pk")
    reviewer.post(f"{AT}{key}/decide/", YES)
    row = Assessment.objects.get(episode=key)
    assert (row.finding, row.limbs, row.reason) == ("confirmed", ["a", "c"], "It glorifies the act.")


def test_it_refuses_a_decision_on_what_was_not_shown(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    answer = reviewer.post(f"{AT}{key}/decide/", YES)
    assert answer.status_code == 422
    assert b"only what was shown" in answer.content
    assert not Assessment.objects.exists()


def test_a_decision_covers_only_the_copies_that_were_ticked_and_shown(work: Work, reviewer: Client) -> None:
    Episode.objects.exclude(pk__in=[copy.pk for copy in work.copies]).update(lease_owner="x", lease_until=9e12)
    key = take(reviewer)
    beside = next(copy.pk for copy in work.copies if copy.pk != key)
    said = reviewer.get(f"{AT}{key}/").content.decode()
    assert f'name="copy" value="{beside}"' in said
    assert reviewer.post(f"{AT}{key}/decide/", YES | {"copy": [str(work.plain.pk)]}).status_code == 422
    assert not Assessment.objects.exists()
    reviewer.post(f"{AT}{key}/decide/", YES | {"copy": [str(beside)]})
    assert set(Assessment.objects.values_list("episode", flat=True)) == {key, beside}


def test_copies_that_were_not_ticked_wait(work: Work, reviewer: Client) -> None:
    Episode.objects.exclude(pk__in=[copy.pk for copy in work.copies]).update(lease_owner="x", lease_until=9e12)
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    reviewer.post(f"{AT}{key}/decide/", YES)
    assert list(Assessment.objects.values_list("episode", flat=True)) == [key]


@pytest.mark.parametrize("change", [{"reason": " "}, {"limb": []}, {"purpose": "journalism"}, {"outcome": "perhaps"}])
def test_a_decision_that_cannot_be_is_said_and_nothing_is_lost(
    change: dict[str, Any], work: Work, reviewer: Client
) -> None:
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    assert reviewer.post(f"{AT}{key}/decide/", YES | change).status_code == 422
    assert not Assessment.objects.exists()
    assert take(reviewer) == key


def test_a_decision_can_be_taken_back_within_a_minute_and_the_log_has_both(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    following = reviewer.post(f"{AT}{key}/decide/", YES, follow=True)
    assert b"Take it back" in following.content
    answer = reviewer.post(f"{AT}undo/")
    assert answer["Location"] == f"{AT}{key}/"
    assert not Assessment.objects.exists()
    assert Episode.objects.get(pk=key).state == EpisodeState.IN_REVIEW
    assert reviewer.get(f"{AT}{key}/").status_code == 200
    said = list(
        Entry.objects.filter(event__startswith="review:decisions").order_by("pk").values_list("event", flat=True)
    )
    assert said == ["review:decisions:recorded", "review:decisions:withdrawn"]
    assert reviewer.post(f"{AT}undo/").status_code == 422


def test_it_is_too_late_after_a_minute_or_once_somebody_signed(
    work: Work, reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    reviewer.post(f"{AT}{key}/decide/", YES)
    make.signed(work.operation)
    assert reviewer.post(f"{AT}undo/").status_code == 409
    second = take(reviewer)
    reviewer.get(f"{AT}{second}/")
    reviewer.post(f"{AT}{second}/decide/", YES)
    monkeypatch.setattr(actions, "UNDO", -actions.UNDO)
    assert reviewer.post(f"{AT}undo/").status_code == 422
    assert Assessment.objects.count() == 2


def test_nobody_takes_back_what_another_decided(work: Work, reviewer: Client) -> None:
    (key,) = make.decided(work.operation, limit=1)
    session = reviewer.session
    session["desk_undo"] = {
        "episodes": [key],
        "slug": "autumn",
        "at": "2026-06-15T08:00:00+00:00",
        "finding": "confirmed",
    }
    session.save()
    assert reviewer.post(f"{AT}undo/").status_code == 409
    assert Assessment.objects.count() == 1


def test_a_second_opinion_goes_to_somebody_else_with_the_question(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    assert reviewer.post(f"{AT}{key}/ask/", {"question": " "}).status_code == 422
    reviewer.post(f"{AT}{key}/ask/", {"question": "Is this a newspaper?"})
    assert Question.objects.get().episode_id == key
    assert take(reviewer) != key
    other = Client()
    other.force_login(make.officer("otto", "review"))
    assert take(other) == key
    assert b"Is this a newspaper?" in other.get(f"{AT}{key}/").content


def test_what_must_stop_is_closed_to_every_view_at_once(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    item = work.known.item
    assert reviewer.post(f"/items/{item.pk}/stop/", {"queue": "autumn"}).status_code == 302
    leader = Client()
    leader.force_login(make.officer("lena", "lead"))
    for client in (reviewer, leader):
        assert client.get(f"/items/{item.pk}/").status_code == 404
    assert reviewer.get(f"{AT}{key}/").status_code == 404
    for where in ("items/", "items/file/csv", "items/file/ndjson"):
        answer = leader.get(f"/operations/autumn/{where}")
        body = answer.getvalue() if answer.streaming else answer.content
        assert item.key.encode() not in body, where
    assert item.key.encode() not in leader.get("/closed/").content
    assert Entry.objects.filter(event="review:item:quarantined", subject=f"item:{item.pk}").count() == 1
    assert make.decided(work.operation, by=make.actor("api", "review")).count(key) == 0


def test_the_lawful_body_gets_it_once_and_the_log_says_which(work: Work, reviewer: Client) -> None:
    item = work.known.item
    reviewer.post(f"/items/{item.pk}/stop/")
    leader = Client()
    leader.force_login(make.officer("lena", "lead"))
    where = f"/closed/{item.pk}/hand-over/"
    assert leader.post(where, {"to": ""}).status_code == 422
    assert leader.post(where, {"to": "National centre"}).status_code == 302
    assert leader.post(where, {"to": "Another"}).status_code == 409
    assert Quarantine.objects.get().handed_to == "National centre"
    assert b"National centre" in leader.get("/closed/").content


def test_who_rests_from_a_subject_is_not_shown_it(work: Work, reviewer: Client) -> None:
    take(reviewer)
    reviewer.post("/my-day/rest/", {"subject": "kind:video"})
    assert Rest.objects.get().until is None
    assert reviewer.post(f"{AT}next/")["Location"] == AT
    assert b"Nothing waits for you" in reviewer.get(AT).content
    reviewer.post("/my-day/rest/", {"subject": "kind:video", "act": "return"})
    take(reviewer)
    assert reviewer.post("/my-day/rest/", {"subject": "anything"}).status_code == 422


def test_exposure_is_counted_once_an_item_and_reminds_at_the_budget(work: Work, reviewer: Client) -> None:
    reviewer.post("/my-day/display/", {"width": "200", "budget": "1", "rest_minutes": "30"})
    key = take(reviewer)
    for _ in range(2):
        said = reviewer.get(f"{AT}{key}/").content
    assert Exposure.objects.get().items == 1
    assert b"Your budget for today is used up" in said
    assert reviewer.post("/my-day/display/", {"width": "9", "budget": "1", "rest_minutes": "30"}).status_code == 422
    assert reviewer.post("/my-day/display/", {"width": "x", "budget": "1", "rest_minutes": "30"}).status_code == 422


def test_leaders_see_sums_and_none_of_fewer_than_three(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    reviewer.get(f"{AT}{key}/")
    leader = Client()
    leader.force_login(make.officer("lena", "lead"))
    assert b"fewer than three people" in leader.get("/exposure/").content
    row = Exposure.objects.get()
    for name in ("one", "two"):
        Exposure.objects.create(
            officer=make.officer(name, "review"), day=row.day, items=4, since=row.since, last_at=row.last_at
        )
    said = leader.get("/exposure/").content
    assert b"fewer than three" not in said.split(b"<tbody>")[1]
    assert b"Rita" not in said


def test_what_is_left_is_given_back(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    reviewer.post(f"{AT}leave/")
    assert Episode.objects.get(pk=key).lease_owner == ""


def test_the_notices_that_apply_are_offered_the_mildest_first(work: Work, reviewer: Client) -> None:
    key = take(reviewer)
    said = reviewer.get(f"{AT}{key}/").content.decode()
    assert said.index('value="referral"') < said.index('value="dsa-notice"')
    assert 'value="tco-removal-order"' not in said
    court = Authority.objects.create(slug="a", name="A", state="FR", roles=["issue"])
    Unit.objects.filter(slug="fr-pharos").update(authority=court)
    assert 'value="tco-removal-order"' in reviewer.get(f"{AT}{key}/").content.decode()
    form = {"outcome": "confirmed", "limb": ["d"], "reason": "Why.", "instrument": "dsa-notice"}
    assert reviewer.post(f"{AT}{key}/decide/", form).status_code == 302
    assert Assessment.objects.get(episode=key).instrument == "dsa-notice"
