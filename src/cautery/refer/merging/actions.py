"""Write merges of items that turned out to be one object: merge, settle what contradicts itself, undo.

items     the source points at the target; new flags for either land on the target, flags there are go along
episodes  one of two stands; the other is set aside where it was, with its notice
nothing else moves: notices, answers, probes and signatures stay where they are and are read with the target
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, Refused
from cautery.core.lifecycle import LIVE_EPISODES, DeliveryState, EpisodeState
from cautery.core.merging import UNDECIDED, Outcome, Standing, decide
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.identify.models import Hosting
from cautery.intake.actions import join, open_for, part, set_aside, take_up
from cautery.intake.models import Episode, Flag, Item, Merge, MergedBy
from cautery.intake.queries import members
from cautery.refer.models import Delivery

LEFT = frozenset({DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.DELIVERED, DeliveryState.REJECTED})
"""A notice in one of these left the house, or may have."""
SIDES = ("source", "target")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two episodes that met, and what becomes of them. `opened`: the target's was opened for it."""

    source: Episode
    target: Episode
    outcome: Outcome
    opened: bool = False


def merge(
    source: Item, target: Item, *, reason: str, by: Actor, at: datetime, way: MergedBy = MergedBy.PERSON
) -> Merge:
    """Merge `source` into the item that stands for `target`; the merge there is when it was done before.

    `Refused` with `reason`: `no_reason`, `cycle`, `merged_elsewhere`.
    """
    by.require(Permission.INTAKE_ITEM_MERGE)
    _needs(reason)
    with transaction.atomic():
        source, root = _locked(source.pk, target.pk)
        before = Merge.objects.filter(source=source, undone_at=None).first()
        if before is not None and source.merged_into_id == root.pk:
            return before
        _check(source, root, merged=before is not None)
        pairs = list(_meet(source, root, at))
        was = set_aside(_states(pairs))
        _pause(was)
        done = Merge.objects.create(
            source=source,
            target=root,
            way=way,
            reason=reason,
            by=by.name,
            at=at,
            pairs=[_kept(pair, was) for pair in pairs],
            conflict=any(pair.outcome.conflict for pair in pairs),
        )
        flags = join(members([source.pk]), root.pk)
        facts = {"source": source.identity, "target": root.identity, "way": str(way), "reason": reason, "flags": flags}
        _record(Event.INTAKE_ITEMS_MERGED, done, facts, by=by, at=at)
    return done


def _needs(reason: str) -> None:
    if not reason.strip():
        raise Refused("A reason is needed.", reason="no_reason")


def _locked(source: int, target: int) -> tuple[Item, Item]:
    """The source, and the item that stands for the target, locked in one order."""
    found = {item.pk: item for item in Item.objects.select_for_update().filter(pk__in=[source, target]).order_by("pk")}
    root = found[target].merged_into_id
    return found[source], Item.objects.select_for_update().get(pk=root) if root else found[target]


def _check(source: Item, root: Item, *, merged: bool) -> None:
    problem = ""
    if merged:
        problem, why = "merged_elsewhere", "The item is merged into another; undo that, or merge the other."
    elif source.pk == root.pk:
        problem, why = "cycle", "The item stands for this object already."
    if problem:
        raise Refused(why, reason=problem, source=source.pk, target=root.pk)


def _meet(source: Item, root: Item, at: datetime) -> Iterator[Pair]:
    """The episodes of both sides that meet, and what becomes of each pair; where the target has none, one is opened.

    An episode meets the other side's in its operation, or where both are live: an object has one live episode.
    """
    sides = [_episodes(members([item.pk])) for item in (source, root)]
    standing = _standings([episode for side in sides for episode in side])
    gone: set[int] = set()
    for episode in _one_an_operation(sides[0]):
        other = _counterpart(episode, [e for e in sides[1] if e.pk not in gone])
        if other is not None:
            outcome = decide(standing[episode.pk], standing[other.pk])
            gone.add(outcome.aside or 0)
            yield Pair(episode, other, outcome)
        elif EpisodeState(episode.state) in UNDECIDED:
            yield Pair(episode, open_for(episode, root, at=at), Outcome(episode.pk), opened=True)


def _episodes(items: Iterable[int]) -> list[Episode]:
    """What stands of these items, oldest first, locked."""
    rows = Episode.objects.select_for_update().filter(item_id__in=list(items)).exclude(state=EpisodeState.SET_ASIDE)
    return list(rows.order_by("pk"))


