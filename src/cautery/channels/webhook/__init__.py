"""Webhooks by the Standard Webhooks rules: what we send is signed, what comes in is believed only when it verifies.

webhook-id          names the call for ever: a second one with it is refused
webhook-timestamp   unix seconds, within five minutes of our own clock
webhook-signature   v1,BASE64 of HMAC-SHA256 over id.timestamp.body, one or several (keys that are being changed)
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from cautery.core.errors import Refused, SettingInvalid

TOLERANCE = timedelta(minutes=5)
ID_CHARS = 200
LARGEST = 8_000_000
SECRET_BYTES = 24
ID, STAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


@dataclass(frozen=True, slots=True)
class Verified:
    """A call that holds: its id, the sender's own time of it, and its body."""

    id: str
    at: datetime
    body: bytes


def signed_headers(secret: str, call_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a call of ours; `secret` as `whsec_BASE64`."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    signature = _webhook(secret).sign(call_id, moment, body.decode())
    return {ID: call_id, STAMP: str(int(moment.timestamp())), SIGNATURE: signature}


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime, seen: Callable[[str], bool]
) -> Verified:
    """Verify one call; pure but for `seen`, which says whether an id was taken before. The caller keeps the id.

    Raises `Refused` with reason `headers`, `too_large`, `timestamp`, `signature` or `replay`. The signature is looked at
    before the id, so that nobody learns from a forged call which ids were taken.
    """
    given = {name.lower(): value for name, value in headers.items()}
    call_id, stamp, signatures = (given.get(name, "") for name in (ID, STAMP, SIGNATURE))
    if not call_id or len(call_id) > ID_CHARS or not signatures or not stamp.isascii() or not stamp.isdigit():
        raise Refused("The call lacks one of its three headers.", reason="headers")
    if len(body) > LARGEST:
        raise Refused("The call is too large.", reason="too_large", limit=LARGEST)
    at = _moment(stamp)
    if abs(at - now) > TOLERANCE:
        raise Refused("The call's time is not now.", reason="timestamp", at=at.isoformat())
    if not any(_matches(_signature(secret, call_id, at, body), signatures) for secret in secrets):
        raise Refused("The call's signature does not hold.", reason="signature")
    if seen(call_id):
        raise Refused("The call was taken before.", reason="replay", id=call_id)
    return Verified(call_id, at, body)


def _moment(stamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(stamp[:12]), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("The call's time is none.", reason="timestamp") from error


def _signature(secret: str, call_id: str, at: datetime, body: bytes) -> bytes:
    try:
        signed = _webhook(secret).sign(call_id, at, body.decode())
    except UnicodeDecodeError as error:
        raise Refused("The call's body is not UTF-8.", reason="signature") from error
    return signed.partition(",")[2].encode()


def _matches(expected: bytes, given: str) -> bool:
    """Whether one of the signatures given is the expected one; other versions than v1 are passed over."""
    listed = (version_and_value.partition(",") for version_and_value in given.split()[:10])
    holds = False
    for version, _, value in listed:
        holds |= version == "v1" and hmac.compare_digest(expected, value.encode())
    return holds


def _webhook(secret: str) -> Webhook:
    """The library's signer; a secret shorter than its standard's 24 bytes, or none, is refused."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except ValueError:
        key = b""
    if len(key) < SECRET_BYTES:
        raise SettingInvalid(
            "A webhook secret cannot be used.",
            setting="CAUTERY_KEYS",
            reason="secret",
            hint="whsec_ and the base64 of 24 bytes or more.",
        )
    return Webhook(key)
