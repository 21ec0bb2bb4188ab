"""Write people as an administrator keeps them: added, changed, suspended, reset; roles by two; tokens; units.

Nobody changes themselves here. What a person did before stays as it is: signatures, decisions, entries of the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from cautery.core.actors import Actor, Permission
from cautery.core.countries import state_code
from cautery.core.errors import MovedMeanwhile, NotAllowed, NotFound, Refused
from cautery.core.handling import Handling
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.actions import note_key, token_digest
from cautery.directory.models import ApiToken, Authority, Officer, Unit
from cautery.directory.officers.second import check_roles, to_be_seconded
from cautery.directory.people.actions import invite
from cautery.directory.people.models import (
    CodeApp,
    Identity,
    Invitation,
    Passkey,
    RecoveryCode,
    RoleChange,
    Session,
)
from cautery.directory.roles import Role
from cautery.ground.leases import release_owner

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
MOST_LANGUAGES = 20
SEEN_AGAIN = timedelta(minutes=5)
"""How long a token's last use may be out of date: a busy token does not write at every call."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is said of an officer. `reads` are languages (BCP 47)."""

    name: str
    unit: str
    roles: Sequence[str]
    reads: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it: the officer, the roles that wait for a second administrator, and how much work went back to be taken anew."""

    officer: Officer
    waiting: frozenset[str] = frozenset()
    returned: int = 0


def add_officer(username: str, person: Person, *, by: Actor, at: datetime) -> tuple[Kept, str]:
    """A new officer, and the secret of the link they come in by, shown this once. Key roles wait where there is a second administrator."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    username = username.strip()
    if not re.fullmatch(r"[\w.@+-]{1,150}", username):
        raise Refused("A user name has letters, digits and . @ + - _ only.", reason="username")
    roles, key = check_roles(person.roles), uuid4()
    with transaction.atomic():
        if Officer.objects.filter(username__iexact=username).exists():
            raise Refused("Each user name belongs to one person.", reason="username")
        waiting = to_be_seconded(roles, officer=None, by=by, at=at)
        officer = Officer(id=key, username=username, **_said(person), roles=sorted(set(roles) - waiting))
        officer.set_unusable_password()
        officer.save(force_insert=True)
        facts = {"unit": officer.unit.slug, "roles": officer.roles, "reads": officer.reads}
        _log(Event.DIRECTORY_OFFICER_ADDED, officer, by, at, **facts)
        _ask(officer, waiting, by, at)
        secret = invite(username, by=by, at=at)
    return Kept(officer, waiting), secret


def change_officer(key: UUID, person: Person, *, by: Actor, at: datetime) -> Kept:
    """Another name, unit, roles or languages. What is taken away ends now; key roles wait where there is a second administrator.

    What they hold of work goes back where a role is taken away or the unit changes.
    """
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    wanted, returned = check_roles(person.roles), 0
    with transaction.atomic():
        officer = _other(key, by)
        before, name, held = _facts(officer), officer.name, set(officer.roles)
        waiting = to_be_seconded(set(wanted) - held, officer=key, by=by, at=at)
        for field, value in _said(person).items():
            setattr(officer, field, value)
        officer.roles = sorted(set(wanted) - waiting)
        if Role.ADMINISTER in held - set(officer.roles):
            officer.administered_until = at
            _withdraw(RoleChange.objects.filter(asked_by=officer), by, at)
        officer.save()
        if set(officer.roles) - held:
            note_key(officer, by)
        after = _facts(officer)
        if held - set(officer.roles) or before["unit"] != after["unit"]:
            returned = release_owner(f"officer:{key}")
        if before != after or name != officer.name:
            changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
            renamed = name != officer.name
            _log(Event.DIRECTORY_OFFICER_CHANGED, officer, by, at, changed=changed, renamed=renamed, returned=returned)
        _ask(officer, waiting, by, at)
    return Kept(officer, waiting, returned)


def _said(person: Person) -> dict[str, Any]:
    """The fields of it; `Refused` for an empty name, no such unit, and what is no language."""
    name = " ".join(person.name.split())
    unit = Unit.objects.filter(slug=person.unit).first()
    reads = sorted({word.strip().lower() for word in person.reads if word.strip()})
    if not name or len(name) > 200:
        raise Refused("An officer has a name.", reason="name")
    if unit is None:
        raise Refused("There is no such unit.", reason="unit", unit=person.unit[:60])
    wrong = [word for word in reads if not LANGUAGE.fullmatch(word)]
    if wrong or len(reads) > MOST_LANGUAGES:
        raise Refused("Languages are written as ar, fr, pt-br, with spaces between.", reason="reads", languages=wrong)
    return {"name": name, "unit": unit, "reads": reads}


def _facts(officer: Officer) -> dict[str, Any]:
    """What the log says of them: no name."""
    return {
        "unit": officer.unit.slug,
        "roles": sorted(officer.roles),
        "reads": officer.reads,
    }


