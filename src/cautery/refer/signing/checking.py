"""Whether a signature holds: over every byte, by whom, when, and whether an authority we trust stands behind it.

Nothing is fetched: chains are built from what the file carries and from the given roots. The time of a valid time stamp is the
time certificates are judged at; without one it is now.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms, core, pem, x509
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_detached_cms,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from cautery.core.errors import SettingInvalid
from cautery.core.instruments import Document

BROKEN = (
    PdfReadError, CMSExtractionError, CMSStructuralError, SignatureValidationError, ValidationError,
    ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, OSError, RecursionError, OverflowError, ArithmeticError,
)  # fmt: skip
"""What the libraries raise on bytes that were altered; each means the same here: it does not hold."""


for _library in ("pyhanko", "pyhanko_certvalidator"):
    # They log each chain that cannot be built, with its trace; here that is an answer, not a fault.
    logging.getLogger(_library).setLevel(logging.CRITICAL)


_TRACES = rb"/ByteRange|/ETSI\.CAdES|adbe\.pkcs7|/Type\s*/Sig\b|/FT\s*/Sig\b|/Contents\s*<30"


class State(StrEnum):
    """What can be said of a signature."""

    VALID = "valid"
    UNKNOWN_AUTHORITY = "unknown_authority"
    ALTERED = "altered"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One file's signature: its state, who signed, when by whose clock, and why it does not hold."""

    state: State
    signer: str = ""
    at: datetime | None = None
    timestamped: bool = False
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        at = self.at.astimezone(UTC).isoformat() if self.at else None
        return {
            "state": str(self.state),
            "signer": self.signer,
            "at": at,
            "timestamped": self.timestamped,
            "why": self.why,
        }


def load_roots(folder: Path) -> list[Any]:
    """The certificates of a folder (PEM or DER, *.pem, *.crt, *.cer). SettingInvalid for one that cannot be read."""
    found = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
        if file.suffix.lower() not in (".pem", ".crt", ".cer"):
            continue
        try:
            data = file.read_bytes()
            blocks = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
            certificates = [x509.Certificate.load(der) for der in blocks]
            found += [each for each in certificates if each.subject]
        except (OSError, ValueError) as wrong:
            raise SettingInvalid(
                f"{file} is no certificate.", setting="CAUTERY_TRUST", reason="certificate", hint="PEM or DER files."
            ) from wrong
    return found


def check_pdf(data: bytes, roots: Sequence[Any], *, now: datetime) -> SignatureFacts:
    """The signature of a PDF. One that does not cover every byte of the file counts as altered."""
    try:
        reader = PdfFileReader(BytesIO(data))
        signatures = reader.embedded_signatures
    except BROKEN as wrong:
        return _altered(wrong) if re.search(_TRACES, data) else SignatureFacts(State.ABSENT)
    if not signatures:
        traces = re.search(_TRACES, data)
        return (
            SignatureFacts(State.ALTERED, why="only traces of a signature") if traces else SignatureFacts(State.ABSENT)
        )
    try:
        return _judged_pdf(data, signatures[-1], roots, now)
    except BROKEN as wrong:
        return _altered(wrong)


def _judged_pdf(data: bytes, signature: EmbeddedPdfSignature, roots: Sequence[Any], now: datetime) -> SignatureFacts:
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    coverage: SignatureCoverageLevel | None = signature.coverage
    if coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return SignatureFacts(
            State.ALTERED, _name(signature.signer_cert), why="the signature does not cover the whole file"
        )
    if not _gap_is_clean(data, signature):
        return SignatureFacts(State.ALTERED, _name(signature.signer_cert), why="the place of the signature was altered")
    if why := _loose(signature.signed_data):
        return SignatureFacts(State.ALTERED, _name(signature.signer_cert), why=why)
    stamped = _stamped_at(signature.signed_data)
    context = _context(roots, stamped or now)
    status = asyncio.run(
        async_validate_pdf_signature(signature, signer_validation_context=context, ts_validation_context=context)
    )
    return _facts(status, stamped, signature.signer_cert)


