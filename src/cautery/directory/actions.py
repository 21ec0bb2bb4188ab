"""Write the directory: import units, officers and providers, in one transaction with its custody entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotAllowed, Refused, RowRefused
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import (
    TCO_ROLES,
    ApiToken,
    Authority,
    AuthorityKind,
    Channel,
    Designation,
    Display,
    Officer,
    Provider,
    ProviderKey,
    SignInFailure,
    Unit,
)
from cautery.directory.officers.second import to_be_seconded
from cautery.directory.roles import APART, Role

LINK_LASTS = timedelta(hours=72)


def token_digest(token: str) -> str:
    """What is kept of a bearer token."""
    return sha256(token.encode()).hexdigest()


def import_directory(document: Mapping[str, Any], *, by: Actor, at: datetime) -> dict[str, int]:
    """Add or update authorities, designations, units, officers (with tokens, where given) and providers; how many of each.

    All in one transaction: one row that does not hold (`RowRefused`) and nothing is changed.
    """
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    parts: dict[str, Callable[[Mapping[str, Any]], None]] = {
        "authorities": import_authority,
        "designations": _import_designation,
        "units": _import_unit,
        "officers": lambda row: _import_officer(row, by, at),
        "providers": lambda row: _import_provider(row, by, at),
    }
    with transaction.atomic():
        counts = {}
        for part, take in parts.items():
            rows = document.get(part, [])
            for row in rows:
                take(row)
            if rows or part in {"units", "officers", "providers"}:
                counts[part] = len(rows)
        record(Event.DIRECTORY_ENTRIES_IMPORTED, by=by, at=at, subject="directory", facts=counts)
    return counts


AUTHORITY_FIELDS = (
    "name", "state", "kind", "roles", "languages", "address", "phone", "fax", "email", "feedback_contact",
    "representative_name", "representative_post", "redress_body", "redress_period", "redress_from",
    "national_provisions", "coordinator", "warrant_needed",
)  # fmt: skip


def import_authority(row: Mapping[str, Any]) -> None:
    """One authority, of JSON or of a CSV (where roles and languages are words with spaces between), in the caller's transaction."""
    given = {name: row[name] for name in AUTHORITY_FIELDS if row.get(name) not in (None, "")}
    for name in ("roles", "languages"):
        if isinstance(given.get(name), str):
            given[name] = given[name].split()
    if isinstance(given.get("warrant_needed"), str):
        given["warrant_needed"] = given["warrant_needed"].strip().lower() in {"1", "true", "yes"}
    who = str(row.get("slug") or "")
    wrong = set(given.get("roles", ())) - set(TCO_ROLES)
    if not who or wrong or given.get("kind", AuthorityKind.OTHER) not in AuthorityKind.values:
        raise RowRefused(
            f"Authority {who!r}: it needs a slug, roles of {', '.join(TCO_ROLES)} and a known kind.",
            reason="authority",
            row=who,
        )
    if len(str(given.get("state", ""))) != 2 or not given.get("name"):
        raise RowRefused(f"Authority {who}: name and state (two letters) are missing.", reason="authority", row=who)
    Authority.objects.update_or_create(slug=who, defaults=given)


def _import_designation(row: Mapping[str, Any]) -> None:
    try:
        since = date.fromisoformat(str(row["since"]))
        until = date.fromisoformat(str(row["until"])) if row.get("until") else None
        found = {"name": row["name"], "law": row["law"], "until": until}
        Designation.objects.update_or_create(code=row["code"], since=since, defaults=found)
    except (KeyError, ValueError) as error:
        raise RowRefused(f"A designation does not hold: {error}.", reason="designation", row=row.get("code")) from error


def _import_unit(row: Mapping[str, Any]) -> None:
    fields = {name: row[name] for name in ("name", "state", "email") if row.get(name) is not None}
    if row.get("authority"):
        fields["authority"] = Authority.objects.filter(slug=row["authority"]).first()
        if fields["authority"] is None:
            raise RowRefused(f"Unit {row['slug']}: no such authority.", reason="authority", row=row["slug"])
    Unit.objects.update_or_create(slug=row["slug"], defaults=fields)


def _import_officer(row: Mapping[str, Any], by: Actor, at: datetime) -> None:
    if by.officer_id and by.officer_id == str(row["id"]):
        raise RowRefused("Nobody changes their own roles.", reason="own_roles", row=row["id"])
    unknown = set(row["roles"]) - set(Role)
    if unknown:
        raise RowRefused(
            f"Officer {row['id']}: no such role: {', '.join(sorted(unknown))}.", reason="role", row=row["id"]
        )
    for pair in APART:
        if pair <= set(row["roles"]):
            words = " and ".join(sorted(pair))
            raise RowRefused(f"Officer {row['id']} cannot hold both {words}.", reason="both_keys", row=row["id"])
    unit = Unit.objects.filter(slug=row["unit"]).first()
    if unit is None:
        raise RowRefused(f"Officer {row['id']}: no such unit: {row['unit']}.", reason="unit", row=row["id"])
    _keep_to_two(row, by, at)
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
    note_key(officer, by)
    if row.get("token"):
        token, _ = ApiToken.objects.get_or_create(
            digest=token_digest(row["token"]), defaults={"officer": officer, "created_at": at}
        )
        if token.officer_id != officer.pk:
            raise RowRefused(f"Officer {row['id']}: another officer has this token.", reason="token", row=row["id"])


