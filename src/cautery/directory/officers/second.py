"""Which roles wait for a second administrator. Read by every door that gives roles (docs/decisions/0094)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from cautery.core.actors import Actor
from cautery.core.errors import Refused
from cautery.directory.models import Officer
from cautery.directory.roles import APART, KEY_ROLES, Role

REMEMBERED = timedelta(hours=72)
"""How long somebody who ceased to be an administrator still counts as a second one: nobody becomes the only one by shutting the other out."""


def to_be_seconded(roles: Iterable[str], *, officer: UUID | None, by: Actor, at: datetime) -> frozenset[str]:
    """Of roles that would be given to `officer` (None: a new one) those that a second administrator must grant.

    None of them where the one who gives is the only administrator there is, or is a step of the system.
    """
    keys = KEY_ROLES & set(roles)
    if not keys or not by.officer_id:
        return frozenset()
    others = Officer.objects.exclude(pk=by.officer_id)
    if officer is not None:
        others = others.exclude(pk=officer)
    acting = any(Role.ADMINISTER in held for held in others.filter(is_active=True).values_list("roles", flat=True))
    if acting or others.filter(administered_until__gt=at - REMEMBERED).exists():
        return keys
    return frozenset()


def check_roles(roles: Iterable[str]) -> list[str]:
    """The roles, in order; `Refused` for one there is not, and for two that nobody holds together."""
    wanted = set(roles)
    if unknown := wanted - set(Role):
        raise Refused("There is no such role.", reason="role", roles=sorted(unknown))
    for pair in APART:
        if pair <= wanted:
            raise Refused("Nobody holds these two roles together.", reason="both_keys", roles=sorted(pair))
    return sorted(wanted)
