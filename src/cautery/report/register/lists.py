"""Lists of the register a page at a time: outlets, domains, providers, the bank, holds, complaints; never counted through.

Each list is rows of plain values with the key where it goes on; each query asks who may see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from cautery.core.actors import Actor, Permission
from cautery.directory.models import Provider
from cautery.intake.queries import hidden
from cautery.match.models import BankEntry, Match
from cautery.report.models import SavedView, Tallied, Tally
from cautery.review.models import Hold
from cautery.track.models import Answer

PAGE = 50

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


def holds(words: str, after: str, chosen: Mapping[str, str], *, by: Actor, at: datetime, size: int = PAGE) -> Part:
    """Investigation interests, the newest first; what they are in is not told, and their reason to their own unit alone.

    `state` is `running` or `over`.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Hold.objects.exclude(operation__in=hidden(by=by))
    if state := chosen.get("state"):
        running = Q(released_at=None, until__gt=at)
        rows = rows.filter(running if state == "running" else ~running)
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


def answers(words: str, after: str, chosen: Mapping[str, str], *, by: Actor, size: int = PAGE) -> Part:
    """What providers and those concerned answered with a reason of their own, the newest first: where redress begins."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Answer.objects.exclude(notice__operation__in=hidden(by=by))
    rows = rows.filter(answer=chosen["answer"]) if chosen.get("answer") else rows.exclude(answer="removed")
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


def saved_views(place: str, *, by: Actor) -> Rows:
    """The views of a list this reader keeps."""
    if not by.officer_id:
        return []
    rows = SavedView.objects.filter(officer_id=by.officer_id, place=place).order_by("name")
    return [dict(row) for row in rows.values("pk", "name", "query")]
