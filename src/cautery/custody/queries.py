"""Read the log, and check that it still says what it said."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from cautery.core.errors import Refused, TamperFound
from cautery.core.merkle import Place, Tree, root_of
from cautery.core.notes import VerifierKey, head_of, open_note
from cautery.custody import mirror
from cautery.custody.actions import missing_guards
from cautery.custody.keys import is_marked, verifier_keys
from cautery.custody.models import BatchRows, Checkpoint, Entry, Leaf, Node, Stamp
from cautery.custody.personal.queries import check_personal
from cautery.custody.stamps import check, load_roots

CHUNK = 2_000
ENTRY = ("pk", "event", "actor", "subject", "at", "body", "leaf", "rows__count")
"""The columns of an entry, as `_checked` takes them."""
HERE, MIRROR = "the register", "the mirror"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: entries in all, those sealed, the head of the tree (hex), and what stands against it.

    `warnings` are things that weaken the proof and are no proof of tampering: no mirror, no key, guards that are gone.
    """

    entries: int
    sealed: int
    head: str
    checkpoint: str = ""
    checkpoints: int = 0
    mirrored: int = 0
    rows: int = 0
    stamps: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Heads:
    """What signed checkpoints say the root was at each size, and who says so."""

    keys: list[VerifierKey]
    said: dict[int, dict[bytes, str]] = field(default_factory=lambda: defaultdict(dict))
    _opened: set[str] = field(default_factory=set)

    def add(self, note: str, source: str) -> int:
        """Take up a checkpoint whose signature holds; its size."""
        if self.keys and note not in self._opened:
            open_note(note, self.keys)
            self._opened.add(note)
        found = head_of(note)
        self.said[found.size].setdefault(found.root, source)
        return found.size

    def check(self, tree: Tree, first: _Order) -> None:
        """Hold the root at this size against every checkpoint that covers just that."""
        for root, source in self.said.get(tree.size, {}).items():
            if root != tree.root():
                raise first.suspect(tree.size, source)
        if tree.size in self.said:
            first.vouched(tree.size)


@dataclass(slots=True)
class _Order:
    """Entries since the last checkpoint that held, to name the first that can be wrong."""

    since: int = 0
    keys: list[int] = field(default_factory=list)

    def vouched(self, size: int) -> None:
        """Everything up to here held."""
        self.since = size
        self.keys.clear()

    def suspect(self, size: int, source: str) -> TamperFound:
        """The first entry out of order since then, else the first since then."""
        pairs = zip(self.keys, self.keys[1:], strict=False)
        odd = next((n for n, (key, after) in enumerate(pairs) if after < key), 0)
        position = self.since + odd
        return TamperFound(
            f"Entry {self.keys[odd]} or a later one, up to position {size - 1}, is not what {source}'s checkpoint over "
            f"{size} entries was signed for: altered, put in, taken out or moved.",
            entry=self.keys[odd],
            position=position,
            size=size,
            reason="other_root",
        )


def head() -> str:
    """The root of the newest checkpoint (hex); empty before the first."""
    return Checkpoint.objects.order_by("-size").values_list("root", flat=True).first() or ""


def verify(since: Iterable[str] = (), seen: Callable[[int], object] = bool) -> Verified:
    """Recompute every leaf, subtree, batch, root and signature; `TamperFound` names the first entry that does not hold.

    `since` are checkpoints (signed notes, or roots in hex) that somebody kept: the log must still begin with each.
    `seen` is told now and then how many entries were checked.
    """
    heads = _Heads(verifier_keys())
    checkpoints = _checkpoints(heads)
    warnings, mirrored = _mirrored(heads, checkpoints)
    for kept in since:
        _take_up(kept, heads)
    subtrees: dict[Place, str] = {}
    tree = _leaves(heads, subtrees, _unsealed(), seen)
    rest = [size for size in heads.said if size > tree.size]
    if rest:
        raise _cut(tree.size, min(rest), heads)
    if tree.size != checkpoints:
        position = checkpoints
        entry = Leaf.objects.filter(position=position).values_list("entry_id", flat=True).first()
        raise TamperFound(
            f"Entry {entry} at position {position} has no checkpoint over it: put in behind the sealed log.",
            entry=entry,
            position=position,
            reason="uncovered_leaf",
        )
    _nodes(subtrees)
    rows = sum(_rows())
    check_personal()
    newest = Checkpoint.objects.order_by("-size").first()
    gone = missing_guards()
    if gone:
        warnings.append(f"{len(gone)} of the database's guards are gone; cautery custody guard puts them back.")
    return Verified(
        Entry.objects.count(),
        tree.size,
        tree.root().hex(),
        newest.note if newest else "",
        Checkpoint.objects.count(),
        mirrored,
        rows,
        _stamps(),
        tuple(warnings),
    )


