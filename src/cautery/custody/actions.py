"""Write the log: record what happened, in the caller's transaction; note who looked; seal what is written into the tree."""

from __future__ import annotations

import json
import logging
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from cautery.core.actors import Actor, Permission, system
from cautery.core.canonical import canonical
from cautery.core.errors import CauteryError
from cautery.core.merkle import Place, Tree, leaf_hash, root_of
from cautery.core.notes import head_of
from cautery.custody import guards, mirror
from cautery.custody.events import Access, Event
from cautery.custody.keys import is_marked, mark, signer
from cautery.custody.models import Checkpoint, Consultation, Entry, Leaf, Node, Stamp
from cautery.custody.stamps import Authority
from cautery.custody.tree import Stored, sealed_size
from cautery.ground.rows import executemany, insert_many
from cautery.ground.times import stored

LOG = logging.getLogger(__name__)
SEAL_BATCH = 5_000
LATE = 10_000
SWEEP_S = 60.0
"""PostgreSQL numbers rows before they commit. A later commit with an earlier number is found at once within the last `LATE`
numbers, and wherever it is once in `SWEEP_S` seconds. SQLite has one writer at a time: numbers are in the order of commits."""
GATHER = 5_000
INSERT = "INSERT INTO custody_entry (event, actor, subject, at, body, leaf, mark) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id"
INSERT_ROWS = "INSERT INTO custody_batchrows (entry_id, count, lines) VALUES (%s, %s, %s)"


def record(
    event: Event,
    *,
    by: Actor,
    at: datetime,
    subject: str,
    facts: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]] = (),
) -> Entry:
    """One entry for a change, in the caller's transaction; `rows` are committed to by their Merkle root, each provable."""
    if not connection.in_atomic_block:
        raise RuntimeError("A custody entry stands in one transaction with its change.")
    lines = [canonical(dict(row)) for row in rows]
    body: dict[str, Any] = {
        "event": str(event),
        "actor": by.name,
        "at": at.astimezone(UTC).isoformat(),
        "subject": subject,
        "facts": dict(facts),
    }
    if lines:
        body["rows"] = {"count": len(lines), "root": root_of(lines).hex()}
    text = canonical(body)
    entry = Entry(
        event=body["event"],
        actor=by.name,
        subject=subject,
        at=at,
        body=text.decode(),
        leaf=leaf_hash(text).hex(),
        mark=mark(text),
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (entry.event, by.name, subject, stored(at), entry.body, entry.leaf, entry.mark))
        entry.pk = cursor.fetchone()[0]
        if lines:
            cursor.execute(INSERT_ROWS, (entry.pk, len(lines), zlib.compress(b"\n".join(lines), 1)))
    return entry


def consult(
    subjects: Sequence[str], *, by: Actor, at: datetime, why: str, kind: Access = Access.VIEW, to: str = ""
) -> None:
    """Note that `by` looked at, copied or sent `subjects`, and why: one INSERT; the next sealing makes an entry of all.

    `to` names who got a copy or what was sent (Directive (EU) 2016/680, Article 25: consultation and disclosure).
    """
    row = {
        "actor": by.name,
        "at": at.astimezone(UTC).isoformat(),
        "kind": str(kind),
        "subjects": list(subjects),
        "why": why,
    }
    line = canonical(row | ({"to": to} if to else {})).decode()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO custody_consultation (line) VALUES (%s)", (line,))


