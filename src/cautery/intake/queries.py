"""Read what came in, as far as the actor may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.handling import Handling
from cautery.core.lifecycle import EpisodeState
from cautery.ground.rows import row_by, select_rows
from cautery.intake.models import Episode, Item, Operation, Rejection, Share


def visible(*, by: Actor) -> QuerySet[Operation]:
    """The operations this actor may see, by their handling codes; the system and oversight see all."""
    if _sees_all(by):
        return Operation.objects.all()
    named = Share.objects.filter(unit__slug=by.unit).values("operation")
    return Operation.objects.filter(
        Q(handling=Handling.GREEN) | Q(unit__slug=by.unit) | Q(handling=Handling.AMBER, pk__in=named)
    )


def hidden(*, by: Actor) -> frozenset[int]:
    """The operations this actor must not see; what is in them and nowhere else is not there for them."""
    if _sees_all(by):
        return frozenset()
    rest = Operation.objects.exclude(handling=Handling.GREEN).exclude(pk__in=visible(by=by).values("pk"))
    return frozenset(rest.values_list("pk", flat=True))


def _sees_all(by: Actor) -> bool:
    return not by.unit or Permission.INTAKE_OPERATION_OVERSEE in by.permissions


def get_operation(slug: str, *, by: Actor) -> Operation:
    """The operation of this slug; `NotFound` when there is none, or none the actor may see."""
    by.require(Permission.INTAKE_OPERATION_READ)
    found = row_by(Operation, "slug", slug)
    if found is None or not _shown(found, by):
        raise NotFound(f"No operation {slug}.", operation=slug)
    return found


def _shown(operation: Operation, by: Actor) -> bool:
    """Whether `visible` has it; most are for all, and that is seen without asking."""
    return operation.handling == Handling.GREEN or visible(by=by).filter(pk=operation.pk).exists()


def may_time(operation: Operation, *, by: Actor) -> bool:
    """Whether the actor changes when it runs: one of its own unit, or anybody's where it belongs to none."""
    own = operation.unit is None or operation.unit.slug == by.unit
    return own and Permission.INTAKE_OPERATION_CREATE in by.permissions


def any_in(operation: Operation, state: EpisodeState) -> bool:
    """Whether an episode of the operation is in this state: a short question, asked where the long one often finds nothing."""
    asked = "SELECT id FROM intake_episode WHERE state = %s AND operation_id = %s LIMIT 1"
    return bool(select_rows(Episode, asked, [str(state), operation.pk]))


def operation_row(operation: Operation) -> dict[str, Any]:
    """An operation for a list; `state` is `gathering` until it is released."""
    return {
        "slug": operation.slug,
        "name": operation.name,
        "state": "released" if operation.released_at else "gathering",
        "starts_at": operation.starts_at,
        "t0": operation.t0,
        "ends_at": operation.ends_at,
    }


def operations(*, by: Actor) -> list[dict[str, Any]]:
    """All operations the actor may see, newest first, with how many episodes each has."""
    by.require(Permission.INTAKE_OPERATION_READ)
    rows = visible(by=by).annotate(episodes_n=Count("episodes")).order_by("-starts_at")
    return [operation_row(row) | {"items": row.episodes_n} for row in rows]


def operation_names(*, by: Actor) -> list[tuple[str, str]]:
    """Short names and names of all operations the actor may see, newest first."""
    by.require(Permission.INTAKE_OPERATION_READ)
    return list(visible(by=by).order_by("-starts_at").values_list("slug", "name"))


def items(operation: Operation, *, by: Actor) -> QuerySet[Item]:
    """The items of an operation."""
    by.require(Permission.INTAKE_ITEM_READ)
    return objects_of(operation)


def get_item(item_id: int, *, by: Actor) -> Item:
    """The item; `NotFound` when there is none, or none the actor may see."""
    by.require(Permission.INTAKE_ITEM_READ)
    found = Item.objects.filter(pk=item_id).first()
    if found is None:
        raise NotFound(f"No item {item_id}.", item=item_id)
    require_seen(found, hidden(by=by))
    return found


def require_seen(item: Item, unseen: frozenset[int]) -> None:
    """`NotFound` for an item all of whose episodes, and those of its object, are in operations the actor must not see."""
    if not unseen:
        return
    told = Episode.objects.filter(item__in=members([item.root_id]))
    if told.exists() and not told.exclude(operation__in=unseen).exists():
        raise NotFound(f"No item {item.pk}.", item=item.pk)


def shares_of(operation: Operation) -> list[str]:
    """The short names of the units an operation names."""
    return list(operation.shares.order_by("unit__slug").values_list("unit__slug", flat=True))


def objects_of(operation: Operation) -> QuerySet[Item]:
    """The items that stand for the operation's objects: of those that were merged, the one they were merged into."""
    standing = Episode.objects.filter(operation=operation).exclude(state=EpisodeState.SET_ASIDE)
    return Item.objects.filter(pk__in=standing.values(root=Coalesce("item__merged_into_id", "item_id")))


def objects_behind(operation: Operation, after: int, limit: int) -> list[int]:
    """Keys of the items that stand for the operation's objects: the first `limit` behind `after`.

    By two indexes, so that a page deep in a large register costs what the first does; `objects_of` reads the whole operation.
    """
    standing = Episode.objects.filter(operation=operation).exclude(state=EpisodeState.SET_ASIDE)
    alone = standing.filter(item_id__gt=after, item__merged_into=None).order_by("item_id").values_list("item_id")
    merged = standing.filter(item__merged_into__gt=after).order_by("item__merged_into_id")
    rows = [*alone.distinct()[:limit], *merged.values_list("item__merged_into_id").distinct()[:limit]]
    return sorted({key for (key,) in rows if key is not None})[:limit]


def outdated() -> set[int]:
    """Episodes of merged items that stand, but behind a newer one of the same object in the same operation."""
    standing = Episode.objects.exclude(state=EpisodeState.SET_ASIDE)
    merged = Item.objects.filter(merged_into__isnull=False)
    there = standing.filter(item__in=merged).values_list("item__merged_into_id", "operation_id", "pk")
    rows = [(root, operation, pk) for root, operation, pk in there if root is not None]
    here = standing.filter(item__in={root for root, _, _ in rows})
    rows += here.values_list("item_id", "operation_id", "pk")
    newest: dict[tuple[int, int], int] = {}
    for root, operation, pk in sorted(rows):
        newest[root, operation] = pk
    return {pk for _, _, pk in rows} - set(newest.values())


def roots(keys: Iterable[int]) -> dict[int, int]:
    """By item: the one that stands for its object."""
    found = Item.objects.filter(pk__in=list(keys)).order_by("pk")
    return dict(found.values_list("pk", Coalesce("merged_into_id", "pk")))


def members(keys: Iterable[int]) -> dict[int, int]:
    """The items that stand for themselves and those merged into them; by item, the one that stands for it."""
    wanted = list(keys)
    merged = Item.objects.filter(merged_into__in=wanted).values_list("pk", "merged_into_id")
    return {key: key for key in wanted} | {pk: root for pk, root in merged if root is not None}


def rejections(batch_id: int, *, by: Actor) -> list[dict[str, Any]]:
    """The rows of a batch that could not be taken, in their order."""
    by.require(Permission.INTAKE_FLAG_SUBMIT)
    rows = Rejection.objects.filter(batch_id=batch_id).order_by("line", "part")
    return [dict(row) for row in rows.values("line", "part", "reason", "message", "excerpt")]
