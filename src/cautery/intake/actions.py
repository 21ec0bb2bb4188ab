"""Write what comes in: operations, batches of flags, new episodes. Bulk is the normal case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Max, Q, Value, When
from django.db.models.functions import Coalesce

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotAllowed, NotFound, Refused, RowRefused
from cautery.core.handling import Handling
from cautery.core.lifecycle import LIVE_EPISODES, UNSENT, EpisodeState
from cautery.core.links import Link
from cautery.core.text import SLUG, storable
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Unit
from cautery.ground.rows import chunks, execute, executemany
from cautery.ground.times import stored
from cautery.intake.models import Batch, Episode, Flag, Item, OpenedBy, Operation, Rejection, Share
from cautery.intake.queries import may_time, members, roots
from cautery.intake.rules import read_link
from cautery.sources.base import Row

CHUNK = 10_000
EXCERPT = 200
NAME_LIMIT = 200
NOTE_LIMIT = 10_000
URL_LIMIT = 100_000
TOLD = 5_000
"""Rejections told at once; all are kept."""

INSERT_ITEM = (
    "INSERT INTO intake_item (identity, provider, kind, key, owner, url, first_batch_id, first_flagged_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (identity) DO NOTHING"
)
INSERT_FLAG = (
    "INSERT INTO intake_flag (item_id, batch_id, line, part, url, seen_at, language, note, merged_from_id) "
    "SELECT COALESCE(merged_into_id, id), %s, %s, %s, %s, %s, %s, %s, "
    "CASE WHEN merged_into_id IS NULL THEN NULL ELSE id END FROM intake_item WHERE identity = %s "
    "ON CONFLICT (batch_id, line, part) DO NOTHING"
)
LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE_EPISODES))
STANDS = f"((e.operation_id = %s AND e.state <> '{EpisodeState.SET_ASIDE}') OR e.state IN ({LIVE}))"
OPEN_EPISODES = (
    "INSERT INTO intake_episode "  # noqa: S608 (our own states)
    "(item_id, operation_id, number, opened_at, opened_by, state, due_at, attempts, lease_owner, lease_until) "
    "SELECT found.item_id, %s, "
    "COALESCE((SELECT MAX(e.number) FROM intake_episode e WHERE e.item_id = found.item_id), 0) + 1, "
    "%s, %s, %s, %s, 0, '', 0 "
    "FROM (SELECT DISTINCT item_id FROM intake_flag WHERE batch_id = %s AND line BETWEEN %s AND %s) found "
    "WHERE NOT EXISTS (SELECT 1 FROM intake_episode e WHERE e.item_id = found.item_id "
    f"AND {STANDS}) "
    "AND NOT EXISTS (SELECT 1 FROM intake_item m JOIN intake_episode e ON e.item_id = m.id "
    f"WHERE m.merged_into_id = found.item_id AND {STANDS}) ORDER BY found.item_id ON CONFLICT DO NOTHING"
)


@dataclass(slots=True)
class Received:
    """What became of a batch. `again`: the same batch had come before, and nothing was added."""

    batch_id: int
    accepted: int = 0
    known: int = 0
    rejected: int = 0
    again: bool = False
    rejections: list[Rejection] = field(default_factory=list)


def create_operation(
    slug: str,
    name: str,
    *,
    starts_at: datetime,
    t0: datetime | None,
    ends_at: datetime | None,
    by: Actor,
    at: datetime,
    new: bool = False,
) -> Operation:
    """Create an operation, or answer the one that has this slug (with `new` it is refused: `taken`).

    It begins with the handling code of its unit. `Refused` besides: `slug`, `name`, and those of `_in_order`.
    """
    by.require(Permission.INTAKE_OPERATION_CREATE)
    if not SLUG.fullmatch(slug):
        raise Refused("A short name is small letters, digits, - and _, at most 50.", reason="slug", slug=slug[:60])
    if not name.strip() or len(name) > NAME_LIMIT:
        raise Refused("An operation has a name of at most 200 letters.", reason="name")
    _in_order(starts_at, t0, ends_at)
    unit = Unit.objects.filter(slug=by.unit).first() if by.unit else None
    with transaction.atomic():
        operation, made = Operation.objects.get_or_create(
            slug=slug,
            defaults={
                "name": storable(name.strip(), NAME_LIMIT),
                "starts_at": starts_at,
                "t0": t0,
                "ends_at": ends_at,
                "unit": unit,
                "handling": unit.handling if unit else Handling.GREEN,
            },
        )
        if made:
            facts = {"name": name, "starts_at": starts_at.isoformat(), "t0": _said(t0)}
            record(Event.INTAKE_OPERATION_CREATED, by=by, at=at, subject=f"operation:{slug}", facts=facts)
        elif new:
            raise Refused("This short name is taken; choose another.", reason="taken", slug=slug)
    return operation


def _in_order(starts_at: datetime, t0: datetime | None, ends_at: datetime | None) -> None:
    """`Refused` where the end is not after the start (`end`), or T0 before the start (`t0_early`) or after the end (`t0_late`)."""
    if ends_at is not None and ends_at <= starts_at:
        raise Refused("The end must come after the start.", reason="end")
    if t0 is not None and t0 < starts_at:
        raise Refused("T0 cannot come before the start.", reason="t0_early")
    if t0 is not None and ends_at is not None and t0 > ends_at:
        raise Refused("T0 cannot come after the end.", reason="t0_late")


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def set_times(operation: Operation, *, t0: datetime | None, ends_at: datetime | None, by: Actor, at: datetime) -> bool:
    """Change T0 and the end of an operation that is not released, of one's own unit or of none; whether anything changed.

    `operation` is as it was read: `MovedMeanwhile` if its times were changed since. `Refused`: `released`, and those of
    `_in_order`. Keys and notices know T0 too, so the way in is `refer.actions.change_times`.
    """
    by.require(Permission.INTAKE_OPERATION_CREATE)
    if not may_time(operation, by=by):
        raise NotAllowed(
            "Only the unit an operation belongs to changes its times.",
            permission=str(Permission.INTAKE_OPERATION_CREATE),
            actor=by.name,
        )
    _in_order(operation.starts_at, t0, ends_at)
    before = {"t0": operation.t0, "ends_at": operation.ends_at}
    subject = f"operation:{operation.slug}"
    with transaction.atomic():
        if Operation.objects.select_for_update(no_key=True).get(pk=operation.pk).released_at is not None:
            raise Refused("The operation is released; its times stand.", reason="released")
        if not Operation.objects.filter(pk=operation.pk, **before).update(t0=t0, ends_at=ends_at):
            raise MovedMeanwhile("Somebody changed the times meanwhile; look again.", operation=operation.slug)
        if before == {"t0": t0, "ends_at": ends_at}:
            return False
        facts = {"t0": _said(t0), "ends_at": _said(ends_at)}
        facts |= {f"{name}_before": _said(moment) for name, moment in before.items()}
        record(Event.INTAKE_OPERATION_TIMED, by=by, at=at, subject=subject, facts=facts)
    return True


def set_handling(operation: Operation, code: str, units: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Say who of the other units sees an operation of one's own: `code`, and for amber the units it names.

    Units whose flags are in it are named always, and it is not made red: nobody is shut out from what they gave.
    """
    by.require(Permission.INTAKE_OPERATION_CREATE)
    if code not in set(Handling):
        raise Refused("There is no such handling code.", reason="handling", handling=code)
    if operation.unit is None or operation.unit.slug != by.unit:
        raise NotAllowed(
            "Only the unit an operation belongs to says who sees it.",
            permission=str(Permission.INTAKE_OPERATION_CREATE),
            actor=by.name,
        )
    with transaction.atomic():
        gave = Unit.objects.filter(batches__operation=operation).exclude(slug=by.unit)
        if code == Handling.RED and gave.exists():
            raise Refused("Other units gave flags to it; it cannot be red.", reason="others_inside")
        named = Unit.objects.filter(Q(slug__in=units) | Q(pk__in=gave.values("pk"))).exclude(slug=by.unit)
        wanted = list(named.order_by("slug")) if code == Handling.AMBER else []
        Operation.objects.filter(pk=operation.pk).update(handling=code)
        Share.objects.filter(operation=operation).delete()
        Share.objects.bulk_create(Share(operation=operation, unit=unit) for unit in wanted)
        facts = {"handling": code, "units": [unit.slug for unit in wanted]}
        record(Event.INTAKE_OPERATION_SHARED, by=by, at=at, subject=f"operation:{operation.slug}", facts=facts)


