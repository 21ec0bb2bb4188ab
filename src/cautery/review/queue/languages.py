"""Route work to who reads it: an episode's language, what reviewers said they read, and what is kept for whom.

The language is that of the page as it was looked up, else what the first flag says. What an active reviewer of the operation
said they read is kept for such reviewers, for `GRACE` and not while T0 presses; what nobody said they read is anybody's. An
officer who said nothing reads everything.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Left, Lower, NullIf, Replace, StrIndex

from cautery.core.actors import Actor, Permission
from cautery.core.handling import Handling, may_see
from cautery.core.tongues import Readers, primary, subtags
from cautery.directory.models import Officer
from cautery.directory.roles import permissions_of
from cautery.intake.models import Episode, Flag, Operation
from cautery.intake.queries import shares_of

GRACE = timedelta(hours=12)
"""An item is kept so long for those who read its language; then anybody gets it, and is told."""
PRESSING = timedelta(hours=3)
"""So long before T0 nothing is kept for anybody."""


def readers(operation: Operation, *, by: Actor) -> Readers:
    """What this officer said they read, and what any active reviewer who sees the operation said."""
    return _readers(operation, by.officer_id)


def said_here(operation: Operation) -> frozenset[str]:
    """The languages active reviewers who see the operation said they read."""
    return _readers(operation, "").all


def _readers(operation: Operation, officer: str) -> Readers:
    mine, everybody = frozenset[str](), frozenset[str]()
    named = frozenset(shares_of(operation)) if operation.handling == Handling.AMBER else frozenset[str]()
    owner = operation.unit.slug if operation.unit else ""
    said = Officer.objects.filter(is_active=True).exclude(reads=[])
    for key, unit, roles, reads in said.values_list("pk", "unit__slug", "roles", "reads"):
        mine |= subtags(reads) if str(key) == officer else frozenset()
        sees = may_see(unit, Handling(operation.handling), owner=owner, named=named)
        if sees and Permission.REVIEW_EPISODE_DECIDE in permissions_of(roles):
            everybody |= subtags(reads)
    return Readers(mine, everybody)


def routed(rows: QuerySet[Episode], operation: Operation, who: Readers, at: datetime) -> QuerySet[Episode]:
    """Of these episodes those that are not kept for others; all of them where the officer said nothing, or T0 presses."""
    if not who.kept or (operation.t0 is not None and operation.t0 - PRESSING <= at < operation.t0):
        return rows
    return rows.alias(tongue=_tongue()).filter(Q(opened_at__lte=at - GRACE) | ~Q(tongue__in=who.kept))


def languages_of(keys: Collection[int]) -> dict[int, str]:
    """The language of each of these episodes, as a primary subtag; empty where nothing says."""
    rows = Episode.objects.filter(pk__in=keys).values_list("pk", _tongue())
    return {key: primary(tongue) for key, tongue in rows}


def unread(rows: QuerySet[Episode], said: frozenset[str]) -> list[tuple[str, int, datetime]]:
    """Of these episodes those in languages that are not among `said`: language, how many, since when; the most first."""
    told = rows.values_list(_tongue()).annotate(since=Min("opened_at"), n=Count("pk")).order_by()
    found = [(language, n, since) for tag, since, n in told if (language := primary(tag)) and language not in said]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def _tongue() -> Combinable:
    """The primary subtag of an episode's page, else of the first flag of its item that says one; empty for none."""
    flags = Flag.objects.filter(item=OuterRef("item")).exclude(language="").order_by("pk")
    first = flags.values_list(_subtag("language"))[:1]
    page = NullIf(NullIf(_subtag("capture__language"), Value("")), Value("und"))
    return Coalesce(page, Subquery(first), Value(""))


def _subtag(field: str) -> Combinable:
    tag = Lower(Replace(F(field), Value("_"), Value("-")))
    return Left(tag, StrIndex(Concat(tag, Value("-")), Value("-")) - 1)
