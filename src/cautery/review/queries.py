"""Read what a reviewer needs to decide: the item, its page, what is known like it, earlier decisions on the same bytes."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q

from cautery.core.actors import Actor, Permission
from cautery.core.errors import SettingInvalid
from cautery.core.marks import Marker
from cautery.identify.models import Capture, EpisodeMedia
from cautery.intake.models import Episode, Flag, Item
from cautery.match.models import Match
from cautery.review.models import LIMBS, Assessment, Hold, Purpose

EXCERPT = 600


def review_items(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Everything shown for each episode, in the order of `keys`; a constant number of statements."""
    if not keys:
        return []
    episodes = Episode.objects.select_related("item").in_bulk(list(keys))
    captures = Capture.objects.only("verdict", "title", "text", "language").in_bulk(list(keys))
    flags = _flags([episode.item_id for episode in episodes.values()])
    media, shas = _media(keys)
    matches = _matches(keys)
    earlier = _earlier(list(episodes.values()), shas)
    items: list[dict[str, Any]] = []
    for key in keys:
        episode, capture = episodes[key], captures.get(key)
        count, first = flags.get(episode.item_id, (0, episode.opened_at))
        items.append(
            {
                "episode_id": key,
                "item_id": episode.item_id,
                "number": episode.number,
                "url": episode.item.url,
                "provider": episode.item.provider,
                "kind": episode.item.kind,
                "key": episode.item.key,
                "owner": episode.item.owner or None,
                "flags": count,
                "first_flagged_at": first,
                "verdict": capture.verdict if capture else "unknown",
                "title": capture.title if capture else "",
                "excerpt": capture.text[:EXCERPT] if capture else "",
                "language": capture.language if capture else "",
                "media": media.get(key, []),
                "matches": matches.get(key, []),
                "earlier": earlier.get(key, []),
            }
        )
    return items


def finding_words() -> dict[str, dict[str, str]]:
    """The five limbs and the protected purposes, as a reviewer ticks them."""
    purposes = {value: label for value, label in Purpose.choices if value != Purpose.NONE}
    return {"limbs": dict(LIMBS), "purposes": {str(value): str(label) for value, label in purposes.items()}}


def _flags(items: Sequence[int]) -> dict[int, tuple[int, Any]]:
    rows = Flag.objects.filter(item_id__in=items).values("item_id").annotate(n=Count("pk"), first=Min("seen_at"))
    return {row["item_id"]: (row["n"], row["first"]) for row in rows}


def _media(keys: Sequence[int]) -> tuple[dict[int, list[dict[str, Any]]], dict[int, list[int]]]:
    shown: dict[int, list[dict[str, Any]]] = defaultdict(list)
    ids: dict[int, list[int]] = defaultdict(list)
    rows = EpisodeMedia.objects.filter(episode_id__in=keys).values_list(
        "episode_id", "media_id", "media__sha256", "media__mime"
    )
    for episode, media, sha, mime in rows:
        shown[episode].append({"sha256": sha, "mime": mime})
        ids[episode].append(media)
    return shown, ids


def _matches(keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        Match.objects.filter(episode_id__in=keys)
        .order_by("distance")
        .values_list("episode_id", "kind", "entry__label", "entry__outlet", "distance")
    )
    for episode, kind, label, outlet, distance in rows:
        found[episode].append({"kind": kind, "label": label, "outlet": outlet, "distance": distance})
    return found


def _earlier(episodes: Sequence[Episode], media: dict[int, list[int]]) -> dict[int, list[dict[str, Any]]]:
    """Decisions on the item's earlier episodes, and the newest on other items with the same bytes."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    numbered = [episode for episode in episodes if episode.number > 1]
    past = Assessment.objects.filter(episode__item_id__in=[e.item_id for e in numbered]).select_related("episode")
    by_item: dict[int, list[Assessment]] = defaultdict(list)
    for assessment in past.order_by("-decided_at"):
        by_item[assessment.episode.item_id].append(assessment)
    for episode in numbered:
        found[episode.pk] += [_said(a, "same item") for a in by_item[episode.item_id] if a.episode_id != episode.pk]
    standing = {episode.item_id: episode.pk for episode in episodes}
    for other in Assessment.objects.filter(episode__item__merged_into__in=standing).select_related("episode__item"):
        found[standing[other.episode.item.root_id]].append(_said(other, "merged item"))
    wanted = {m for ids in media.values() for m in ids}
    same: dict[int, tuple[int, Any, str]] = {}
    rows = EpisodeMedia.objects.filter(media_id__in=wanted, episode__assessment__isnull=False).order_by(
        "episode__assessment__decided_at"
    )
    for m, e, outcome, decided in rows.values_list(
        "media_id", "episode_id", "episode__assessment__finding", "episode__assessment__decided_at"
    ):
        same[m] = (e, decided, outcome)
    for key, ids in media.items():
        for m in ids:
            if m in same and same[m][0] != key:
                found[key].append({"outcome": same[m][2], "decided_at": same[m][1], "relation": "same bytes"})
    return found


def _said(assessment: Assessment, relation: str) -> dict[str, Any]:
    return {"outcome": assessment.finding, "decided_at": assessment.decided_at, "relation": relation}


def marker() -> Marker:
    """What makes this installation's keyed digests."""
    return Marker(hmac.digest(settings.SECRET_KEY.encode(), b"investigation interest", "sha256"))


