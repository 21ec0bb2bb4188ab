"""Search for what was removed: the few words of an outlet often, the words of each single thing now and then."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log
from urllib.parse import quote

from cautery.core.actors import Permission, system
from cautery.core.availability import Verdict
from cautery.core.clock import on_grid
from cautery.core.kinship import Brand, Traits, brand_words, spread_words, stem, words_of
from cautery.core.lifecycle import EpisodeState
from cautery.core.links import Link
from cautery.directory.models import Provider
from cautery.fetch import Request
from cautery.fetch.reading import Reader
from cautery.ground.rows import Earliest, chunks
from cautery.identify.models import Capture, Hosting
from cautery.identify.steps import PAGE_BYTES
from cautery.intake.models import Item, Operation
from cautery.intake.rules import known_object
from cautery.track.actions import look_again
from cautery.track.models import Tracking
from cautery.watch.actions import (
    BRAND_GRID,
    COVERED_AFTER,
    SEARCH_AFTER,
    Candidate,
    mark,
    searched,
    sight,
    start_searches,
)
from cautery.watch.looking import Result, results_of
from cautery.watch.memory import AT_ONCE, CONTENT, HANDLES, OVERLAP, Memory, best_account, handle_of
from cautery.watch.models import Mark, Search, Watched, Way

BATCH = 1_000
NAME = "watch"
ACTOR = system(NAME, Permission.INTAKE_FLAG_SUBMIT, Permission.WATCH_WATCH_BEGIN)
MIN_WORDS = 4
LEAST = 3
"""Things of an outlet at a provider that its words there are learned from."""
GRID_MINUTES = 15
GRID = timedelta(minutes=GRID_MINUTES)
GROWTH = 1.25
"""The words of an outlet are learned again when so much more of it is known."""
TITLED, POSTED, BRANDED = 0.90, 0.85, 0.75
SHOWN_AGAIN, PATIENCE = timedelta(minutes=10), 8
"""What a search shows though it was not up is looked at no sooner than so long after the last look, and an eighth of the time it was away."""


def learn_words(memory: Memory, now: datetime) -> int:
    """From what was decided on: the few words at each provider that its things share and others lack; they are asked for.

    At a provider that only hosts sites of the outlet, or has too few of its things to learn from, those of all its things are.
    What is learned at a moment of the grid hangs on what had happened by then, and on nothing a worker keeps in mind.
    """
    moment = on_grid(now - GRID + timedelta(microseconds=1), GRID_MINUTES)
    learned = datetime.fromtimestamp(position("words"), UTC)
    if moment <= learned:
        return 0
    memory.refresh(now)
    grown: dict[int, set[str]] = {}
    for (operation, provider), sent in memory.sent.items():
        if _level(bisect_left(sent, moment)) > _level(bisect_left(sent, learned)):
            grown.setdefault(operation, set()).add(provider)
    begun: list[Search] = []
    for frame in Operation.objects.filter(pk__in=grown).order_by("pk"):
        begun += _learned(memory, frame, grown[frame.pk], moment, now)
    start_searches(begun, [], by=ACTOR, at=now)
    mark("words", int(moment.timestamp()))
    return 0


def next_learning(since: datetime) -> datetime | None:
    """The next moment of the grid, once anything was sent."""
    sent = Tracking.objects.filter(referred_at__isnull=False).exists()
    return on_grid(since + timedelta(microseconds=1), GRID_MINUTES) if sent else None


def _level(things: int) -> int:
    """How often the words of so many things were worth learning anew: at `LEAST`, and with each growth by `GROWTH`."""
    return 0 if things < LEAST else 1 + int(log(things / LEAST) / log(GROWTH))


def _learned(memory: Memory, operation: Operation, grown: set[str], moment: datetime, now: datetime) -> list[Search]:
    """The searches of an operation for the words at providers where much has come since they were learned.

    A word that is the outlet's everywhere is asked where one of its things has it and no word of that provider finds that thing.
    """
    there = memory.words(operation.pk)
    spread, dismissed = spread_words(there.values()), _dismissed(operation, moment)
    every = brand_words(
        [thing for some in there.values() for thing in some],
        [thing for some in dismissed.values() for thing in some],
        spread=spread,
    )
    hosts = Provider.objects.filter(items__item__trackings__episode__operation=operation).distinct().order_by("slug")
    begun: list[Search] = []
    for provider in (provider for provider in hosts if provider.hosts):
        own = there.get(provider.slug, [])
        if len(own) < LEAST:
            brands = every
        elif provider.slug in grown:
            brands = brand_words(own, dismissed.get(provider.slug, ()), spread=spread)
            brands += _beyond(every, brands, own)
        else:
            continue
        begun += [_brand_search(operation, provider, brand, now) for brand in brands]
    return begun


def _beyond(every: Sequence[Brand], brands: Sequence[Brand], own: Sequence[frozenset[str]]) -> tuple[Brand, ...]:
    """The words of all that find things here which the words from here do not."""
    here = {brand.word for brand in brands}
    left = [thing for thing in own if here.isdisjoint(thing)]
    return tuple(brand for brand in every if any(brand.word in thing for thing in left))


def _dismissed(operation: Operation, moment: datetime) -> dict[str, list[frozenset[str]]]:
    """The words of what was dismissed by then, by provider: what carries them is not the outlet's."""
    dismissed = Capture.objects.filter(
        episode__operation=operation,
        episode__state=EpisodeState.DISMISSED,
        episode__assessment__decided_at__lt=moment,
    )
    found: dict[str, list[frozenset[str]]] = {}
    for provider, *texts in dismissed.values_list("episode__item__provider", "episode__item__key", "title", "author"):
        found.setdefault(provider, []).append(words_of(*texts))
    return found


