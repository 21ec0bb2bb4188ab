"""T0 and the end of an operation: who changes them, until when, and what hangs on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cautery.authorise.actions import turn_key
from cautery.authorise.models import OperationKey
from cautery.core.errors import MovedMeanwhile, NotAllowed, Refused
from cautery.custody.models import Entry
from cautery.directory.models import Provider, Unit
from cautery.intake.actions import create_operation
from cautery.intake.models import Operation
from cautery.refer.actions import change_times
from cautery.refer.models import Delivery
from tests import factories as make

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v=aaaaaaaaaa{}"


def change(frame: Operation, t0: datetime | None, **more: Any) -> bool:
    """Change T0 by a leader, the end as it is."""
    by = more.pop("by", None) or make.actor("leader", "lead")
    return change_times(frame, **{"t0": t0, "ends_at": frame.ends_at, "by": by, "at": make.hours(6)} | more)


def waiting() -> tuple[Operation, Provider]:
    """An operation with one notice that waits for T0, and whom it is for."""
    frame, host = make.operation(), make.provider()
    episodes = make.flagged(frame, [VIDEO.format("A")])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    return frame, host


def test_what_waits_for_t0_waits_for_the_new_one() -> None:
    frame, host = waiting()
    for t0, due in ((make.hours(30), make.hours(30)), (make.hours(8), make.hours(8)), (None, make.hours(6))):
        frame.refresh_from_db()
        assert change(frame, t0)
        assert Delivery.objects.get().due_at == due
    frame.refresh_from_db()
    change(frame, make.hours(40))
    make.released(Operation.objects.get())
    assert make.sent(host, at=make.hours(39)) == 0
    assert make.sent(host, at=make.hours(40)) == 1


def test_a_delivery_that_waits_longer_for_another_reason_goes_on_waiting() -> None:
    frame, _ = waiting()
    Delivery.objects.update(due_at=make.hours(50))
    change(frame, make.hours(30))
    assert Delivery.objects.get().due_at == make.hours(50)


def test_keys_go_back_to_their_leaders_and_the_log_says_so() -> None:
    frame = make.operation()
    one, two = make.actor("one", "lead"), make.actor("two", "lead")
    turn_key(frame, by=one, at=make.hours(1))
    assert change(frame, make.hours(30))
    assert not OperationKey.objects.exists()
    said = list(Entry.objects.order_by("pk").values_list("event", flat=True))[-2:]
    assert said == ["intake:operation:timed", "authorise:operation:keys_returned"]
    with pytest.raises(MovedMeanwhile):
        turn_key(frame, by=two, at=make.hours(7))
    frame.refresh_from_db()
    assert turn_key(frame, by=two, at=make.hours(7)) == (1, False)


def test_the_same_times_change_nothing() -> None:
    frame = make.operation()
    leader = make.actor("leader", "lead")
    turn_key(frame, by=leader, at=make.hours(1))
    entries = Entry.objects.count()
    assert not change(frame, frame.t0, by=leader)
    assert (OperationKey.objects.count(), Entry.objects.count()) == (1, entries)


def test_a_released_operation_keeps_its_times() -> None:
    frame = make.operation()
    make.released(frame)
    with pytest.raises(Refused, match="released"):
        change(frame, make.hours(30))
    frame.refresh_from_db()
    assert (frame.t0, OperationKey.objects.count()) == (make.hours(24), 2)


def test_times_that_another_changed_meanwhile_are_not_overwritten() -> None:
    frame = make.operation()
    change(Operation.objects.get(), make.hours(30))
    with pytest.raises(MovedMeanwhile):
        change(frame, make.hours(31))
    frame.refresh_from_db()
    assert frame.t0 == make.hours(30)


def test_only_its_own_unit_changes_it_and_only_who_may() -> None:
    frame = make.operation()
    make.officer("owner", "lead")
    Operation.objects.update(unit=Unit.objects.get(slug="fr-pharos"))
    frame.refresh_from_db()
    for by in (make.actor("reviewer", "review"), make.actor("other", "lead", unit="de-meldestelle")):
        with pytest.raises(NotAllowed):
            change(frame, make.hours(30), by=by)


@pytest.mark.parametrize(
    ("t0", "ends", "reason"),
    [(None, 0, "end"), (None, -1, "end"), (-1, 96, "t0_early"), (97, 96, "t0_late")],
)
def test_times_out_of_order_are_refused_by_name(t0: int | None, ends: int, reason: str) -> None:
    frame = make.operation()
    times = {"t0": None if t0 is None else make.hours(t0), "ends_at": make.hours(ends)}
    with pytest.raises(Refused) as changed:
        change(frame, times.pop("t0"), **times)
    with pytest.raises(Refused) as made:
        create_operation(
            "another",
            "Another",
            starts_at=make.START,
            t0=None if t0 is None else make.hours(t0),
            ends_at=make.hours(ends),
            by=make.SYSTEM,
            at=make.START,
        )
    assert (changed.value.reason, made.value.reason) == (reason, reason)