def _ask(officer: Officer, roles: frozenset[str], by: Actor, at: datetime) -> None:
    """The roles an officer is to have besides, as asked for now; what was asked for before is withdrawn."""
    _withdraw(RoleChange.objects.filter(officer=officer), by, at)
    if roles:
        asked = RoleChange.objects.create(officer=officer, roles=sorted(roles), asked_by_id=by.officer_id, asked_at=at)
        _log(Event.DIRECTORY_ROLES_ASKED, officer, by, at, change=asked.pk, roles=asked.roles)


def _withdraw(changes: Any, by: Actor, at: datetime) -> None:
    for one in changes.filter(settled_at=None).select_related("officer"):
        RoleChange.objects.filter(pk=one.pk).update(settled_at=at, granted=False, settled_by_id=by.officer_id or None)
        _log(Event.DIRECTORY_ROLES_SETTLED, one.officer, by, at, change=one.pk, roles=one.roles, done="withdrawn")


def settle_roles(change: int, *, grant: bool, by: Actor, at: datetime) -> Officer:
    """A second administrator grants roles that were asked for, or declines; who asked may only take it back.

    `MovedMeanwhile` when it was settled before, `NotAllowed` for who asked and for who would have them.
    """
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    with transaction.atomic():
        open_ = RoleChange.objects.select_for_update().filter(pk=change, settled_at=None).first()
        if open_ is None:
            raise MovedMeanwhile("It was settled already.", what="role_change")
        officer = _other(open_.officer_id, by)
        if grant and str(open_.asked_by_id) == by.officer_id:
            raise NotAllowed("A second administrator grants this.", permission="second", actor=by.name)
        if grant and not officer.is_active:
            raise Refused("This officer is shut out.", reason="suspended")
        if grant:
            officer.roles = check_roles([*officer.roles, *open_.roles])
            officer.save(update_fields=["roles"])
            note_key(officer, Actor(f"officer:{open_.asked_by_id}", "", frozenset()))
        RoleChange.objects.filter(pk=change).update(settled_at=at, granted=grant, settled_by_id=by.officer_id)
        done = "granted" if grant else "declined"
        _log(Event.DIRECTORY_ROLES_SETTLED, officer, by, at, change=change, roles=open_.roles, done=done)
    return officer


def suspend_officer(key: UUID, reason: str, *, by: Actor, at: datetime) -> Kept:
    """Shut an officer out at once: sessions, links and tokens end, what they hold goes back to be taken anew, what they asked for falls.

    What they decided and signed stays. `Refused` without a reason.
    """
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    if not reason.strip():
        raise Refused("Shutting somebody out needs its reason.", reason="no_reason")
    with transaction.atomic():
        officer = _other(key, by)
        if not officer.is_active:
            raise MovedMeanwhile("This officer is shut out already.", what="officer")
        officer.is_active, officer.suspended_at = False, at
        if Role.ADMINISTER in officer.roles:
            officer.administered_until = at
        officer.save(update_fields=["is_active", "suspended_at", "administered_until"])
        sessions, _ = Session.objects.filter(officer=officer).delete()
        Invitation.objects.filter(officer=officer, used_at=None).delete()
        tokens = ApiToken.objects.filter(officer=officer, revoked_at=None).update(revoked_at=at)
        returned = release_owner(f"officer:{key}")
        _withdraw(RoleChange.objects.filter(Q(officer=officer) | Q(asked_by=officer)), by, at)
        facts = {"reason": reason.strip()[:500], "sessions": sessions, "tokens": tokens, "returned": returned}
        _log(Event.DIRECTORY_OFFICER_SUSPENDED, officer, by, at, **facts)
    return Kept(officer, returned=returned)


def resume_officer(key: UUID, *, by: Actor, at: datetime) -> Kept:
    """Let an officer in again, with what they sign in with; key roles wait for a second administrator again, where there is one."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    with transaction.atomic():
        officer = _other(key, by)
        if officer.is_active:
            raise MovedMeanwhile("This officer is not shut out.", what="officer")
        waiting = to_be_seconded(officer.roles, officer=key, by=by, at=at)
        officer.is_active, officer.suspended_at = True, None
        officer.roles = sorted(set(officer.roles) - waiting)
        officer.save(update_fields=["is_active", "suspended_at", "roles"])
        _log(Event.DIRECTORY_OFFICER_RESUMED, officer, by, at, roles=officer.roles)
        _ask(officer, waiting, by, at)
    return Kept(officer, waiting)


def let_in(key: UUID, *, by: Actor, at: datetime) -> str:
    """A new link's secret for an officer who chose no password yet, or forgot it; shown this once, earlier ones are over."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    return invite(_other(key, by).username, by=by, at=at)


