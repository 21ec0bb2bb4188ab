"""The second person: never the first; two leaders' keys."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from cautery.authorise.actions import Signing, claim_decisions, sign_many, turn_key
from cautery.authorise.models import OperationKey, Signature
from cautery.authorise.signed import signed_digest
from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotAllowed
from cautery.core.lifecycle import EpisodeState
from cautery.custody.models import Entry
from cautery.intake.models import Episode, Operation
from cautery.review.models import Assessment
from tests import factories as make

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"


@pytest.fixture
def frame() -> Operation:
    frame = make.operation()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(3)])
    make.identified(episodes, host=make.provider())
    make.matched(episodes)
    make.decided(frame)
    return frame


def both(name: str) -> Actor:
    """An actor who, against the directory's rules, could do everything."""
    return Actor(make.actor(name, "review").name, "fr-pharos", frozenset(Permission))


def statuses(signings: list[Signing], by: Actor | None = None) -> list[str]:
    by = by or make.actor("signer", "sign")
    return [r.status for r in sign_many(signings, by=by, at=make.hours(3))]


def test_the_reviewer_is_not_even_offered_their_own_decisions(frame: Operation) -> None:
    assert claim_decisions(frame, 10, by=both("reviewer")) == []


def test_the_reviewer_cannot_sign_even_what_they_hold(frame: Operation) -> None:
    by = both("reviewer")
    Assessment.objects.update(lease_owner=by.name)
    keys = list(Assessment.objects.values_list("pk", flat=True))
    assert statuses([Signing(key, "sign") for key in keys], by) == ["refused"] * 3
    assert not Signature.objects.exists()


def test_the_database_itself_refuses_a_reviewer_as_signer(frame: Operation) -> None:
    found = Assessment.objects.select_related("episode__item").first()
    assert found is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            assessment=found, act="sign", reviewer=found.reviewer, signer=found.reviewer, digest=signed_digest(found), signed_at=make.START
        )  # fmt: skip


def test_only_the_holder_signs_and_a_signature_sent_again_is_answered_already(frame: Operation) -> None:
    keys = claim_decisions(frame, 2, by=make.actor("signer", "sign"))
    assert statuses([Signing(keys[0], "sign")], make.actor("other signer", "sign")) == ["conflict"]
    assert statuses([Signing(key, "sign") for key in keys]) == ["recorded", "recorded"]
    assert statuses([Signing(keys[0], "sign")]) == ["already"]
    assert statuses([Signing(keys[0], "refuse", "On reflection.")]) == ["conflict"]
    assert statuses([Signing(keys[0], "sign")], make.actor("other signer", "sign")) == ["conflict"]
    assert Episode.objects.filter(state=EpisodeState.SIGNED).count() == 2


def test_a_refusal_needs_its_reason_and_ends_the_matter(frame: Operation) -> None:
    (key,) = claim_decisions(frame, 1, by=make.actor("signer", "sign"))
    assert statuses([Signing(key, "refuse", " ")]) == ["refused"]
    assert statuses([Signing(key, "shrug")]) == ["refused"]
    assert statuses([Signing(key, "refuse", "It is satire.")]) == ["recorded"]
    assert Assessment.objects.get(pk=key).episode.state == EpisodeState.DISMISSED


def test_signing_and_refusing_the_same_in_one_call_is_refused(frame: Operation) -> None:
    (key,) = claim_decisions(frame, 1, by=make.actor("signer", "sign"))
    assert statuses([Signing(key, "sign"), Signing(key, "refuse", "Or not.")]) == ["refused", "refused"]
    assert statuses([Signing(10**9, "sign")]) == ["conflict"]


def test_the_digest_covers_the_object_the_ground_the_reason_and_the_instrument(frame: Operation) -> None:
    found = Assessment.objects.select_related("episode__item").first()
    assert found is not None
    digests = {signed_digest(found)}
    for holder, name, value in (
        (found, "reason", "Another."), (found, "limbs", ["b"]), (found, "instrument", "other"), (found, "finding", "dismissed"),
        (found.episode, "number", 2), (found.episode.item, "url", "https://elsewhere.example/"), (found.episode.item, "identity", "x:y:z"),
    ):  # fmt: skip
        before = getattr(holder, name)
        setattr(holder, name, value)
        digests.add(signed_digest(found))
        setattr(holder, name, before)
    assert len(digests) == 8


def test_two_different_leaders_release_an_operation_and_one_alone_never(frame: Operation) -> None:
    one, two = make.actor("leader", "lead"), make.actor("second leader", "lead")
    assert turn_key(frame, by=one, at=make.hours(5)) == (1, False)
    assert turn_key(frame, by=one, at=make.hours(6)) == (1, False)
    frame.refresh_from_db()
    assert frame.released_at is None
    assert turn_key(frame, by=two, at=make.hours(7)) == (2, True)
    assert turn_key(frame, by=make.actor("third", "lead"), at=make.hours(8)) == (3, True)
    frame.refresh_from_db()
    assert frame.released_at == make.hours(7)
    assert Entry.objects.filter(event="authorise:operation:released").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        OperationKey.objects.create(operation=frame, officer_id=one.officer_id, turned_at=make.START)


def test_only_who_may_signs_and_turns_keys(frame: Operation) -> None:
    by = make.actor("reviewer", "review")
    for act in (
        lambda: claim_decisions(frame, 1, by=by),
        lambda: sign_many([], by=by, at=make.START),
        lambda: turn_key(frame, by=by, at=make.START),
    ):
        with pytest.raises(NotAllowed):
            act()
