"""Two items that turned out to be one object: what follows the merge."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from cautery.core.availability import Verdict
from cautery.core.errors import NotAllowed, Refused
from cautery.core.lifecycle import DeliveryState
from cautery.custody.models import Entry
from cautery.custody.queries import verify
from cautery.intake.models import Episode, Flag, Item, Merge
from cautery.refer.deconfliction.actions import hold_back, let_go
from cautery.refer.merging.actions import merge, unmerge
from cautery.refer.models import Delivery, Notice
from cautery.report import queries as report
from cautery.report.dossier import ItemFilter, dossier, item_page
from cautery.report.measures.cases import cases
from cautery.report.presence import presence
from cautery.review.actions import HoldRequest, claim_episodes, hold_many
from cautery.review.queries import review_items
from cautery.track.models import Tracking
from cautery.watch.actions import reopen_returned
from cautery.watch.steps import look_at_reflagged
from tests import factories as make
from tests.refer.merging import stories as two

pytestmark = pytest.mark.django_db


def test_new_flags_for_the_source_land_on_the_target_and_open_nothing() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    make.flagged(frame, [two.OLD], key="later", by=make.actor("other", "flag", unit="de-meldestelle"))
    assert set(Flag.objects.values_list("item_id", flat=True)) == {new.item_id}
    assert sorted(Flag.objects.filter(merged_from=old.item).values_list("batch__key", flat=True)) == [two.OLD, "later"]
    assert Episode.objects.count() == 2


def test_a_flag_in_a_later_operation_opens_one_episode_on_the_target() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.dismissed), two.item(frame, two.NEW, two.dismissed)
    two.merged(old.item, new.item)
    following = make.operation("autumn")
    make.flagged(following, [two.OLD, two.NEW], key="autumn")
    assert list(Episode.objects.filter(operation=following).values_list("item_id", flat=True)) == [new.item_id]


def test_the_sources_flags_show_under_the_target() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    (shown,) = review_items(claim_episodes(frame, 10, by=make.actor("reviewer", "review")))
    assert (shown["item_id"], shown["flags"]) == (new.item_id, 2)
    assert dossier(new.item_id, by=make.SYSTEM).flags_total == 2


def test_nobody_is_asked_twice_about_the_same_object() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.undecided), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    assert (two.state(old), two.state(new)) == ("set_aside", "in_review")
    assert claim_episodes(frame, 10, by=make.actor("reviewer", "review")) == [new.pk]


def test_what_was_decided_of_the_source_spares_the_target_a_review() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.confirmed), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    assert (two.state(old), two.state(new)) == ("confirmed", "set_aside")


def test_an_undecided_source_is_opened_on_a_target_that_has_no_episode_in_the_operation() -> None:
    before, frame = make.operation("spring"), make.operation()
    new = two.item(before, two.NEW, two.dismissed)
    old = two.item(frame, two.OLD, two.undecided)
    two.merged(old.item, new.item)
    opened = Episode.objects.get(item=new.item, operation=frame)
    assert (two.state(old), opened.state, opened.number) == ("set_aside", "flagged", 2)


@pytest.mark.parametrize("held", [two.OLD, two.NEW])
def test_a_hold_on_either_holds_both(held: str) -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.composed), two.item(frame, two.NEW, two.undecided)
    make.released(frame)
    two.merged(old.item, new.item)
    request = HoldRequest(held, "an investigation", make.hours(90))
    hold_many(frame, [request], by=make.actor("flagger", "flag"), at=make.hours(31))
    assert hold_back(make.hours(32), by=make.SYSTEM) == 1
    assert two.state(old) == "held"


def test_a_hold_on_a_renamed_channel_holds_what_the_new_name_owns() -> None:
    frame = make.operation()
    old = two.item(frame, "https://t.me/harbour_old")
    new = two.item(frame, "https://t.me/harbour_new")
    post = two.item(frame, "https://t.me/harbour_new/7", two.composed, host=make.provider("telegram"))
    make.released(frame)
    assert post.item.owner == new.item.key
    hold_many(
        frame,
        [HoldRequest("https://t.me/harbour_old", "an investigation", make.hours(90))],
        by=make.actor("flagger", "flag"),
        at=make.hours(24),
    )
    assert hold_back(make.hours(25), by=make.SYSTEM) == 0
    two.merged(old.item, new.item)
    assert hold_back(make.hours(32), by=make.SYSTEM) == 1


def test_a_notice_sent_for_the_source_counts_as_the_targets() -> None:
    frame = make.operation()
    host = make.provider()
    old = two.item(frame, two.OLD, two.sent)
    new = two.item(frame, two.NEW, two.composed)
    done = two.merged(old.item, new.item)
    assert (two.state(old), two.state(new), done.conflict) == ("referred", "set_aside", False)
    assert make.sent(host, at=make.hours(48)) == 0
    assert Delivery.objects.get(notice__episode=new).state == DeliveryState.PAUSED
    make.flagged(frame, [two.OLD, two.NEW], key="later")
    assert Notice.objects.count() == 2
    assert Episode.objects.count() == 2


def test_a_signed_duplicate_is_never_composed() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.confirmed)
    make.signed(frame, at=make.hours(25))
    two.merged(old.item, new.item)
    assert make.composed(make.provider(), at=make.hours(31)) == []


def test_its_clock_its_answers_and_its_probes_go_on_and_show_under_the_target() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    make.answered(list(Notice.objects.all()), at=make.hours(31))
    make.probed([old.pk], at=make.hours(32))
    tracking = Tracking.objects.get(pk=old.pk)
    assert (tracking.referred_at, tracking.first_down_at) == (make.hours(24), make.hours(32))
    shown = dossier(new.item_id, by=make.SYSTEM)
    assert {"Notice sent", "Answered", "Probed"} <= {line.what for line in shown.timeline}
    assert dossier(old.item_id, by=make.SYSTEM).item == new.item


def test_a_flag_of_the_target_looks_again_at_what_the_source_has_down() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    make.probed([old.pk], at=make.hours(32))
    make.flagged(frame, [two.NEW], key="again", at=make.hours(33))
    look_at_reflagged(make.hours(33))
    assert Tracking.objects.get(pk=old.pk).next_probe_at == make.hours(33)


def test_what_comes_back_at_the_sources_place_opens_an_episode_of_the_target() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    make.probed([old.pk], at=make.hours(32))
    make.probed([old.pk], Verdict.UP, at=make.hours(34))
    assert reopen_returned(frame, list(Tracking.objects.filter(pk=old.pk)), by=make.SYSTEM, at=make.hours(34)) == 1
    opened = Episode.objects.get(opened_by="probe")
    assert (opened.item_id, opened.sighting_row.predecessor_id) == (new.item_id, new.item_id)


def test_of_two_decided_alike_the_earlier_stands_and_the_other_is_kept_as_record() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.composed), two.item(frame, two.NEW, two.undecided)
    make.decided(frame, at=make.hours(5))
    done = two.merged(new.item, old.item)
    assert (two.state(old), two.state(new), done.conflict) == ("composed", "set_aside", False)
    new.refresh_from_db()
    assert new.assessment.finding == "confirmed"


def test_items_at_two_addressees_keep_their_two_notices() -> None:
    frame = make.operation()
    old = two.item(frame, two.OLD, two.sent)
    new = two.item(frame, "https://rumble.com/c/harbour", two.composed, host=make.provider("rumble"))
    two.merged(old.item, new.item)
    assert (two.state(old), two.state(new)) == ("referred", "composed")


def test_the_register_and_the_report_count_one_item() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.undecided)
    two.merged(old.item, new.item)
    page, _ = report.register_page(frame, after="", limit=10, by=make.SYSTEM)
    assert [(row["item_id"], row["state"]) for row in page] == [(new.item_id, "referred")]
    assert page[0]["episodes"][0]["idempotency_key"]
    assert report.items(frame)["unique"] == 1
    assert sum(report.items(frame)["by_kind"].values()) == 1
    assert len(cases(Notice.objects.filter(operation=frame))) == 1
    listed = item_page(frame, ItemFilter(), by=make.SYSTEM)
    assert [(row.item_id, row.url) for row in listed.rows] == [(new.item_id, new.item.url)]
    after = presence(frame, make.hours(48))["after"]
    assert after["up"] + after["unknown"] == 1


def test_pages_of_the_register_neither_lose_nor_repeat_what_was_merged() -> None:
    frame, elsewhere = make.operation(), make.operation("winter")
    old, new = two.item(frame, two.OLD, two.sent), two.item(elsewhere, two.NEW)
    alone = [episode.item_id for episode in make.flagged(frame, [f"https://rumble.com/v{n}-x" for n in range(5)])]
    two.merged(old.item, new.item)
    seen, after = list[int](), ""
    while after is not None:
        rows, after = report.register_page(frame, after=after, limit=2, by=make.SYSTEM)
        seen += [row["item_id"] for row in rows]
    assert seen == sorted({*alone, new.item_id})


def test_merging_twice_is_merging_once() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    first = two.merged(old.item, new.item)
    assert two.merged(old.item, new.item, at=make.hours(31)) == first
    assert Merge.objects.count() == 1


def test_a_cycle_is_refused() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    two.merged(old.item, new.item)
    for source, target in ((new.item, old.item), (new.item, new.item)):
        with pytest.raises(Refused) as refused:
            two.merged(source, target)
        assert refused.value.reason == "cycle"


def test_a_chain_leads_to_its_end() -> None:
    frame = make.operation()
    a, b, c = (two.item(frame, url) for url in (two.OLD, two.NEW, two.THIRD))
    first = two.merged(a.item, b.item)
    two.merged(b.item, c.item)
    assert set(Item.objects.filter(pk__in=[a.item_id, b.item_id]).values_list("merged_into", flat=True)) == {c.item_id}
    assert Flag.objects.filter(item=c.item).count() == 3
    assert [two.state(e) for e in (a, b, c)] == ["set_aside", "set_aside", "flagged"]
    assert two.merged(a.item, c.item) == first
    page, _ = report.register_page(frame, after="", limit=10, by=make.SYSTEM)
    assert [row["item_id"] for row in page] == [c.item_id]


def test_merging_into_a_merged_item_leads_to_its_end_too() -> None:
    frame = make.operation()
    a, b, c = (two.item(frame, url) for url in (two.OLD, two.NEW, two.THIRD))
    two.merged(b.item, c.item)
    assert two.merged(a.item, b.item).target == c.item


def test_what_is_merged_into_one_cannot_be_merged_into_another() -> None:
    frame = make.operation()
    a, b, c = (two.item(frame, url) for url in (two.OLD, two.NEW, two.THIRD))
    two.merged(a.item, b.item)
    with pytest.raises(Refused) as refused:
        two.merged(a.item, c.item)
    assert refused.value.reason == "merged_elsewhere"


def test_the_database_itself_keeps_one_merge_an_item() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    done = two.merged(old.item, new.item)
    done.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        done.save(force_insert=True)


def test_who_merged_and_why_is_in_the_log() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    two.undone(two.merged(old.item, new.item))
    entries = Entry.objects.filter(subject=f"item:{old.item_id}").order_by("pk")
    assert [entry.event for entry in entries] == ["intake:items:merged", "intake:items:unmerged"]
    assert {entry.actor for entry in entries} == {two.reviewer().name}
    assert "the channel was renamed" in entries[0].body
    verify()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_merge_needs_its_reason(reason: str) -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    with pytest.raises(Refused):
        merge(old.item, new.item, reason=reason, by=two.reviewer(), at=make.hours(1))


def test_only_who_may_merge_merges_and_undoes() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD), two.item(frame, two.NEW)
    done = two.merged(old.item, new.item)
    for call in (
        lambda: merge(old.item, new.item, reason="why", by=two.leader(), at=make.hours(1)),
        lambda: unmerge(done.pk, reason="why", by=two.leader(), at=make.hours(1)),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_what_was_held_for_the_other_alone_is_let_go_when_they_part() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.composed), two.item(frame, two.NEW, two.undecided)
    make.released(frame)
    done = two.merged(old.item, new.item)
    request = HoldRequest(two.NEW, "an investigation", make.hours(90))
    hold_many(frame, [request], by=make.actor("flagger", "flag"), at=make.hours(31))
    assert hold_back(make.hours(32), by=make.SYSTEM) == 1
    assert let_go(make.hours(33), by=make.SYSTEM) == 0
    two.undone(done)
    assert let_go(make.hours(41), by=make.SYSTEM) == 1
    assert two.state(old) == "composed"


def test_of_two_notices_sent_the_lists_show_one_item() -> None:
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.sent), two.item(frame, two.NEW, two.composed)
    make.sent(make.provider())
    two.merged(old.item, new.item)
    listed = item_page(frame, ItemFilter(), by=make.SYSTEM)
    assert [(row.item_id, row.episode_id) for row in listed.rows] == [(new.item_id, new.pk)]
