"""Text -> its normal form, its language, and a signature by which near-duplicates are found.

`text`      SHA-256 of the normal form: equal where two texts differ only in case, marks, spacing or invisible letters
`minhash`   128 numbers uint32 (MinHash over runs of words): the share that agree estimates how much two texts share
"""

from __future__ import annotations

import codecs
import hashlib
import html
import re
import unicodedata
from typing import BinaryIO

import numpy as np
from rensa import RMinHash

from cautery.core.errors import FileRefused

from .language import UNSPACED, language
from .model import Fingerprint, Found, Limits, Stopwatch, whole

PERMUTATIONS = 128
SEED = 42
WORDS = 3
"""Words a shingle has where words are written apart."""
LETTERS = 5
"""Letters a shingle has where they are not."""
FEWEST = 12
"""Shingles below which a text is too short for a signature: two short texts share too much by chance."""
FULL_QUALITY = 60
"""Shingles from which a signature has full quality."""

_INVISIBLE = {"Cf", "Cc"}
_ACCENTS = frozenset((*range(10, 37), *range(220, 235)))
"""Unicode's combining classes of accents and of Hebrew and Arabic points; vowel signs of Indic scripts have others."""
_SAME = str.maketrans(
    {"ـ": None, "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "’": "'", "ё": "е"}
)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]{1,2000}>", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"[\w\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]+")


def read(stream: BinaryIO, limits: Limits) -> Found:
    """Fingerprints of a text file (UTF-8, UTF-16 with its mark; tags left out); refuses with `damaged`, `nothing_found`."""
    data = whole(stream, limits.picture_bytes)
    try:
        text = _decoded(data)
    except UnicodeError as error:
        raise FileRefused("The text is not Unicode as it claims.", reason="damaged") from error
    if text.lstrip()[:1] == "<":
        text = html.unescape(_MARKUP.sub(" ", text))
    return of_text(text[: limits.text_chars]).checked()


def of_text(text: str) -> Found:
    """Fingerprints of a text, with its language and script as facts; none where it has no words."""
    watch = Stopwatch()
    found = Found()
    plain = normalised(text)
    if not plain:
        return found
    tongue = language(text)
    found.facts |= {"language": tongue.code, "script": tongue.script, "language_confidence": tongue.confidence}
    pieces = shingles(plain, spaced=tongue.script not in UNSPACED)
    found.facts["letters"] = len(plain)
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
    quality = min(100, round(100 * len(pieces) / FULL_QUALITY))
    found.prints.append(Fingerprint("text", digest, "normalised", quality, ms=watch.lap()))
    if len(pieces) >= FEWEST:
        found.prints.append(
            Fingerprint("minhash", signature(pieces).tobytes().hex(), "shingles", quality, ms=watch.lap())
        )
    return found


def normalised(text: str) -> str:
    """Lower case without accents, vowel points, invisible letters or punctuation; words one space apart.

    NFKD folds compatibility forms (full width, ligatures, presentation forms of Arabic); case is folded by Unicode's rules.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", folded.translate(_FOLDED))))


class _Folded(dict[int, str | None]):
    """What each letter of a decomposed text becomes: accents, points, joiners and direction marks nothing; worked out once a letter."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        hidden = unicodedata.combining(letter) in _ACCENTS or unicodedata.category(letter) in _INVISIBLE
        self[code] = None if hidden and not letter.isascii() else letter
        return self[code]


_FOLDED = _Folded(_SAME)


def shingles(plain: str, *, spaced: bool = True) -> list[str]:
    """Runs of `WORDS` words, or of `LETTERS` letters where words are not written apart; each once, in order."""
    if spaced:
        words = plain.split(" ")
        runs = [" ".join(words[at : at + WORDS]) for at in range(max(1, len(words) - WORDS + 1))]
    else:
        close = plain.replace(" ", "")
        runs = [close[at : at + LETTERS] for at in range(max(1, len(close) - LETTERS + 1))]
    return list(dict.fromkeys(runs))


def signature(pieces: list[str]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """MinHash of shingles, uint32[128] big-endian."""
    made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    made.update(pieces)
    return np.array(made.digest(), ">u4")


def _decoded(data: bytes) -> str:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")
