"""The row is the job: claim a batch of ready rows by a conditional update, for a while.

1. Choose up to `n` rows that are ready and that nobody holds (or whose holder's time is up).
2. UPDATE them, again on the condition that nobody holds them: what another worker took meanwhile falls away.
3. Answer the keys that are ours now.

Leases are wall-clock seconds even in a rehearsal: they guard against dead processes, not against late days.
A worker that starts alone on a register (it holds the file lock) calls `release_all`: its dead predecessor's rows are free at once.
"""

from __future__ import annotations

import time
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

LEASE_S = 120.0


class Leased(models.Model):
    """A row a worker or an officer can hold for a while."""

    lease_owner = models.CharField(max_length=64, default="", blank=True)
    lease_until = models.FloatField(default=0.0)

    class Meta:
        abstract = True


def claim(ready: models.QuerySet[Any], owner: str, n: int, seconds: float = LEASE_S) -> list[Any]:
    """Hold up to `n` rows of `ready` for `owner`; the primary keys that are held now, in the order of `ready`."""
    moment = time.time()
    free = ready.filter(lease_until__lt=moment)
    if n <= 0 or not free.exists():
        return []  # nothing to write: no turn at the register's one pen is taken
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(skip_locked=True, of=("self",))
        keys = list(free.values_list("pk", flat=True)[:n])
        if keys:
            ready.model._default_manager.filter(pk__in=keys, lease_until__lt=moment).update(
                lease_owner=owner, lease_until=moment + seconds
            )
    return keys


def renew(model: type[Leased], keys: list[Any], owner: str, seconds: float = LEASE_S) -> None:
    """Hold longer what `owner` holds already."""
    if keys:
        model._default_manager.filter(pk__in=keys, lease_owner=owner).update(lease_until=time.time() + seconds)


def hold(model: type[Leased], keys: list[Any], owner: str, seconds: float = LEASE_S) -> None:
    """Give rows that nobody holds back to who had them before."""
    model._default_manager.filter(pk__in=keys, lease_owner="").update(
        lease_owner=owner, lease_until=time.time() + seconds
    )


def release_all(*models_: type[Leased], prefix: str) -> int:
    """Free every row held by owners whose name starts with `prefix`."""
    return sum(
        model._default_manager.filter(lease_owner__startswith=prefix, lease_until__gt=0).update(
            lease_owner="", lease_until=0.0
        )
        for model in models_
    )


def release_owner(owner: str) -> int:
    """Free whatever `owner` holds, of every kind of row that can be held; how many rows."""
    leased = [model for model in apps.get_models() if issubclass(model, Leased)]
    return sum(
        model._default_manager.filter(lease_owner=owner, lease_until__gt=0).update(lease_owner="", lease_until=0.0)
        for model in leased
    )