def reset_factors(key: UUID, *, by: Actor, at: datetime) -> str:
    """What an officer signs in with ends now: password, factors, accounts elsewhere, sessions. The secret of the link that begins anew."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    with transaction.atomic():
        officer = _other(key, by)
        officer.set_unusable_password()
        officer.save(update_fields=["password"])
        for kept in (CodeApp, RecoveryCode, Passkey, Identity, Session):
            kept._default_manager.filter(officer=officer).delete()
        _log(Event.DIRECTORY_OFFICER_RESET, officer, by, at)
        return invite(officer.username, by=by, at=at, anew=True)


def issue_token(key: UUID, name: str, *, by: Actor, at: datetime) -> str:
    """A bearer token of the API for an officer's programs, shown this once; who issues it is noted with the officer's keys."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    name, secret = " ".join(name.split())[:100], f"cta-{token_urlsafe(32)}"
    if not name:
        raise Refused("A token says what it is for.", reason="name")
    with transaction.atomic():
        officer = _other(key, by)
        if not officer.is_active:
            raise Refused("This officer is shut out.", reason="suspended")
        token = ApiToken.objects.create(officer=officer, name=name, digest=token_digest(secret), created_at=at)
        note_key(officer, by)
        _log(Event.DIRECTORY_TOKEN_ISSUED, officer, by, at, token=token.pk, name=name)
    return secret


def revoke_token(token: int, *, by: Actor, at: datetime) -> None:
    """Let a token open nothing any more; `MovedMeanwhile` when it does so already."""
    by.require(Permission.DIRECTORY_OFFICER_MANAGE)
    with transaction.atomic():
        found = ApiToken.objects.select_related("officer").filter(pk=token).first()
        if found is None:
            raise NotFound("There is no such token.", token=token)
        if not ApiToken.objects.filter(pk=token, revoked_at=None).update(revoked_at=at):
            raise MovedMeanwhile("This token was revoked before.", what="token")
        _log(Event.DIRECTORY_TOKEN_REVOKED, found.officer, by, at, token=token)


def note_token_used(secret: str, *, now: datetime) -> None:
    """Keep when a token last opened, to five minutes."""
    stale = Q(used_at=None) | Q(used_at__lt=now - SEEN_AGAIN)
    ApiToken.objects.filter(stale, digest=token_digest(secret)).update(used_at=now)


@dataclass(frozen=True, slots=True)
class UnitSaid:
    """What is said of a unit; `authority` is the slug of the one that issues its orders, or empty."""

    name: str
    state: str
    email: str = ""
    handling: str = Handling.GREEN
    authority: str = ""


def keep_unit(slug: str, said: UnitSaid, *, new: bool, by: Actor, at: datetime) -> Unit:
    """Add a unit, or change one; operations that are there keep the code they have."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    fields = _of_unit(slug, said)
    with transaction.atomic():
        if Unit.objects.filter(slug=slug).exists() is new:
            raise Refused("There is a unit of this short name." if new else "There is no such unit.", reason="unit")
        unit, _ = Unit.objects.update_or_create(slug=slug, defaults=fields)
        facts = {"new": new, "state": unit.state, "handling": unit.handling, "authority": said.authority}
        record(Event.DIRECTORY_UNIT_KEPT, by=by, at=at, subject=f"unit:{slug}", facts=facts)
    return unit


def _of_unit(slug: str, said: UnitSaid) -> dict[str, Any]:
    name, state = " ".join(said.name.split()), state_code(said.state)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,49}", slug) or not name or len(said.state.strip()) != 2:
        raise Refused("A unit has a name, a short name, and a state of two letters.", reason="unit")
    if state is None:
        raise Refused("No state has this code; ISO 3166 has FR for France, say.", reason="state", state=said.state[:2])
    if said.handling not in set(Handling):
        raise Refused("There is no such handling code.", reason="handling", handling=said.handling[:20])
    try:
        if said.email:
            validate_email(said.email)
    except ValidationError as error:
        raise Refused("That is no e-mail address.", reason="email") from error
    authority = Authority.objects.filter(slug=said.authority).first() if said.authority else None
    if said.authority and authority is None:
        raise Refused("There is no such authority.", reason="authority", authority=said.authority[:60])
    return {"name": name[:200], "state": state, "email": said.email, "handling": said.handling, "authority": authority}


def _other(key: UUID, by: Actor) -> Officer:
    """The officer, held for a change; `NotAllowed` for oneself."""
    if by.officer_id == str(key):
        raise NotAllowed("Nobody changes what they are themselves.", permission="own_roles", actor=by.name)
    found = Officer.objects.select_related("unit").select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such officer.", officer=str(key))
    return found


def _log(event: Event, officer: Officer, by: Actor, at: datetime, **facts: object) -> None:
    record(event, by=by, at=at, subject=f"officer:{officer.pk}", facts=facts)
