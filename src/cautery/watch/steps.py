"""Pull what is down: search for it, read what pages still up announce, notice what is back. A sighting re-enters at intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.db.models import F, Min, Q

from cautery.core.actors import Permission, system
from cautery.core.clock import on_grid
from cautery.core.kinship import HANDLE_THRESHOLD, Likeness, like_handles, stem
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.core.links import Link
from cautery.directory.models import Provider
from cautery.fetch import Request
from cautery.fetch.reading import Reader
from cautery.ground.rows import Earliest
from cautery.identify.models import Capture, EpisodeMedia, Hosting
from cautery.identify.steps import PAGE_BYTES
from cautery.intake.models import Episode, Flag, Item, Operation
from cautery.intake.queries import members
from cautery.intake.rules import known_object
from cautery.track.actions import look_now
from cautery.track.models import OutLink, Tracking
from cautery.watch.actions import (
    SEARCH_AFTER,
    Candidate,
    add_copies,
    mark,
    reopen_returned,
    searched,
    sight,
    start_searches,
)
from cautery.watch.looking import results_of
from cautery.watch.models import Mark, Search, Watched, Way

BATCH = 1_000
HANDLES = frozenset({"account", "channel", "group", "bot", "site"})
CONTENT = frozenset({"post", "video", "image", "file", "paste", "page", "audio", "album", "document", "story"})
NAME = "watch"
ACTOR = system(NAME, Permission.INTAKE_FLAG_SUBMIT)
MIN_WORDS = 4
OVERLAP = timedelta(minutes=1)
"""How far behind the mark is read again, for rows that were committed late."""


def notice_returns(now: datetime) -> int:
    """Things that were down and that a probe saw up: the next episode of each."""
    back = list(
        Tracking.objects.filter(returned_at__isnull=False, episode__state=EpisodeState.REFERRED)
        .select_related("episode__operation")
        .order_by("pk")[:BATCH]
    )
    by_operation: dict[Operation, list[Tracking]] = {}
    for tracking in back:
        by_operation.setdefault(tracking.episode.operation, []).append(tracking)
    for operation, trackings in by_operation.items():
        reopen_returned(operation, trackings, by=ACTOR, at=now)
    return len(back)


def look_at_reflagged(now: datetime) -> int:
    """Items a unit flagged again while our last probe saw them down: probe now."""
    seen = _position("flags")
    new = list(Flag.objects.filter(pk__gt=seen).order_by("pk").values_list("pk", "item_id")[: BATCH * 10])
    if new:
        look_now(list(members({item for _, item in new})), at=now)
        mark("flags", new[-1][0])
    return len(new)


def plan_searches(now: datetime) -> int:
    """For each thing newly down: words that would find it, or its successor, again at the same provider."""
    since = datetime.fromtimestamp(_position("down"), UTC) - OVERLAP
    recent = (
        Tracking.objects.filter(first_down_at__gte=since, referred_at__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    taken_up = set(Watched.objects.filter(tracking__in=list(recent)).values_list("pk", flat=True))
    new = [pk for pk in recent if pk not in taken_up][:BATCH]
    if not new:
        if recent:
            mark("down", int(now.timestamp()))
        return 0
    down = list(Tracking.objects.filter(pk__in=new).select_related("item", "episode__operation").order_by("pk"))
    titles = dict(Capture.objects.filter(episode__in=[t.pk for t in down]).values_list("pk", "title"))
    hosts = dict(Hosting.objects.filter(item__in=[t.item_id for t in down]).values_list("item_id", "provider_id"))
    searchable = {provider.pk for provider in Provider.objects.filter(pk__in=set(hosts.values())) if provider.hosts}
    searches: dict[tuple[int, int, str], Search] = {}
    for tracking in down:
        words = _words(tracking, titles.get(tracking.pk, ""))[:200]
        provider = hosts.get(tracking.item_id)
        if len(words) >= MIN_WORDS and provider in searchable:
            operation = tracking.episode.operation
            search = Search(
                operation=operation,
                provider_id=provider,
                words=words,
                item=tracking.item,
                began_at=now,
                next_at=on_grid(now + SEARCH_AFTER[0], 15),
            )
            searches.setdefault((operation.pk, provider, words), search)
    start_searches(list(searches.values()), down)
    if len(down) < BATCH:
        mark("down", int(now.timestamp()))
    return len(down)


def search_due(reader: Reader, now: datetime, known: set[str] | None = None) -> int:
    """Ask the providers' own search, and hand what is new and like enough back to intake.

    `known` is the worker's memory of identities that are in the register, where they stay: most results are old ones.
    """
    known = set() if known is None else known
    due = list(
        Search.objects.filter(next_at__lte=now).select_related("provider", "item", "operation").order_by("pk")[:BATCH]
    )
    urls = [f"http://{s.provider.hosts[0]}/search?q={quote(s.words)}" for s in due]
    pages = [Request(url, max_bytes=PAGE_BYTES) for url in urls]
    by_operation: dict[Operation, list[Candidate]] = {}
    for search, results in zip(due, reader.each(pages, results_of), strict=True):
        links = [known_object(url) for url in results]
        new = [link for link in links if link is not None and link.identity not in known]
        found = [c for link in new if (c := _candidate(search, link)) is not None]
        by_operation.setdefault(search.operation, []).extend(found)
    searched(due, at=now)
    for operation, candidates in by_operation.items():
        _sight_new(operation, candidates, now)
        known.update(candidate.identity for candidate in candidates)
    return len(due)


def _candidate(search: Search, link: Link) -> Candidate | None:
    """A search result that may be a return: an account with a like handle, or an object under the same title."""
    if link.kind not in HANDLES | CONTENT:
        return None
    if link.kind != "site" and link.provider != search.item.provider:
        return None  # a provider's search finds what is there; its page links elsewhere too
    if search.item.kind in HANDLES:
        if link.kind != search.item.kind:
            return None
        like = like_handles(search.item.key, link.key)
    else:
        like = Likeness(0.9, f"found under the title “{search.words[:80]}”")
        if link.kind in HANDLES:
            return None
    if like.score < HANDLE_THRESHOLD:
        return None
    return Candidate(
        link.canonical_url, link.identity, Way.SEARCH, like.score, like.reason, search.item, search.last_at
    )


def read_announcements(now: datetime) -> int:
    """Objects that tracked pages began to link to after T0: what is up announces where the rest has gone."""
    seen = _position("out_links")
    new = list(OutLink.objects.filter(pk__gt=seen).select_related("item").order_by("pk")[: BATCH * 5])
    if not new:
        return 0
    trackings = {
        t.item_id: t
        for t in Tracking.objects.filter(item__in={n.item_id for n in new}).select_related("episode__operation")
    }
    by_operation: dict[Operation, list[Candidate]] = {}
    for link in new:
        tracking = trackings.get(link.item_id)
        operation = tracking.episode.operation if tracking else None
        if (
            tracking is not None
            and operation is not None
            and operation.t0 is not None
            and link.first_seen_at > operation.t0
        ):
            by_operation.setdefault(operation, []).append(_announced(link, tracking))
    for operation, candidates in by_operation.items():
        _sight_new(operation, candidates, now)
    mark("out_links", new[-1].pk)
    return len(new)


def _sight_new(operation: Operation, candidates: Sequence[Candidate], now: datetime) -> None:
    """Hand on what the register does not hold yet, each with the removed account it looks most like."""
    known = set(Item.objects.filter(identity__in=[c.identity for c in candidates]).values_list("identity", flat=True))
    fresh = [c for c in candidates if c.identity not in known]
    if fresh:
        sight(operation, _with_kin(fresh), by=ACTOR, at=now)


def _announced(link: OutLink, tracking: Tracking) -> Candidate:
    before = tracking.history.filter(at__lt=link.first_seen_at).order_by("-at").first()
    since = "which did not link there before" if before is not None else "when it was first looked at"
    reason = f"linked from {link.item.url[:200]}, {since}"
    return Candidate(
        link.url,
        link.identity,
        Way.OUT_LINK,
        0.6,
        reason[:300],
        None,
        before.at if before is not None else None,
    )


def _with_kin(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same, each with the removed account it looks most like, if any does."""
    gone: dict[tuple[str, str], list[tuple[int, str]]] = {}
    rows = Tracking.objects.filter(first_down_at__isnull=False, item__kind__in=HANDLES)
    for provider, kind, pk, key in rows.values_list("item__provider", "item__kind", "item_id", "item__key").distinct():
        gone.setdefault((provider, kind), []).append((pk, key))
    kin = {c.identity: found for c in candidates if (found := _kin(c, gone)) is not None}
    items = Item.objects.in_bulk([pk for pk, _ in kin.values()])
    return [_related(c, items[kin[c.identity][0]], kin[c.identity][1]) if c.identity in kin else c for c in candidates]


