"""The items of an operation as a list: filtered, page by page without counting, and as a stream of the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.lifecycle import EpisodeState, Outcome
from cautery.core.links.refang import refang
from cautery.intake.models import Episode, Operation
from cautery.report.dossier.standing import decisive_verdict, newest_episodes, standing

PAGE = 50
STREAM_CHUNK = 2_000
LONGEST = 300
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
    """What is wanted: empty means any. `q` is part of a key, a link or an owner, also as people defang them."""

    provider: str = ""
    kind: str = ""
    state: str = ""
    q: str = ""

    @classmethod
    def checked(cls, **words: str) -> ItemFilter:
        """The filter of these words; `Refused` for a state that there is not, NUL bytes or endless text."""
        for name, word in words.items():
            if "\0" in word or len(word) > LONGEST:
                raise Refused(f"The filter “{name}” cannot be that.", reason="filter", filter=name)
        wanted = cls(**{name: word.strip() for name, word in words.items()})
        if wanted.state and wanted.state not in set(EpisodeState):
            raise Refused("There is no such state.", reason="filter", filter="state")
        return wanted


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of an operation as it stands, by its newest episode there."""

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
    """One page. `older` and `newer` are where the next and the one before begin (None: there is none)."""

    rows: list[ItemRow]
    older: int | None
    newer: int | None


def item_page(
    operation: Operation,
    wanted: ItemFilter,
    *,
    older: int | None = None,
    newer: int | None = None,
    by: Actor,
    size: int = PAGE,
) -> ItemPage:
    """Items whose newest episode was opened last come first; `older`/`newer`: those on that side of this episode.

    Pages are cut by key, not by number: what arrives meanwhile moves no row from one page to another.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    rows = _rows(operation, wanted)
    if newer is not None:
        found = [ItemRow(*row) for row in rows.filter(pk__gt=newer).order_by("pk")[: size + 1]]
        more, found = len(found) > size, found[:size][::-1]
        return ItemPage(found, found[-1].episode_id if found else newer + 1, found[0].episode_id if more else None)
    if older is not None:
        rows = rows.filter(pk__lt=older)
    found = [ItemRow(*row) for row in rows.order_by("-pk")[: size + 1]]
    more, found = len(found) > size, found[:size]
    first = found[0].episode_id if found else (older or 0) - 1
    return ItemPage(found, found[-1].episode_id if more else None, first if older is not None else None)


def stream_items(operation: Operation, wanted: ItemFilter, *, by: Actor) -> Iterator[ItemRow]:
    """All the items of a filter, in the order of the pages, without holding them all."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = _rows(operation, wanted).order_by("-pk").iterator(STREAM_CHUNK)
    return (ItemRow(*row) for row in rows)


def of_object(name: str) -> Coalesce:
    """A field of the item that stands for an episode's object."""
    return Coalesce(f"item__merged_into__{name}", f"item__{name}")


def _rows(operation: Operation, wanted: ItemFilter) -> QuerySet[Episode, tuple[Any, ...]]:
    episodes = newest_episodes().filter(operation=operation)
    if wanted.provider:
        episodes = episodes.filter(Q(item__provider=wanted.provider) | Q(item__hosting__provider__slug=wanted.provider))
    if wanted.kind:
        episodes = episodes.filter(item__kind=wanted.kind)
    if wanted.state:
        episodes = episodes.filter(state=wanted.state)
    if wanted.q:
        text = refang(wanted.q)
        episodes = episodes.filter(
            Q(item__url__icontains=text) | Q(item__key__icontains=text) | Q(item__owner__icontains=text)
        )
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