def receive(
    rows: Iterable[Row], *, operation: Operation, key: str, source: str, by: Actor, at: datetime, chunk: int = CHUNK
) -> Iterator[Received]:
    """Take a list of flags, chunk by chunk (each one transaction, resumable); yields the running total after each chunk.

    The same (operation, unit, source, key) again resumes behind the last row done; a complete batch adds nothing.
    """
    by.require(Permission.INTAKE_FLAG_SUBMIT)
    unit = Unit.objects.filter(slug=by.unit).first() if by.unit else None
    if by.unit and unit is None:
        raise NotFound(f"No unit {by.unit}.", unit=by.unit)
    batch, _ = Batch.objects.get_or_create(
        operation=operation, unit=unit, source=source, key=key, defaults={"received_at": at}
    )
    total = Received(batch.pk, batch.accepted, batch.known, batch.rejected, again=batch.complete)
    if not batch.complete:
        for part in chunks(islice(rows, batch.rows_done, None), chunk):
            _receive_chunk(batch, part, total, by=by, at=at)
            yield total
        Batch.objects.filter(pk=batch.pk).update(complete=True)
    total.rejections = list(Rejection.objects.filter(batch=batch).order_by("line", "part")[:TOLD])
    yield total


def receive_all(
    rows: Iterable[Row], *, operation: Operation, key: str, source: str, by: Actor, at: datetime
) -> Received:
    """Take a whole list; the total."""
    *_, total = receive(rows, operation=operation, key=key, source=source, by=by, at=at)
    return total


