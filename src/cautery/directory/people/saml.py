"""Signing in at the identity provider of the house: SAML 2.0 Web SSO, we being the service provider.

    go        metadata -> the question (Redirect binding); a row here waits for its answer, the session remembers the RelayState
    consume   the answer, posted by the browser from the provider's page, so without our cookie: checked, kept with the question
    back      the same browser, led on by its own GET, with cookie and ticket: session, question and answer are of one browser

Unless all three are one browser, nobody is signed in: not who was sent an answer of somebody else's, and not who had somebody else answer.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate
from django.conf import settings

from cautery.core.errors import CauteryError, NotFound, Refused, SettingInvalid
from cautery.core.saml.answer import TRANSIENT, Expected, Subject, read_answer
from cautery.core.saml.metadata import MOST_METADATA, SMALLEST_RSA, IdentityProvider, read_metadata
from cautery.core.saml.request import new_request, own_metadata, request_address
from cautery.core.saml.xml import is_there, refused
from cautery.directory.people.actions import answer_saml, ask_saml, take_saml
from cautery.directory.people.elsewhere import Who, check_address, who_was
from cautery.directory.people.queries import saml_question
from cautery.fetch import Request
from cautery.fetch.fetcher import expect, fetcher_inside

log = logging.getLogger(__name__)
ANEW_S, AGAIN_S, STALE_S = 600, 60, 86_400
"""Seconds after which the metadata is read anew, tried again after a failure, and for which what was read bridges failures."""
NAME_ID = "NameID"
"""In the place of an attribute: the name of the subject itself."""
SECOND_FACTORS = frozenset(
    {
        "http://schemas.microsoft.com/claims/multipleauthn",
        "https://refeds.org/profile/mfa",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered",
    }
)
"""Contexts by which a provider says that it asked for two factors."""


@dataclass(slots=True)
class Known:
    """Metadata that was read, when (monotonic seconds), and when to read it next."""

    provider: IdentityProvider
    at: float
    until: float


_known: dict[tuple[str, str], Known] = {}
_reading = Lock()


def begin(consumer: str, *, now: datetime) -> tuple[str, dict[str, str]]:
    """The address to send the browser to, and what to remember; `consumer` is where the provider posts its answer."""
    provider = _provider(now)
    key = _key()
    if provider.wants_signed and key is None:
        raise SettingInvalid(
            "The identity provider wants its questions signed.",
            setting="CAUTERY_SAML_KEY",
            reason="unsigned",
            hint="Name a PEM file with an RSA key and its certificate, and give the provider our metadata again.",
        )
    check_address(provider.sign_on, "CAUTERY_SAML_METADATA")
    relay, request = secrets.token_urlsafe(32), new_request()
    ask_saml(relay, request, consumer, now=now)
    where = request_address(
        provider.sign_on,
        request=request,
        relay=relay,
        entity=_entity(consumer),
        consumer=consumer,
        key=None if key is None else key[0],
        now=now,
    )
    return where, {"relay": relay}


def consume(told: Mapping[str, str], *, now: datetime) -> str:
    """Keep who the provider says signed in, `told` being the posted form: the ticket with which the browser goes on.

    `Refused` when anything does not hold; what it was, without who, is in our own log for whoever set this up.
    """
    relay = told.get("RelayState", "")
    question = saml_question(relay, now=now)
    provider = _provider(now)
    expected = Expected(provider.entity, _entity(question.consumer), question.consumer, question.request)
    try:
        subject = read_answer(told.get("SAMLResponse", ""), provider.keys, expected, now=now)
        who = _who(subject, provider.entity)
    except Refused as error:
        log.warning(
            "An answer of the identity provider was refused: %s %s", error.reason, error.fields.get("found", "")
        )
        raise
    return answer_saml(relay, who.kept(), now=now)


def finish(kept: Mapping[str, str], ticket: str, *, now: datetime) -> Who:
    """Who signed in, `kept` being what was remembered, once."""
    return who_was(take_saml(kept["relay"], ticket, now=now))


def describe(consumer: str) -> bytes:
    """Our metadata, for the identity provider."""
    _check_set()
    key = _key()
    return own_metadata(entity=_entity(consumer), consumer=consumer, certificate=None if key is None else key[1])


def _who(subject: Subject, issuer: str) -> Who:
    """The officer's name there, which must stay the same from one sign-in to the next."""
    named = subject.name if settings.SAML_ATTRIBUTE == NAME_ID else _one(subject, settings.SAML_ATTRIBUTE)
    name = subject.name if subject.qualifier in {"", issuer} else f"{subject.qualifier} {subject.name}"
    if subject.format == TRANSIENT:
        if not named or settings.SAML_ATTRIBUTE == NAME_ID:
            raise Refused(
                "The identity provider gave a name that is another one each time. Have it give a persistent one.",
                reason="transient",
            )
        name = f"{settings.SAML_ATTRIBUTE} {named}"
    if len(name) > 255:
        raise refused("subject")
    second = SECOND_FACTORS & set(subject.contexts)
    return Who(f"saml:{issuer}", name, named, ("saml", "mfa") if second else ("saml",))


