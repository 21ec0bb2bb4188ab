"""The items of an operation as a list: filtered, page by page without counting, and as a stream of the same."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.lifecycle import EpisodeState, Outcome
from cautery.core.links.refang import refang
from cautery.core.searching import terms
from cautery.identify.models import EpisodeMedia
from cautery.intake.models import Episode, Item, Operation
from cautery.intake.queries import hidden, members, roots
from cautery.match.models import BankEntry
from cautery.report.dossier.standing import decisive_verdict, newest_episodes, standing
from cautery.report.models import Unindexed
from cautery.report.register.finding import holding
from cautery.report.register.words import marked_domain, marked_outlet, words_of
from cautery.review.care.queries import closed_items

PAGE = 50
STREAM_CHUNK = 2_000
LONGEST = 300
BLOCK = 200
STRETCH = 4_000
SECONDS = 0.06
"""How long one page looks for rows before it shows what it has and where to go on."""
UNINDEXED = 2_000
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
EXPORT_FIELDS = (
    "item_id",
    "provider",
    "kind",
    "key",
    "owner",
    "url",
    "state",
    "outcome",
    "episode",
    "opened_at",
    "first_flagged_at",
    "referred_at",
    "verdict",
    "answer",
)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What is wanted: empty means any. `q` are words of the item or its page, or a hash; links also as people defang them.

    `outlet` is `provider/name`; `domain` covers what is below it.
    """

    provider: str = ""
    kind: str = ""
    state: str = ""
    q: str = ""
    operation: str = ""
    outlet: str = ""
    domain: str = ""

    @property
    def searches(self) -> bool:
        """Whether the index is to be asked."""
        return bool(self.q or self.outlet or self.domain)

    @property
    def parts(self) -> list[str]:
        """What the index of words has to hold."""
        wanted = terms(refang(self.q)) if self.q else []
        if self.domain:
            wanted.append(marked_domain(self.domain))
        if self.outlet:
            wanted.append(marked_outlet(*self.outlet.partition("/")[::2]))
        return wanted

    @classmethod
    def checked(cls, **words: str) -> ItemFilter:
        """The filter of these words; `Refused` for a state that there is not, NUL bytes or endless text."""
        for name, word in words.items():
            if "\0" in word or len(word) > LONGEST:
                raise Refused(f"The filter “{name}” cannot be that.", reason="filter", filter=name)
        wanted = cls(**{name: word.strip() for name, word in words.items()})
        if not is_hash(wanted.q):
            terms(refang(wanted.q))
        if wanted.state and wanted.state not in set(EpisodeState):
            raise Refused("There is no such state.", reason="filter", filter="state")
        return wanted


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of an operation as it stands, by its newest episode there. Of a `closed` one link, key and owner are empty."""

    episode_id: int
    item_id: int
    provider: str
    kind: str
    key: str
    owner: str
    url: str
    state: str
    number: int
    opened_at: datetime
    first_flagged_at: datetime
    referred_at: datetime | None
    verdict: str | None
    answer: str | None
    closed: bool = False

    @property
    def outcome(self) -> Outcome | None:
        """What came of its notice, as far as it is known."""
        return standing(self.referred_at, self.verdict, self.answer)

    def exported(self) -> dict[str, Any]:
        """The fields of an export, in order; times as RFC 3339, nothing as None."""
        words = {
            "episode": self.number,
            "outcome": self.outcome and str(self.outcome),
            "opened_at": self.opened_at.isoformat(),
            "first_flagged_at": self.first_flagged_at.isoformat(),
            "referred_at": self.referred_at.isoformat() if self.referred_at else None,
            "verdict": self.verdict if self.referred_at else None,
            "answer": self.answer or None,
        }
        return {name: words[name] if name in words else getattr(self, name) for name in EXPORT_FIELDS}


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page. `older` and `newer` are where the next and the one before begin (None: there is none).

    `broke_off`: the time for one page was over before it was full; what is older was not looked at yet.
    """

    rows: list[ItemRow]
    older: int | None
    newer: int | None
    broke_off: bool = False


