"""The row is the job: claimed once, held for a while, let go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from cautery.ground.answers import Answers
from cautery.ground.leases import claim, release_all, renew
from cautery.intake.models import Episode
from tests import factories as make

VIDEO = "https://www.youtube.com/watch?v={:011d}"


def ready(n: int) -> list[int]:
    return [e.pk for e in make.flagged(make.operation(), [VIDEO.format(i) for i in range(n)])]


@pytest.mark.django_db
def test_a_held_row_is_nobody_else_s_until_its_time_is_up() -> None:
    keys = ready(5)
    rows = Episode.objects.order_by("pk")
    assert claim(rows, "one", 3) == keys[:3]
    assert claim(rows, "two", 3) == keys[3:]
    assert claim(rows, "three", 3) == []
    Episode.objects.filter(pk=keys[0]).update(lease_until=1.0)
    assert claim(rows, "three", 3) == keys[:1]


@pytest.mark.django_db
def test_a_lease_is_renewed_by_its_holder_only() -> None:
    (key,) = ready(1)
    claim(Episode.objects.all(), "one", 1, seconds=-1)
    renew(Episode, [key], "two")
    assert claim(Episode.objects.all(), "three", 1, seconds=-1) == [key]
    renew(Episode, [key], "three")
    assert claim(Episode.objects.all(), "one", 1) == []


@pytest.mark.django_db
def test_a_dead_worker_s_rows_are_free_at_once_and_an_officer_s_are_not() -> None:
    ready(2)
    claim(Episode.objects.order_by("pk"), "worker:1", 1)
    claim(Episode.objects.order_by("pk"), "officer:x", 1)
    assert release_all(Episode, prefix="worker:") == 1
    assert len(claim(Episode.objects.order_by("pk"), "worker:2", 2)) == 1


@pytest.mark.django_db(transaction=True)
def test_no_row_is_claimed_by_two_at_once() -> None:
    keys = ready(60)
    start = Barrier(3)

    def work(name: int) -> list[int]:
        start.wait()
        try:
            return [key for _ in range(6) for key in claim(Episode.objects.order_by("pk"), f"worker:{name}", 7)]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        got = [key for held in pool.map(work, range(3)) for key in held]
    assert sorted(got) == keys


def test_the_first_word_on_a_row_stands_and_the_order_is_that_asked() -> None:
    answers = Answers([2, 1])
    answers.say(1, "refused", "first")
    answers.say(1, "recorded")
    answers.say(2, "recorded")
    assert [(r.key, r.status) for r in answers.all()] == [(2, "recorded"), (1, "refused")]


def test_a_row_asked_for_two_different_things_gets_neither() -> None:
    answers = Answers([1, 1, 2, 2])
    assert answers.once([(1, "yes"), (1, "no"), (2, "yes"), (2, "yes")]) == {2: "yes"}
    assert answers.by_key[1].status == "refused"
