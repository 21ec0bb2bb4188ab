"""Write the bank, what was found to be like it, what people say of that, and which copies belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, RowRefused
from cautery.core.families import families
from cautery.core.fingerprints.tracks import listed, pack
from cautery.core.hashlist import BYTES, Known
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.ground.rows import chunks
from cautery.intake.actions import advance
from cautery.match.models import BankEntry, Copy, Match, Opinion

__all__ = ["Known", "import_known", "quarantine", "record_looking_back", "record_matches", "release", "say_of_match"]

STRONGEST = ("sha256", "pdq", "sha1", "md5")
"""Which of its hashes an entry goes by when the same list comes again."""
DISAGREEMENTS = 3
"""So many people who say `no copy`, and more than say it is one, put an entry into quarantine."""


def import_known(
    rows: Iterable[Known | RowRefused], *, by: Actor, at: datetime, negative: bool = False
) -> tuple[int, list[RowRefused]]:
    """Add known content, or with `negative` what shall never be proposed; how many rows were taken, and the others with
    line and reason. One corrupt hash stops nothing; a row that is there already adds nothing."""
    by.require(Permission.MATCH_BANK_IMPORT)
    entries: list[BankEntry] = []
    refused: list[RowRefused] = []
    for row in rows:
        try:
            entries.append(_entry(row, at, negative=negative))
        except RowRefused as error:
            refused.append(error)
    with transaction.atomic():
        BankEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)
        record(
            Event.MATCH_BANK_IMPORTED,
            by=by,
            at=at,
            subject="bank",
            facts={"taken": len(entries), "refused": len(refused), "negative": negative},
            rows=[{"label": e.label, "sha256": e.sha256, "pdq": e.pdq.hex(), "key": e.key} for e in entries],
        )
    return len(entries), refused


def _entry(row: Known | RowRefused, at: datetime, *, negative: bool) -> BankEntry:
    if isinstance(row, RowRefused):
        raise row
    hashes = {name: _hex(row, name, getattr(row, name), size) for name, size in BYTES.items()}
    track = _track(row)
    if not track and not any(hashes.values()):
        raise RowRefused(f"Line {row.line}: no {', no '.join(hashes)}.", reason="no_hash", line=row.line)
    named = {name: hashes[name].hex() for name in STRONGEST if hashes[name]} or {"track": sha256(track).hexdigest()}
    strongest = next(iter(named))
    return BankEntry(
        label=row.label[:200],
        kind=row.kind[:24],
        outlet=row.outlet[:100],
        severity=row.severity,
        source=row.source[:100],
        reference=row.reference[:200],
        handling=row.handling,
        negative=negative,
        key=f"{strongest}:{named[strongest]}",
        md5=hashes["md5"].hex(),
        sha1=hashes["sha1"].hex(),
        sha256=hashes["sha256"].hex(),
        pdq=hashes["pdq"],
        track=track,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        added_at=at,
    )


def _hex(row: Known, name: str, text: str, length: int) -> bytes:
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b"?"
    if len(value) not in {0, length}:
        raise RowRefused(f"Line {row.line}: {name} is not {length} bytes of hex.", reason=f"bad_{name}", line=row.line)
    return value


def _track(row: Known) -> bytes:
    try:
        return pack(listed(row.track)) if row.track else b""
    except ValueError as error:
        message = f"Line {row.line}: the track is {error}."
        raise RowRefused(message, reason="bad_track", line=row.line) from error


def record_matches(
    keys: Sequence[int],
    matches: Sequence[Match],
    *,
    by: Actor,
    at: datetime,
    alike: Sequence[tuple[int, int]] = (),
    flooding: Mapping[int, int] | None = None,
) -> int:
    """Keep the matches of a batch of identified episodes and hand them to review; how many moved.

    `alike` are pairs of media that belong to one case; `flooding` the entries that match too much, and how much.
    """
    with transaction.atomic():
        moved = advance(keys, EpisodeState.IDENTIFIED, EpisodeState.IN_REVIEW, due_at=at)
        kept = set(moved)
        mine = [match for match in matches if match.episode_id in kept]
        _keep(mine, at)
        _connect(alike)
        if flooding:
            quarantine(flooding, "flood", by=by, at=at)
        if moved:
            record(
                Event.MATCH_EPISODES_MATCHED,
                by=by,
                at=at,
                subject="episodes",
                facts={"episodes": len(moved)},
                rows=_rows(mine) or [{"matches": 0}],
            )
    return len(moved)


def record_looking_back(
    entries: Sequence[int],
    matches: Sequence[Match],
    *,
    by: Actor,
    at: datetime,
    alike: Sequence[tuple[int, int]] = (),
    flooding: Mapping[int, int] | None = None,
) -> None:
    """Keep what new entries were found to match among all that was captured before, as proposals."""
    with transaction.atomic():
        for match in matches:
            match.looking_back = True
        _keep(matches, at)
        _connect(alike)
        if flooding:
            quarantine(flooding, "flood", by=by, at=at)
        for some in chunks(entries, 500):
            BankEntry.objects.filter(pk__in=some).update(looked_back_at=at)
        if matches:
            facts = {"entries": len(entries), "matches": len(matches)}
            record(Event.MATCH_BANK_LOOKED_BACK, by=by, at=at, subject="bank", facts=facts, rows=_rows(matches))


def quarantine(entries: Mapping[int, int], reason: str, *, by: Actor, at: datetime) -> int:
    """Let entries propose nothing until a person releases them: `flood` with how many media they match, or `disagreed`."""
    with transaction.atomic():
        held = BankEntry.objects.filter(pk__in=list(entries), quarantined_at__isnull=True)
        changed = held.update(quarantined_at=at, quarantine_reason=reason)
        if changed:
            rows = [{"entry": entry, "count": count} for entry, count in sorted(entries.items())]
            facts = {"entries": changed, "reason": reason}
            record(Event.MATCH_ENTRIES_QUARANTINED, by=by, at=at, subject="bank", facts=facts, rows=rows)
    return changed


def release(entry: int, reason: str, *, by: Actor, at: datetime) -> None:
    """Let a quarantined entry propose again; NotFound where none is quarantined under this key."""
    by.require(Permission.MATCH_BANK_IMPORT)
    with transaction.atomic():
        held = BankEntry.objects.filter(pk=entry, quarantined_at__isnull=False)
        if not held.update(quarantined_at=None, quarantine_reason="", released_at=at):
            raise NotFound("No quarantined entry has this key.", entry=entry)
        facts = {"entry": entry, "reason": reason}
        record(Event.MATCH_ENTRY_RELEASED, by=by, at=at, subject=f"entry:{entry}", facts=facts)


def say_of_match(match: int, reason: str = "", *, agrees: bool, by: Actor, at: datetime) -> None:
    """Keep what a person says of a match, once a person; the latest word stands. Many who disagree quarantine the entry."""
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    with transaction.atomic():
        entry = Match.objects.filter(pk=match).values_list("entry_id", flat=True).first()
        if entry is None:
            raise NotFound("There is no such match.", match=match)
        Opinion.objects.update_or_create(
            match_id=match, by=by.name, defaults={"agrees": agrees, "reason": reason, "at": at}
        )
        facts = {"match": match, "entry": entry, "agrees": agrees}
        record(Event.MATCH_OPINION_GIVEN, by=by, at=at, subject=f"match:{match}", facts=facts)
        said = list(Opinion.objects.filter(match__entry_id=entry).values_list("by", "agrees"))
        against = len({name for name, agreed in said if not agreed})
        if against >= DISAGREEMENTS and against > len({name for name, agreed in said if agreed}):
            quarantine({entry: against}, "disagreed", by=by, at=at)


def _keep(matches: Sequence[Match], at: datetime) -> None:
    for match in matches:
        match.found_at = at
    Match.objects.bulk_create(matches, ignore_conflicts=True, batch_size=500)


def _rows(matches: Sequence[Match]) -> list[dict[str, object]]:
    columns = ("episode_id", "entry_id", "kind", "distance", "form")
    return [{name.removesuffix("_id"): getattr(match, name) for name in columns} for match in matches]


def _connect(alike: Sequence[tuple[int, int]]) -> None:
    """Put media that are alike into one case, with all that either belonged to."""
    media = sorted({medium for pair in alike for medium in pair})
    held: dict[int, int] = {}
    for some in chunks(media, 500):
        held.update(Copy.objects.filter(media_id__in=some).values_list("media_id", "case_id"))
    case_of = families([*alike, *held.items()])
    for case in sorted(set(held.values())):
        if case_of[case] != case:
            Copy.objects.filter(case_id=case).update(case_id=case_of[case])
    new = [medium for medium in case_of if medium not in held]
    Copy.objects.bulk_create(
        [Copy(media_id=m, case_id=case_of[m]) for m in sorted(new)], ignore_conflicts=True, batch_size=500
    )