@dataclass(frozen=True, slots=True)
class Interests:
    """What units have an interest in at a moment, by digest: it answers for one signed item at a time and lists nothing."""

    marker: Marker
    by_digest: Mapping[str, tuple[Hold, ...]]

    def __bool__(self) -> bool:
        return bool(self.by_digest)

    def in_items(self, items: Iterable[Item], files: Iterable[str] = ()) -> list[Hold]:
        """The holds on an object: on any item that stands for it, what owns it, its domain, or the bytes of its files."""
        hashes = list(files)
        marks = {
            mark
            for item in items
            for mark in self.marker.all_of(item.identity, item.provider, item.owner, item.url, hashes)
        }
        holds = {hold.pk: hold for mark in marks for hold in self.by_digest.get(mark, ())}
        return [holds[key] for key in sorted(holds)]


def interests(now: datetime) -> Interests:
    """The interests that stand at `now`. SettingInvalid when one was marked under a key that is gone: nothing may be sent then."""
    made, found = marker(), defaultdict[str, list[Hold]](list)
    for hold in Hold.objects.filter(until__gt=now, released_at=None).select_related("unit").order_by("pk"):
        if hold.key_id != made.key_id:
            raise SettingInvalid(
                "An investigation interest was marked under another key, so that it cannot be compared.",
                setting="CAUTERY_DATA",
                reason="interest_key",
                hint="Put the former secret key of this folder back, or have the units mark their interests anew.",
            )
        for digest in {hold.digest, hold.owner_digest} - {""}:
            found[digest].append(hold)
    if found:
        _in_all_names(made, found)
    return Interests(made, {digest: tuple(holds) for digest, holds in found.items()})


def _in_all_names(made: Marker, found: dict[str, list[Hold]]) -> None:
    """A channel that was merged with its new name: an interest in one is one in what either owns."""
    for items in merged_families():
        holds = {hold.pk: hold for item in items for hold in found.get(made.identity(item.identity), ())}
        for item in items if holds else ():
            for digest in (made.identity(item.identity), made.owner(item.provider, item.key)):
                found[digest] = list({**{hold.pk: hold for hold in found.get(digest, ())}, **holds}.values())


def merged_families() -> list[list[Item]]:
    """Items that were merged, with what they were merged into."""
    merged = Item.objects.filter(merged_into__isnull=False)
    if not merged.exists():
        return []
    involved = Item.objects.filter(Q(merged_into__isnull=False) | Q(pk__in=merged.values("merged_into")))
    family: dict[int, list[Item]] = defaultdict(list)
    for item in involved.only("identity", "provider", "key", "owner", "url", "merged_into"):
        family[item.root_id].append(item)
    return list(family.values())


def families(items: Iterable[int]) -> dict[int, list[Item]]:
    """For each of `items` (their keys): itself and all that it is merged with."""
    wanted = list(items)
    own = Item.objects.in_bulk(wanted)
    roots = {item.root_id for item in own.values()}
    related: dict[int, list[Item]] = defaultdict(list)
    if Item.objects.filter(merged_into__isnull=False).exists():
        for item in Item.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots)):
            related[item.root_id].append(item)
    return {key: related.get(item.root_id, [item]) for key, item in own.items()}


def files_of(episodes: Iterable[int]) -> dict[int, list[str]]:
    """SHA-256 of the media of each of these episodes."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = EpisodeMedia.objects.filter(episode_id__in=list(episodes)).values_list("episode_id", "media__sha256")
    for episode, sha in rows:
        found[episode].append(sha)
    return found


def own_holds(*, by: Actor) -> list[dict[str, Any]]:
    """The interests of the officer's own unit: what they are in, nobody can read any more, its reason and end yes."""
    by.require(Permission.REVIEW_HOLD_SET)
    rows = Hold.objects.filter(unit__slug=by.unit).select_related("operation").order_by("pk")
    return [
        {
            "hold_id": hold.pk,
            "operation": hold.operation.slug,
            "reason": hold.reason,
            "set_at": hold.set_at,
            "until": hold.until,
            "released_at": hold.released_at,
        }
        for hold in rows
    ]