def _one_an_operation(episodes: Sequence[Episode]) -> list[Episode]:
    """The newest of each operation, a live one before all others; ended ones first, so that what is live meets what is left."""
    ranked = sorted(episodes, key=lambda e: (e.state in LIVE_EPISODES, e.pk))
    chosen = {episode.operation_id: episode for episode in ranked}
    return [episode for episode in ranked if chosen[episode.operation_id] is episode]


def _counterpart(episode: Episode, others: Sequence[Episode]) -> Episode | None:
    same = [o for o in others if o.operation_id == episode.operation_id]
    if not same and episode.state in LIVE_EPISODES:
        same = [o for o in others if o.state in LIVE_EPISODES]
    return max(same, key=lambda o: (o.state in LIVE_EPISODES, o.pk), default=None)


def _standings(episodes: Sequence[Episode]) -> dict[int, Standing]:
    """Where each stands: its decision, its notice, its addressee."""
    keys = [episode.pk for episode in episodes]
    items = {episode.item_id for episode in episodes}
    hosts = dict(Hosting.objects.filter(item__in=items).values_list("item_id", "provider_id"))
    decided = {
        e.pk: e for e in Episode.objects.filter(pk__in=keys, assessment__isnull=False).select_related("assessment")
    }
    # Locked, so that no worker takes one for sending between this look and what follows from it.
    sent = {
        d.notice.episode_id: d
        for d in Delivery.objects.select_for_update(of=("self",))
        .filter(notice__episode__in=keys)
        .select_related("notice")
        .order_by("pk")
    }
    return {
        e.pk: Standing(
            e.pk,
            EpisodeState(e.state),
            decided[e.pk].assessment.decided_at if e.pk in decided else None,
            decided[e.pk].assessment.instrument if e.pk in decided else "",
            sent[e.pk].provider_id if e.pk in sent else hosts.get(e.item_id),
            e.pk in sent and sent[e.pk].state in LEFT,
        )
        for e in episodes
    }


def _states(pairs: Iterable[Pair]) -> dict[int, EpisodeState]:
    """Where those that are set aside stand."""
    both = ((p, e) for p in pairs for e in (p.source, p.target))
    return {e.pk: EpisodeState(e.state) for p, e in both if e.pk == p.outcome.aside}


def _pause(episodes: Iterable[int]) -> None:
    waiting = Delivery.objects.filter(notice__episode__in=list(episodes))
    waiting.filter(state__in=[DeliveryState.QUEUED, DeliveryState.HELD]).update(state=DeliveryState.PAUSED)


def _kept(pair: Pair, was: dict[int, EpisodeState]) -> dict[str, Any]:
    aside = pair.outcome.aside
    return {
        "source": pair.source.pk,
        "target": pair.target.pk,
        "aside": aside,
        "was": str(was[aside]) if aside is not None else "",
        "opened": pair.opened,
        "conflict": pair.outcome.conflict,
    }


def _record(event: Event, merge: Merge, facts: dict[str, Any], *, by: Actor, at: datetime) -> None:
    record(event, by=by, at=at, subject=f"item:{merge.source_id}", facts={"merge": merge.pk} | facts, rows=merge.pairs)


def settle_conflict(merge_id: int, keep: str, *, reason: str, by: Actor, at: datetime) -> Merge:
    """Say whose decision stands, the `source`'s or the `target`'s; what waited for that goes on, or stays set aside for good."""
    by.require(Permission.INTAKE_CONFLICT_SETTLE)
    _needs(reason)
    if keep not in SIDES:
        raise Refused("Keep the source's decision or the target's.", reason="side", keep=keep)
    with transaction.atomic():
        found = _standing_merge(merge_id)
        if found.state != "conflict":
            raise Refused("There is nothing to settle.", reason="no_conflict", merge=merge_id)
        wins = [p for p in found.pairs if p["conflict"] and p["aside"] is not None and p["aside"] == p[keep]]
        found.left += _resume(wins)
        loses = [p["target" if keep == "source" else "source"] for p in found.pairs if p["conflict"]]
        found.left += [f"{n}: sent before this was settled" for n in _sent_notices(loses)]
        found.kept, found.settled_by, found.settled_at, found.settled_reason = keep, by.name, at, reason
        found.save(update_fields=["kept", "settled_by", "settled_at", "settled_reason", "left"])
        _record(
            Event.INTAKE_CONFLICT_SETTLED, found, {"keep": keep, "reason": reason, "left": found.left}, by=by, at=at
        )
    return found


