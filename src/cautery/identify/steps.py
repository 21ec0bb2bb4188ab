"""Pull flagged episodes: fetch their pages and media, fingerprint, find who hosts them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from cautery.core.actors import system
from cautery.core.errors import LinkRefused
from cautery.core.lifecycle import EpisodeState
from cautery.directory.models import Provider
from cautery.directory.queries import provider_by_handle, providers
from cautery.fetch import Fetched, Fetcher, FetchFailed, Request
from cautery.fetch.reading import Reader
from cautery.ground.leases import claim
from cautery.ground.rows import Earliest, chunks
from cautery.identify.actions import Findings, Followed, Merging, Seen, record_findings, record_followed
from cautery.identify.looking import LINKS, Look, Medium, look, medium
from cautery.identify.models import Hosting, Media
from cautery.intake.models import Episode, Item
from cautery.intake.rules import object_of

BATCH = 400
PAGE_BYTES = 2_000_000
MEDIA_BYTES = 16_000_000
MEDIA_AT_ONCE = 48
"""With the size above, what a batch of media may hold in memory: 768 MB if all were as large as they may be."""
NAME = "identify"
SHORTENED = Q(item__kind="redirect")
"""Items whose link a rule marks as a shortener have this kind, and no others (a test holds it)."""
UNTRIED = SHORTENED & Q(item__shortened=None)


def identify_ready(fetcher: Fetcher, reader: Reader, worker: str, now: datetime) -> int:
    """One batch: 1. claim 2. fetch pages 3. fetch media and fingerprint them 4. find hosts 5. record."""
    ready = Episode.objects.filter(state=EpisodeState.FLAGGED, due_at__lte=now).exclude(UNTRIED).order_by("pk")
    episodes = list(Episode.objects.filter(pk__in=claim(ready, worker, BATCH)).select_related("item").order_by("pk"))
    if not episodes:
        return 0
    pages = [Request(episode.item.url, max_bytes=PAGE_BYTES, note=LINKS) for episode in episodes]
    looks = list(reader.each(pages, look))
    shas, media = _fetch_media(reader, looks)
    found = Findings(media=media, hosting=_hosting(fetcher, [episode.item for episode in episodes]))
    for episode, seen in zip(episodes, looks, strict=True):
        found.seen.append(Seen(episode, seen, tuple(shas[url] for url in seen.page.media if url in shas)))
    record_findings(found, by=system(NAME), at=now)
    return len(episodes)


next_identify = Earliest(lambda: Episode.objects.filter(state=EpisodeState.FLAGGED), "due_at")
"""When the next episode is due to be looked up."""


def follow_shortened(fetcher: Fetcher, merging: Merging, worker: str, now: datetime) -> int:
    """Follow shortened links before anything else is done with them, and merge each into what it leads to; how many were.

    Only the last address counts. A link that leads to no web object goes on as it is; it is followed again each time it
    is due to be looked up.
    """
    ready = Episode.objects.filter(SHORTENED, item__merged_into=None, state=EpisodeState.FLAGGED, due_at__lte=now)
    ready = ready.exclude(item__shortened__at__gte=now).order_by("pk")
    merged = 0
    while keys := claim(ready, worker, BATCH):
        episodes = list(Episode.objects.filter(pk__in=keys).select_related("item").order_by("pk"))
        answers = fetcher.fetch_each([Request(episode.item.url, max_bytes=PAGE_BYTES) for episode in episodes])
        followed = [_led(episode, answer) for episode, answer in zip(episodes, answers, strict=True)]
        merged += record_followed(followed, merging, by=system(NAME), at=now)
    return merged


def _led(episode: Episode, answer: Fetched | FetchFailed) -> Followed:
    """Where a shortened link led; not an object: the same service, another shortener, or what no rule can name."""
    if isinstance(answer, FetchFailed):
        return Followed(episode, "", problem=answer.reason)
    if not answer.hops:
        return Followed(episode, answer.url, problem="no_redirect")
    try:
        link = object_of(answer.url)
    except LinkRefused as error:
        return Followed(episode, answer.url, problem=error.reason)
    problem = "same_object" if link.identity == episode.item.identity else "shortener" if link.shortener else ""
    return Followed(episode, answer.url, None if problem else link, problem)


def _fetch_media(reader: Reader, looks: Sequence[Look]) -> tuple[dict[str, str], dict[str, Media]]:
    """SHA-256 by media URL, and the media not seen before with their fingerprints; a few bodies in memory at a time."""
    shas: dict[str, str] = {}
    found: dict[str, Medium] = {}
    for urls in chunks(dict.fromkeys(url for seen in looks for url in seen.page.media), MEDIA_AT_ONCE):
        media = reader.each([Request(url, max_bytes=MEDIA_BYTES) for url in urls], medium)
        for url, one in zip(urls, media, strict=True):
            if one is not None:
                shas[url] = one.sha256
                found.setdefault(one.sha256, one)
    known = set(Media.objects.filter(sha256__in=found).values_list("sha256", flat=True))
    return shas, {sha: Media(**asdict(one)) for sha, one in found.items() if sha not in known}


def _hosting(fetcher: Fetcher, items: Sequence[Item]) -> dict[int, tuple[Provider, str]]:
    """Who answers for each item: its provider by URL, else the host RDAP names for its domain."""
    known = providers()
    have = set(Hosting.objects.filter(item__in=items).values_list("item_id", flat=True))
    found = {item.pk: (known[item.provider], "url") for item in items if item.pk not in have and item.provider in known}
    asked = [item for item in items if item.provider not in known and item.pk not in have] if settings.RDAP_BASE else []
    answers = fetcher.fetch_many(
        [Request(f"{settings.RDAP_BASE}/domain/{item.provider}", max_bytes=PAGE_BYTES) for item in asked]
    )
    for item, answer in zip(asked, answers, strict=True):
        provider = provider_by_handle(rdap_handles(answer))
        if provider is not None:
            found[item.pk] = (provider, "rdap")
    return found


def rdap_handles(answer: Fetched | FetchFailed) -> list[str]:
    """The handles of all entities in an RDAP answer (RFC 9083), nested ones too; none where it is not one."""
    if isinstance(answer, FetchFailed) or answer.status != 200:
        return []
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return []
    handles: list[str] = []
    todo = [document]
    while todo:
        entity = todo.pop()
        if isinstance(entity, dict):
            if isinstance(entity.get("handle"), str):
                handles.append(entity["handle"])
            nested = entity.get("entities")
            todo.extend(nested if isinstance(nested, list) else [])
    return handles
