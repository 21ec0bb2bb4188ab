"""Read the log, and check that it still says what it said."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

from cautery.core.canonical import canonical
from cautery.core.errors import TamperFound
from cautery.core.merkle import Tree, leaf_hash, root_of
from cautery.custody.models import Checkpoint, Entry, Leaf


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: entries in all, those sealed, and the head of the tree (hex)."""

    entries: int
    sealed: int
    head: str


def head() -> str:
    """The root of the newest checkpoint (hex); empty before the first."""
    return Checkpoint.objects.order_by("-size").values_list("root", flat=True).first() or ""


def verify() -> Verified:
    """Recompute every leaf, every batch root and every checkpoint; `TamperFound` names the first that does not hold."""
    checkpoints = dict(Checkpoint.objects.values_list("size", "root"))
    sealed = max(checkpoints, default=0)
    tree = Tree()
    leaves = Leaf.objects.order_by("position").select_related("entry", "entry__rows")
    for leaf in leaves.iterator(2_000):
        if leaf.position != tree.size:
            raise TamperFound(
                f"The leaf at position {tree.size} is missing.", position=tree.size, reason="missing_leaf"
            )
        tree.append(_checked(leaf.entry))
        expected = checkpoints.pop(tree.size, None)
        if expected is not None and expected != tree.root().hex():
            raise TamperFound(
                f"The checkpoint at size {tree.size} has another root.", position=tree.size, reason="other_root"
            )
    if checkpoints:
        size = min(checkpoints)
        raise TamperFound(f"The log ends at {tree.size}, a checkpoint says {size}.", position=tree.size, reason="cut")
    if tree.size != sealed:
        raise TamperFound(f"No checkpoint covers the leaf at {sealed}.", position=sealed, reason="uncovered_leaf")
    for entry in Entry.objects.filter(place=None).select_related("rows").iterator(2_000):
        _checked(entry)
    return Verified(Entry.objects.count(), tree.size, tree.root().hex())


def _checked(entry: Entry) -> bytes:
    """The leaf hash of an entry, after its columns, its body and its rows were found to agree."""
    leaf = leaf_hash(entry.body.encode())
    if leaf.hex() != entry.leaf:
        raise TamperFound(f"Entry {entry.pk} was altered.", entry=entry.pk, reason="altered_entry")
    body = json.loads(entry.body)
    columns = {"event": entry.event, "actor": entry.actor, "subject": entry.subject, "at": entry.at.isoformat()}
    if any(body[name] != value for name, value in columns.items()):
        raise TamperFound(f"Entry {entry.pk} was altered.", entry=entry.pk, reason="altered_entry")
    if canonical(body) != entry.body.encode():
        raise TamperFound(f"Entry {entry.pk} is not in canonical form.", entry=entry.pk, reason="altered_entry")
    if _rows(entry) != body.get("rows"):
        raise TamperFound(f"The rows of entry {entry.pk} were altered.", entry=entry.pk, reason="altered_rows")
    return leaf


def _rows(entry: Entry) -> dict[str, Any] | None:
    """What the rows kept with an entry would commit it to; None without rows."""
    if not hasattr(entry, "rows"):
        return None
    try:
        lines = zlib.decompress(bytes(entry.rows.lines)).split(b"\n")
    except zlib.error:
        return {}
    return {"count": entry.rows.count, "root": root_of(lines).hex()} if len(lines) == entry.rows.count else {}