def _gap_is_clean(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    """The unsigned gap holds the signature's hexadecimal digits, in one case, and zeros: no byte in it is free to change."""
    start, length, after, _ = (int(number) for number in signature.byte_range)
    gap = data[start + length : after]
    if gap[:1] != b"<" or gap[-1:] != b">":
        return False
    digits = gap[1:-1]
    signed = signature.pkcs7_content
    whole = cms.ContentInfo.load(signed)
    if not _whole(whole):
        return False
    shown = whole.dump().hex().encode()
    return digits.rstrip(b"0") in (shown.rstrip(b"0"), shown.upper().rstrip(b"0")) and len(digits) >= len(shown)


def check_document(document: Document, roots: Sequence[Any], *, now: datetime) -> SignatureFacts:
    """The signature of a machine form."""
    if not document.signature:
        return SignatureFacts(State.ABSENT)
    try:
        content = cms.ContentInfo.load(base64.b64decode(document.signature, validate=True), strict=True)
        signed = content["content"]
        if base64.b64encode(content.dump()).decode() != document.signature or not isinstance(signed, cms.SignedData):
            return SignatureFacts(State.ALTERED, why="the signature was altered")
        if why := _loose(signed):
            return SignatureFacts(State.ALTERED, why=why)
        context = _context(roots, now)
        status = asyncio.run(
            async_validate_detached_cms(document.signed_bytes(), signed, signer_validation_context=context)
        )
    except (*BROKEN, binascii.Error) as wrong:
        return _altered(wrong)
    return _facts(status, None, status.signing_cert)


def _facts(status: Any, stamped: datetime | None, certificate: Any) -> SignatureFacts:
    name, stamp = _name(certificate), getattr(status, "timestamp_validity", None)
    at = stamped or getattr(status, "signer_reported_dt", None)
    if not (status.intact and status.valid):
        return SignatureFacts(State.ALTERED, name, at, why="what was signed was altered")
    if stamped is not None and (stamp is None or not (stamp.intact and stamp.valid)):
        return SignatureFacts(State.ALTERED, name, at, why="the time stamp does not hold")
    trusted = status.trusted and (stamp is None or stamp.trusted)
    why = "" if trusted else "no trusted authority stands behind the signature"
    return SignatureFacts(State.VALID if trusted else State.UNKNOWN_AUTHORITY, name, at, stamped is not None, why)


def _loose(signed: Any) -> str:
    """What of a signature is under no signature itself and is not as we write it: there a byte could change unseen."""
    if len(signed["signer_infos"]) != 1:
        return "more than one signer, or none"
    signer = signed["signer_infos"][0]
    if not (_whole(signed) and _whole(signer)):
        return "the signature holds parts nobody reads"
    digest = signer["digest_algorithm"]
    if [each.dump() for each in signed["digest_algorithms"]] != [digest.dump()]:
        return "the signature names other digests than its own"
    if not all(
        isinstance(each["parameters"], core.Null | core.Void) for each in (digest, signer["signature_algorithm"])
    ):
        return "the signature's algorithms carry something unknown"
    plain = signed["encap_content_info"]["content_type"].native == "data"
    if signer["version"].native != "v1" or signed["version"].native != ("v1" if plain else "v3"):  # RFC 5652, 5.1
        return "the signature is of an unknown version"
    named = signer["sid"].chosen.dump()
    if named not in [_issuer_and_serial(each.chosen) for each in signed["certificates"]]:
        return "the signature names a certificate that is not there"
    unsigned = signer["unsigned_attrs"]
    for attribute in unsigned if isinstance(unsigned, cms.CMSAttributes) else ():
        if attribute["type"].native != "signature_time_stamp_token" or len(attribute["values"]) != 1:
            return "something unknown stands beside the signature"
        if why := _loose(attribute["values"][0]["content"]):
            return f"in the time stamp: {why}"
    return ""


def _whole(sequence: Any) -> bool:
    """Whether the parts that are read are all there is."""
    read = sum(len(sequence[name].dump()) for name, *_ in sequence._fields)  # the only list of its parts
    return bool(read == len(sequence.contents))


def _issuer_and_serial(certificate: Any) -> bytes:
    named = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    return bytes(named.dump())


def _stamped_at(signed: Any) -> datetime | None:
    """The time a time stamp says, before it is checked; None where there is none."""
    unsigned = signed["signer_infos"][0]["unsigned_attrs"]
    for attribute in unsigned if isinstance(unsigned, cms.CMSAttributes) else ():
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            moment: datetime = token["gen_time"].native
            return moment
    return None


def _context(roots: Sequence[Any], moment: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=list(roots), moment=moment, allow_fetching=False, revocation_mode="soft-fail")


def _name(certificate: Any) -> str:
    return str(certificate.subject.human_friendly)[:200] if certificate is not None else ""


def _altered(wrong: BaseException) -> SignatureFacts:
    return SignatureFacts(State.ALTERED, why=f"the signature cannot be read ({type(wrong).__name__})")
