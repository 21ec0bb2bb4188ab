"""Write the bank and what was found to be like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import RowRefused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.actions import advance
from cautery.match.models import BankEntry, Match


@dataclass(frozen=True, slots=True)
class Known:
    """One row of a list of known content; `sha256` and `pdq` in hex, either may be empty."""

    line: int
    label: str
    kind: str
    source: str
    sha256: str = ""
    pdq: str = ""


def import_known(rows: Iterable[Known], *, by: Actor, at: datetime) -> tuple[int, list[RowRefused]]:
    """Add known content; how many rows were taken, and the others with line and reason. One corrupt hash stops nothing."""
    by.require(Permission.MATCH_BANK_IMPORT)
    entries: list[BankEntry] = []
    refused: list[RowRefused] = []
    for row in rows:
        try:
            entries.append(_entry(row, at))
        except RowRefused as error:
            refused.append(error)
    with transaction.atomic():
        BankEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)
        facts = {"taken": len(entries), "refused": len(refused)}
        record(
            Event.MATCH_BANK_IMPORTED,
            by=by,
            at=at,
            subject="bank",
            facts=facts,
            rows=[{"label": e.label, "sha256": e.sha256, "pdq": e.pdq.hex()} for e in entries],
        )
    return len(entries), refused


def _entry(row: Known, at: datetime) -> BankEntry:
    sha, pdq = _hex(row, "sha256", row.sha256, 32), _hex(row, "pdq", row.pdq, 32)
    if not sha and not pdq:
        raise RowRefused(f"Line {row.line}: neither sha256 nor pdq.", reason="no_hash", line=row.line)
    return BankEntry(
        label=row.label[:200], kind=row.kind[:24], source=row.source[:100], sha256=sha.hex(), pdq=pdq, added_at=at
    )


def _hex(row: Known, name: str, text: str, length: int) -> bytes:
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b"?"
    if len(value) not in {0, length}:
        raise RowRefused(f"Line {row.line}: {name} is not {length} bytes of hex.", reason=f"bad_{name}", line=row.line)
    return value


def record_matches(keys: Sequence[int], matches: Sequence[Match], *, by: Actor, at: datetime) -> int:
    """Keep the matches of a batch of identified episodes and hand them to review; how many moved."""
    with transaction.atomic():
        moved = advance(keys, EpisodeState.IDENTIFIED, EpisodeState.IN_REVIEW, due_at=at)
        kept = set(moved)
        mine = [match for match in matches if match.episode_id in kept]
        Match.objects.bulk_create(mine, ignore_conflicts=True, batch_size=500)
        if moved:
            record(
                Event.MATCH_EPISODES_MATCHED,
                by=by,
                at=at,
                subject="episodes",
                facts={"episodes": len(moved)},
                rows=[
                    {"episode": m.episode_id, "entry": m.entry_id, "kind": m.kind, "distance": m.distance} for m in mine
                ]
                or [{"matches": 0}],
            )
    return len(moved)
