"""Proofs that stand without us: an entry or a row of one is in the log, and one checkpoint continues another.

docs/verify.py checks them with the standard library alone.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from cautery.core.errors import NotFound, Refused, TamperFound
from cautery.core.merkle import (
    consistency,
    extends,
    inclusion,
    leaf_hash,
    levels_of,
    path_in,
    root_by_inclusion,
)
from cautery.core.notes import head_of, open_note, split_notes
from cautery.custody.keys import verifier_keys
from cautery.custody.models import BatchRows, Checkpoint, Entry, Leaf
from cautery.custody.tree import Stored

Proof = dict[str, Any]
HINT = "Look with: cautery custody verify."


def prove_entry(key: int, row: int | None = None) -> Proof:
    """That entry `key` (and its row number `row`, from 0) is under the newest checkpoint; checked before it is handed out."""
    entry = Entry.objects.filter(pk=key).first()
    if entry is None:
        raise NotFound(f"There is no entry {key}.", entry=key)
    newest, place = Checkpoint.objects.order_by("-size").first(), Leaf.objects.filter(entry=entry).first()
    if newest is None or place is None or place.position >= newest.size:
        raise NotFound(f"Entry {key} is not sealed yet.", entry=key, hint="The worker seals every second.")
    tree = Stored()
    path = _path([tree.hash(span) for span in inclusion(place.position, newest.size)])
    leaf = leaf_hash(entry.body.encode())
    if root_by_inclusion(leaf, place.position, newest.size, [bytes.fromhex(h) for h in path]) != _opened(newest.note):
        raise TamperFound(f"Entry {key} does not lead to the checkpoint. {HINT}", entry=key, reason="altered_entry")
    proof: Proof = {
        "kind": "inclusion",
        "entry": key,
        "position": place.position,
        "body": entry.body,
        "path": path,
        "checkpoint": newest.note,
        "key": _key(newest.note),
    }
    return proof if row is None else proof | {"row": _row(entry, row)}


def _row(entry: Entry, number: int) -> Proof:
    """That a row is one of those the entry commits to."""
    batch = BatchRows.objects.filter(entry=entry).first()
    if batch is None or not 0 <= number < batch.count:
        count = batch.count if batch else 0
        raise NotFound(f"Entry {entry.pk} has {count} rows, counted from 0; there is no {number}.", entry=entry.pk)
    lines = zlib.decompress(bytes(batch.lines)).split(b"\n")
    levels = levels_of([leaf_hash(line) for line in lines])
    if f'"root":"{levels[-1][0].hex()}"' not in entry.body:
        raise TamperFound(f"The rows of entry {entry.pk} were altered. {HINT}", entry=entry.pk, reason="altered_rows")
    return {"index": number, "line": lines[number].decode(), "path": _path(path_in(levels, number))}


def prove_consistency(old: str, new: str) -> Proof:
    """That the log under checkpoint `new` begins with the log under `old`; each a size, or a file that holds a checkpoint."""
    notes = [_checkpoint(old), _checkpoint(new)]
    before, after = sorted((head_of(note) for note in notes), key=lambda head: head.size)
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None or after.size > newest.size:
        raise TamperFound(f"The log has no {after.size} sealed entries. {HINT}", reason="cut", size=after.size)
    if before == after or not before.size:
        raise Refused("The two are one checkpoint, or one is of an empty log.", reason="nothing_to_prove")
    tree = Stored()
    path = [tree.hash(span) for span in consistency(before.size, after.size)]
    if not extends(before.size, before.root, after.size, after.root, path):
        raise TamperFound(f"The log does not continue that checkpoint. {HINT}", reason="other_root", size=before.size)
    first, second = sorted(notes, key=lambda note: head_of(note).size)
    return {"kind": "consistency", "old": first, "new": second, "path": _path(path), "key": _key(second)}


def read_checkpoints(told: str) -> list[str]:
    """Checkpoints somebody kept: a file's notes, or a root in hex; `Refused` says what can be given."""
    file = Path(told)
    if file.is_file():
        notes = split_notes(file.read_text(encoding="utf-8", errors="replace"))
        if notes:
            return notes
    elif len(told) == 64 and not set(told.lower()) - set("0123456789abcdef"):
        return [told.lower()]
    raise Refused(
        f"{told} is no checkpoint.",
        reason="not_a_checkpoint",
        hint="A file of signed checkpoints (a copy of the mirror), or a root of 64 hex digits.",
    )


def _checkpoint(told: str) -> str:
    """A checkpoint by size, or the last of a file."""
    if not told.isdigit():
        note = read_checkpoints(told)[-1]
        if "\n" in note:
            return note
        found = Checkpoint.objects.filter(root=note).first()
    else:
        found = Checkpoint.objects.filter(size=int(told)).first()
    if found is None:
        sizes = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:5]
        raise NotFound(
            f"There is no checkpoint {told}.",
            hint=f"The newest are over {', '.join(map(str, sizes)) or 'none'} entries.",
        )
    return found.note


def _opened(note: str) -> bytes:
    """The root of a checkpoint, its signature checked where the public key is there."""
    keys = verifier_keys()
    if keys:
        open_note(note, keys)
    return head_of(note).root


def _key(note: str) -> str:
    """The public key under the name that signed this checkpoint; empty where it is not there."""
    origin = head_of(note).origin
    return next((str(key) for key in verifier_keys() if key.name == origin), "")


def _path(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
