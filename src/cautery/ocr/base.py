"""What an engine is, and what it answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

SURE = 60
"""Confidence from which a line is shown without a mark."""
SHOWN = 30
"""Confidence below which a line is left out, and counted: what Tesseract makes of foliage and weave."""
FEWEST = 2
"""Letters or digits a line has at least: a single one is mostly a scratch."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in the order it is read in; `confidence` from 0 to 100, None where the engine does not say."""

    text: str
    confidence: int | None = None

    @property
    def sure(self) -> bool:
        """Whether it is shown without a mark."""
        return self.confidence is not None and self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Words:
    """What an engine read in a picture. No lines: it found no text. `left_out`: lines it was too unsure of."""

    engine: str
    version: str
    languages: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    left_out: int = 0

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(line.text for line in self.lines)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        lines = [{"text": one.text, "confidence": one.confidence, "sure": one.sure} for one in self.lines]
        return {
            "engine": self.engine,
            "version": self.version,
            "languages": list(self.languages),
            "machine_read": True,
            "text": self.text,
            "lines": lines,
            "left_out": self.left_out,
        }


class Engine(Protocol):
    """Reads text in pictures."""

    @property
    def name(self) -> str:
        """As what was read is kept under."""
        ...

    @property
    def version(self) -> str:
        """What it said of itself, or a digest of how it is called: what another version read is read anew."""
        ...

    def languages(self) -> tuple[str, ...]:
        """Languages it has, by its own names (Tesseract: ISO 639-2); none where it does not say."""
        ...

    def read(self, png: bytes, languages: Sequence[str]) -> Words:
        """What stands in a picture we have drawn. FileRefused (`too_slow`, `too_much`, `failed`, `garbled`) where that is not known."""
        ...


def settled(
    lines: Sequence[Line], engine: Engine, languages: Sequence[str], *, least: int = SHOWN, fewest: int = FEWEST
) -> Words:
    """Lines cleaned of what cannot be seen; what has fewer than `fewest` letters is no text, what is as sure as `least` is kept.

    Lines of text nobody should rely on are left out and counted.
    """
    cleaned = [Line(_seen(line.text), line.confidence) for line in lines]
    texts = [line for line in cleaned if sum(letter.isalnum() for letter in line.text) >= fewest]
    kept = [line for line in texts if line.confidence is None or line.confidence >= least]
    return Words(engine.name, engine.version, tuple(languages), tuple(kept), len(texts) - len(kept))


def _seen(text: str) -> str:
    """Without controls, marks of direction and halves of letters; what joins letters stays, and runs of space are one."""
    plain = unicodedata.normalize("NFC", text)
    kept = (
        char if char in _JOINERS or unicodedata.category(char) not in _UNSEEN else " " * char.isspace()
        for char in plain
    )
    return " ".join("".join(kept).split())