class Sealer:
    """Seals entries into the tree; keeps the right edge of the tree between calls, for one sealing process.

    Reads O(log n) at its start and O(new entries) after. Threads of a process may share one; several processes take turns,
    and the one that was overtaken reads the tree again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nodes: list[tuple[Place, bytes]] = []
        self._unmirrored = ""
        self._swept = self._stamped = self._complained = float("-inf")
        self._load()

    def _load(self) -> None:
        """The tree as the register has it; `_fork` says why it must not be sealed any further."""
        self._nodes.clear()
        size = sealed_size()
        self._last = Leaf.objects.aggregate(last=Max("entry_id"))["last"] or 0
        newest = Checkpoint.objects.order_by("-size").first()
        self._fork = ""
        try:
            self._tree = Tree(size, Stored().edge(size), keep=lambda place, root: self._nodes.append((place, root)))
        except LookupError:
            self._tree, self._fork = Tree(), "leaves are missing"
        if newest is not None and (newest.size, newest.root) != (size, self._tree.root().hex()):
            self._fork = self._fork or "the leaves are not those of the newest checkpoint"
        self._fork = self._fork or _forked(newest)
        if newest is not None and not self._fork and mirror.size_of(mirror.last()) < newest.size:
            self._unmirrored = newest.note

    def seal(self, at: datetime) -> int:
        """Give the entries not yet in the tree their places, and write a signed checkpoint; how many were sealed.

        1. Consultations noted since become an entry. 2. Where the tree in memory is not that of the log (a sealing failed
        half-way, or another process seals) it is read again. 3. Each batch: leaves, subtrees, checkpoint in one
        transaction that is on the disk before 4. the mirror gets it. A log that was cut or altered is not signed.
        """
        with self._lock, _durably():
            _gather(at)
            if Checkpoint.objects.aggregate(size=Max("size"))["size"] != (self._tree.size or None) or self._fork:
                self._load()
            if self._fork:
                self._complain()
                return 0
            self._mirror()
            sealed = 0
            try:
                while batch := self._waiting():
                    self._seal(batch, at)
                    self._mirror()
                    sealed += len(batch)
            except IntegrityError:
                LOG.info("Another process sealed meanwhile.")
                self._load()
        return sealed

    def waiting(self) -> bool:
        """Whether anything waits to be sealed."""
        return Consultation.objects.exists() or bool(self._waiting())

    def _waiting(self) -> list[tuple[int, str]]:
        """Keys and leaves of the next entries without a place; one that none of our processes wrote never gets one."""
        floor = self._last
        if connection.vendor != "sqlite":
            floor -= LATE
            if time.monotonic() - self._swept > SWEEP_S:
                floor, self._swept = 0, time.monotonic()
        waiting = Entry.objects.filter(pk__gt=floor, place=None).order_by("pk")
        found = waiting.values_list("pk", "leaf", "body", "mark").iterator(SEAL_BATCH)
        return list(islice(((key, leaf) for key, leaf, body, told in found if is_marked(body, told)), SEAL_BATCH))

    def _seal(self, batch: Sequence[tuple[int, str]], at: datetime) -> None:
        start = self._tree.size
        for _, leaf in batch:
            self._tree.append(bytes.fromhex(leaf))
        root = self._tree.root()
        note = signer().note(self._tree.size, root)
        places = [(start + n, key, leaf) for n, (key, leaf) in enumerate(batch)]
        nodes = [Node(level=level // 8, index=index, hash=node.hex()) for (level, index), node in self._nodes]
        with transaction.atomic():
            executemany("INSERT INTO custody_leaf (position, entry_id, hash) VALUES (%s, %s, %s)", places)
            insert_many(nodes, ["level", "index", "hash"])
            Checkpoint.objects.create(size=self._tree.size, root=root.hex(), at=at, note=note)
        self._nodes.clear()
        self._unmirrored = note
        self._last = max(self._last, batch[-1][0])

    def _mirror(self) -> None:
        """Hand the newest checkpoint to the mirror; one that is away is tried again at the next sealing."""
        if not self._unmirrored:
            return
        try:
            mirror.append(self._unmirrored)
        except OSError as error:
            LOG.error("The mirror of checkpoints %s cannot be written: %s", settings.CHECKPOINTS, error)  # noqa: TRY400
            return
        self._unmirrored = ""

    def _complain(self) -> None:
        """Say that nothing is sealed, now and then."""
        if time.monotonic() - self._complained > SWEEP_S:
            LOG.error("The custody log is not sealed any further: %s. See: cautery custody verify", self._fork)
            self._complained = time.monotonic()

    def stamp(self, *, now: bool = False) -> bool:
        """Have the newest checkpoint time-stamped where an authority is configured and it is time, or `now`.

        An authority that does not answer is logged and asked again next time: sealing never waits for it.
        """
        due = time.monotonic() - self._stamped > settings.TSA_EVERY_S
        if not settings.TSA_URL or not (due or now):
            return False
        newest = Checkpoint.objects.order_by("-size").first()
        if newest is None or newest.stamps.exists():
            return False
        self._stamped = time.monotonic()
        try:
            stamp = Authority(settings.TSA_URL, settings.TSA_ROOTS).stamp(newest.note)
        except CauteryError as error:
            LOG.error("No time-stamp from %s: %s", settings.TSA_URL, error.message)  # noqa: TRY400
            return False
        Stamp.objects.create(checkpoint=newest, authority=settings.TSA_URL, stamped_at=stamp.at, answer=stamp.answer)
        return True


def _forked(newest: Checkpoint | None) -> str:
    """Why the register is not the one the mirror knows; empty where it is."""
    note = mirror.last()
    if not note:
        return ""
    seen = head_of(note)
    known = Checkpoint.objects.filter(size=seen.size).values_list("root", flat=True).first()
    if newest is None or seen.size > newest.size:
        return f"the mirror has a checkpoint over {seen.size} entries, the register does not"
    return "" if known == seen.root.hex() else f"the mirror has another checkpoint over {seen.size} entries"


def _gather(at: datetime) -> None:
    """Make one entry of the consultations noted since the last time."""
    while rows := list(Consultation.objects.order_by("pk").values_list("pk", "line")[:GATHER]):
        keys = [key for key, _ in rows]
        with transaction.atomic():
            taken, _ = Consultation.objects.filter(pk__in=keys).delete()
            if taken != len(keys):
                transaction.set_rollback(True)
                return  # another process gathers
            record(
                Event.CUSTODY_CONSULTATIONS_RECORDED,
                by=system("custody"),
                at=at,
                subject="consultations",
                facts={"consultations": len(rows)},
                rows=[json.loads(line) for _, line in rows],
            )


@contextmanager
def _durably() -> Iterator[None]:
    """On SQLite: commits made here are on the disk when they return, and with them all before (elsewhere it is always so)."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")


def note_export(*, to: str, by: Actor, at: datetime, facts: Mapping[str, Any]) -> None:
    """Say in the log that a part of it leaves, and to whom, before its first line does."""
    by.require(Permission.CUSTODY_LOG_EXPORT)
    with transaction.atomic():
        record(Event.CUSTODY_LOG_EXPORTED, by=by, at=at, subject="custody", facts={"to": to} | dict(facts))


def missing_guards() -> list[str]:
    """The triggers that should refuse to alter the log and are not there."""
    with connection.cursor() as cursor:
        cursor.execute(guards.listed(connection.vendor))
        return sorted(guards.names(connection.vendor) - {name for (name,) in cursor.fetchall()})


def restore_guards(*, by: Actor, at: datetime) -> list[str]:
    """Put the database's guards of the log back, with an entry that says which were gone."""
    gone = missing_guards()
    if gone:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for statement in guards.put_up(connection.vendor):
                    cursor.execute(statement)
            record(Event.CUSTODY_GUARDS_RESTORED, by=by, at=at, subject="custody", facts={"guards": gone})
    return gone