def _checkpoints(heads: _Heads) -> int:
    """Take up the register's own checkpoints; the size of the newest."""
    size = 0
    for size, root, note in Checkpoint.objects.order_by("size").values_list("size", "root", "note").iterator(CHUNK):
        try:
            said = head_of(note)
            heads.add(note, HERE)
        except (Refused, TamperFound) as error:
            raise TamperFound(
                f"The checkpoint at size {size}: {error.message}", size=size, reason="signature"
            ) from error
        if (said.size, said.root.hex()) != (size, root):
            raise TamperFound(f"The checkpoint at size {size} was altered.", size=size, reason="altered_checkpoint")
    return size


def _mirrored(heads: _Heads, newest: int) -> tuple[list[str], int]:
    """Take up the mirror's checkpoints; what weakens the proof, and how many there are."""
    file = Path(settings.CHECKPOINTS)
    warnings = []
    if newest and not heads.keys:
        warnings.append("No public key (custody.pub): signatures were not checked.")
    if not file.exists():
        if newest:
            warnings.append(f"No mirror at {file}: a tail cut off with its checkpoints, or an old copy, does not show.")
        return warnings, 0
    notes = mirror.read(file)
    for number, note in enumerate(notes, 1):
        try:
            heads.add(note, MIRROR)
        except (Refused, TamperFound) as error:
            raise TamperFound(f"Checkpoint {number} in {file}: {error.message}", reason="mirror") from error
    return warnings, len(notes)


def _take_up(kept: str, heads: _Heads) -> None:
    """A checkpoint somebody kept: a note, or the root in hex of one the register still has."""
    if "\n" in kept:
        heads.add(kept, "the kept checkpoint")
    elif not Checkpoint.objects.filter(root=kept.strip().lower()).exists():
        raise TamperFound("The register has no checkpoint with the root that was kept.", reason="other_root")


def _leaves(heads: _Heads, subtrees: dict[Place, str], waiting: dict[str, int], seen: Callable[[int], object]) -> Tree:
    """The tree over every sealed entry, each checked on the way; its perfect subtrees go to `subtrees`.

    An entry that waits with the mark of a sealed one is its copy, put in.
    """
    order = _Order()
    tree = Tree(keep=lambda place, root: subtrees.__setitem__(place, root.hex()))
    for position, sealed, mark, *columns in _sealed():
        if position != tree.size:
            raise _missing(tree.size)
        leaf = _checked(*columns)
        if leaf.hex() != sealed:
            raise _altered(columns[0], position)
        if mark in waiting:
            raise _put_in(waiting[mark])
        order.keys.append(columns[0])
        tree.append(leaf)
        if tree.size in heads.said:
            heads.check(tree, order)
        if tree.size % CHUNK == 0:
            seen(tree.size)
    return tree


def _nodes(made: dict[Place, str]) -> None:
    """The subtrees the register keeps are those of the log."""
    kept = {(level * 8, index): text for level, index, text in Node.objects.values_list("level", "index", "hash")}
    if made != kept:
        level, index = min(place for place in made.keys() | kept.keys() if made.get(place) != kept.get(place))
        raise TamperFound(
            f"Subtree {index} of level {level} was altered.", position=index << level, reason="altered_node"
        )


def _sealed() -> Iterator[tuple[Any, ...]]:
    """Position, sealed hash, mark and the columns of its entry, in the order of the tree."""
    found = Leaf.objects.order_by("position").values_list(
        "position", "hash", "entry__mark", *(f"entry__{name}" for name in ENTRY)
    )
    return found.iterator(CHUNK)