def _receive_chunk(batch: Batch, rows: Sequence[Row], total: Received, *, by: Actor, at: datetime) -> None:
    """1. Read every link. 2. New items. 3. Flags. 4. Rejections. 5. Episodes. 6. Counters and custody, all in one transaction."""
    links: list[tuple[Row, Link]] = []
    refused: list[Rejection] = []
    for row in rows:
        try:
            links.append((row, read_link(row)))
        except RowRefused as error:
            refused.append(_rejection(batch, row, error))
    moment = stored(at)
    with transaction.atomic():
        new = executemany(
            INSERT_ITEM,
            [
                (k.identity, k.provider, k.kind, k.key, k.owner or "", k.canonical_url, batch.pk, moment)
                for _, k in sorted(links, key=lambda pair: pair[1].identity)  # two at once take rows in one order
            ],
        )
        executemany(INSERT_FLAG, [_flag_params(batch.pk, row, link, moment) for row, link in links])
        Rejection.objects.bulk_create(refused, ignore_conflicts=True, batch_size=1_000)
        _open_episodes(batch, rows[0].line, rows[-1].line, moment)
        counts = {"accepted": new, "known": len(links) - new, "rejected": len(refused)}
        _move_on(batch, len(rows), counts)
        facts = {
            "operation": batch.operation_id,
            "source": batch.source,
            "unit": by.unit,
            "new": new,
            "rejected": len(refused),
        }
        record(
            Event.INTAKE_BATCH_RECEIVED,
            by=by,
            at=at,
            subject=f"batch:{batch.pk}",
            facts=facts,
            rows=[{"line": row.line, "part": row.part, "identity": link.identity} for row, link in links],
        )
    total.accepted, total.known, total.rejected = batch.accepted, batch.known, batch.rejected


def _move_on(batch: Batch, rows: int, counts: Mapping[str, int]) -> None:
    """Note that a chunk is done, unless the same list was handed in twice at once and the other was first."""
    after = {name: getattr(batch, name) + n for name, n in counts.items()} | {"rows_done": batch.rows_done + rows}
    if not Batch.objects.filter(pk=batch.pk, rows_done=batch.rows_done, complete=False).update(**after):
        raise MovedMeanwhile(f"The list {batch.key} is being taken by another.", batch=batch.pk)
    for name, value in after.items():
        setattr(batch, name, value)


def _rejection(batch: Batch, row: Row, error: RowRefused) -> Rejection:
    return Rejection(
        batch=batch,
        line=row.line,
        part=row.part,
        reason=error.reason,
        message=storable(error.message, 300),
        excerpt=storable(row.url, EXCERPT),
    )


def _open_episodes(batch: Batch, first: int, last: int, moment: Any) -> None:
    """An episode for each item of these lines that has none in the operation and is nowhere live."""
    opened_by = OpenedBy.WATCH if batch.source == "watch" else OpenedBy.FLAG
    frame = batch.operation_id
    execute(
        OPEN_EPISODES, (frame, moment, opened_by, EpisodeState.FLAGGED, moment, batch.pk, first, last, frame, frame)
    )


def _flag_params(batch_id: int, row: Row, link: Link, moment: Any) -> tuple[Any, ...]:
    return (
        batch_id,
        row.line,
        row.part,
        storable(row.url, URL_LIMIT),
        moment if row.seen_at is None else stored(row.seen_at),
        row.language[:16],
        storable(row.note, NOTE_LIMIT),
        link.identity,
    )