def item_page(
    operation: Operation | None,
    wanted: ItemFilter,
    *,
    older: int | None = None,
    newer: int | None = None,
    by: Actor,
    size: int = PAGE,
) -> ItemPage:
    """Items whose newest episode was opened last come first; `older`/`newer`: those on that side of this episode.

    Pages are cut by key, not by number: what arrives meanwhile moves no row from one page to another. With words to search for,
    the order and the keys are those of the items. Without an operation: of all of them.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    page = _page(_rows(operation, wanted, by), wanted, older, newer, size)
    return replace(page, rows=veiled(page.rows))


def _page(
    rows: QuerySet[Episode, Any], wanted: ItemFilter, older: int | None, newer: int | None, size: int
) -> ItemPage:
    if wanted.searches:
        return _searched(rows, wanted, older, size)
    if newer is not None:
        found = [ItemRow(*row) for row in rows.filter(pk__gt=newer).order_by("pk")[: size + 1]]
        more, found = len(found) > size, found[:size][::-1]
        return ItemPage(found, found[-1].episode_id if found else newer + 1, found[0].episode_id if more else None)
    found, reached = _downwards(rows, older, size)
    more, found = len(found) > size, found[:size]
    first = found[0].episode_id if found else (older or 0) - 1
    following = found[-1].episode_id if more else reached
    return ItemPage(found, following, first if older is not None else None, not more and reached is not None)


def _downwards(rows: QuerySet[Episode, Any], older: int | None, size: int) -> tuple[list[ItemRow], int | None]:
    """Up to one row more than a page below a key, looked for in stretches until time is over; where it broke off, if it did.

    A filter that few rows pass would else read the whole register while somebody waits.
    """
    top = older if older is not None else (Episode.objects.aggregate(top=Max("pk"))["top"] or 0) + 1
    until, stretch, found = time.monotonic() + SECONDS, STRETCH, list[ItemRow]()
    while top > 0:
        low, began = max(top - stretch, 0), time.monotonic()
        some = rows.filter(pk__lt=top, pk__gte=low).order_by("-pk")[: size + 1 - len(found)]
        found += [ItemRow(*row) for row in some]
        top, left, took = low, until - time.monotonic(), time.monotonic() - began
        if len(found) > size:
            return found, None
        if left < took / 4 and top > 0:
            return found, top
        stretch = int(stretch * min(2, left / max(took, 1e-6)))  # no longer than there is time for
    return found, None


def _searched(rows: QuerySet[Episode, Any], wanted: ItemFilter, older: int | None, size: int) -> ItemPage:
    """A page of what the index knows, newest items first; `older` is the key of the item it goes on behind."""
    until, found, last = time.monotonic() + SECONDS, list[ItemRow](), older
    while True:
        keys = hits(wanted, last, BLOCK)
        closed = closed_items(keys)
        root = roots(keys)
        family = members(root.values())
        some = {row.item_id: row for row in (ItemRow(*row) for row in rows.filter(item__in=family).order_by("pk"))}
        for key in keys:
            row = some.pop(root[key], None) if key not in closed else None
            if row is not None and len(found) == size:
                return ItemPage(found, last, None)
            last = key
            if row is not None:
                found.append(row)
        if len(keys) < BLOCK:
            return ItemPage(found, None, None)
        if time.monotonic() > until:
            return ItemPage(found, last, None, len(found) < size)


def stream_items(operation: Operation | None, wanted: ItemFilter, *, by: Actor) -> Iterator[ItemRow]:
    """All the items of a filter, in the order of the pages, without holding them all."""
    by.require(Permission.INTAKE_ITEM_READ)
    if not wanted.searches:
        return _stream(_rows(operation, wanted, by).order_by("-pk"))
    return _stream_searched(operation, wanted, by)


def _stream(rows: QuerySet[Episode, Any]) -> Iterator[ItemRow]:
    """Rows part by part, each by key: a cursor over all of them makes PostgreSQL gather a million before it hands over the first."""
    some = [ItemRow(*row) for row in rows[:STREAM_CHUNK]]
    while some:
        yield from veiled(some)
        some = [ItemRow(*row) for row in rows.filter(pk__lt=some[-1].episode_id)[:STREAM_CHUNK]]


def _stream_searched(operation: Operation | None, wanted: ItemFilter, by: Actor) -> Iterator[ItemRow]:
    older: int | None = None
    while True:
        page = item_page(operation, wanted, older=older, by=by, size=BLOCK)
        yield from page.rows
        if page.older is None:
            return
        older = page.older


def rows_of(keys: Sequence[int], *, by: Actor) -> list[ItemRow]:
    """These items as they stand, newest first."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = _rows(None, ItemFilter(), by).filter(item__in=members(keys)).order_by("-item_id", "-pk")
    return veiled(list({row.item_id: row for row in (ItemRow(*one) for one in rows)}.values()))


