"""Undoing a merge: the state before, as far as nothing irrevocable happened since."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from cautery.core.errors import NotFound, Refused
from cautery.intake.models import Episode, Flag, Item
from cautery.refer.merging.actions import unmerge
from cautery.refer.models import Delivery
from cautery.review.actions import HoldRequest, hold_many
from cautery.track.models import Tracking
from tests import factories as make
from tests.refer.merging import stories as two

pytestmark = pytest.mark.django_db
LEASES = {"lease_owner", "lease_until", "attempts"}


def picture() -> dict[type[Model], list[dict[str, Any]]]:
    """Every row that a merge may touch, without who happens to hold it."""
    found: dict[type[Model], list[dict[str, Any]]] = {}
    for model in (Item, Flag, Episode, Delivery, Tracking):
        rows = model._default_manager.order_by("pk").values()
        found[model] = [{name: value for name, value in row.items() if name not in LEASES} for row in rows]
    return found


FURTHEST_FIRST = [two.sent, two.composed, two.confirmed, two.dismissed, two.undecided]


@pytest.mark.parametrize("source", FURTHEST_FIRST)
@pytest.mark.parametrize("target", FURTHEST_FIRST)
def test_it_restores_exactly_what_was(source: two.Stage, target: two.Stage) -> None:
    frame = make.operation()
    wanted = sorted([(source, two.OLD), (target, two.NEW)], key=lambda one: FURTHEST_FIRST.index(one[0]))
    made = {url: two.item(frame, url, stage) for stage, url in wanted}
    old, new = made[two.OLD], made[two.NEW]
    before = picture()
    done = two.merged(old.item, new.item)
    assert picture() != before
    assert two.undone(done).left == []
    assert picture() == before


def test_a_chain_comes_apart_in_the_order_it_was_made_or_the_other() -> None:
    frame = make.operation()
    a, b, c = (two.item(frame, url) for url in (two.OLD, two.NEW, two.THIRD))
    before = picture()
    first, second = two.merged(a.item, b.item), two.merged(b.item, c.item)
    between = picture()
    two.undone(second)
    assert Item.objects.get(pk=a.item_id).merged_into == b.item
    second = two.merged(b.item, c.item)
    assert picture() == between
    two.undone(first)
    assert Flag.objects.get(item=a.item).merged_from is None
    assert Item.objects.get(pk=b.item_id).merged_into == c.item
    two.undone(second)
    assert picture() == before


def test_a_merge_that_a_later_one_rests_on_is_not_undone_before_it() -> None:
    frame = make.operation()
    a, b = two.item(frame, two.OLD, two.dismissed), two.item(frame, two.NEW, two.undecided)
    first = two.merged(a.item, b.item)
    second = two.merged(two.item(frame, two.THIRD, two.undecided).item, b.item)
    with pytest.raises(Refused) as refused:
        two.undone(first)
    assert (refused.value.reason, refused.value.fields["merge"]) == ("later_merge", second.pk)
    two.undone(second)
    two.undone(first)
    assert two.state(b) == "in_review"


def test_flags_that_came_meanwhile_go_to_the_item_they_were_given_for() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    done = two.merged(old.item, new.item)
    make.flagged(frame, [two.OLD, two.NEW], key="later")
    two.undone(done)
    assert [Flag.objects.filter(item=e.item, merged_from=None).count() for e in (old, new)] == [2, 2]


def test_a_notice_sent_since_is_said() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.undecided), None
    make.decided(frame)
    make.signed(frame)
    (notice,) = make.composed(make.provider())
    new = two.item(frame, two.NEW, two.undecided)
    done = two.merged(new.item, old.item, at=make.hours(10))
    make.released(frame)
    make.sent(make.provider())
    assert two.undone(done).left == [f"{notice.reference}: sent since"]
    assert (two.state(old), two.state(new)) == ("referred", "in_review")


def test_what_was_opened_for_the_source_ends_with_it_and_can_be_flagged_anew() -> None:
    before, frame = make.operation("spring"), make.operation()
    new = two.item(before, two.NEW, two.dismissed)
    Flag.objects.filter(item=new.item).delete()
    old = two.item(frame, two.OLD, two.undecided)
    assert two.undone(two.merged(old.item, new.item)).left == []
    assert (two.state(old), Episode.objects.get(item=new.item, operation=frame).state) == ("in_review", "set_aside")
    make.flagged(frame, [two.NEW], key="of its own")
    assert list(Episode.objects.filter(item=new.item).values_list("state", flat=True)) == [
        "dismissed",
        "set_aside",
        "flagged",
    ]


def test_what_was_opened_for_the_source_and_decided_since_stays_and_is_said() -> None:
    before, frame = make.operation("spring"), make.operation()
    new = two.item(before, two.NEW, two.dismissed)
    old = two.item(frame, two.OLD, two.undecided)
    done = two.merged(old.item, new.item)
    opened = Episode.objects.get(item=new.item, operation=frame)
    two.dismissed(frame, make.provider(), opened)
    assert two.undone(done).left == [f"episode 2 of {new.item.identity}, opened by the merge, stays dismissed"]


def test_it_is_undone_once() -> None:
    frame = make.operation()
    done = two.merged(two.item(frame, two.OLD).item, two.item(frame, two.NEW).item)
    two.undone(done)
    with pytest.raises(Refused) as refused:
        two.undone(done)
    assert refused.value.reason == "undone"
    with pytest.raises(NotFound):
        unmerge(done.pk + 1, reason="why", by=two.reviewer(), at=make.hours(1))


def test_after_it_they_can_be_merged_again() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    two.undone(two.merged(old.item, new.item))
    two.merged(old.item, new.item, at=make.hours(50))
    assert two.state(old) == "set_aside"


def test_a_held_notice_is_held_again() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.composed)
    request = HoldRequest(two.NEW, "an investigation", make.hours(90))
    hold_many(frame, [request], by=make.actor("flagger", "flag"), at=make.hours(25))
    Delivery.objects.filter(notice__episode=new).update(state="held")
    Episode.objects.filter(pk=new.pk).update(state="held")
    done = two.merged(old.item, new.item)
    assert Delivery.objects.get(notice__episode=new).state == "paused"
    two.undone(done)
    assert (two.state(new), Delivery.objects.get(notice__episode=new).state) == ("held", "held")