def reopen(item_ids: Sequence[int], *, operation: Operation, opened_by: OpenedBy, by: Actor, at: datetime) -> int:
    """Open the next episode of items that are up again; how many were opened (none where one is live).

    What was merged is opened on the item it was merged into.
    """
    with transaction.atomic():
        item_ids = list(dict.fromkeys(roots(item_ids).values()))
        family = members(item_ids)
        found = Episode.objects.filter(item_id__in=family, state__in=LIVE_EPISODES)
        live = {family[pk] for pk in found.values_list("item_id", flat=True)}
        last = dict(Episode.objects.filter(item_id__in=item_ids).values_list("item_id").annotate(Max("number")))
        opened = [
            Episode(
                item_id=pk,
                operation=operation,
                number=last.get(pk, 0) + 1,
                opened_at=at,
                opened_by=opened_by,
                due_at=at,
            )
            for pk in item_ids
            if pk not in live
        ]
        Episode.objects.bulk_create(opened, batch_size=500)
        if opened:
            record(
                Event.INTAKE_EPISODES_OPENED,
                by=by,
                at=at,
                subject=f"operation:{operation.slug}",
                facts={"by": str(opened_by)},
                rows=[{"item": episode.item_id, "number": episode.number} for episode in opened],
            )
    return len(opened)


def advance(
    keys: Iterable[int], source: EpisodeState, target: EpisodeState, *, due_at: datetime | None = None
) -> list[int]:
    """Move episodes on by a conditional update, and let go of them; the keys that were moved (the others moved meanwhile).

    For the stages' own actions, inside their transaction.
    """
    wanted = list(keys)
    moving = list(Episode.objects.select_for_update().filter(pk__in=wanted, state=source).values_list("pk", flat=True))
    changes: dict[str, Any] = {"state": target, "lease_owner": "", "lease_until": 0.0, "attempts": 0}
    if due_at is not None:
        changes["due_at"] = due_at
    Episode.objects.filter(pk__in=moving, state=source).update(**changes)
    return moving


def enter(link: Link, *, like: Item) -> Item:
    """The item of a link, entered if it is not there, on the word of the flags that brought `like`."""
    item, _ = Item.objects.get_or_create(
        identity=link.identity,
        defaults={
            "provider": link.provider,
            "kind": link.kind,
            "key": link.key,
            "owner": link.owner or "",
            "url": link.canonical_url,
            "first_batch_id": like.first_batch_id,
            "first_flagged_at": like.first_flagged_at,
        },
    )
    return item


def join(items: Iterable[int], root: int) -> int:
    """Point items at the one they are the same object as, and give it their flags; how many flags moved."""
    keys = list(items)
    Item.objects.filter(pk__in=keys).update(merged_into=root)
    return Flag.objects.filter(item_id__in=keys).update(merged_from=Coalesce("merged_from", "item_id"), item=root)


def part(source: int, items: Iterable[int], root: int) -> int:
    """Undo `join`: `source` stands for itself again, `items` point at it, and their flags come back from `root`."""
    keys = list(items)
    Item.objects.filter(pk__in=keys).update(merged_into=source)
    Item.objects.filter(pk=source).update(merged_into=None)
    return Flag.objects.filter(item_id=root, merged_from__in=[source, *keys]).update(
        item_id=source, merged_from=Case(When(merged_from=source, then=Value(None)), default=F("merged_from"))
    )


def open_for(episode: Episode, item: Item, *, at: datetime) -> Episode:
    """The next episode of `item`, in the operation of `episode` and opened as it was, from the start."""
    last = Episode.objects.filter(item=item).aggregate(last=Max("number"))["last"] or 0
    return Episode.objects.create(
        item=item,
        operation_id=episode.operation_id,
        number=last + 1,
        opened_at=at,
        opened_by=episode.opened_by,
        due_at=at,
    )


def set_aside(states: Mapping[int, EpisodeState]) -> dict[int, EpisodeState]:
    """Set episodes aside that stand where nothing was sent yet, by key; those that were moved."""
    return {
        key: before
        for before in UNSENT.intersection(states.values())
        for key in advance([key for key, state in states.items() if state == before], before, EpisodeState.SET_ASIDE)
    }


def take_up(states: Mapping[int, EpisodeState]) -> set[int]:
    """Put episodes that were set aside back where they stood; those that were moved."""
    moved: set[int] = set()
    for after in UNSENT.intersection(states.values()):
        moved.update(advance([key for key, state in states.items() if state == after], EpisodeState.SET_ASIDE, after))
    return moved
