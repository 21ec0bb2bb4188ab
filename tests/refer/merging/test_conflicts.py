"""Decisions on one object that contradict each other go to a person; meanwhile nothing leaves."""

from __future__ import annotations

import pytest

from cautery.core.errors import NotAllowed, Refused
from cautery.intake.models import Episode, Merge, Operation
from cautery.refer.merging.actions import settle_conflict
from cautery.refer.merging.queries import merges
from tests import factories as make
from tests.refer.merging import stories as two

pytestmark = pytest.mark.django_db


def conflict(frame: Operation) -> tuple[Episode, Episode, Merge]:
    """The source was dismissed, the target's notice waits for T0."""
    old = two.item(frame, two.OLD, two.dismissed)
    new = two.item(frame, two.NEW, two.composed)
    return old, new, two.merged(old.item, new.item, at=make.hours(10))


def settled(done: Merge, keep: str) -> Merge:
    return settle_conflict(done.pk, keep, reason="I have seen both", by=two.leader(), at=make.hours(20))


def test_it_waits_for_a_person_and_so_does_the_notice() -> None:
    frame = make.operation()
    old, new, done = conflict(frame)
    make.released(frame)
    assert make.sent(make.provider()) == 0
    (waiting,) = merges("conflict", by=make.SYSTEM)
    assert (waiting["merge_id"], waiting["pairs"][0]["conflict"]) == (done.pk, "findings")
    sides = [waiting["pairs"][0][side] for side in ("source", "target")]
    assert [side["decision"]["finding"] for side in sides] == ["dismissed", "confirmed"]
    assert sides[1]["notice"]["state"] == "paused"
    assert (two.state(old), two.state(new)) == ("dismissed", "set_aside")


def test_a_confirmed_decision_that_is_kept_goes_on_and_is_sent() -> None:
    frame = make.operation()
    _, new, done = conflict(frame)
    make.released(frame)
    assert settled(done, "target").state == "standing"
    assert two.state(new) == "composed"
    assert make.sent(make.provider()) == 1
    assert merges("conflict", by=make.SYSTEM) == []


def test_a_dismissal_that_is_kept_sets_the_notice_aside_for_good() -> None:
    frame = make.operation()
    _, new, done = conflict(frame)
    make.released(frame)
    settled(done, "source")
    assert (make.sent(make.provider()), two.state(new)) == (0, "set_aside")


def test_two_notices_that_left_wait_for_a_person_too_and_what_cannot_be_recalled_is_said() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.composed)
    make.sent(make.provider())
    done = two.merged(old.item, new.item)
    assert (done.state, done.pairs[0]["conflict"]) == ("conflict", "notices")
    reference = new.notices.get().reference
    assert settled(done, "source").left == [f"{reference}: sent before this was settled"]


def test_a_dismissal_after_the_notice_left_is_a_conflict_and_recalls_nothing() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.dismissed)
    done = two.merged(old.item, new.item)
    assert (done.state, two.state(old)) == ("conflict", "referred")
    assert len(settled(done, "target").left) == 1


def test_a_flag_opens_no_third_episode_meanwhile() -> None:
    frame = make.operation()
    conflict(frame)
    make.flagged(frame, [two.OLD, two.NEW], key="later")
    assert Episode.objects.count() == 2


def test_undoing_the_merge_ends_the_conflict() -> None:
    frame = make.operation()
    _, new, done = conflict(frame)
    two.undone(done)
    assert (merges("conflict", by=make.SYSTEM), two.state(new)) == ([], "composed")


def test_it_is_settled_once_with_a_reason_by_who_may() -> None:
    frame = make.operation()
    _, _, done = conflict(frame)
    with pytest.raises(NotAllowed):
        settle_conflict(done.pk, "source", reason="why", by=two.reviewer(), at=make.hours(20))
    for keep, reason in (("source", " "), ("both", "why")):
        with pytest.raises(Refused):
            settle_conflict(done.pk, keep, reason=reason, by=two.leader(), at=make.hours(20))
    settled(done, "source")
    with pytest.raises(Refused) as refused:
        settled(done, "target")
    assert refused.value.reason == "no_conflict"


def test_a_list_of_merges_knows_its_states() -> None:
    frame = make.operation()
    _, _, done = conflict(frame)
    assert [row["merge_id"] for row in merges(by=make.SYSTEM)] == [done.pk]
    assert (merges("standing", by=make.SYSTEM), merges("undone", by=make.SYSTEM)) == ([], [])
    settled(done, "source")
    two.undone(done)
    assert [row["state"] for row in merges("undone", by=make.SYSTEM)] == ["undone"]
    with pytest.raises(Refused):
        merges("lost", by=make.SYSTEM)
