"""world.json: the world's own books, for comparison with the platform's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cautery.exercise.books import Delivery, Refusal
from cautery.exercise.known import is_known
from cautery.exercise.moments import iso_or_none, to_iso
from cautery.exercise.objects import Episode, WebObject
from cautery.exercise.population import UNITS
from cautery.exercise.state import State


def world_json(state: State, people: dict[str, int]) -> dict[str, Any]:
    """What has happened by now; nothing that only the future knows."""
    now = state.now
    sent, malformed = state.flagging.sent_by(now)
    late = state.flagging.late_sent_by(now)
    for unit, thing in late:
        name = f"unit-{UNITS[unit]}"
        if name not in thing.flagged_by:
            thing.flagged_by.append(name)
    scenario = state.scenario
    announced = {thing.id for said in state.announcements.values() for _, thing in said}
    return {
        "seed": scenario.run.seed,
        "flags": {"sent": sent + len(late), "malformed": malformed, "late": len(late)},
        "operation": {
            "slug": scenario.operation.slug,
            "starts_at": to_iso(scenario.start),
            "t0": to_iso(scenario.t0),
            "ends_at": to_iso(scenario.end),
        },
        "objects": [
            _object(state, thing, announced) for thing in sorted(state.population.objects.values(), key=lambda o: o.id)
        ],
        "deliveries": [_delivery(delivery, now) for _, delivery in sorted(state.deliveries.items())],
        "refusals": [_refusal(refusal) for refusal in state.books.refusals()],
        "people": people,
    }


def _object(state: State, thing: WebObject, announced: Collection[str]) -> dict[str, Any]:
    now = state.now
    shown_at = thing.appeared_at if thing.owner or thing.id in announced else thing.listed_at
    episodes = [episode for episode in thing.episodes if episode.start <= now]
    last = episodes[-1] if episodes else Episode(thing.appeared_at)
    gone = last.over(now)
    return {
        "id": thing.id,
        "url": thing.url,
        "provider": thing.provider,
        "kind": thing.kind,
        "key": thing.address.key,
        "truth": thing.truth,
        "medium": thing.medium,
        "work": thing.work,
        "variant": thing.variant,
        "known": thing.truth != "mistake" and is_known(state.population, thing.medium, thing.work),
        "origin": thing.origin,
        "predecessor": thing.predecessor,
        "appeared_at": to_iso(thing.appeared_at),
        "gone_at": iso_or_none(last.end) if gone else None,
        "gone_cause": last.cause if gone else None,
        "gone_shows_as": shows_as(state, thing, last.cause) if gone else None,
        "removed_by": last.removed_by if gone else None,
        "episodes": [_episode(episode, now) for episode in episodes],
        "reachable_at": to_iso(thing.reachable_at) if thing.reachable_at <= now else None,
        "shown_at": to_iso(shown_at) if shown_at <= now else None,
        "flagged_by": thing.flagged_by,
    }


def shows_as(state: State, thing: WebObject, cause: str | None) -> str:
    """How its page says that it is gone."""
    return "owner_deleted" if cause == "owner" else state.scenario.providers[thing.provider].gone_as


def _episode(episode: Episode, now: int) -> dict[str, Any]:
    if not episode.over(now):
        return {"from": to_iso(episode.start), "to": None, "cause": None, "removed_by": None}
    return {
        "from": to_iso(episode.start),
        "to": iso_or_none(episode.end),
        "cause": episode.cause,
        "removed_by": episode.removed_by,
    }


def _delivery(delivery: Delivery, now: int) -> dict[str, Any]:
    answered = delivery.answered_at is not None and delivery.answered_at <= now
    return {
        "provider": delivery.provider,
        "channel": delivery.channel,
        "idempotency_key": delivery.idempotency_key,
        "reference": delivery.reference,
        "object": delivery.object_id,
        "received_at": to_iso(delivery.received_at),
        "received_wall": delivery.received_wall,
        "times_received": delivery.times_received,
        "times_effective": delivery.times_effective,
        "answer": delivery.answer if answered else None,
        "answered_at": iso_or_none(delivery.answered_at) if answered else None,
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "provider": refusal.provider,
        "at": to_iso(refusal.at),
        "status": refusal.status,
        "why": refusal.why,
        "notices": refusal.notices,
        "urls": list(refusal.urls),
    }
