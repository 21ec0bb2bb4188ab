"""Acts on many items of the register at once: what each would change and what it cannot, before anybody confirms; then done as one.

The preview and the doing make the same plan; a plan that changed meanwhile is not done (`MovedMeanwhile`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from django.db.models import Q

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.lifecycle import LIVE_EPISODES
from cautery.intake.models import Episode, Item, Operation
from cautery.intake.queries import hidden, members
from cautery.review.care.queries import closed_items
from cautery.review.models import Assessment, Finding, Hold
from cautery.review.queries import marker
from cautery.watch.models import Watch

MOST = 500
"""Items that can be acted on at once: as many as a person can look through."""


class Act(StrEnum):
    """What can be done with many items."""

    ASSIGN = "assign"
    HOLD = "hold"
    WATCH = "watch"


NEEDED = {
    Act.ASSIGN: Permission.INTAKE_FLAG_SUBMIT,
    Act.HOLD: Permission.REVIEW_HOLD_SET,
    Act.WATCH: Permission.WATCH_WATCH_BEGIN,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What would happen to an item: `why_not` says in a stable word why nothing does, and `detail` where it is the reason."""

    item: int
    url: str
    provider: str
    why_not: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What an act would do with some items. `digest` is over all of it: what is confirmed is what was shown."""

    act: Act
    operation: Operation | None
    lines: list[Planned]

    @property
    def able(self) -> list[Planned]:
        """Those it would change."""
        return [line for line in self.lines if not line.why_not]

    @property
    def unable(self) -> list[Planned]:
        """Those it cannot change."""
        return [line for line in self.lines if line.why_not]

    @property
    def digest(self) -> str:
        """The same as long as the plan is the same."""
        told = "|".join(f"{line.item}:{line.why_not}:{line.detail}" for line in self.lines)
        return sha256(f"{self.act}|{self.operation.slug if self.operation else ''}|{told}".encode()).hexdigest()


def plan_bulk(act: str, items: Sequence[int], operation: Operation | None, *, by: Actor, at: datetime) -> BulkPlan:
    """What `act` would do with these items as they stand; `Refused` for no act, none or too many items."""
    if act not in set(Act):
        raise Refused("There is no such act.", reason="act")
    wanted = Act(act)
    by.require(NEEDED[wanted])
    keys = list(dict.fromkeys(items))
    if not keys or len(keys) > MOST:
        raise Refused(f"An act takes 1 to {MOST} items; these are {len(keys)}.", reason="items", items=len(keys))
    if wanted in {Act.ASSIGN, Act.HOLD} and operation is None:
        raise Refused("Choose the operation.", reason="operation")
    found, closed = _seen(keys, by), closed_items(keys)
    why = {Act.ASSIGN: _live, Act.HOLD: _held, Act.WATCH: _unwatchable}[wanted](found, operation, by, at)
    lines = []
    for key in keys:
        item = found.get(key)
        if item is None:
            lines.append(Planned(key, "", "", "unknown"))
        elif key in closed:
            lines.append(Planned(key, "", item.provider, "closed"))
        else:
            lines.append(Planned(key, item.url, item.provider, *why.get(key, ("", ""))))
    return BulkPlan(wanted, operation, lines)


def _seen(keys: Sequence[int], by: Actor) -> dict[int, Item]:
    """The items that are there for this actor, and stand for themselves."""
    unseen = hidden(by=by)
    rows = Item.objects.filter(pk__in=keys, merged_into=None)
    if unseen:
        rows = rows.filter(Q(episodes=None) | ~Q(episodes__operation__in=unseen)).distinct()
    return rows.in_bulk()


def _live(
    found: Mapping[int, Item], _operation: Operation | None, _by: Actor, _at: datetime
) -> dict[int, tuple[str, str]]:
    """Items that are online in an operation already: an object is in one at a time."""
    live = Episode.objects.filter(item__in=members(found), state__in=LIVE_EPISODES)
    return {root: ("live", slug) for root, slug in live.values_list("item_id", "operation__slug")}


def _held(
    found: Mapping[int, Item], operation: Operation | None, by: Actor, at: datetime
) -> dict[int, tuple[str, str]]:
    """Items this unit has an interest in already, in this operation."""
    made = marker()
    digests = {made.identity(item.identity): key for key, item in found.items()}
    mine = Hold.objects.filter(
        operation=operation, unit__slug=by.unit, digest__in=digests, released_at=None, until__gt=at
    )
    return {digests[digest]: ("held", "") for digest in mine.values_list("digest", flat=True)}


def _unwatchable(
    found: Mapping[int, Item], _operation: Operation | None, _by: Actor, _at: datetime
) -> dict[int, tuple[str, str]]:
    """Items nobody confirmed, for a watch is on what was decided on; and those that are watched already."""
    decided = set(
        Assessment.objects.filter(episode__item__in=found, finding=Finding.CONFIRMED).values_list(
            "episode__item_id", flat=True
        )
    )
    watched = set(Watch.objects.filter(item__in=found, ended_at=None).values_list("item_id", flat=True))
    why = {key: ("undecided", "") for key in found if key not in decided}
    return why | {key: ("watched", "") for key in watched if key is not None}
