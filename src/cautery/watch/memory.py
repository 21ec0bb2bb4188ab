"""What the watch knows of what was decided on, kept in the worker so that each candidate is compared in microseconds.

Only what was confirmed, signed and sent is remembered: handles, names, titles, who posted it, the bytes it showed. All of it
can be read again from the register at any time; a worker that starts anew does just that, once.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from rapidfuzz import fuzz, process

from cautery.core.clock import on_grid
from cautery.core.kinship import HANDLE_THRESHOLD, Likeness, Nearest, Traits, about_of, skeleton, weigh, words_of
from cautery.core.kinship.weighing import folded
from cautery.ground.rows import chunks
from cautery.identify.models import EpisodeMedia
from cautery.track.models import OutLink, Tracking
from cautery.watch.models import Search, Watch, Way, What

HANDLES = frozenset({"account", "channel", "group", "bot", "site"})
SPACES = {"chat": ("channel", "group", "bot", "account"), "user": ("account",)}
"""Kinds that share one space of names: an identity names the space."""
CONTENT = frozenset({"post", "video", "image", "file", "paste", "page", "audio", "album", "document", "story"})
OVERLAP = timedelta(minutes=1)
"""How far behind the last reading is read again, for rows that were committed late."""
FRESH_MINUTES = 5
FRESH = timedelta(minutes=FRESH_MINUTES) - timedelta(microseconds=1)
NEAREST = 40
"""Handles weighed one by one, out of any number."""
TITLE_NEAR = 92
RARE = 5
"""What more accounts than this have says nothing of which came after which."""
ABOUT_WORDS, ABOUT_KNOWN = 4, 20
"""Words that an account must say of itself to be known by them; twice as many where little is known to compare with."""
AT_ONCE = 900


@dataclass(frozen=True, slots=True)
class Known:
    """One thing decided on. `pk` is its item's, `episode` its episode's; what only a watch names has the watch's, negative."""

    pk: int
    episode: int
    operation: int
    provider: str
    kind: str
    traits: Traits
    sent_at: datetime

    @property
    def item_id(self) -> int | None:
        """Its item, where the register has it."""
        return self.pk if self.pk > 0 else None

    @property
    def watch_id(self) -> int | None:
        """The watch that names it, where the register does not have it."""
        return None if self.pk > 0 else -self.pk