def _checked(
    key: int, event: str, actor: str, subject: str, at: datetime, body: str, leaf: str, count: int | None
) -> bytes:
    """The leaf hash of an entry, after its columns and its body were found to agree.

    The keys of a canonical body are sorted, so the columns are how it begins and ends; quotes in a value are escaped,
    so that nothing inside can look like either.
    """
    made = sha256(b"\x00" + body.encode()).digest()
    begin = f'{{"actor":{quoted(actor)},"at":"{at.isoformat()}","event":{quoted(event)},"facts":'
    if made.hex() != leaf or not body.startswith(begin) or not body.endswith(f',"subject":{quoted(subject)}}}'):
        raise _altered(key)
    rows = json.loads(body).get("rows") if '"rows":{"count":' in body else None
    if (rows and rows["count"]) != count:
        raise _altered_rows(key)
    return made


def _rows() -> Iterator[int]:
    """How many rows each batch has, after they were found to be those its entry commits to."""
    batches = BatchRows.objects.order_by("pk").values_list("pk", "count", "lines", "entry__body")
    for key, count, packed, body in batches.iterator(20):
        try:
            lines = zlib.decompress(bytes(packed)).split(b"\n")
        except zlib.error as error:
            raise _altered_rows(key) from error
        if {"count": len(lines), "root": root_of(lines).hex()} != json.loads(body).get("rows"):
            raise _altered_rows(key)
        yield count


def _unsealed() -> dict[str, int]:
    """Entries that wait for their place, by mark: each whole, and written by a process of ours that had the key.

    On SQLite numbers are dense and in the order of sealing: none is missing between, none was put in before.
    """
    before = Leaf.objects.order_by("-entry_id").values_list("entry_id", flat=True).first()
    signed = settings.CUSTODY_KEY.exists()
    marks: dict[str, int] = {}
    waiting = Entry.objects.filter(place=None).order_by("pk")
    for mark, *row in waiting.values_list("mark", *ENTRY).iterator(CHUNK):
        _checked(*row)
        key, body = row[0], row[5]
        if signed and (not is_marked(body, mark) or mark in marks):
            raise _put_in(key)
        if connection.vendor == "sqlite" and before is not None and key != before + 1:
            raise _put_in(key) if key < before else _gone(before + 1)
        before = key
        marks[mark] = key
    return marks


def _stamps() -> int:
    """How many time-stamps there are, after each was found to be over its checkpoint."""
    roots = load_roots(settings.TSA_ROOTS)
    number = 0
    for stamp in Stamp.objects.select_related("checkpoint").order_by("pk").iterator(CHUNK):
        if check(bytes(stamp.answer), stamp.checkpoint.note, roots) != stamp.stamped_at:
            raise TamperFound("A time-stamp was altered.", size=stamp.checkpoint.size, reason="stamp")
        number += 1
    return number


def _missing(position: int) -> TamperFound:
    """The entry, or the place, that is gone."""
    key = Leaf.objects.filter(position=position).values_list("entry_id", flat=True).first()
    if key is not None:
        return _gone(key, position)
    before = Leaf.objects.filter(position__lt=position).order_by("-position").values_list("entry_id", flat=True).first()
    return TamperFound(
        f"The entry at position {position} is missing, after entry {before or 0}.",
        position=position,
        after=before or 0,
        reason="missing_leaf",
    )


def _cut(size: int, wanted: int, heads: _Heads) -> TamperFound:
    """The log ends before a checkpoint does."""
    source = next(iter(heads.said[wanted].values()))
    return TamperFound(
        f"The log ends after {size} entries; {source} has a signed checkpoint over {wanted}: entries from position {size} on "
        "were cut off, or an old copy was put in place.",
        position=size,
        size=wanted,
        reason="cut",
    )


def _altered(key: int, position: int | None = None) -> TamperFound:
    return TamperFound(f"Entry {key} was altered.", entry=key, position=position, reason="altered_entry")


def _altered_rows(key: int) -> TamperFound:
    return TamperFound(f"The rows of entry {key} were altered.", entry=key, reason="altered_rows")


def _gone(key: int, position: int | None = None) -> TamperFound:
    return TamperFound(f"Entry {key} is missing.", entry=key, position=position, reason="missing_entry")


def _put_in(key: int) -> TamperFound:
    return TamperFound(
        f"Entry {key} was put in: it is not sealed, and no process that has the key wrote it.",
        entry=key,
        reason="inserted_entry",
    )
