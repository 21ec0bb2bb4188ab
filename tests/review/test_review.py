"""Reviewing: only who holds an item decides on it, and only within the rules; interests hold notices back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cautery.core.errors import NotAllowed
from cautery.core.lifecycle import EpisodeState
from cautery.intake.models import Episode, Operation
from cautery.review.actions import Decision, HoldRequest, claim_episodes, decide_many, hold_many
from cautery.review.models import Assessment, Hold
from cautery.review.queries import review_items
from tests import factories as make

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"


@pytest.fixture
def frame() -> Operation:
    frame = make.operation()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(4)])
    make.identified(episodes, host=make.provider())
    make.matched(episodes, label="Specimen film")
    return frame


def confirm(key: int, reason: str = "It calls for the act.", **words: object) -> Decision:
    return Decision(key, "confirmed", reason, **({"limbs": ["a"]} | words))  # type: ignore[arg-type]


def statuses(decisions: list[Decision], username: str = "reviewer") -> list[str]:
    return [r.status for r in decide_many(decisions, by=make.actor(username, "review"), at=make.hours(2))]


def test_two_reviewers_never_hold_the_same(frame: Operation) -> None:
    one, two = make.actor("reviewer", "review"), make.actor("second", "review")
    first, second = claim_episodes(frame, 3, by=one), claim_episodes(frame, 3, by=two)
    assert (len(first), len(second)) == (3, 1)
    assert not set(first) & set(second)
    assert claim_episodes(frame, 3, by=one) == first


def test_only_the_holder_decides(frame: Operation) -> None:
    (key,) = claim_episodes(frame, 1, by=make.actor("reviewer", "review"))
    free = Episode.objects.exclude(pk=key).values_list("pk", flat=True)[0]
    assert statuses([confirm(key)], "second") == ["conflict"]
    assert statuses([confirm(free)]) == ["conflict"]
    assert statuses([confirm(key)]) == ["recorded"]
    assert Episode.objects.get(pk=key).state == EpisodeState.CONFIRMED


def test_who_let_a_lease_lapse_and_claims_again_holds_it_anew(frame: Operation) -> None:
    one, two = make.actor("reviewer", "review"), make.actor("second", "review")
    held = claim_episodes(frame, 4, by=one)
    Episode.objects.update(lease_until=1.0)
    assert claim_episodes(frame, 4, by=one) == held
    assert claim_episodes(frame, 4, by=two) == []


@pytest.mark.parametrize(
    "words",
    [
        {"limbs": []},
        {"limbs": ["z"]},
        {"limbs": ["a", "z"]},
        {"protected_purpose": "journalism"},
        {"protected_purpose": "unheard of"},
        {"instrument": "magic"},
    ],
)
def test_a_decision_against_the_rules_is_refused_and_the_rest_is_taken(
    frame: Operation, words: dict[str, object]
) -> None:
    bad, good = claim_episodes(frame, 2, by=make.actor("reviewer", "review"))
    assert statuses([confirm(bad, **words), confirm(good)]) == ["refused", "recorded"]
    assert list(Assessment.objects.values_list("episode_id", flat=True)) == [good]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_decision_without_a_reason_is_refused(frame: Operation, reason: str) -> None:
    (key,) = claim_episodes(frame, 1, by=make.actor("reviewer", "review"))
    assert statuses([confirm(key, reason), Decision(key, "dismissed", reason)]) == ["refused", "refused"]


def test_a_decision_sent_again_is_answered_already_and_another_is_a_conflict(frame: Operation) -> None:
    (key,) = claim_episodes(frame, 1, by=make.actor("reviewer", "review"))
    assert statuses([confirm(key)]) == ["recorded"]
    assert statuses([confirm(key)]) == ["already"]
    assert statuses([Decision(key, "dismissed", "On reflection.")]) == ["conflict"]
    assert statuses([confirm(key)], "second") == ["conflict"]


def test_two_different_decisions_on_one_item_in_one_call_are_both_refused(frame: Operation) -> None:
    (key,) = claim_episodes(frame, 1, by=make.actor("reviewer", "review"))
    assert statuses([confirm(key), Decision(key, "dismissed", "Or not.")]) == ["refused", "refused"]
    assert not Assessment.objects.exists()


def test_the_database_itself_refuses_a_confirmation_without_limb_or_for_a_protected_purpose(frame: Operation) -> None:
    (key,) = claim_episodes(frame, 1, by=make.actor("reviewer", "review"))
    reviewer = make.officer("reviewer", "review")
    for limbs, purpose in ((["a"], "journalism"), ([], "none")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.create(
                episode_id=key, finding="confirmed", limbs=limbs, purpose=purpose, reason="r", instrument="referral",
                reviewer=reviewer, decided_at=make.START,
            )  # fmt: skip


def test_a_reviewer_is_shown_the_page_what_is_known_and_what_was_decided_on_the_same_bytes(frame: Operation) -> None:
    by = make.actor("reviewer", "review")
    first, second = claim_episodes(frame, 2, by=by)
    decide_many([confirm(first)], by=by, at=make.hours(2))
    (shown,) = review_items([second])
    assert (shown["title"], shown["verdict"], shown["flags"]) == ("A specimen", "up", 1)
    assert shown["matches"] == [{"kind": "exact", "label": "Specimen film", "distance": 0, "outlet": ""}]
    assert [(e["outcome"], e["relation"]) for e in shown["earlier"]] == [("confirmed", "same bytes")]


def test_four_items_cost_as_many_statements_as_one(frame: Operation) -> None:
    keys = list(Episode.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as one:
        review_items(keys[:1])
    with CaptureQueriesContext(connection) as four:
        review_items(keys)
    assert len(one) == len(four)


def test_an_interest_is_kept_once_and_lasts_longer_when_asked_to(frame: Operation) -> None:
    by = make.actor("reviewer", "review")

    def hold(until: float, url: str = VIDEO.format(1)) -> str:
        (said,) = hold_many(frame, [HoldRequest(url, "An inquiry.", make.hours(until))], by=by, at=make.hours(1))
        return said.status

    assert [hold(30), hold(30), hold(20), hold(40)] == ["recorded", "already", "already", "recorded"]
    assert [h.until for h in Hold.objects.all()] == [make.hours(40)]
    assert hold(0.5) == "refused"
    assert hold(30, "javascript:alert(1)") == "refused"


def test_only_who_may_claims_decides_and_holds(frame: Operation) -> None:
    by = make.actor("signer", "sign")
    for act in (
        lambda: claim_episodes(frame, 1, by=by),
        lambda: decide_many([confirm(1)], by=by, at=make.START),
        lambda: hold_many(frame, [], by=by, at=make.START),
    ):
        with pytest.raises(NotAllowed):
            act()
