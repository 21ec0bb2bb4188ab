"""Lists of the register a page at a time: outlets, domains, providers, the bank, holds, complaints; never counted through.

Each list is rows of plain values with the key where it goes on; each query asks who may see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import DeliveryState
from cautery.directory.models import Provider
from cautery.match.models import BankEntry, Match
from cautery.refer.models import Delivery
from cautery.report.models import SavedView, Tallied, Tally
from cautery.review.models import Hold
from cautery.track.models import Answer

PAGE = 50
COUNTED = 5_000
"""Rows of one thing are counted up to here while somebody waits; beyond, a page says “over 5,000”."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: its rows, and the cursor behind them (empty at the end)."""

    rows: Rows
    following: str = ""


def outlets(words: str, after: str, *, by: Actor) -> Part:
    """Outlets, those with most items first, whose name begins with `words`."""
    return _tallies(Tallied.OUTLET, words, after, by)


def domains(words: str, after: str, *, by: Actor) -> Part:
    """Domains, those with most items first, whose name begins with `words`."""
    return _tallies(Tallied.DOMAIN, words, after, by)


def _tallies(kind: Tallied, words: str, after: str, by: Actor, size: int = PAGE) -> Part:
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Tally.objects.filter(kind=kind)
    if words:
        rows = rows.filter(name__startswith=words)
    items, _, pk = after.partition("-")
    if items.isdigit() and pk.isdigit():
        rows = rows.filter(Q(items__lt=int(items)) | Q(items=int(items), pk__lt=int(pk)))
    fields = ("provider", "name", "items", "first_flagged_at", "last_flagged_at")
    found: Rows = [dict(row) for row in rows.order_by("-items", "-pk").values("pk", *fields)[: size + 1]]
    last = found[size - 1] if len(found) > size else None
    return Part(found[:size], f"{last['items']}-{last['pk']}" if last else "")


def providers(words: str, after: str, *, by: Actor, size: int = PAGE) -> Part:
    """Providers by short name, with how notices reach them."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Provider.objects.filter(slug__gt=after) if after else Provider.objects.all()
    if words:
        rows = rows.filter(Q(slug__icontains=words) | Q(name__icontains=words))
    fields = ("slug", "name", "kind", "channel", "home_state", "max_batch")
    found: Rows = [dict(row) for row in rows.order_by("slug").values(*fields)[: size + 1]]
    return Part(found[:size], found[size - 1]["slug"] if len(found) > size else "")


def bank(words: str, after: str, *, by: Actor, size: int = PAGE) -> Part:
    """Known content, the newest first, with how often each entry matched."""
    by.require(Permission.MATCH_BANK_IMPORT)
    rows = BankEntry.objects.all()
    if words:
        rows = rows.filter(
            Q(label__icontains=words)
            | Q(outlet__icontains=words)
            | Q(sha256=words.lower())
            | Q(md5=words.lower())
            | Q(sha1=words.lower())
        )
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    fields = ("pk", "label", "kind", "outlet", "severity", "source", "handling", "added_at", "quarantined_at")
    found: Rows = [dict(row) for row in rows.order_by("-pk").values(*fields)[: size + 1]]
    shown = found[:size]
    counts = Counter(
        dict(
            Match.objects.filter(entry__in=[row["pk"] for row in shown])
            .values_list("entry")
            .annotate(n=Count("pk"))
            .order_by()
        )
    )
    for row in shown:
        row["matches"] = counts[row["pk"]]
    return Part(shown, str(shown[-1]["pk"]) if len(found) > size else "")


def holds(words: str, after: str, *, by: Actor, size: int = PAGE) -> Part:
    """Investigation interests, the newest first; what they are in is not told, and their reason to their own unit alone."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Hold.objects.all()
    if words:
        rows = rows.filter(Q(unit__slug=words) | Q(unit__name__icontains=words) | Q(operation__slug=words))
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    fields = ("pk", "unit__slug", "unit__name", "operation__slug", "reason", "set_at", "until")
    found: Rows = [dict(row) for row in rows.order_by("-pk").values(*fields)[: size + 1]]
    for row in found:
        if row["unit__slug"] != by.unit:
            row["reason"] = ""
    return Part(found[:size], str(found[size - 1]["pk"]) if len(found) > size else "")


def answers(words: str, after: str, *, by: Actor, size: int = PAGE) -> Part:
    """What providers and those concerned answered with a reason of their own, the newest first: where redress begins."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Answer.objects.exclude(answer="removed")
    if words:
        rows = rows.filter(Q(answer=words) | Q(notice__provider__slug=words) | Q(notice__reference=words))
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    fields = (
        "pk",
        "answer",
        "reason",
        "at",
        "source",
        "notice__reference",
        "notice__item_id",
        "notice__provider__slug",
    )
    found: Rows = [dict(row) for row in rows.order_by("-pk").values(*fields)[: size + 1]]
    return Part(found[:size], str(found[size - 1]["pk"]) if len(found) > size else "")


def all_of(part: Callable[[str], Part]) -> Iterator[dict[str, Any]]:
    """Every row of a list, part by part."""
    after = ""
    while True:
        found = part(after)
        yield from found.rows
        if not found.following:
            return
        after = found.following


def saved_views(*, by: Actor) -> Rows:
    """The lists this reader keeps."""
    if not by.officer_id:
        return []
    rows = SavedView.objects.filter(officer_id=by.officer_id).order_by("name")
    return [dict(row) for row in rows.values("pk", "name", "query")]


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A provider: its entry, its deliveries by state and answers by word over the newest, and how fast it took them."""

    provider: Provider
    deliveries: dict[str, int]
    answers: dict[str, int]
    hours: tuple[float, float, float] | None
    newest: Rows

    @property
    def over(self) -> bool:
        """Whether there are more deliveries than were counted."""
        return sum(self.deliveries.values()) >= COUNTED


def provider_facts(provider: Provider, *, by: Actor) -> ProviderFacts:
    """One provider, by its newest 5,000 deliveries; `hours` are quartiles from sending to its first answer."""
    by.require(Permission.INTAKE_ITEM_READ)
    mine = Delivery.objects.filter(provider=provider).order_by("-pk")
    states = Counter(mine.values_list("state", flat=True)[:COUNTED])
    keys = list(mine.filter(state=DeliveryState.DELIVERED).values_list("notice_id", "sent_at")[:500])
    sent = {notice: at for notice, at in keys if at is not None}
    told: Counter[str] = Counter()
    waits: dict[int, float] = {}
    for notice, word, at in Answer.objects.filter(notice__in=sent).values_list("notice_id", "answer", "at"):
        told[word] += 1
        hours = (at - sent[notice]).total_seconds() / 3600
        waits[notice] = min(waits.get(notice, hours), hours)
    ordered = sorted(waits.values())
    quartiles = tuple(ordered[(len(ordered) - 1) * n // 4] for n in (1, 2, 3)) if ordered else None
    fields = ("notice__reference", "notice__item_id", "state", "sent_at", "received_at", "error")
    newest: Rows = [dict(row) for row in mine.values(*fields)[:20]]
    return ProviderFacts(provider, dict(states), dict(told), quartiles, newest)  # type: ignore[arg-type]  # three of them
