"""Lists of flags: one item an object, whatever comes how often, in how many pieces and from how many at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from cautery.core.actors import Actor
from cautery.core.errors import MovedMeanwhile, NotAllowed, RowRefused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.queries import verify
from cautery.intake.actions import Received, receive, receive_all, reopen
from cautery.intake.models import Batch, Episode, Flag, Item, OpenedBy, Operation, Rejection
from cautery.sources.base import Row
from tests import factories as make

VIDEO = "https://www.youtube.com/watch?v={:011d}"
SPELLINGS = [
    "https://www.youtube.com/watch?v=00000000042", "http://youtube.com/watch?v=00000000042&utm_source=mail", "https://youtu.be/00000000042",
    "https://m.youtube.com/watch?v=00000000042#t=5", "hxxps://www[.]youtube[.]com/watch?v=00000000042", " https://youtu.be/00000000042 ",
]  # fmt: skip


def rows(*urls: str) -> list[Row]:
    return [Row(line, url) for line, url in enumerate(urls, 1)]


def take(
    frame: Operation, listed: list[Row], by: Actor | None = None, key: str = "list", at: datetime = make.START
) -> Received:
    return receive_all(listed, operation=frame, key=key, source="api", by=by or make.actor("flagger", "flag"), at=at)


@pytest.fixture
def frame(db: None) -> Operation:
    return make.operation()


def test_an_object_in_many_spellings_is_one_item_with_every_flag_kept(frame: Operation) -> None:
    got = take(frame, rows(*SPELLINGS))
    assert (got.accepted, got.known, got.rejected) == (1, 5, 0)
    item = Item.objects.get()
    assert sorted(item.flags.values_list("url", flat=True)) == sorted(SPELLINGS)
    assert Episode.objects.get().item == item


def test_two_units_keep_a_flag_each_on_one_item(frame: Operation) -> None:
    take(frame, rows(SPELLINGS[0]))
    got = take(frame, rows(SPELLINGS[2]), by=make.actor("other", "flag", unit="de-meldestelle"))
    assert (got.accepted, got.known) == (0, 1)
    assert set(Flag.objects.values_list("batch__unit__slug", flat=True)) == {"fr-pharos", "de-meldestelle"}


def test_the_same_batch_again_adds_nothing_and_answers_the_same(frame: Operation) -> None:
    listed = rows(*SPELLINGS, "javascript:alert(1)")
    first, second = take(frame, listed), take(frame, listed)
    assert (second.accepted, second.known, second.rejected) == (first.accepted, first.known, first.rejected)
    assert second.again
    assert not first.again
    assert [r.line for r in second.rejections] == [7]
    assert (Flag.objects.count(), Rejection.objects.count(), Episode.objects.count()) == (6, 1, 1)


def test_a_batch_cut_off_in_the_middle_resumes_without_loss_or_repeat(frame: Operation) -> None:
    by = make.actor("flagger", "flag")
    listed = rows(*(VIDEO.format(n) for n in range(10)))

    def broken() -> Iterator[Row]:
        yield from listed[:5]
        raise ConnectionError("the line went dead inside the second chunk")

    chunked = {"operation": frame, "key": "file", "source": "file", "by": by, "at": make.START, "chunk": 3}
    with pytest.raises(ConnectionError):
        list(receive(broken(), **chunked))
    assert (Batch.objects.get().rows_done, Batch.objects.get().complete) == (3, False)
    *_, total = receive(listed, **chunked)
    assert (total.accepted, total.known, total.again) == (10, 0, False)
    assert sorted(Flag.objects.values_list("line", flat=True)) == list(range(1, 11))
    assert Episode.objects.count() == 10
    assert Batch.objects.get().complete


def test_a_chunk_that_fails_to_be_written_leaves_nothing_of_itself(
    frame: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("no space left")

    with monkeypatch.context() as broken, pytest.raises(DatabaseError):
        broken.setattr("cautery.intake.actions.record", fail)
        take(frame, rows(VIDEO.format(1)))
    assert not Item.objects.exists()
    assert not Flag.objects.exists()
    assert take(frame, rows(VIDEO.format(1))).accepted == 1


def test_rejected_rows_keep_line_reason_and_what_they_said(frame: Operation) -> None:
    bad = ["javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1/x", "", "not a link\0"]
    listed = [
        *rows(*bad, VIDEO.format(1)),
        Row(7, "", refused=RowRefused("Line 7 is too long.", reason="line_too_long", line=7)),
    ]
    got = take(frame, listed)
    assert (got.accepted, got.rejected) == (1, 6)
    kept = dict(Rejection.objects.values_list("line", "reason"))
    assert sorted(kept) == [1, 2, 3, 4, 5, 7]
    assert kept[7] == "line_too_long"
    assert all(kept.values())
    assert all("\0" not in text for row in Rejection.objects.values_list("message", "excerpt") for text in row)


def test_a_link_with_credentials_is_the_object_without_them(frame: Operation) -> None:
    take(frame, rows("https://user:secret@host.example/x"))
    assert "secret" not in Item.objects.get().url


def test_a_note_with_characters_no_database_keeps_costs_only_those(frame: Operation) -> None:
    take(frame, [Row(1, VIDEO.format(1), note="before\0after\ud800end")])
    assert Flag.objects.get().note == "before\ufffdafter\ufffdend"


def test_a_link_of_any_length_harms_no_other_row(frame: Operation) -> None:
    got = take(
        frame, rows("https://host.example/" + "a" * 7_000, "https://host.example/" + "b" * 90_000, VIDEO.format(1))
    )
    assert got.accepted + got.rejected == 3
    assert Item.objects.filter(provider="youtube").exists()


def test_flagging_again_what_is_live_or_done_in_the_operation_opens_nothing(frame: Operation) -> None:
    take(frame, rows(VIDEO.format(1)))
    for state in (EpisodeState.IN_REVIEW, EpisodeState.CLOSED, EpisodeState.DISMISSED):
        Episode.objects.update(state=state)
        take(frame, rows(VIDEO.format(1)), key=f"again while {state}")
        assert Episode.objects.count() == 1


def test_a_flag_in_a_later_operation_on_a_closed_item_opens_its_next_episode(frame: Operation) -> None:
    take(frame, rows(VIDEO.format(1)))
    later = make.operation("autumn")
    take(later, rows(VIDEO.format(1)), key="too soon")
    assert Episode.objects.count() == 1
    Episode.objects.update(state=EpisodeState.CLOSED)
    take(later, rows(VIDEO.format(1)), key="later")
    assert list(Episode.objects.order_by("number").values_list("number", "operation__slug")) == [
        (1, "summer"),
        (2, "autumn"),
    ]


def test_reopening_opens_one_episode_and_none_while_one_is_live(frame: Operation) -> None:
    take(frame, rows(VIDEO.format(1), VIDEO.format(2)))
    items = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    Episode.objects.filter(item_id=items[0]).update(state=EpisodeState.CLOSED)
    assert reopen(items, operation=frame, opened_by=OpenedBy.PROBE, by=make.SYSTEM, at=make.hours(1)) == 1
    assert reopen(items, operation=frame, opened_by=OpenedBy.PROBE, by=make.SYSTEM, at=make.hours(1)) == 0
    assert Episode.objects.filter(item_id=items[0]).count() == 2


def test_only_who_may_flag_flags(frame: Operation) -> None:
    with pytest.raises(NotAllowed):
        take(frame, rows(VIDEO.format(1)), by=make.actor("observer", "observe"))
    assert not Item.objects.exists()


def test_twenty_thousand_rows_cost_the_same_statements_a_chunk_as_two(frame: Operation) -> None:
    by = make.actor("flagger", "flag")
    chunked = {"operation": frame, "source": "file", "by": by, "at": make.START, "chunk": 10_000}
    with CaptureQueriesContext(connection) as few:
        list(receive(rows(VIDEO.format(1), VIDEO.format(2)), key="few", **chunked))
    with CaptureQueriesContext(connection) as many:
        *_, total = receive(rows(*(VIDEO.format(n) for n in range(20_000))), key="many", **chunked)
    assert (total.accepted, total.known) == (19_998, 2)
    assert len(many) <= 2 * len(few)
    assert Episode.objects.count() == Item.objects.count() == 20_000
    verify()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_objects_in_other_order_make_one_item_each() -> None:
    frame = make.operation()
    actors = [make.actor("one", "flag"), make.actor("two", "flag", unit="de-meldestelle")]
    urls = [VIDEO.format(n) for n in range(400)]
    start = Barrier(2)

    def work(number: int) -> Received:
        start.wait()
        try:
            return take(frame, rows(*(urls if number else reversed(urls))), by=actors[number], key="list")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(work, range(2)))
    assert sum(one.accepted for one in got) == sum(one.known for one in got) == Item.objects.count() == 400
    assert (Flag.objects.count(), Episode.objects.count()) == (800, 400)
    verify()


@pytest.mark.django_db(transaction=True)
def test_the_same_list_twice_at_once_is_one_batch_and_the_loser_is_told() -> None:
    frame, by = make.operation(), make.actor("one", "flag")
    listed = rows(*(VIDEO.format(n) for n in range(60)))
    start = Barrier(2)

    def work(_: int) -> str:
        start.wait()
        try:
            list(receive(listed, operation=frame, key="list", source="api", by=by, at=make.START, chunk=20))
        except MovedMeanwhile:
            return "told"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert "done" in list(pool.map(work, range(2))) or take(frame, listed, by=by).rejected == 0
    again = take(frame, listed, by=by)
    batch = Batch.objects.get()
    assert (batch.rows_done, batch.accepted, batch.known, batch.complete) == (60, 60, 0, True)
    assert (again.accepted, Flag.objects.count(), Item.objects.count()) == (60, 60, 60)