def _brand_search(operation: Operation, provider: Provider, brand: Brand, now: datetime) -> Search:
    return Search(
        operation=operation,
        provider=provider,
        words=brand.word,
        reason=brand.reason,
        began_at=now,
        next_at=on_grid(now, BRAND_GRID),
    )


def plan_searches(memory: Memory, now: datetime) -> int:
    """For each thing newly down: a watch, and words that would find it, or its successor, again at the same provider."""
    memory.refresh(now)
    since = datetime.fromtimestamp(position("down"), UTC) - OVERLAP
    newly_down = Tracking.objects.filter(first_down_at__gte=since, referred_at__isnull=False)
    recent = sorted(newly_down.order_by("first_down_at").values_list("pk", flat=True))  # by the index of that column
    taken_up = set(Watched.objects.filter(tracking__in=recent).values_list("pk", flat=True))
    new = [pk for pk in recent if pk not in taken_up][:BATCH]
    if not new:
        if recent:
            mark("down", int(now.timestamp()))
        return 0
    down = list(Tracking.objects.filter(pk__in=new).select_related("item", "episode__operation").order_by("pk"))
    start_searches(_searches(down, memory, now), down, by=ACTOR, at=now)
    if len(down) < BATCH:
        mark("down", int(now.timestamp()))
    return len(down)


def _searches(down: Sequence[Tracking], memory: Memory, now: datetime) -> list[Search]:
    titles = dict(Capture.objects.filter(episode__in=[t.pk for t in down]).values_list("pk", "title"))
    hosts = dict(Hosting.objects.filter(item__in=[t.item_id for t in down]).values_list("item_id", "provider_id"))
    searchable = {p.pk: p.slug for p in Provider.objects.filter(pk__in=set(hosts.values())) if p.hosts}
    searches: dict[tuple[int, int, str], Search] = {}
    for tracking in down:
        words = _words(tracking.item, titles.get(tracking.pk, ""))[:200]
        provider = hosts.get(tracking.item_id)
        if len(words) >= MIN_WORDS and provider in searchable and memory.may(tracking.item_id, Way.SEARCH):
            operation = tracking.episode.operation
            covering = memory.covering(operation.pk, searchable[provider], words)
            search = Search(
                operation=operation,
                provider_id=provider,
                words=words,
                item=tracking.item,
                reason=f"“{covering}” finds it too" if covering else "",
                began_at=now,
                next_at=on_grid(now + (COVERED_AFTER if covering else SEARCH_AFTER)[0], 15),
            )
            searches.setdefault((operation.pk, provider, words), search)
    return list(searches.values())


def _words(item: Item, title: str) -> str:
    """A handle's stem for accounts and the like, the title for everything else."""
    return stem(handle_of(item.provider, item.kind, item.key)) if item.kind in HANDLES else title