@dataclass(slots=True)
class Memory:
    """Things decided on, by what they may be found again by."""

    things: dict[int, Known] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Nearest] = field(default_factory=lambda: defaultdict(Nearest))
    titles: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    titled: dict[str, Nearest] = field(default_factory=lambda: defaultdict(Nearest))
    media: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    handles: dict[tuple[str, str], int] = field(default_factory=dict)
    linked: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Accounts by what their pages link to, and below by what they say of themselves."""
    abouts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[tuple[int, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """When its things were sent, in order, by operation and provider."""
    brands: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    """The words of outlets that are asked for, by operation and provider."""
    ended: set[int | None] = field(default_factory=set)
    """Items whose watch ended: nothing is compared with them any more."""
    narrow: dict[int | None, frozenset[str]] = field(default_factory=dict)
    """Items whose watch may not use all ways, and those it may."""
    files: dict[str, int] = field(default_factory=dict)
    """SHA-256 of files a person put under watch, and the watches' keys."""
    habits: Counter[str] = field(default_factory=Counter)
    _until: datetime | None = None

    def refresh(self, now: datetime) -> None:
        """Take in what was sent until the last five minutes began: the same whenever within them a worker asks, or starts."""
        until = on_grid(now - FRESH, FRESH_MINUTES)
        if self._until is not None and until <= self._until:
            return
        sent = Tracking.objects.filter(referred_at__lt=until)
        if self._until is not None:
            sent = sent.filter(referred_at__gte=self._until - OVERLAP)
        columns = (
            "item_id",
            "episode_id",
            "episode__operation_id",
            "item__provider",
            "item__kind",
            "item__key",
            "item__owner",
            "referred_at",
        )
        in_order = sent.order_by("referred_at", "pk")
        page = ("episode__capture__title", "episode__capture__author", "episode__capture__about")
        rows = list(in_order.values_list(*columns, *page))
        new = [row for row in rows if row[0] not in self.things]
        for some in chunks(new, AT_ONCE):
            media = media_of([row[1] for row in some])
            links = _links_of([row[0] for row in some if row[4] in HANDLES], until)
            for pk, episode, operation, provider, kind, key, owner, sent_at, title, author, about in some:
                account = kind in HANDLES
                traits = Traits(
                    handle=handle_of(provider, kind, key) if account else "",
                    name=(author or title or "") if account else "",
                    title="" if account else title or "",
                    owner=owner or ("" if account else author or ""),
                    media=frozenset(media.get(episode, ())),
                    links=links.get(pk, frozenset()),
                    about=about_of(about or "", key, title or "", author or "") if account else "",
                )
                self._add(Known(pk, episode, operation, provider, kind, traits, sent_at))
        self._heed_watches(until)
        self._read_words(until)
        self._until = until

    def _heed_watches(self, until: datetime) -> None:
        """What watches forbid, and what they are on that is not in the register."""
        not_yet = Q(ended_at__isnull=True) | Q(ended_at__gt=until)
        running = Watch.objects.filter(not_yet, item=OuterRef("item"), what=What.ITEM)
        over = Watch.objects.filter(~Exists(running), item__isnull=False, what=What.ITEM, ended_at__lte=until)
        self.ended = set(over.values_list("item_id", flat=True))
        there = Watch.objects.filter(not_yet, began_at__lte=until).order_by("pk")
        narrowed = there.filter(what=What.ITEM, item__isnull=False).exclude(scope="")
        self.narrow = {item: frozenset(scope.split()) for item, scope in narrowed.values_list("item_id", "scope")}
        self.files = {watch.subject: watch.pk for watch in there.filter(what=What.FILE) if watch.may(Way.COPY)}
        loose = list(there.filter(what=What.ITEM, item__isnull=True))
        self.ended |= {pk for pk in self.things if pk < 0} - {-watch.pk for watch in loose}
        for watch in loose:
            provider, kind, key = watch.subject.split(":", 2)
            if watch.scope:
                self.narrow[-watch.pk] = frozenset(watch.scope.split())
            kinds = SPACES.get(kind, (kind,))
            if -watch.pk not in self.things and kinds[0] in HANDLES:
                traits = Traits(handle=handle_of(provider, kinds[0], key))
                self._add(Known(-watch.pk, 0, 0, provider, kinds[0], traits, watch.began_at))
                for other in kinds[1:]:
                    self.accounts[place_of(provider, other)].add(-watch.pk, skeleton(traits.handle))

    def _read_words(self, until: datetime) -> None:
        """The words of outlets that were asked for by then."""
        self.brands = {}
        words = Search.objects.filter(item=None, began_at__lt=until).order_by("pk")
        for operation, provider, word in words.values_list("operation_id", "provider__slug", "words"):
            self.brands.setdefault((operation, provider), []).append(word)

    def may(self, pk: int | None, way: Way) -> bool:
        """Whether what is known under this key may be found in this way."""
        return pk not in self.ended and (pk not in self.narrow or way.value in self.narrow[pk])

    def _add(self, thing: Known) -> None:
        self.things[thing.pk] = thing
        insort(self.sent[thing.operation, thing.provider], thing.sent_at)
        traits = thing.traits
        if traits.handle:
            self.accounts[place_of(thing.provider, thing.kind)].add(
                thing.pk, *map(skeleton, (traits.handle, traits.name))
            )
            for name in (traits.handle, traits.name):
                self.handles.setdefault((thing.provider, name.casefold()), thing.pk)
        if traits.title:
            title = folded(traits.title)
            if (thing.provider, title) not in self.titles:
                self.titled[thing.provider].add(thing.pk, title)
            self.titles[thing.provider, title].append(thing.pk)
        for sha in traits.media:
            self.media[sha].append(thing.pk)
        for link in traits.links:
            self.linked[link].append(thing.pk)
        if traits.about:
            self.abouts[traits.about].append(thing.pk)

    def words(self, operation: int) -> dict[str, list[frozenset[str]]]:
        """The words of each thing of an operation, by provider."""
        found: dict[str, list[frozenset[str]]] = defaultdict(list)
        for thing in self.things.values():
            if thing.operation == operation:
                traits = thing.traits
                found[thing.provider].append(words_of(traits.handle, traits.name, traits.title, traits.owner))
        return found

    def covering(self, operation: int, provider: str, words: str) -> str:
        """The word of the outlet that finds these words too; empty where none does."""
        small = words.casefold()
        return next((word for word in self.brands.get((operation, provider), ()) if word in small), "")

    def accounts_like(self, provider: str, kind: str, traits: Traits, way: Way) -> list[Known]:
        """The accounts whose handle or name is nearest to these, of those that may be found in this way."""
        there = self.accounts.get(place_of(provider, kind))
        near = there.to(skeleton(traits.handle), skeleton(traits.name), most=NEAREST) if there is not None else ()
        return [self.things[pk] for pk in near if self.may(pk, way)]

    def titled_like(self, provider: str, title: str) -> tuple[str, float]:
        """The title at this provider that is the same but for small edits, and how like it is; empty where there is none."""
        wanted = folded(title)
        if not wanted:
            return "", 0.0
        if self._titled(provider, wanted, Way.SEARCH):
            return wanted, 1.0
        known = [folded(self.things[pk].traits.title) for pk in self.titled[provider].to(wanted, most=NEAREST)]
        allowed = [title for title in known if self._titled(provider, title, Way.SEARCH)]
        near = process.extractOne(wanted, allowed, scorer=fuzz.ratio, score_cutoff=TITLE_NEAR)
        return (near[0], near[1] / 100) if near is not None else ("", 0.0)

    def _titled(self, provider: str, title: str, way: Way) -> bool:
        return any(self.may(pk, way) for pk in self.titles.get((provider, title), ()))

    def posted_by(self, provider: str, names: Iterable[str]) -> Known | None:
        """The account decided on, at this provider, that one of these names is."""
        found = (self.handles.get((provider, name.casefold().lstrip("@"))) for name in names if name)
        return next((self.things[pk] for pk in found if pk is not None and self.may(pk, Way.SEARCH)), None)

    def before(self, provider: str, kind: str, traits: Traits) -> list[Known]:
        """All that a thing with these traits may come after: by bytes anywhere, by title or name at its own provider."""
        copies = {pk: None for sha in traits.media for pk in self.media.get(sha, ())}
        keys: list[int] = []
        if traits.title:
            keys += self.titles.get((provider, self.titled_like(provider, traits.title)[0]), ())
        keys += [pk for link in traits.links for pk in self.linked.get(link, ())]
        keys += self.abouts.get(traits.about, ()) if traits.about else ()
        found = [self.things[pk] for pk in dict.fromkeys(copies) if self.may(pk, Way.COPY)]
        found += [self.things[pk] for pk in dict.fromkeys(keys) if self.may(pk, Way.LIKENESS) and pk not in copies]
        return found + (self.accounts_like(provider, kind, traits, Way.LIKENESS) if kind in HANDLES else [])

    def telling(self, traits: Traits) -> Traits:
        """The traits of an account, without what many accounts have: a service's own picture, its own words, a common link."""
        own = {sha: sum(self.things[pk].traits.handle != "" for pk in self.media.get(sha, ())) for sha in traits.media}
        said = len(traits.about.split())
        tells = said >= (ABOUT_WORDS if len(self.abouts) >= ABOUT_KNOWN else 2 * ABOUT_WORDS)
        return replace(
            traits,
            media=frozenset(sha for sha, n in own.items() if n <= RARE),
            links=frozenset(link for link in traits.links if 0 < len(self.linked.get(link, ())) <= RARE),
            about=traits.about if tells and len(self.abouts.get(traits.about, ())) <= RARE else "",
        )


