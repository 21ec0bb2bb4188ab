"""The machine form: one notice as JSON, read and written without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cautery.core.canonical import canonical
from cautery.core.errors import FileRefused
from cautery.core.instruments.form import Form
from cautery.core.instruments.kinds import Value
from cautery.core.instruments.validation import Read

FORMAT = "cautery-notice/1"
LARGEST = 4 << 20
"""Bytes of a machine form that are read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A notice: which instrument and version of its form, the language it is printed in, and its fields.

    `signature` is the detached CMS over `signed_bytes()`, in base64; empty while it is not signed.
    """

    instrument: str
    form: str
    language: str
    fields: Mapping[str, Any]
    signature: str = field(default="")

    @staticmethod
    def of(form: Form, read: Read, language: str) -> Document:
        """What was read for a form, as a document."""
        return Document(form.instrument, form.version, language, read.values)

    @staticmethod
    def parse(data: bytes) -> Document:
        """From JSON. FileRefused: `too_large`, `not_json`, `not_a_notice`; what its fields hold is for validation to say."""
        if len(data) > LARGEST:
            raise FileRefused("The file is too large for a notice.", reason="too_large", bytes=len(data))
        try:
            raw = json.loads(data, parse_constant=_no_constant)
        except (ValueError, RecursionError) as wrong:
            raise FileRefused("The file is not JSON.", reason="not_json") from wrong
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise FileRefused(f"The JSON is not a notice of the format {FORMAT}.", reason="not_a_notice")
        words = [raw.get(name, "") for name in ("instrument", "form", "language", "signature")]
        fields = raw.get("fields")
        if not all(isinstance(word, str) for word in words) or not isinstance(fields, dict):
            raise FileRefused("The notice lacks its instrument, form, language or fields.", reason="not_a_notice")
        if surplus := sorted(set(raw) - {"format", "instrument", "form", "language", "signature", "fields"}):
            raise FileRefused(f"The notice has parts nobody knows: {', '.join(surplus)[:80]}.", reason="not_a_notice")
        return Document(words[0], words[1], words[2], fields, words[3])

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        plain = {"format": FORMAT, "instrument": self.instrument, "form": self.form, "language": self.language}
        signature = {"signature": self.signature} if self.signature else {}
        return {**plain, "fields": dict(self.fields), **signature}

    def to_json(self) -> bytes:
        """Canonical JSON (RFC 8785)."""
        return canonical(self.as_dict())

    def signed_bytes(self) -> bytes:
        """What a signature of the machine form covers: everything but itself."""
        return canonical({name: part for name, part in self.as_dict().items() if name != "signature"})

    def value(self, name: str) -> Value | None:
        """A field's value, None where it is not given."""
        return self.fields.get(name)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
