"""Sealing beside the work, and the consultations it makes an entry of."""

from __future__ import annotations

import json
import logging
import threading
import zlib

import pytest
from django.db import DatabaseError, connection, transaction

from cautery.core.actors import Actor
from cautery.custody.actions import Sealer, consult
from cautery.custody.events import Access
from cautery.custody.exports import Wanted, consultations
from cautery.custody.models import BatchRows, Checkpoint, Consultation, Entry
from cautery.custody.queries import verify
from cautery.custody.sealing import sealing
from tests.custody.conftest import say
from tests.factories import START, hours

OFFICER = Actor("officer:0b9f6c1e-2f4a-5d8e-9c3b-1a2b3c4d5e6f", "fr-pharos", frozenset())


class Watched(Sealer):
    """Tells when it has sealed something."""

    def __init__(self, *, fail: int = 0) -> None:
        super().__init__()
        self.sealed, self.fail = threading.Event(), fail

    def seal(self, at: object) -> int:
        if self.fail:
            self.fail -= 1
            raise DatabaseError("the disk is full")
        done = super().seal(START)
        if done:
            self.sealed.set()
        return done


@pytest.mark.django_db(transaction=True)
def test_entries_are_sealed_while_a_step_is_under_way_and_at_the_end() -> None:
    sealer = Watched()
    with sealing(sealer, lambda: START, every_s=0.01):
        say(1)
        assert sealer.sealed.wait(20)
        say(2)
    assert verify().sealed == 2


@pytest.mark.django_db(transaction=True)
def test_a_sealing_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    sealer = Watched(fail=2)
    with caplog.at_level(logging.ERROR), sealing(sealer, lambda: START, every_s=0.01):
        say(1)
        assert sealer.sealed.wait(20)
    assert caplog.text.count("it is tried again") == 2
    assert verify().sealed == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_mirrored_is_on_the_disk_and_the_connection_is_as_it_was() -> None:
    say(1)
    Sealer().seal(START)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_who_looked_at_what_and_why_is_one_entry_a_sealing_with_each_a_row() -> None:
    consult(["item:1", "item:2"], by=OFFICER, at=hours(1), why="review")
    consult(["item:2"], by=OFFICER, at=hours(2), why="court order 3/2026", kind=Access.SEND, to="court-specimen")
    assert Sealer().seal(hours(3)) == 1
    assert not Consultation.objects.exists()
    rows = [json.loads(line) for line in zlib.decompress(bytes(BatchRows.objects.get().lines)).split(b"\n")]
    assert [(row["actor"], row["kind"], row["subjects"], row["why"], row.get("to")) for row in rows] == [
        (OFFICER.name, "view", ["item:1", "item:2"], "review", None),
        (OFFICER.name, "send", ["item:2"], "court order 3/2026", "court-specimen"),
    ]
    assert verify().rows == 2


@pytest.mark.django_db
def test_a_data_protection_officer_gets_the_consultations_asked_for_the_newest_unsealed_too() -> None:
    for n in range(3):
        consult([f"item:{n % 2}"], by=OFFICER, at=hours(n), why="review")
    Sealer().seal(START)
    consult(["item:0"], by=OFFICER, at=hours(9), why="complaint")
    about = [json.loads(line)["at"] for line in consultations(Wanted(subject="item:0"))]
    assert about == [hours(n).isoformat() for n in (0, 2, 9)]
    assert len(list(consultations(Wanted(since=hours(1), until=hours(2))))) == 2
    assert not list(consultations(Wanted(actor="officer:another")))
    shown = "".join(consultations(Wanted(), recipient="press"))
    assert OFFICER.name not in shown
    assert '"actor":"officer:' in shown


@pytest.mark.django_db
def test_a_consultation_goes_when_its_transaction_is_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        consult(["item:1"], by=OFFICER, at=START, why="review")
        raise ZeroDivisionError
    assert Sealer().seal(START) == 0
    assert not Entry.objects.exists()
    assert not Checkpoint.objects.exists()
