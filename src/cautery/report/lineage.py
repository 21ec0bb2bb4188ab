"""Who came after whom in an operation, for the report: counts of all, and the longest lines with the lives of their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from cautery.core.kinship.lineage import Life, generations, lines
from cautery.intake.models import Item, Operation
from cautery.review.care.queries import closed_items
from cautery.track.models import Tracking
from cautery.watch.models import Sighting, Way

SHOWN = 24
"""Members drawn; the export (`cautery watch lineage`) has them all."""


def lineage(operation: Operation) -> dict[str, Any]:
    """`links`, `families`, `generations`, `median_life_s` of those that came after another, `by_generation`; `shown` the longest lines."""
    rows = Sighting.objects.filter(operation=operation, predecessor__isnull=False).exclude(way=Way.SAME_PLACE)
    confirmed = rows.exclude(episode__assessment__finding="dismissed").order_by("at", "pk")
    before = {new: old for new, old in confirmed.values_list("item_id", "predecessor_id") if old is not None}
    depth = generations(before)
    lives: dict[int, list[Life]] = {}
    tracked = Tracking.objects.filter(item__in=depth).order_by("episode__opened_at", "pk")
    for item, opened, down in tracked.values_list("item_id", "episode__opened_at", "first_down_at"):
        lives.setdefault(item, []).append(Life(opened.timestamp(), down.timestamp() if down else None))
    drawn = lines(before, lives, SHOWN)
    items = Item.objects.in_bulk([member.key for family in drawn for member in family])
    closed = closed_items(items)
    spans = [life.until - life.since for key in before for life in lives.get(key, ()) if life.until is not None]
    return {
        "links": len(before),
        "families": len(depth) - len(before),
        "generations": 1 + max(depth.values(), default=0),
        "median_life_s": round(median(spans)) if spans else None,
        "by_generation": _by_generation(depth, lives),
        "shown": [
            [
                {
                    "item": str(member.key),
                    "before": None if member.before is None else str(member.before),
                    "url": "" if member.key in closed else items[member.key].url,
                    "lives": [{"since": _iso(life.since), "until": _iso(life.until)} for life in member.lives],
                }
                for member in family
            ]
            for family in drawn
        ],
    }


def _by_generation(depth: Mapping[int, int], lives: Mapping[int, Sequence[Life]]) -> list[dict[str, Any]]:
    """Of each generation: its items, how many were seen down, the median of how long these had lived (seconds), when its first was known."""
    found = []
    for generation in sorted(set(depth.values())):
        own = [lives[key][0] for key, number in depth.items() if number == generation and lives.get(key)]
        spans = [life.until - life.since for life in own if life.until is not None]
        found.append(
            {
                "generation": generation,
                "items": sum(number == generation for number in depth.values()),
                "gone": len(spans),
                "median_life_s": round(median(spans)) if spans else None,
                "first": _iso(min((life.since for life in own), default=None)),
            }
        )
    return found


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