def _one(subject: Subject, attribute: str) -> str:
    """The one value of an attribute; empty for none, and for several, of which none is the name."""
    values = subject.attributes.get(attribute, ())
    return values[0] if attribute and len(values) == 1 else ""


def _entity(consumer: str) -> str:
    """Our name: as set, else the address of our metadata, beside the consumer."""
    return settings.SAML_ENTITY or f"{consumer.rpartition('/consume/')[0]}/metadata/"


def _provider(now: datetime) -> IdentityProvider:
    """Whom we ask, from the file or address of the settings; read anew every ten minutes, and what was read bridges a failure."""
    _check_set()
    source = settings.SAML_METADATA
    place = (source, settings.SAML_ISSUER)
    with _reading:
        known, tick = _known.get(place), time.monotonic()
        if known is not None and known.provider.until is not None and known.provider.until <= now:
            known = None
        if known is not None and tick < known.until:
            return known.provider
        try:
            found = read_metadata(_document(source), entity=settings.SAML_ISSUER, now=now)
        except CauteryError:
            if known is None or tick - known.at > STALE_S:
                raise
            log.warning("The identity provider's metadata cannot be read anew; what was read before is used.")
            known.until = tick + AGAIN_S
            return known.provider
        _known[place] = Known(found, tick, tick + ANEW_S)
        return found


def _document(source: str) -> bytes:
    if "://" not in source:
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise SettingInvalid(
                "The identity provider's metadata cannot be read.",
                setting="CAUTERY_SAML_METADATA",
                reason="file",
                hint=f"{source}: {error.strerror}.",
            ) from error
    check_address(source, "CAUTERY_SAML_METADATA")
    request = Request(source, max_bytes=MOST_METADATA, redirects=0)
    answer = expect(fetcher_inside(urlsplit(source).hostname or "").fetch(request))
    if answer.status != 200:
        raise Refused("The identity provider's metadata cannot be used.", reason="metadata", status=answer.status)
    return answer.body


def _check_set() -> None:
    if not settings.SAML_METADATA:
        raise NotFound("No identity provider is set.")
    if not is_there():
        raise SettingInvalid(
            "Signing in by SAML needs a part that is not installed.",
            setting="CAUTERY_SAML_METADATA",
            reason="missing",
            hint="pip install 'cautery[saml]'",
        )


def _key() -> tuple[rsa.RSAPrivateKey, Certificate] | None:
    """What our questions are signed with; None where they are not."""
    if settings.SAML_KEY is None:
        return None
    try:
        pem = settings.SAML_KEY.read_bytes()
        key, certificate = load_pem_private_key(pem, None), load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError) as error:
        raise _no_key(str(error)) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_RSA:
        raise _no_key("an RSA key of 2,048 bits or more is wanted")
    if key.public_key() != certificate.public_key():
        raise _no_key("the certificate is that of another key")
    return key, certificate


def _no_key(why: str) -> SettingInvalid:
    return SettingInvalid(
        "The key for questions to the identity provider cannot be used.",
        setting="CAUTERY_SAML_KEY",
        reason="key",
        hint=f"A PEM file with an RSA key and its certificate: {why}.",
    )