def veiled(rows: Sequence[ItemRow]) -> list[ItemRow]:
    """Rows without the words of what must not be seen: such a row says only that it is there."""
    closed = closed_items(row.item_id for row in rows)
    return [replace(row, url="", key="", owner="", closed=True) if row.item_id in closed else row for row in rows]


def of_object(name: str) -> Coalesce:
    """A field of the item that stands for an episode's object."""
    return Coalesce(f"item__merged_into__{name}", f"item__{name}")


def _rows(operation: Operation | None, wanted: ItemFilter, by: Actor) -> QuerySet[Episode, tuple[Any, ...]]:
    seen = Q(operation=operation) if operation is not None else ~Q(operation__in=hidden(by=by))
    episodes = newest_episodes().filter(seen)
    if wanted.provider:
        episodes = episodes.filter(Q(item__provider=wanted.provider) | Q(item__hosting__provider__slug=wanted.provider))
    if wanted.kind:
        episodes = episodes.filter(item__kind=wanted.kind)
    if wanted.state:
        episodes = episodes.filter(state=wanted.state)
    return episodes.annotate(seen=decisive_verdict("tracking__")).values_list(
        "pk",
        Coalesce("item__merged_into_id", "item_id"),
        of_object("provider"),
        of_object("kind"),
        of_object("key"),
        of_object("owner"),
        of_object("url"),
        "state",
        "number",
        "opened_at",
        of_object("first_flagged_at"),
        "tracking__referred_at",
        "seen",
        "tracking__answer",
    )


def is_hash(text: str) -> bool:
    """Whether a text is an MD5, SHA-1 or SHA-256 in hex."""
    return bool(_HASH.fullmatch(text))


def hits(wanted: ItemFilter, below: int | None, limit: int) -> list[int]:
    """Items with all the words, the newest first: by the index, and what is not indexed yet by looking at it."""
    if is_hash(wanted.q):
        return _with_hash(wanted.q.lower(), below, limit)
    parts = wanted.parts
    found = holding(parts, below, limit)
    floor = found[-1] if len(found) == limit else 0
    waiting = Unindexed.objects.filter(item_id__gte=floor).order_by("-item_id").values_list("item_id", flat=True)
    fresh = [pk for pk in waiting[:UNINDEXED] if below is None or pk < below]
    seen = [item.pk for item in Item.objects.filter(pk__in=fresh) if all(part in words_of(item) for part in parts)]
    return sorted({*found, *seen}, reverse=True)[:limit]


def _with_hash(digest: str, below: int | None, limit: int) -> list[int]:
    """Items that showed a medium with this digest, or one that is a copy of known content with it."""
    entries = BankEntry.objects.filter(Q(md5=digest) | Q(sha1=digest) | Q(sha256=digest)) if len(digest) < 64 else None
    held = (
        Q(media__sha256=digest)
        if entries is None
        else Q(media__matches__entry__in=entries, media__matches__kind="exact")
    )
    rows = EpisodeMedia.objects.filter(held)
    if below is not None:
        rows = rows.filter(episode__item_id__lt=below)
    return list(rows.order_by("-episode__item_id").values_list("episode__item_id", flat=True).distinct()[:limit])
