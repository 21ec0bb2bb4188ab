"""Time-stamps of an authority (RFC 3161) over checkpoints: that the log stood so at a time somebody else vouches for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha512
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from cautery.core.errors import SettingInvalid, TamperFound, Unreachable
from cautery.fetch import Fetched, Request, fetcher

TIMEOUT_S = 10.0
MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authority said: its time, and the answer as it came (DER)."""

    at: datetime
    answer: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamp authority, and the PEM file of the roots its certificates must lead to (None: not checked)."""

    url: str
    roots: Path | None

    def stamp(self, note: str) -> Answer:
        """A time-stamp over the note's bytes; `Unreachable` where none can be had that holds."""
        request = TimestampRequestBuilder().data(note.encode()).build()
        asked = Request(
            self.url,
            method="POST",
            headers={"Content-Type": "application/timestamp-query"},
            body=request.as_bytes(),
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_BYTES,
        )
        came = fetcher().fetch(asked)
        if not isinstance(came, Fetched):
            raise Unreachable(f"{came.reason} ({came.detail})", url=self.url, reason=came.reason)
        try:
            answer = decode_timestamp_response(came.body)
            if PKIStatus(answer.status) is not PKIStatus.GRANTED or answer.tst_info.nonce != request.nonce:
                raise Unreachable(f"It answered {came.status} and refused.", url=self.url, reason="refused")
            return Answer(check(came.body, note, load_roots(self.roots)), came.body)
        except (ValueError, TamperFound) as error:
            raise Unreachable(f"Its answer does not hold: {error}", url=self.url, reason="bad_answer") from error


def check(answer: bytes, note: str, roots: Sequence[Certificate]) -> datetime:
    """The time a stamp says; `TamperFound` where it is not over this note, or not by an authority under `roots`."""
    try:
        stamp = decode_timestamp_response(answer)
        if roots:
            builder = VerifierBuilder()
            for root in roots:
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(stamp, note.encode())
        elif _imprint(stamp) != sha512(note.encode()).digest():
            raise TamperFound("A time-stamp is over something else.", reason="stamp")
        return stamp.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise TamperFound(f"A time-stamp does not hold: {error}", reason="stamp") from error


def _imprint(stamp: TimeStampResponse) -> bytes:
    return stamp.tst_info.message_imprint.message


def load_roots(file: Path | None) -> list[Certificate]:
    """The certificates of a PEM file; none where no file is named."""
    if file is None:
        return []
    try:
        return load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingInvalid(
            f"{file} cannot be read as certificates.",
            setting="CAUTERY_TSA_ROOTS",
            reason="unreadable",
            hint="A PEM file of the roots your time-stamp authority names.",
        ) from error
