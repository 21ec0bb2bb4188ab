"""The log: it stands with its change, is sealed resumably, and tells every way of tampering with it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import timedelta, timezone

import pytest
from django.db import DatabaseError, transaction

from cautery.core.errors import TamperFound
from cautery.core.merkle import root_of
from cautery.custody.actions import Sealer, record
from cautery.custody.events import LABELS, Event
from cautery.custody.models import BatchRows, Checkpoint, Entry, Leaf
from cautery.custody.queries import head, verify
from tests.custody.conftest import ACTOR, drop_guards, say
from tests.factories import START, hours

pytestmark = pytest.mark.django_db


def place(position: int, entry: Entry) -> Leaf:
    """A leaf as the sealer would make it."""
    return Leaf(position=position, entry=entry, hash=entry.leaf)


def test_an_untouched_log_verifies_and_its_head_is_the_root_over_all_bodies(log: list[Entry]) -> None:
    found = verify()
    assert (found.entries, found.sealed, found.head) == (7, 7, head())
    assert head() == root_of(entry.body.encode() for entry in log).hex()


def test_an_empty_log_verifies() -> None:
    assert (verify().entries, verify().sealed, head()) == (0, 0, "")


@pytest.fixture
def unguarded(log: list[Entry]) -> list[Entry]:
    """The same, with the triggers dropped, as somebody would who owns the database."""
    drop_guards()
    return log


def _edit_body(log: list[Entry]) -> None:
    Entry.objects.filter(pk=log[2].pk).update(body=log[2].body.replace('"n":2', '"n":9'))


def _edit_body_and_leaf(log: list[Entry]) -> None:
    entry = log[2]
    body = entry.body.replace('"n":2', '"n":9')
    Entry.objects.filter(pk=entry.pk).update(body=body, leaf=root_of([body.encode()]).hex())


def _garbage(log: list[Entry]) -> None:
    Entry.objects.filter(pk=log[2].pk).update(body="not json")


def _edit_column(log: list[Entry]) -> None:
    Entry.objects.filter(pk=log[2].pk).update(actor="officer:somebody-else")


def _drop_row(log: list[Entry]) -> None:
    Leaf.objects.filter(entry=log[2]).delete()
    Entry.objects.filter(pk=log[2].pk).delete()


def _swap(log: list[Entry]) -> None:
    first, second = log[0], log[1]
    Leaf.objects.filter(position__in=[0, 1]).delete()
    Leaf.objects.bulk_create([place(0, second), place(1, first)])


def _cut_tail(log: list[Entry]) -> None:
    Leaf.objects.filter(position=6).delete()
    Entry.objects.filter(pk=log[6].pk).delete()


def _alter_rows(log: list[Entry]) -> None:
    BatchRows.objects.filter(entry=log[1]).update(lines=zlib.compress(b'{"row":0}\n{"row":1}\n{"row":7}'))


def _spoil_rows(log: list[Entry]) -> None:
    BatchRows.objects.filter(entry=log[1]).update(lines=b"not zlib")


def _count_rows_wrong(log: list[Entry]) -> None:
    BatchRows.objects.filter(entry=log[1]).update(count=2)


def _drop_rows(log: list[Entry]) -> None:
    BatchRows.objects.filter(entry=log[1]).delete()


def _add_rows(log: list[Entry]) -> None:
    BatchRows.objects.create(entry=log[2], count=1, lines=zlib.compress(b"{}"))


def _insert_leaf(log: list[Entry]) -> None:
    place(7, say(8)).save()


def _insert_leaf_between(log: list[Entry]) -> None:
    Leaf.objects.filter(position=6).delete()
    Leaf.objects.bulk_create([place(6, say(8)), place(7, log[6])])


def _alter_checkpoint(log: list[Entry]) -> None:
    Checkpoint.objects.filter(size=4).update(root="0" * 64)


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (_edit_body, "altered_entry"), (_edit_body_and_leaf, "altered_entry"), (_garbage, "altered_entry"), (_edit_column, "altered_entry"),
        (_drop_row, "missing_leaf"), (_swap, "other_root"), (_cut_tail, "cut"), (_alter_rows, "altered_rows"), (_spoil_rows, "altered_rows"),
        (_count_rows_wrong, "altered_rows"), (_drop_rows, "altered_rows"), (_add_rows, "altered_rows"), (_insert_leaf, "uncovered_leaf"),
        (_insert_leaf_between, "other_root"), (_alter_checkpoint, "altered_checkpoint"),
    ],
)  # fmt: skip
def test_verify_finds_it(unguarded: list[Entry], tamper: Callable[[list[Entry]], None], reason: str) -> None:
    tamper(unguarded)
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == reason


def test_an_entry_not_yet_sealed_is_checked_too(unguarded: list[Entry]) -> None:
    loose = say(9)
    Entry.objects.filter(pk=loose.pk).update(subject="another")
    with pytest.raises(TamperFound):
        verify()


def _forge(log: list[Entry], **fields: object) -> None:
    """An entry nobody recorded, whole in itself."""
    body = log[2].body.replace('"n":2', '"n":9')
    Entry.objects.create(
        event=log[2].event, actor=log[2].actor, subject=log[2].subject, at=log[2].at, body=body, leaf=root_of([body.encode()]).hex(), **fields
    )  # fmt: skip


def test_an_entry_put_in_behind_the_log_is_found_and_never_sealed(log: list[Entry]) -> None:
    _forge(log, mark=log[2].mark)
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "inserted_entry"
    assert Sealer().seal(START) == 0
    say(9)
    assert Sealer().seal(START) == 1


def test_a_copy_of_an_entry_put_in_behind_the_log_is_found(log: list[Entry]) -> None:
    fields = {name: getattr(log[2], name) for name in ("event", "actor", "subject", "at", "body", "leaf", "mark")}
    Entry.objects.create(**fields)
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "inserted_entry"


def test_an_entry_told_in_another_zone_verifies() -> None:
    elsewhere = hours(1).astimezone(timezone(timedelta(hours=5, minutes=30)))
    with transaction.atomic():
        record(Event.TRACK_PROBES_RECORDED, by=ACTOR, at=elsewhere, subject="zone", facts={})
    assert verify().entries == 1


def test_sealing_goes_on_after_a_restart_to_the_same_tree(log: list[Entry]) -> None:
    for n in range(7, 12):
        say(n)
        Sealer().seal(START)
    bodies = Entry.objects.order_by("pk").values_list("body", flat=True)
    assert head() == root_of(body.encode() for body in bodies).hex()
    assert verify().sealed == 12


def test_a_sealing_that_failed_half_way_leaves_no_gap(log: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = Sealer()
    say(8)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Checkpoint.objects, "create", fail)
        with pytest.raises(DatabaseError):
            sealer.seal(START)
    assert sealer.seal(START) == 1
    assert verify().sealed == 8


def test_two_sealers_take_turns(log: list[Entry]) -> None:
    one, other = Sealer(), Sealer()
    for n, sealer in enumerate((one, other, other, one), 8):
        say(n)
        assert sealer.seal(START) == 1
    assert verify().sealed == 11


def test_sealing_nothing_writes_no_checkpoint(log: list[Entry]) -> None:
    assert Sealer().seal(START) == 0
    assert Checkpoint.objects.count() == 2


def test_every_event_has_its_label() -> None:
    assert set(LABELS) == set(Event)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_an_error_and_is_not_written() -> None:
    with pytest.raises(RuntimeError):
        record(Event.TRACK_PROBES_RECORDED, by=ACTOR, at=START, subject="loose", facts={})
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_when_its_change_is_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Event.TRACK_PROBES_RECORDED, by=ACTOR, at=START, subject="undone", facts={})
        raise ZeroDivisionError
    assert not Entry.objects.exists()
