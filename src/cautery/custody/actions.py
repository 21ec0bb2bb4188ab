"""Write the log: record what happened, in the caller's transaction; seal what is written into the tree."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from cautery.core.actors import Actor
from cautery.core.canonical import canonical
from cautery.core.merkle import Tree, leaf_hash, root_of
from cautery.custody.events import Event
from cautery.custody.models import BatchRows, Checkpoint, Entry, Leaf

SEAL_BATCH = 5_000
LATE = 10_000
"""How far back a later commit with an earlier number is looked for (PostgreSQL numbers rows before they commit)."""


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
    if not transaction.get_connection().in_atomic_block:
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
    entry = Entry.objects.create(
        event=str(event), actor=by.name, subject=subject, at=at, body=text.decode(), leaf=leaf_hash(text).hex()
    )
    if lines:
        BatchRows.objects.create(entry=entry, count=len(lines), lines=zlib.compress(b"\n".join(lines), 1))
    return entry


class Sealer:
    """Seals entries into the tree; keeps the right edge of the tree between calls, for one sealing process."""

    def __init__(self) -> None:
        self._load()

    def _load(self) -> None:
        self._tree, self._last = Tree(), 0
        for leaf, entry in Leaf.objects.order_by("position").values_list("entry__leaf", "entry_id").iterator(10_000):
            self._tree.append(bytes.fromhex(leaf))
            self._last = max(self._last, entry)

    def seal(self, at: datetime) -> int:
        """Give the entries not yet in the tree their places, and write a checkpoint; how many were sealed.

        Where the tree in memory is not that of the log (a sealing failed half-way, or another process seals) it is read again.
        """
        sealed = 0
        if Checkpoint.objects.aggregate(size=Max("size"))["size"] != (self._tree.size or None):
            self._load()
        while batch := list(Entry.objects.filter(pk__gt=self._last - LATE, place=None).order_by("pk")[:SEAL_BATCH]):
            with transaction.atomic():
                start = self._tree.size
                Leaf.objects.bulk_create(Leaf(position=start + n, entry=entry) for n, entry in enumerate(batch))
                for entry in batch:
                    self._tree.append(bytes.fromhex(entry.leaf))
                Checkpoint.objects.create(size=self._tree.size, root=self._tree.root().hex(), at=at)
            self._last = max(self._last, batch[-1].pk)
            sealed += len(batch)
        return sealed