def _links_of(items: Sequence[int], until: datetime) -> dict[int, frozenset[str]]:
    """By item: the identities its page linked to by then."""
    found: dict[int, set[str]] = {}
    rows = OutLink.objects.filter(item__in=items, first_seen_at__lt=until)
    for item, identity in rows.values_list("item_id", "identity"):
        found.setdefault(item, set()).add(identity)
    return {item: frozenset(links) for item, links in found.items()}


def handle_of(provider: str, kind: str, key: str) -> str:
    """The name an account goes by; of a site that of its own domain, or the one it has at its host."""
    return key if kind != "site" else (provider if "." in provider else key).partition(".")[0]


def place_of(provider: str, kind: str) -> tuple[str, str]:
    """Where the like of an account are looked for: at its provider; those of a site anywhere, as a domain is its own provider."""
    return ("", kind) if kind == "site" else (provider, kind)


def media_of(episodes: Collection[int]) -> dict[int, list[str]]:
    """By episode: the SHA-256 of the media on its page."""
    found: dict[int, list[str]] = {}
    for episode, sha in EpisodeMedia.objects.filter(episode__in=episodes).values_list("episode_id", "media__sha256"):
        found.setdefault(episode, []).append(sha)
    return found


def best_account(
    memory: Memory, provider: str, kind: str, traits: Traits, at: float, way: Way
) -> tuple[Known, Likeness] | None:
    """The account decided on that these traits most likely come after, if any is like enough."""
    scored = [(known, weigh(known.traits, traits, at)) for known in memory.accounts_like(provider, kind, traits, way)]
    best = max(scored, key=lambda pair: pair[1].score, default=None)
    return best if best is not None and best[1].score >= HANDLE_THRESHOLD else None


def downs(items: Collection[int]) -> Mapping[int, tuple[datetime | None, str]]:
    """By item: when it was first seen down since its notice, and the last verdict."""
    found: dict[int, tuple[datetime | None, str]] = {}
    for some in chunks(items, AT_ONCE):
        rows = Tracking.objects.filter(item__in=some, referred_at__isnull=False).order_by("pk")
        found |= {pk: (down, verdict) for pk, down, verdict in rows.values_list("item_id", "first_down_at", "verdict")}
    return found
