"""What a page says, in the reader's language, beside the original: by a service of one's own, where one is set up.

The service is asked as LibreTranslate is: POST {q, source, target, format} as JSON, answered by {translatedText}. Another one is
another subclass of `Translator`. A translation is a help to read by; what is recorded as shown is the original.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from cautery.core.errors import Refused
from cautery.fetch.fetcher import Request, expect, fetcher_inside

MOST_CHARACTERS = 20_000
MOST_BYTES = 1_000_000


class Translator(Protocol):
    """Puts text into another language."""

    @property
    def name(self) -> str:
        """Whose it is, as the log names it: text leaves the house to it."""
        ...

    def translate(self, text: str, *, source: str, target: str) -> str:
        """The text in `target` (BCP 47); `source` may be empty, for unknown. Refused or Unreachable where it cannot be had."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """A service over HTTP, through the guarded fetcher; it may stand in one's own network."""

    url: str

    @property
    def name(self) -> str:
        """Its host."""
        return urlsplit(self.url).hostname or ""

    def translate(self, text: str, *, source: str, target: str) -> str:
        """See `Translator`."""
        asked = {"q": text[:MOST_CHARACTERS], "source": source[:2] or "auto", "target": target[:2], "format": "text"}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        body = json.dumps(asked).encode()
        answer = expect(fetcher_inside(self.name).fetch(Request(self.url, "POST", headers, body, None, MOST_BYTES, 0)))
        try:
            told = json.loads(answer.body)["translatedText"] if answer.status == 200 else None
        except (ValueError, KeyError, TypeError):
            told = None
        if not isinstance(told, str):
            raise Refused("The translation service gave no translation.", reason="translation", status=answer.status)
        return told


def translator() -> Translator | None:
    """The one that is set up (CAUTERY_TRANSLATE_URL); None where none is."""
    return Service(settings.TRANSLATE_URL) if settings.TRANSLATE_URL else None
