"""Signs what leaves: PDF by PAdES with a time stamp, the machine form by a detached CMS signature."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from cautery.core.errors import SettingInvalid, Unreachable
from cautery.core.instruments import Document
from cautery.refer.signing.keys import Token, file_signer, token_signer
from cautery.refer.signing.timestamps import TimeService

FIELD = "Signature"
RESERVED = 24_576
"""Hexadecimal digits kept free for a signature with its time stamp; telling them beforehand saves a trial signature."""

DIGEST = "sha256"


@dataclass(frozen=True, slots=True)
class SigningSettings:
    """What signs (a PKCS#12 file or a token) and who stamps the time. Plain data, so that it can cross into a process."""

    key: Path | None = None
    passphrase: bytes | None = None
    token: Token | None = None
    timestamp_url: str = ""
    timestamp_timeout_s: float = 10.0


class Office:
    """A signer and a time-stamping service, loaded once."""

    def __init__(self, signer: Signer, timestamper: TimeStamper | None) -> None:
        self._signer, self._timestamper = signer, timestamper
        metadata = PdfSignatureMetadata(field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES)
        self._pdf = PdfSigner(metadata, signer, timestamper=timestamper)

    @staticmethod
    def open(settings: SigningSettings) -> Office:
        """The office these settings describe. SettingInvalid where nothing signs or the service's address cannot be right."""
        if settings.token is not None:
            signer = token_signer(settings.token)
        elif settings.key is not None:
            signer = file_signer(settings.key, settings.passphrase)
        else:
            raise SettingInvalid(
                "Nothing is set to sign with.",
                setting="CAUTERY_SIGNING_KEY",
                reason="signing",
                hint="Name a PKCS#12 file.",
            )
        url = settings.timestamp_url
        return Office(signer, TimeService(url, settings.timestamp_timeout_s) if url else None)

    def close(self) -> None:
        """Let go of the time-stamping service."""
        if isinstance(self._timestamper, TimeService):
            self._timestamper.close()

    def sign_pdf(self, pdf: bytes) -> bytes:
        """The PDF with a PAdES signature over all of it. Unreachable when the time-stamping service does not answer."""
        try:
            writer = IncrementalPdfFileWriter(BytesIO(pdf))
            signed: bytes = self._pdf.sign_pdf(writer, bytes_reserved=RESERVED).getvalue()
        except TimestampRequestError as wrong:
            raise Unreachable("The time-stamping service did not answer.", service="timestamp") from wrong
        except SigningError as wrong:
            raise Unreachable("The signing key could not be used.", service="signing") from wrong
        return signed

    def sign_document(self, document: Document) -> Document:
        """The machine form with a detached signature over everything but itself."""
        signed = asyncio.run(self._signer.async_sign_general_data(document.signed_bytes(), DIGEST, detached=True))
        return replace(document, signature=base64.b64encode(signed.dump()).decode())
