"""Passkeys (WebAuthn) by fido2: questions for the browser, and whether its answers hold.

A question is kept in the session and answered once. The relying party is the host the desk is reached at; a passkey must be
kept by the authenticator and unlocked there (user verification), so that it stands for both factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cautery.core.errors import Refused
from cautery.directory.models import Officer
from cautery.directory.people.models import Passkey

LONGEST_KEY = 1400
"""Characters of a credential's id in base64url: at most 1,023 bytes (WebAuthn 3, section 4)."""
WRONG = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What fido2 raises for answers that are malformed or do not hold."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the desk is reached: the origin of its pages, and its host without port."""

    origin: str
    host: str

    def server(self) -> Fido2Server:
        """The relying party; answers from any other origin are refused."""
        return Fido2Server(
            PublicKeyCredentialRpEntity(name="Cautery", id=self.host), verify_origin=lambda told: told == self.origin
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that was just made."""

    key: str
    credential: bytes
    count: int


def ask_to_make(site: Site, officer: Officer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question for a new passkey, and what to remember of it. Authenticators that hold one already are left out."""
    user = PublicKeyCredentialUserEntity(id=officer.pk.bytes, name=officer.username, display_name=officer.name)
    have = [AttestedCredentialData(bytes(row.credential)) for row in Passkey.objects.filter(officer=officer)]
    options, state = site.server().register_begin(
        user,
        have,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


def read_made(site: Site, state: Mapping[str, Any], answer: Mapping[str, Any]) -> Made:
    """The passkey the browser made; `Refused` when the answer does not hold."""
    try:
        data = site.server().register_complete(dict(state), answer)
        found = data.credential_data
    except WRONG as error:
        raise Refused("This passkey does not hold.", reason="passkey") from error
    if found is None or len(websafe_encode(found.credential_id)) > LONGEST_KEY:
        raise Refused("This passkey does not hold.", reason="passkey")
    return Made(websafe_encode(found.credential_id), bytes(found), data.counter)


def ask_to_prove(site: Site, officer: Officer | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question who is there: of one officer's passkeys, or of any the authenticator has for this site."""
    rows = Passkey.objects.filter(officer=officer) if officer is not None else []
    have = [AttestedCredentialData(bytes(row.credential)) for row in rows] or None
    options, state = site.server().authenticate_begin(have, user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), dict(state)


def read_proof(site: Site, state: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[Passkey, int]:
    """Whose passkey answered, and its signature counter; `Refused` when it is unknown or the answer does not hold."""
    try:
        told = AuthenticationResponse.from_dict(answer)
        found = Passkey.objects.select_related("officer__unit").filter(
            key=websafe_encode(told.raw_id), officer__is_active=True
        )
        passkey = found.get()
        site.server().authenticate_complete(dict(state), [AttestedCredentialData(bytes(passkey.credential))], told)
    except (*WRONG, Passkey.DoesNotExist) as error:
        raise Refused("This passkey is not known here, or did not answer rightly.", reason="passkey") from error
    handle = told.response.user_handle
    if handle is not None and handle != passkey.officer.pk.bytes:
        raise Refused("This passkey is not known here, or did not answer rightly.", reason="passkey")
    return passkey, told.response.authenticator_data.counter
