"""What was never found: units flag without telling each other, and how their lists overlap says how much none of them saw."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from cautery.core.effect import Population, best_loglinear, chao
from cautery.core.effect.unseen import histories
from cautery.intake.models import Flag, Operation
from cautery.report.measures.figure import absent, figure
from cautery.report.presence import object_of
from cautery.review.models import Finding

Lists = dict[Hashable, set[Hashable]]

APART = 5
"""Units with a list of their own in the log-linear model; the smaller ones together are one list."""
LEAST = 20
PAIRS = 2
"""Pairs of lists that may depend on each other, at most: with more, the model follows the noise."""


def unseen(operation: Operation) -> dict[str, Any]:
    """Confirmed objects that units flagged up to T0, and how many more there were: Chao's lower bound, log-linear by AIC."""
    lists = _lists(operation)
    seen = len(set().union(*lists.values())) if lists else 0
    facts = {"seen": seen, "lists": len(lists)}
    if len(lists) < 2 or seen < LEAST:
        why = f"it takes two units' lists and {LEAST} confirmed objects"
        return {**facts, "chao": absent("items", why, seen), "loglinear": absent("items", why, seen), "model": None}
    found = histories(lists)
    least = chao(found.sum(axis=1), found.shape[1])
    few = histories(_pooled(lists))
    kinds, weights = np.unique(few, axis=0, return_counts=True)
    best = best_loglinear(kinds, weights, most=PAIRS)
    return {**facts, "chao": _missed(least), "loglinear": _missed(best), "model": best.model}


def _lists(operation: Operation) -> Lists:
    flags = Flag.objects.filter(
        batch__operation=operation,
        batch__unit__isnull=False,
        item__episodes__operation=operation,
        item__episodes__assessment__finding=Finding.CONFIRMED,
    )
    if operation.t0 is not None:
        flags = flags.filter(seen_at__lt=operation.t0)
    lists: Lists = {}
    for unit, item in flags.values_list("batch__unit__slug", object_of("item")).distinct():
        lists.setdefault(unit, set()).add(item)
    return lists


def _pooled(lists: Lists) -> Lists:
    ordered = sorted(lists, key=lambda name: (-len(lists[name]), str(name)))
    if len(ordered) <= APART + 1:
        return {name: lists[name] for name in ordered}
    rest = set().union(*(lists[name] for name in ordered[APART:]))
    return {name: lists[name] for name in ordered[:APART]} | {"the others": rest}


def _missed(population: Population) -> dict[str, Any]:
    return figure(population.unseen, "items")
