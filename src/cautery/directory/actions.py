"""Write the directory: import units, officers and providers, in one transaction with its custody entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused, RowRefused
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import ApiToken, Channel, Display, Officer, Provider, SignInFailure, Unit
from cautery.directory.roles import Role


def token_digest(token: str) -> str:
    """What is kept of a bearer token."""
    return sha256(token.encode()).hexdigest()


def import_directory(document: Mapping[str, Any], *, by: Actor, at: datetime) -> dict[str, int]:
    """Add or update units, officers (with tokens, where given) and providers; how many of each the document holds."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    units, officers, providers = (document.get(part, []) for part in ("units", "officers", "providers"))
    with transaction.atomic():
        for unit in units:
            Unit.objects.update_or_create(slug=unit["slug"], defaults={"name": unit["name"], "state": unit["state"]})
        for row in officers:
            _import_officer(row, at)
        for row in providers:
            _import_provider(row)
        counts = {"units": len(units), "officers": len(officers), "providers": len(providers)}
        record(Event.DIRECTORY_ENTRIES_IMPORTED, by=by, at=at, subject="directory", facts=counts)
    return counts


def _import_officer(row: Mapping[str, Any], at: datetime) -> None:
    unknown = set(row["roles"]) - set(Role)
    if unknown:
        raise RowRefused(
            f"Officer {row['id']}: no such role: {', '.join(sorted(unknown))}.", reason="role", row=row["id"]
        )
    if {Role.REVIEW, Role.SIGN} <= set(row["roles"]):
        raise RowRefused(f"Officer {row['id']} cannot both review and sign.", reason="both_keys", row=row["id"])
    unit = Unit.objects.filter(slug=row["unit"]).first()
    if unit is None:
        raise RowRefused(f"Officer {row['id']}: no such unit: {row['unit']}.", reason="unit", row=row["id"])
    officer, made = Officer.objects.update_or_create(
        id=row["id"],
        defaults={
            "username": row.get("username") or str(row["id"]),
            "name": row["name"],
            "unit": unit,
            "roles": row["roles"],
        },
    )
    if made:
        officer.set_unusable_password()
        officer.save(update_fields=["password"])
    if row.get("token"):
        token, _ = ApiToken.objects.get_or_create(
            digest=token_digest(row["token"]), defaults={"officer": officer, "created_at": at}
        )
        if token.officer_id != officer.pk:
            raise RowRefused(f"Officer {row['id']}: another officer has this token.", reason="token", row=row["id"])


def _import_provider(row: Mapping[str, Any]) -> None:
    if row["channel"] not in Channel.values:
        raise RowRefused(f"Provider {row['slug']}: no such channel.", reason="channel", row=row["slug"])
    fields = (
        "name",
        "kind",
        "hosts",
        "rdap_handles",
        "channel",
        "api_base",
        "token",
        "email",
        "languages",
        "max_batch",
        "home_state",
    )
    Provider.objects.update_or_create(
        slug=row["slug"], defaults={name: row[name] for name in fields if row.get(name) is not None}
    )


def set_password(username: str, password: str, *, by: Actor, at: datetime) -> None:
    """Give an officer a password for the desk; the log says whose, and nothing of the password."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    with transaction.atomic():
        officer = Officer.objects.get(username=username)
        officer.set_password(password)
        officer.save(update_fields=["password"])
        record(Event.DIRECTORY_PASSWORD_SET, by=by, at=at, subject=f"officer:{officer.pk}", facts={})


WINDOW_S = 900.0
REFUSED_S = 900.0


def note_failures(keys: Sequence[str], *, now: float) -> None:
    """Note a failed sign-in of each of `keys` (digests of a name, an address), for every process to see; forget what is over."""
    with transaction.atomic():
        SignInFailure.objects.bulk_create(SignInFailure(key=key, at=now) for key in keys)
        SignInFailure.objects.filter(at__lt=now - WINDOW_S - REFUSED_S).delete()


def forget_failures(key: str) -> None:
    """Forget the failures of `key`: it got in."""
    SignInFailure.objects.filter(key=key).delete()


def set_display(*, by: Actor, blur: bool, grey: bool, width: int, budget: int, rest_minutes: int) -> None:
    """How this officer wants pictures shown, and how much they look at in a day."""
    if not (80 <= width <= 640 and 1 <= budget <= 5_000 and 5 <= rest_minutes <= 240):
        raise Refused("One of these numbers cannot be.", reason="display")
    Display.objects.update_or_create(
        officer_id=by.officer_id,
        defaults={"blur": blur, "grey": grey, "width": width, "budget": budget, "rest_minutes": rest_minutes},
    )