def _keep_to_two(row: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """What a list would give at once, and an administrator gives with a second one (officers/second.py), is refused here."""
    before = Officer.objects.filter(id=row["id"]).values_list("roles", flat=True).first() or []
    added = set(row["roles"]) - set(before)
    if waiting := to_be_seconded(added, officer=row["id"], by=by, at=at):
        words = ", ".join(sorted(waiting))
        raise RowRefused(
            f"Officer {row['id']}: a second administrator gives {words}; ask for it in the desk.",
            reason="second_administrator",
            row=row["id"],
        )


def note_key(officer: Officer, by: Actor) -> None:
    """Remember which officer gave this one a role, a token or a password."""
    if by.officer_id and by.officer_id not in officer.keyed_by:
        officer.keyed_by = sorted({*officer.keyed_by, by.officer_id})
        officer.save(update_fields=["keyed_by"])


def _import_provider(row: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """One provider; `desk_key`, where it is given, opens the provider desk to its staff."""
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
        "home_state_basis",
        "legal_name",
        "legal_representative",
        "contact_points",
        "portal",
        "terms_provision",
    )
    provider, _ = Provider.objects.update_or_create(
        slug=row["slug"], defaults={name: row[name] for name in fields if row.get(name) is not None}
    )
    if row.get("desk_key"):
        key, made = ProviderKey.objects.get_or_create(
            digest=token_digest(row["desk_key"]),
            defaults={"provider": provider, "name": "imported", "created_by": by.name, "created_at": at},
        )
        if key.provider_id != provider.pk:
            raise RowRefused(f"Provider {row['slug']}: another provider has this key.", reason="token", row=row["slug"])
        if made:
            facts = {"key": key.pk, "sandbox": False, "once": False}
            record(Event.DIRECTORY_PROVIDER_KEYED, by=by, at=at, subject=f"provider:{provider.pk}", facts=facts)


def set_password(username: str, password: str, *, by: Actor, at: datetime) -> None:
    """Give an officer a password for the desk; the log says whose, and nothing of the password."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    with transaction.atomic():
        officer = Officer.objects.get(username=username)
        officer.set_password(password)
        officer.save(update_fields=["password"])
        note_key(officer, by)
        record(Event.DIRECTORY_PASSWORD_SET, by=by, at=at, subject=f"officer:{officer.pk}", facts={})


def give_provider_key(
    provider: Provider, name: str, *, by: Actor, at: datetime, sandbox: bool = False, once: bool = False
) -> str:
    """A new key (or, `once`, a link's secret of 72 hours) for a provider's staff; it is shown this once and not kept."""
    by.require(Permission.DIRECTORY_PROVIDER_KEY)
    secret = f"{'sbx' if sandbox else 'ctp'}-{token_urlsafe(32)}"
    with transaction.atomic():
        key = ProviderKey.objects.create(
            provider=provider,
            name=name,
            digest=token_digest(secret),
            sandbox=sandbox,
            once=once,
            created_by=by.name,
            created_at=at,
            until=at + LINK_LASTS if once else None,
        )
        facts = {"key": key.pk, "sandbox": sandbox, "once": once}
        record(Event.DIRECTORY_PROVIDER_KEYED, by=by, at=at, subject=f"provider:{provider.pk}", facts=facts)
    return secret


def use_link(secret: str, *, at: datetime) -> ProviderKey:
    """Follow a link once: NotAllowed for one that is unknown, over or used before. The row then stands for the session."""
    with transaction.atomic():
        waiting = ProviderKey.objects.filter(digest=token_digest(secret), once=True, used_at=None, revoked_at=None)
        if not waiting.filter(until__gt=at).update(used_at=at):
            raise NotAllowed("This link was used before, or is over.", permission="link", actor="")
        return ProviderKey.objects.select_related("provider").get(digest=token_digest(secret))


def revoke_provider_key(key: int, *, by: Actor, at: datetime) -> None:
    """Let a key or link open nothing any more, sessions begun with it neither."""
    by.require(Permission.DIRECTORY_PROVIDER_KEY)
    with transaction.atomic():
        if ProviderKey.objects.filter(pk=key, revoked_at=None).update(revoked_at=at):
            facts = {"key": key, "revoked": True}
            record(Event.DIRECTORY_PROVIDER_KEYED, by=by, at=at, subject=f"key:{key}", facts=facts)


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


def set_language(language: str, *, by: Actor) -> None:
    """The language this officer reads the desk in; empty for the browser's."""
    if language and language not in dict(settings.LANGUAGES):
        raise Refused("The desk does not speak this language.", reason="language", language=language)
    Officer.objects.filter(pk=by.officer_id).update(language=language)
