"""Read what officers prove who they are with and where they are signed in: each sees their own."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from cautery.core.actors import Actor
from cautery.core.errors import NotAllowed, Refused
from cautery.custody.events import Event
from cautery.custody.models import BatchRows, Consultation, Entry
from cautery.directory.actions import token_digest
from cautery.directory.models import Officer
from cautery.directory.people.models import CodeApp, Identity, Invitation, Passkey, RecoveryCode, SamlQuestion, Session
from cautery.directory.people.vault import unseal
from cautery.directory.roles import KEY_ROLES

SHOWN, REACH, WAITING, BATCHES = 50, 200_000, 5_000, 20
"""Bounds of an officer's own log, so that it costs the same however long the log is. All of it: `cautery custody export`."""
SECOND = frozenset({"code", "mfa", "passkey", "recovery"})
"""Proofs that are more than a password; `mfa`: the identity provider says it asked for a second factor."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What an officer has beside the password."""

    passkeys: list[Passkey]
    code_app: CodeApp | None
    codes_left: int
    identities: list[Identity]

    @property
    def second(self) -> bool:
        """Whether signing in asks for more than a password."""
        return bool(self.passkeys or self.code_app)


def factors_of(officer: UUID) -> Factors:
    """What this officer has beside the password."""
    return Factors(
        list(Passkey.objects.filter(officer=officer).order_by("made_at")),
        CodeApp.objects.filter(officer=officer, proved_at__isnull=False).first(),
        RecoveryCode.objects.filter(officer=officer, used_at=None).count(),
        list(Identity.objects.filter(officer=officer).order_by("issuer")),
    )


def unproved_key(officer: UUID) -> bytes | None:
    """The key of a code app that has not shown a first code yet; None where there is none."""
    waiting = CodeApp.objects.filter(officer=officer, proved_at=None).first()
    return None if waiting is None else unseal(bytes(waiting.secret))


def has_second(officer: UUID) -> bool:
    """Whether signing in asks this officer for more than a password."""
    proved = CodeApp.objects.filter(officer=officer, proved_at__isnull=False)
    return Passkey.objects.filter(officer=officer).exists() or proved.exists()


def second_wanted(roles: Sequence[str]) -> bool:
    """Whether somebody with these roles must prove a second factor, as the settings say."""
    return settings.SECOND_FACTOR == "all" or (settings.SECOND_FACTOR == "keys" and bool(KEY_ROLES & set(roles)))


def is_second(proofs: Sequence[str]) -> bool:
    """Whether what a session was begun with is more than a password."""
    return bool(SECOND & set(proofs))


def handle(session_key: str) -> str:
    """What a page calls a session: its key itself would open it."""
    return sha256(f"session {session_key}".encode()).hexdigest()[:24]


def sessions_of(*, by: Actor, here: str | None, now: datetime) -> list[dict[str, Any]]:
    """Where this officer is signed in, the newest sign of life first; `here` marks the session that asks."""
    rows = Session.objects.filter(officer=UUID(by.officer_id), expire_date__gt=now).order_by("-seen_at", "session_key")
    return [
        {
            "handle": handle(row.session_key),
            "key": row.session_key,
            "here": row.session_key == here,
            "address": row.address,
            "agent": row.agent,
            "proofs": row.proofs,
            "began_at": row.began_at,
            "seen_at": row.seen_at,
        }
        for row in rows
    ]


def invited(secret: str, *, at: datetime) -> Officer:
    """Whom this link lets in; `NotAllowed` when it was used before, or is over."""
    found = Invitation.objects.select_related("officer__unit").filter(
        digest=token_digest(secret), used_at=None, until__gt=at, officer__is_active=True
    )
    row = found.first()
    if row is None:
        raise NotAllowed("This link was used before, or is over.", permission="link", actor="")
    return row.officer


def own_entries(*, by: Actor, before: int = 0) -> list[Entry]:
    """What this officer did, as the log has it, the newest first: 50 from before an entry, of the last 200,000 entries there."""
    newest = before or (Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    mine = Entry.objects.filter(actor=by.name, pk__lt=newest, pk__gte=newest - REACH)
    return list(mine.select_related("rows").order_by("-pk")[:SHOWN])


def own_consultations(*, by: Actor) -> list[dict[str, Any]]:
    """What this officer consulted lately, the newest first: of what waits to be sealed, and the last batches that were."""
    lines = list(Consultation.objects.order_by("-pk").values_list("line", flat=True)[:WAITING])
    batches = BatchRows.objects.filter(entry__event=Event.CUSTODY_CONSULTATIONS_RECORDED).order_by("-pk")
    for packed in batches.values_list("lines", flat=True)[:BATCHES]:
        lines += reversed(zlib.decompress(bytes(packed)).decode().split("\n"))
    mine = f'"actor":"{by.name}"'
    found = [json.loads(line) for line in islice((line for line in lines if mine in line), SHOWN)]
    return [row | {"at": datetime.fromisoformat(row["at"])} for row in found]


def saml_question(relay: str, *, now: datetime) -> SamlQuestion:
    """The question this RelayState belongs to, not answered yet; `Refused` for an answer to no question of ours."""
    found = SamlQuestion.objects.filter(relay=token_digest(relay), ticket="", until__gt=now).first()
    if found is None:
        raise Refused("Nobody here asked for this, or it was answered before. Sign in anew.", reason="unsolicited")
    return found


def officer_at(issuer: str, subject: str, claimed: str) -> Officer | None:
    """The officer who is `subject` at `issuer`; else who has the user name `claimed` (empty: nobody) and no other account there."""
    people = Officer.objects.select_related("unit").filter(is_active=True)
    known = people.filter(identities__issuer=issuer, identities__subject=subject).first()
    if known is not None or not claimed:
        return known
    others = Q(identities__issuer=issuer)
    return people.filter(username=claimed).exclude(others).first()