def _standing_merge(merge_id: int) -> Merge:
    found = Merge.objects.select_for_update(of=("self",)).select_related("source").filter(pk=merge_id).first()
    if found is None:
        raise NotFound(f"No merge {merge_id}.", merge=merge_id)
    if found.undone_at is not None:
        raise Refused("The merge was undone before.", reason="undone", merge=merge_id)
    return found


def _sent_notices(episodes: Iterable[int], since: datetime | None = None) -> list[str]:
    """References of the notices of these episodes that left, or may have."""
    rows = Delivery.objects.filter(notice__episode__in=list(episodes), state__in=LEFT)
    if since is not None:
        rows = rows.exclude(sent_at__lt=since)
    return list(rows.order_by("pk").values_list("notice__reference", flat=True))


def _resume(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Take up again what was set aside, where it was; what cannot be, in words (an item has one live episode)."""
    states = {p["aside"]: EpisodeState(p["was"]) for p in pairs}
    waiting = list(Episode.objects.filter(pk__in=states, state=EpisodeState.SET_ASIDE))
    busy = Episode.objects.filter(item_id__in=[e.item_id for e in waiting], state__in=LIVE_EPISODES)
    taken = set(busy.values_list("item_id", flat=True))
    back = take_up({e.pk: states[e.pk] for e in waiting if e.item_id not in taken})
    paused = Delivery.objects.filter(notice__episode__in=back, state=DeliveryState.PAUSED)
    held = [key for key in back if states[key] is EpisodeState.HELD]
    paused.filter(notice__episode__in=held).update(state=DeliveryState.HELD)
    paused.update(state=DeliveryState.QUEUED)
    return [f"episode {e.pk}: the item has a newer one" for e in waiting if e.pk not in back]


def unmerge(merge_id: int, *, reason: str, by: Actor, at: datetime) -> Merge:
    """Undo a merge: pointer, flags and episodes go back to where they were. What cannot be undone is said in `left`.

    `Refused` with `reason`: `no_reason`, `undone`, `later_merge` (one that rests on this; undo that first).
    """
    by.require(Permission.INTAKE_ITEM_MERGE)
    _needs(reason)
    with transaction.atomic():
        found = _standing_merge(merge_id)
        root = _locked(found.source_id, found.target_id)[1].pk
        below = _below(found.source_id)
        _refuse_if_built_on(found, root, below)
        left = [f"{n}: sent since" for n in _sent_notices(_touched([found]), since=found.at)]
        flags = part(found.source_id, below - {found.source_id}, root)
        left += _close_opened(found)
        left += _resume([p for p in found.pairs if p["aside"] is not None])
        found.left += left
        found.undone_by, found.undone_at, found.undone_reason = by.name, at, reason
        found.save(update_fields=["left", "undone_by", "undone_at", "undone_reason"])
        _record(Event.INTAKE_ITEMS_UNMERGED, found, {"reason": reason, "flags": flags, "left": left}, by=by, at=at)
    return found


def _below(item: int) -> set[int]:
    """The item and all that was merged into it, directly or through others."""
    found = todo = {item}
    while todo:
        todo = set(Merge.objects.filter(undone_at=None, target__in=todo).values_list("source_id", flat=True)) - found
        found = found | todo
    return found


def _touched(merges: Iterable[Merge]) -> set[int]:
    return {pair[side] for merge in merges for pair in merge.pairs for side in SIDES}


def _refuse_if_built_on(found: Merge, root: int, below: set[int]) -> None:
    """A later merge that weighed an episode of what would leave rests on this one."""
    later = Merge.objects.filter(undone_at=None, pk__gt=found.pk, source__merged_into=root).order_by("-pk")
    mine = set(Episode.objects.filter(item_id__in=below).values_list("pk", flat=True))
    for other in later:
        if mine & _touched([other]):
            raise Refused("A later merge rests on this one; undo that first.", reason="later_merge", merge=other.pk)


def _close_opened(found: Merge) -> list[str]:
    """Set aside what the merge opened on the target, unless somebody flagged the target itself or decided on it."""
    opened = Episode.objects.filter(pk__in=[p["target"] for p in found.pairs if p["opened"]]).select_related("item")
    kept = [e for e in opened if EpisodeState(e.state) not in UNDECIDED]
    free = [e for e in opened if e not in kept and not Flag.objects.filter(item_id=e.item.root_id).exists()]
    set_aside({e.pk: EpisodeState(e.state) for e in free})
    ended = [e for e in kept if e.state != EpisodeState.SET_ASIDE]
    return [f"episode {e.number} of {e.item.identity}, opened by the merge, stays {e.state}" for e in ended]
