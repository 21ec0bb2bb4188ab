"""Operations in figures: how many items stand where, by state, by provider, by outcome."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from cautery.core.actors import Actor, Permission
from cautery.directory.models import Provider
from cautery.intake.models import Batch, Operation
from cautery.intake.queries import operation_row, visible
from cautery.report.dossier.counting import Counted, ProviderLine
from cautery.report.dossier.kept import LIVE, figures_of, sizes
from cautery.report.dossier.standing import newest_episodes
from cautery.report.models import Figures

PROVIDERS_SHOWN = 40
OPERATIONS_SHOWN = 30
REST = ""
"""The slug of the line that sums up the providers beyond those shown."""


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation in a list: its own facts, and how many of its items are in each state, as of when (None: not counted yet)."""

    facts: dict[str, Any]
    states: Counter[str]
    as_of: datetime | None

    @property
    def items(self) -> int:
        """All its items."""
        return self.states.total()


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
    as_of: datetime | None

    @property
    def flags(self) -> int:
        """Flags taken, whether their item was new or known."""
        return self.flags_accepted + self.flags_known


def operation_lines(
    *, by: Actor, at: datetime, before: int | None = None, size: int = OPERATIONS_SHOWN
) -> tuple[list[OperationLine], int | None]:
    """A page of operations, newest first, with their items by state; and the operation the next page goes on behind."""
    by.require(Permission.INTAKE_OPERATION_READ)
    rows = visible(by=by).order_by("-starts_at", "-pk")
    last = Operation.objects.filter(pk=before).first() if before is not None else None
    if last is not None:
        rows = rows.filter(Q(starts_at__lt=last.starts_at) | Q(starts_at=last.starts_at, pk__lt=last.pk))
    found = list(rows[: size + 1])
    shown = found[:size]
    counted = _counted(shown, at)
    lines = [OperationLine(operation_row(one), *counted.get(one.pk, (Counter(), None))) for one in shown]
    return lines, shown[-1].pk if len(found) > size else None


def _counted(shown: list[Operation], at: datetime) -> dict[int, tuple[Counter[str], datetime | None]]:
    """States of each operation and when they were counted: now, as long as there are few flags in all; else as kept."""
    flags, room, live = sizes([one.pk for one in shown]), LIVE, []
    for one in shown:
        if flags.get(one.pk, 0) <= room:
            room -= flags.get(one.pk, 0)
            live.append(one.pk)
    states: dict[int, Counter[str]] = defaultdict(Counter)
    rows = newest_episodes().filter(operation__in=live).values_list("operation_id", "state").annotate(n=Count("pk"))
    for key, state, n in rows.order_by():
        states[key][state] = n
    kept = Figures.objects.filter(operation__in={one.pk for one in shown} - set(live), as_of__isnull=False)
    found: dict[int, tuple[Counter[str], datetime | None]] = {key: (states[key], at) for key in live}
    return found | {one.pk: (Counted.read(one.content).states, one.as_of) for one in kept}


def operation_overview(operation: Operation, *, by: Actor, at: datetime) -> Overview:
    """An operation in figures; a constant number of statements."""
    by.require(Permission.INTAKE_OPERATION_READ)
    counted = figures_of(operation, at)
    total = ProviderLine(REST, "All providers")
    for line in counted.lines:
        total.add(line)
    batches = Batch.objects.filter(operation=operation).values_list("accepted", "known", "rejected")
    accepted, known, rejected = (sum(column) for column in zip(*batches, strict=True)) if batches else (0, 0, 0)
    providers, facts = _largest(counted.lines), operation_row(operation)
    return Overview(facts, accepted, known, rejected, total, providers, operation.released_at, counted.as_of)


def _largest(lines: list[ProviderLine]) -> list[ProviderLine]:
    """The largest providers, and one line for what is left."""
    ordered = sorted(lines, key=lambda line: (-line.items, line.slug))
    if len(ordered) <= PROVIDERS_SHOWN:
        return ordered
    rest = ProviderLine(REST, f"{len(ordered) - PROVIDERS_SHOWN:,} others")
    for line in ordered[PROVIDERS_SHOWN:]:
        rest.add(line)
    return [*ordered[:PROVIDERS_SHOWN], rest]


def provider_slugs(*, by: Actor) -> list[str]:
    """The providers the directory knows, for a list to choose from."""
    by.require(Permission.INTAKE_ITEM_READ)
    return list(Provider.objects.order_by("slug").values_list("slug", flat=True)[:2_000])
