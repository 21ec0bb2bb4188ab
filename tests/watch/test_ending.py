"""Which watches end, and that none is missed, however late what ends it is committed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from cautery.core.availability import Verdict
from cautery.ground.reading_on import BEHIND, Open, Place
from cautery.refer.models import Notice
from cautery.track.models import Answer, Proceeding
from cautery.watch.ending import _end
from cautery.watch.memory import Memory
from cautery.watch.models import Ended, Mark, Watch
from cautery.watch.searching import ACTOR, plan_searches
from cautery.watch.steps import end_over
from tests import factories as make
from tests.watch.test_watch import referred

NAMES = [f"https://t.me/specimenhouse_{name}" for name in ("one", "two", "three", "four")]
DOWN = make.hours(26)


def watched() -> list[Notice]:
    """Four things that were removed and are watched; all were looked at, so that from now on only what is new is."""
    host = make.provider("telegram", hosts=["search.test"])
    frame = referred(host, *NAMES)
    notices = sorted(frame.notices.select_related("item"), key=lambda notice: NAMES.index(notice.item.url))
    make.probed([notice.episode_id for notice in notices], Verdict.REMOVED, at=DOWN)
    plan_searches(Memory(), DOWN)
    assert end_over(DOWN) == 0
    assert Watch.objects.filter(ended_at=None).count() == len(NAMES)
    return notices


def withdrawn(notice: Notice, key: int | None = None) -> Proceeding:
    return Proceeding.objects.create(pk=key, notice=notice, kind="withdrawal", reason="why", by="a", at=make.hours(27))


def ended() -> dict[str, str]:
    rows = Watch.objects.filter(ended_at__isnull=False).values_list("subject", "ended_why")
    return {subject.rpartition("_")[2]: why for subject, why in rows}


@pytest.mark.django_db
def test_each_source_ends_its_watch_at_the_next_look_and_no_other() -> None:
    one, two, three, _ = watched()
    withdrawn(one)
    assert (end_over(make.hours(28)), ended()) == (1, {"one": Ended.REDRESS})
    Answer.objects.create(notice=two, answer="reinstated", at=make.hours(28), received_at=make.hours(28))
    Answer.objects.create(notice=three, answer="removed", at=make.hours(28), received_at=make.hours(28))
    assert (end_over(make.hours(29)), ended()) == (1, {"one": Ended.REDRESS, "two": Ended.REDRESS})
    assert end_over(make.hours(30)) == 0


@pytest.mark.django_db
def test_after_each_look_no_running_watch_is_left_that_should_have_ended() -> None:
    """As when every look went through all watches: the two can be told apart by nothing."""
    notices, chance = watched(), random.Random(5)  # noqa: S311 (a story, not a secret)
    for hour in range(28, 48):
        for notice in chance.sample(notices, chance.randrange(3)):
            at = make.hours(chance.choice((20, hour - 1, hour)))
            answer = chance.choice(("removed", "reinstated", "declined"))
            if chance.random() < 0.5:
                Answer.objects.get_or_create(notice=notice, answer=answer, at=at, defaults={"received_at": at})
            else:
                Proceeding.objects.get_or_create(notice=notice, kind=chance.choice(("withdrawal", "complaint")), at=at)
        end_over(make.hours(hour))
        running = list(Watch.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
        assert _end(running, make.hours(hour), ACTOR) == 0, hour
    assert 0 < len(ended()) < len(NAMES) + 1


@pytest.mark.django_db
def test_a_watch_begun_after_what_ends_it_was_read_ends_too() -> None:
    one, *_ = watched()
    Watch.objects.filter(item=one.item).delete()
    withdrawn(one)
    assert end_over(make.hours(27)) == 0
    late = Watch.objects.first()
    assert late is not None
    late.pk, late.item, late.subject, late.began_at = None, one.item, one.item.identity, make.hours(27)
    late.save()
    assert end_over(make.hours(27)) == 1


@pytest.mark.django_db
def test_a_key_given_out_earlier_and_committed_later_is_read() -> None:
    one, two, three, _ = watched()
    withdrawn(one, BEHIND + 10)
    assert end_over(make.hours(28)) == 1
    withdrawn(two, 20)
    withdrawn(three, BEHIND + 20)
    assert end_over(make.hours(29)) == 2, "within the keys that are always read again"


@pytest.mark.django_db
def test_once_a_day_all_are_looked_at_whatever_was_read() -> None:
    one, two, *_ = watched()
    withdrawn(one, 10 * BEHIND)
    assert end_over(make.hours(28)) == 1
    withdrawn(two, 20)
    Mark.objects.filter(name__endswith=":sure").update(position=10 * BEHIND)
    assert end_over(make.hours(29)) == 0
    assert end_over(DOWN + timedelta(days=1)) == 1
    assert set(ended()) == {"one", "two"}


@contextmanager
def another_transaction() -> Iterator[None]:
    """A transaction of somebody else's that is open meanwhile."""
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_current_xact_id()")
        yield
        other.rollback()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_nothing_is_read_past_while_a_transaction_is_open_that_may_still_commit_it() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writes at a time there")
    one, two, *_ = watched()
    with another_transaction():
        withdrawn(one, 10 * BEHIND)
        for hour in (28, 29, 30):
            end_over(make.hours(hour))
        assert set(ended()) == {"one"}
        withdrawn(two, 20)
    assert end_over(make.hours(31)) == 1
    assert set(ended()) == {"one", "two"}


def test_a_place_moves_on_only_when_all_that_was_open_is_over() -> None:
    seen = Place().moved(1_000, Open(first=7, next=9))
    assert (seen.after, seen.seen) == (0, 1_000)
    assert seen.moved(1_200, Open(first=8, next=20)) == seen, "8 was open when 1,000 was seen"
    sure = seen.moved(1_300, Open(first=9, next=21))
    assert (sure.sure, sure.seen, sure.after) == (1_000, 1_300, 1_000 - BEHIND)
    assert Place(5, 5).moved(9, None) == Place(9, 9), "where one writes at a time, what is seen is all there is"
