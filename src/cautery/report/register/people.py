"""Who is who, as lists a page at a time: officers, what waits for a second administrator, tokens, units; and one officer whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.directory.models import ApiToken, Authority, Officer, Unit
from cautery.directory.people.models import Invitation, RoleChange, Session
from cautery.directory.people.queries import Factors, factors_of
from cautery.report.register.lists import PAGE, Part, Rows

Chosen = Mapping[str, str]
STATES = ("active", "waits", "suspended")
"""Of an officer: at work, has a link and chose no password yet, shut out."""


def officers(words: str, after: str, chosen: Chosen, *, by: Actor, at: datetime, size: int = PAGE) -> Part:
    """Officers by user name; words find a name, a user name or a unit, `role` and `state` narrow it."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    rows = _officers(at).filter(username__gt=after) if after else _officers(at)
    if words:
        named = Q(name__icontains=words) | Q(username__icontains=words)
        rows = rows.filter(named | Q(unit__slug=words.lower()) | Q(unit__name__icontains=words))
    if state := chosen.get("state"):
        wanted = {"active": Q(is_active=True, waits=False), "waits": Q(is_active=True, waits=True)}
        rows = rows.filter(wanted.get(state, Q(is_active=False)))
    role = chosen.get("role", "")
    found = [_line(row) for row in rows.order_by("username").iterator() if not role or role in row.roles][: size + 1]
    return Part(found[:size], found[size - 1]["username"] if len(found) > size else "")


def _officers(at: datetime) -> QuerySet[Officer]:
    invited = Invitation.objects.filter(officer=OuterRef("pk"), used_at=None, until__gt=at)
    return Officer.objects.select_related("unit").annotate(waits=Exists(invited), seen=Max("sessions__seen_at"))


def _line(row: Any) -> dict[str, Any]:
    state = "suspended" if not row.is_active else "waits" if row.waits else "active"
    return {
        "officer_id": str(row.pk),
        "username": row.username,
        "name": row.name,
        "unit__slug": row.unit.slug,
        "unit__name": row.unit.name,
        "roles": " ".join(sorted(row.roles)),
        "reads": " ".join(row.reads),
        "state": state,
        "seen_at": row.seen,
    }


def role_changes(words: str, after: str, chosen: Chosen, *, by: Actor, size: int = PAGE) -> Part:
    """Roles that wait for a second administrator, and what became of those before; the newest first."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    rows = RoleChange.objects.all()
    if words:
        rows = rows.filter(Q(officer__username__icontains=words) | Q(officer__name__icontains=words))
    if state := chosen.get("state"):
        rows = rows.filter(settled_at__isnull=state == "waiting")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    fields = (
        "pk", "officer_id", "officer__username", "officer__name", "roles", "asked_by_id", "asked_by__name", "asked_at",
        "settled_by__name", "settled_at", "granted",
    )  # fmt: skip
    found: Rows = [dict(row) for row in rows.order_by("-pk").values(*fields)[: size + 1]]
    for row in found:
        row["roles"] = " ".join(row["roles"])
        row["done"] = "" if row["settled_at"] is None else "granted" if row["granted"] else "declined"
        row["officer_id"], row["mine"] = str(row["officer_id"]), str(row["asked_by_id"]) == by.officer_id
        row["own"] = row["officer_id"] == by.officer_id
    return Part(found[:size], str(found[size - 1]["pk"]) if len(found) > size else "")


def tokens(words: str, after: str, chosen: Chosen, *, by: Actor, size: int = PAGE) -> Part:
    """Tokens of the API, the newest first: whose, what for, when last used; never the token."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    rows = ApiToken.objects.all()
    if words:
        rows = rows.filter(Q(officer__username__icontains=words) | Q(name__icontains=words))
    if state := chosen.get("state"):
        rows = rows.filter(revoked_at__isnull=state == "open")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    fields = ("pk", "officer_id", "officer__username", "name", "created_at", "used_at", "revoked_at")
    found: Rows = [dict(row) for row in rows.order_by("-pk").values(*fields)[: size + 1]]
    for row in found:
        row["officer_id"] = str(row["officer_id"])
    return Part(found[:size], str(found[size - 1]["pk"]) if len(found) > size else "")


def units(words: str, after: str, *, by: Actor, size: int = PAGE) -> Part:
    """Units by short name, with the code their new operations begin with, and how many people they have."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    rows = Unit.objects.filter(slug__gt=after) if after else Unit.objects.all()
    if words:
        rows = rows.filter(Q(slug__icontains=words) | Q(name__icontains=words))
    counted = rows.annotate(people=Count("officers", filter=Q(officers__is_active=True)))
    fields = ("slug", "name", "state", "email", "handling", "authority__name", "people")
    found: Rows = [dict(row) for row in counted.order_by("slug").values(*fields)[: size + 1]]
    for row in found:
        row["unit__slug"] = row["slug"]
    return Part(found[:size], found[size - 1]["slug"] if len(found) > size else "")


@dataclass(frozen=True, slots=True)
class Whole:
    """An officer as an administrator sees them: no address, no browser, no secret."""

    officer: Officer
    state: str
    factors: Factors
    sessions: int
    seen_at: datetime | None
    invited_until: datetime | None
    keyed_by: list[str]
    waiting: RoleChange | None
    tokens: Rows


def officer_whole(key: UUID, *, by: Actor, at: datetime, now: datetime) -> Whole:
    """One officer; `now` is the machine's clock, which sessions go by."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    found: Any = _officers(at).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such officer.", officer=str(key))
    invitation = Invitation.objects.filter(officer=found, used_at=None, until__gt=at).order_by("-until").first()
    return Whole(
        officer=found,
        state=_line(found)["state"],
        factors=factors_of(key),
        sessions=Session.objects.filter(officer=found, expire_date__gt=now).count(),
        seen_at=found.seen,
        invited_until=invitation.until if invitation else None,
        keyed_by=sorted(Officer.objects.filter(pk__in=found.keyed_by).values_list("name", flat=True)),
        waiting=RoleChange.objects.filter(officer=found, settled_at=None).select_related("asked_by").first(),
        tokens=[
            dict(row)
            for row in found.tokens.order_by("-pk").values("pk", "name", "created_at", "used_at", "revoked_at")
        ],
    )


def unit_whole(slug: str, *, by: Actor) -> Unit:
    """One unit, with its authority."""
    by.require(Permission.DIRECTORY_OFFICER_READ)
    found = Unit.objects.select_related("authority").filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such unit.", unit=slug)
    return found


def issuing_authorities() -> list[tuple[str, str]]:
    """Authorities that may issue a unit's orders: slug and name."""
    return [(one.slug, one.name) for one in Authority.objects.order_by("name") if "issue" in one.roles]
