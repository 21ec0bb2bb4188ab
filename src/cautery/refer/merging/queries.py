"""Read merges: what was joined, by whom, why, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.intake.models import Episode, Item, Merge
from cautery.intake.queries import hidden
from cautery.refer.models import Notice

STATES = ("conflict", "standing", "undone")
LISTED = 500


def merges(state: str = "", *, after: int = 0, by: Actor) -> list[dict[str, Any]]:
    """Merges in a state (any, if none is named) in the order they were made, up to 500 from behind `after`, with their episodes."""
    by.require(Permission.INTAKE_ITEM_READ)
    if state and state not in STATES:
        raise Refused("There is no such state of a merge.", reason="state", state=state)
    unseen = hidden(by=by)
    listed = _in(state).filter(pk__gt=after)
    if unseen:
        told = Episode.objects.exclude(operation__in=unseen).values("item")
        listed = listed.filter(Q(source__in=told) | Q(target__in=told))
    return rows(list(listed.select_related("source", "target").order_by("pk")[:LISTED]))


def _in(state: str) -> QuerySet[Merge]:
    waiting = {"conflict": True, "settled_at": None, "undone_at": None}
    match state:
        case "conflict":
            return Merge.objects.filter(**waiting)
        case "standing":
            return Merge.objects.filter(undone_at=None).exclude(**waiting)
        case "undone":
            return Merge.objects.filter(undone_at__isnull=False)
    return Merge.objects.all()


def rows(found: Iterable[Merge]) -> list[dict[str, Any]]:
    """Merges as they are shown; each episode that met with its decision and its notice."""
    listed = list(found)
    keys = {pair[side] for merge in listed for pair in merge.pairs for side in ("source", "target")}
    sides = _sides(keys)
    return [
        {
            "merge_id": merge.pk,
            "state": merge.state,
            "source": _item(merge.source),
            "target": _item(merge.target),
            "way": merge.way,
            "reason": merge.reason,
            "by": merge.by,
            "at": merge.at,
            "pairs": [pair | {side: sides[pair[side]] for side in ("source", "target")} for pair in merge.pairs],
            "kept": merge.kept,
            "left": merge.left,
        }
        for merge in listed
    ]


def _item(item: Item) -> dict[str, Any]:
    return {"item_id": item.pk, "url": item.url, "identity": item.identity}


def _sides(keys: set[int]) -> dict[int, dict[str, Any]]:
    notices = {
        notice.episode_id: {"reference": notice.reference, "state": notice.delivery.state}
        for notice in Notice.objects.filter(episode__in=keys).select_related("delivery")
    }
    return {
        episode.pk: {
            "episode_id": episode.pk,
            "state": episode.state,
            "decision": _decision(episode),
            "notice": notices.get(episode.pk),
        }
        for episode in Episode.objects.filter(pk__in=keys).select_related("assessment__reviewer")
    }


def _decision(episode: Episode) -> dict[str, Any] | None:
    said = getattr(episode, "assessment", None)
    if said is None:
        return None
    words = {"finding": said.finding, "reason": said.reason, "reviewer": said.reviewer.name}
    return words | {"decided_at": said.decided_at}
