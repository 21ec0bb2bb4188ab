"""Pull flagged episodes: fetch their pages and media, fingerprint, find who hosts them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from cautery.core.actors import system
from cautery.core.availability import Observation, Verdict, judge
from cautery.core.errors import FileRefused, LinkRefused
from cautery.core.fingerprints import exact, image
from cautery.core.lifecycle import EpisodeState
from cautery.core.pages import Page, read_page
from cautery.directory.models import Provider
from cautery.directory.queries import provider_by_handle, providers
from cautery.fetch import Fetched, Fetcher, FetchFailed, Request
from cautery.ground.leases import claim
from cautery.ground.rows import chunks
from cautery.identify.actions import Findings, Followed, Merging, Seen, record_findings, record_followed
from cautery.identify.models import Hosting, Media
from cautery.intake.models import Episode, Item
from cautery.intake.rules import object_of

BATCH = 400
PAGE_BYTES = 2_000_000
MEDIA_BYTES = 16_000_000
MEDIA_AT_ONCE = 48
"""With the size above, what a batch of media may hold in memory: 768 MB if all were as large as they may be."""
EMPTY = Page("", "", "", "", (), ())
NAME = "identify"
SHORTENED = Q(item__kind="redirect")
"""Items whose link a rule marks as a shortener have this kind, and no others (a test holds it)."""
UNTRIED = SHORTENED & Q(item__shortened=None)


def identify_ready(fetcher: Fetcher, worker: str, now: datetime) -> int:
    """One batch: 1. claim 2. fetch pages 3. fetch media 4. fingerprint what is new 5. find hosts 6. record."""
    ready = Episode.objects.filter(state=EpisodeState.FLAGGED, due_at__lte=now).exclude(UNTRIED).order_by("pk")
    episodes = list(Episode.objects.filter(pk__in=claim(ready, worker, BATCH)).select_related("item").order_by("pk"))
    if not episodes:
        return 0
    answers = fetcher.fetch_each([Request(episode.item.url, max_bytes=PAGE_BYTES) for episode in episodes])
    looks = [_look(episode, answer) for episode, answer in zip(episodes, answers, strict=True)]
    shas, media = _fetch_media(fetcher, looks)
    found = Findings(media=media, hosting=_hosting(fetcher, [episode.item for episode in episodes]))
    for look in looks:
        seen_media = tuple(shas[url] for url in look.page.media if url in shas)
        found.seen.append(Seen(look.episode, look.judged, look.status, look.final_url, look.page, seen_media))
    record_findings(found, by=system(NAME), at=now)
    return len(episodes)


def next_identify(_now: datetime) -> datetime | None:
    """When the next episode is due to be looked up."""
    return (
        Episode.objects.filter(state=EpisodeState.FLAGGED).order_by("due_at").values_list("due_at", flat=True).first()
    )


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


def observe(url: str, answer: Fetched | FetchFailed, *, addresses: bool = True) -> tuple[Observation, Page]:
    """What a fetch showed, as the probe's rules want it."""
    if isinstance(answer, FetchFailed):
        return Observation(url, url, 0, failed=answer.reason), EMPTY
    page = read_page(answer.body, answer.url, addresses=addresses) if answer.body else EMPTY
    return Observation(url, answer.url, answer.status, page.title, page.text), page


def _look(episode: Episode, answer: Fetched | FetchFailed) -> Seen:
    observation, page = observe(episode.item.url, answer)
    judged = judge(observation)
    shown = page if judged.verdict is Verdict.UP else EMPTY
    return Seen(episode, judged, observation.status, observation.final_url, shown)


def _fetch_media(fetcher: Fetcher, looks: Sequence[Seen]) -> tuple[dict[str, str], dict[str, Media]]:
    """SHA-256 by media URL, and the media not seen before with their fingerprints; a few bodies in memory at a time."""
    shas: dict[str, str] = {}
    media: dict[str, Media] = {}
    for urls in chunks(dict.fromkeys(url for look in looks for url in look.page.media), MEDIA_AT_ONCE):
        bodies: dict[str, Fetched] = {}
        answers = fetcher.fetch_many([Request(url, max_bytes=MEDIA_BYTES) for url in urls])
        for url, answer in zip(urls, answers, strict=True):
            if isinstance(answer, Fetched) and answer.status == 200 and answer.body:
                shas[url] = exact(answer.body).sha256
                bodies[shas[url]] = answer
        known = set(Media.objects.filter(sha256__in=bodies).values_list("sha256", flat=True)) | set(media)
        media |= {sha: _fingerprint(sha, answer) for sha, answer in bodies.items() if sha not in known}
    return shas, media


def _fingerprint(sha: str, answer: Fetched) -> Media:
    """The medium with its PDQ, or with why it has none."""
    mime = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:60]
    media = Media(sha256=sha, mime=mime, size=len(answer.body))
    if not mime.startswith("image/"):
        media.refused = "not_an_image"
        return media
    try:
        pdq = image(answer.body)
    except FileRefused as error:
        media.refused = error.reason
    else:
        media.pdq, media.quality = pdq.bits, pdq.quality
    return media


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