def search_due(reader: Reader, memory: Memory, now: datetime, known: set[str] | None = None) -> int:
    """Ask the providers' own search, and hand what is new and like enough back to intake.

    `known` is the worker's memory of identities that are in the register, where they stay: most results are old ones.
    """
    known = set() if known is None else known
    due = list(Search.objects.filter(next_at__lte=now).prefetch_related("provider", "operation").order_by("pk")[:BATCH])
    if due:
        memory.refresh(now)
    urls = [f"http://{s.provider.hosts[0]}/search?q={quote(s.words)}" for s in due]
    pages = [Request(url, max_bytes=PAGE_BYTES) for url in urls]
    by_operation: dict[Operation, list[Candidate]] = {}
    fresh: set[int] = set()
    shown: set[str] = set()
    for search, results in zip(due, reader.each(pages, results_of), strict=True):
        links = [(link, result) for result in results if (link := _there(search, result)) is not None]
        shown.update(link.identity for link, _ in links)
        found = [c for link, result in links if (c := _candidate(search, result, link, memory, known, now)) is not None]
        if found:
            fresh.add(search.pk)
            by_operation.setdefault(search.operation, []).extend(found)
    look_at_shown(shown, now)
    searched(due, fresh, at=now)
    for operation, candidates in by_operation.items():
        sight_new(operation, candidates, now)
        known.update(candidate.identity for candidate in candidates)
    return len(due)


def look_at_shown(shown: Collection[str], now: datetime) -> int:
    """What a provider's search shows though our last look did not see it up is looked at now; how many things.

    It may be up again, or the wall before it gone. An index may lag, or show what is blocked only where we look from: so the
    time between two such looks grows with how long it has not been up.
    """
    again = []
    for some in chunks(sorted(shown), AT_ONCE):
        rows = Tracking.objects.filter(item__identity__in=some, referred_at__isnull=False, returned_at=None)
        rows = rows.exclude(verdict=Verdict.UP).filter(probed_at__lte=now - SHOWN_AGAIN)
        for pk, looked, down, up, referred in rows.values_list(
            "pk", "probed_at", "first_down_at", "last_up_at", "referred_at"
        ):
            since = down or up or referred
            if looked is not None and since is not None and now - looked >= (looked - since) / PATIENCE:
                again.append(pk)
    return look_again(again, at=now)


def _there(search: Search, result: Result) -> Link | None:
    """The object a result leads to, where it is at the provider asked: its page links elsewhere too."""
    link = known_object(result.url)
    if link is None or (link.kind != "site" and link.provider != search.provider.slug):
        return None
    return link


def _candidate(
    search: Search, result: Result, link: Link, memory: Memory, known: set[str], now: datetime
) -> Candidate | None:
    """A search result that may be a return: an account with a like handle, or an object under the same title or by a known account."""
    if link.identity in known or link.kind not in HANDLES | CONTENT:
        return None
    if link.kind in HANDLES:
        return _account(search, result, link, memory, now)
    return _content(search, result, link, memory)


def _account(search: Search, result: Result, link: Link, memory: Memory, now: datetime) -> Candidate | None:
    traits = Traits(
        handle=handle_of(link.provider, link.kind, link.key), name=next(iter(result.beside.split()), "") or result.title
    )
    if (found := best_account(memory, link.provider, link.kind, traits, now.timestamp(), Way.SEARCH)) is not None:
        before, like = found
        item = Item.objects.filter(pk=before.pk).first()
        return replace(_made(search, link, min(1.0, like.score), like.reason, item), watch_id=before.watch_id)
    if search.item_id is None and search.words in f"{link.key} {result.title}".casefold():
        return _made(search, link, BRANDED, f"its name holds {search.reason}", None)
    return None


def _content(search: Search, result: Result, link: Link, memory: Memory) -> Candidate | None:
    title, score = memory.titled_like(link.provider, result.title)
    if title:
        reason = f"found under the title “{result.title[:80]}”"
        return _made(search, link, TITLED * score, reason, search.item)
    author = memory.posted_by(link.provider, [link.owner or "", *result.beside.split()])
    if author is not None:
        return _made(search, link, POSTED, f"posted by {author.traits.handle}, which was decided on", None)
    return None


def _made(search: Search, link: Link, score: float, reason: str, before: Item | None) -> Candidate:
    return Candidate(link.canonical_url, link.identity, Way.SEARCH, score, reason[:300], before, search.last_at)


def sight_new(operation: Operation, candidates: Sequence[Candidate], now: datetime) -> None:
    """Hand on what the register does not hold yet."""
    known = set(Item.objects.filter(identity__in=[c.identity for c in candidates]).values_list("identity", flat=True))
    fresh = [c for c in candidates if c.identity not in known]
    if fresh:
        sight(operation, fresh, by=ACTOR, at=now)


next_search = Earliest(lambda: Search.objects.filter(next_at__isnull=False), "next_at")


def position(name: str) -> int:
    """How far the watch has read."""
    return Mark.objects.filter(name=name).values_list("position", flat=True).first() or 0