def _kin(
    candidate: Candidate, gone: Mapping[tuple[str, str], Sequence[tuple[int, str]]]
) -> tuple[int, Likeness] | None:
    link = known_object(candidate.url)
    rows = gone.get((link.provider, link.kind), ()) if link is not None else ()
    scored = [(pk, like_handles(key, link.key)) for pk, key in rows] if link is not None else []
    best = max(scored, key=lambda pair: pair[1].score, default=None)
    return best if best is not None and best[1].score >= HANDLE_THRESHOLD else None


def _related(candidate: Candidate, item: Item, like: Likeness) -> Candidate:
    reason = f"{like.reason}; {candidate.reason}"[:300]
    return replace(candidate, score=like.score, reason=reason, predecessor=item)


def note_copies(now: datetime) -> int:
    """Newly captured items that carry the bytes of something referred before: returns by copy."""
    seen = _position("captures")
    last = EpisodeMedia.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if last == seen:
        return 0
    after_t0 = Q(episode__operation__t0__isnull=False, episode__opened_at__gt=F("episode__operation__t0"))
    late = list(
        EpisodeMedia.objects.filter(after_t0, pk__gt=seen, pk__lte=last).select_related(
            "episode__item", "episode__operation"
        )
    )
    before = _referred_with({m.media_id for m in late})
    found: dict[int, tuple[Episode, Item]] = {}
    for medium in late:
        item = before.get(medium.media_id)
        if item is not None and item.root_id != medium.episode.item.root_id:
            found.setdefault(medium.episode_id, (medium.episode, item))
    add_copies(list(found.values()), by=ACTOR, at=now)
    mark("captures", last)
    return last - seen


def _referred_with(media: set[int]) -> dict[int, Item]:
    """By medium: the first item with these bytes whose notice was delivered."""
    if not media:
        return {}
    rows = EpisodeMedia.objects.filter(media_id__in=media, episode__notices__delivery__state=DeliveryState.DELIVERED)
    firsts = dict(rows.values_list("media_id").annotate(Min("episode__item_id")))
    items = Item.objects.in_bulk(set(firsts.values()))
    return {medium: items[item] for medium, item in firsts.items()}


next_search = Earliest(lambda: Search.objects.filter(next_at__isnull=False), "next_at")


def _words(tracking: Tracking, title: str) -> str:
    """A handle's stem for accounts and the like, the title for everything else."""
    return stem(tracking.item.key.partition(".")[0]) if tracking.item.kind in HANDLES else title


def _position(name: str) -> int:
    return Mark.objects.filter(name=name).values_list("position", flat=True).first() or 0
