"""Operations in figures: how many items stand where, by state, by provider, by outcome."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from cautery.core.actors import Actor, Permission
from cautery.core.availability import Verdict
from cautery.core.outcomes import outcome
from cautery.directory.models import Provider
from cautery.intake.models import Batch, Operation
from cautery.intake.queries import operation_row, operations
from cautery.report.dossier.standing import answerable, decisive_verdict, newest_episodes
from cautery.track.models import Tracking

PROVIDERS_SHOWN = 40
REST = ""
"""The slug of the line that sums up the providers beyond those shown."""


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation in a list: its own facts, and how many of its items are in each state."""

    facts: dict[str, Any]
    states: Counter[str]

    @property
    def items(self) -> int:
        """All its items."""
        return self.states.total()


@dataclass(slots=True)
class ProviderLine:
    """The items at one provider, by state, and the notices to it by outcome."""

    slug: str
    name: str
    states: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def items(self) -> int:
        """All items at this provider."""
        return self.states.total()

    @property
    def notices(self) -> int:
        """Notices that reached it."""
        return self.outcomes.total()

    def add(self, other: ProviderLine) -> None:
        """Count `other` in."""
        self.states.update(other.states)
        self.outcomes.update(other.outcomes)


@dataclass(frozen=True, slots=True)
class Overview:
    """An operation at a glance. `total` sums up `providers`, largest first; the last may stand for all small ones."""

    facts: dict[str, Any]
    flags_accepted: int
    flags_known: int
    flags_rejected: int
    total: ProviderLine
    providers: list[ProviderLine]
    released_at: datetime | None

    @property
    def flags(self) -> int:
        """Flags taken, whether their item was new or known."""
        return self.flags_accepted + self.flags_known


def operation_lines(*, by: Actor) -> list[OperationLine]:
    """Every operation, newest first, with its items by state."""
    rows = operations(by=by)
    states: dict[str, Counter[str]] = defaultdict(Counter)
    counts = newest_episodes().values_list("operation__slug", "state").annotate(n=Count("pk"))
    for slug, state, n in counts.order_by():
        states[slug][state] = n
    return [OperationLine(row, states[row["slug"]]) for row in rows]


def operation_overview(operation: Operation, *, by: Actor) -> Overview:
    """An operation in figures; a constant number of statements."""
    by.require(Permission.INTAKE_OPERATION_READ)
    lines = _lines(operation)
    total = ProviderLine(REST, "All providers")
    for line in lines.values():
        total.add(line)
    batches = Batch.objects.filter(operation=operation).values_list("accepted", "known", "rejected")
    accepted, known, rejected = (sum(column) for column in zip(*batches, strict=True)) if batches else (0, 0, 0)
    return Overview(operation_row(operation), accepted, known, rejected, total, _largest(lines), operation.released_at)


def _lines(operation: Operation) -> dict[str, ProviderLine]:
    names = dict(Provider.objects.values_list("slug", "name"))
    lines: dict[str, ProviderLine] = {}
    items = newest_episodes().filter(operation=operation).annotate(who=answerable("item__"))
    for slug, state, n in items.values_list("who", "state").annotate(n=Count("pk")).order_by():
        lines.setdefault(slug, ProviderLine(slug, names.get(slug, slug))).states[state] += n
    referred = Tracking.objects.filter(episode__operation=operation, referred_at__isnull=False)
    told = referred.annotate(who=answerable("item__"), seen=decisive_verdict()).values_list("who", "seen", "answer")
    for slug, seen, answer, n in told.annotate(n=Count("pk")).order_by():
        line = lines.setdefault(slug, ProviderLine(slug, names.get(slug, slug)))
        line.outcomes[outcome(Verdict(seen), answer or None)] += n
    return lines


def _largest(lines: dict[str, ProviderLine]) -> list[ProviderLine]:
    """The largest providers, and one line for what is left."""
    ordered = sorted(lines.values(), key=lambda line: (-line.items, line.slug))
    if len(ordered) <= PROVIDERS_SHOWN:
        return ordered
    rest = ProviderLine(REST, f"{len(ordered) - PROVIDERS_SHOWN:,} others")
    for line in ordered[PROVIDERS_SHOWN:]:
        rest.add(line)
    return [*ordered[:PROVIDERS_SHOWN], rest]


def provider_slugs(*, by: Actor) -> list[str]:
    """The providers the directory knows, for a list to choose from."""
    by.require(Permission.INTAKE_ITEM_READ)
    return list(Provider.objects.order_by("slug").values_list("slug", flat=True))
