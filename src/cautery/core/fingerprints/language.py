"""Which language a text is in: its script first, then small words and letters of its own. No model, no download.

Coarse on purpose: it names the language so that people can sort and texts can be compared with their like. A text too
short or of a language not listed is `und`, with its script.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

UNKNOWN = "und"
LOOKED_AT = 20_000
"""Letters of a text that are looked at."""
ENOUGH = 0.06
"""Least score a word: about one word in fifteen is a small word of the language."""
LETTER_WEIGHT = 0.35
FOREIGN = 0.6

_RANGES = sorted(
    [
        (0x0041, 0x024F, "latin"), (0x1E00, 0x1EFF, "latin"), (0x0370, 0x03FF, "greek"), (0x1F00, 0x1FFF, "greek"),
        (0x0400, 0x052F, "cyrillic"), (0x0530, 0x058F, "armenian"), (0x0590, 0x05FF, "hebrew"),
        (0x0600, 0x06FF, "arabic"), (0x0700, 0x074F, "syriac"), (0x0750, 0x077F, "arabic"), (0x0780, 0x07BF, "thaana"),
        (0x07C0, 0x07FF, "nko"), (0x0900, 0x097F, "devanagari"), (0x0980, 0x09FF, "bengali"),
        (0x0A00, 0x0A7F, "gurmukhi"), (0x0A80, 0x0AFF, "gujarati"), (0x0B00, 0x0B7F, "oriya"),
        (0x0B80, 0x0BFF, "tamil"), (0x0C00, 0x0C7F, "telugu"), (0x0C80, 0x0CFF, "kannada"),
        (0x0D00, 0x0D7F, "malayalam"), (0x0D80, 0x0DFF, "sinhala"), (0x0E00, 0x0E7F, "thai"), (0x0E80, 0x0EFF, "lao"),
        (0x0F00, 0x0FFF, "tibetan"), (0x1000, 0x109F, "myanmar"), (0x10A0, 0x10FF, "georgian"),
        (0x1100, 0x11FF, "hangul"), (0x1200, 0x139F, "ethiopic"), (0x13A0, 0x13FF, "cherokee"),
        (0x1400, 0x167F, "syllabics"), (0x1780, 0x17FF, "khmer"), (0x1800, 0x18AF, "mongolian"),
        (0x1C50, 0x1C7F, "ol_chiki"), (0x2D30, 0x2D7F, "tifinagh"), (0x3040, 0x30FF, "kana"), (0x3400, 0x9FFF, "han"),
        (0xA000, 0xA4CF, "yi"), (0xA500, 0xA63F, "vai"), (0xAC00, 0xD7AF, "hangul"), (0xFB50, 0xFDFF, "arabic"),
        (0xFE70, 0xFEFF, "arabic"), (0x1E900, 0x1E95F, "adlam"), (0x20000, 0x3FFFF, "han"),
    ]
)  # fmt: skip
_STARTS = [start for start, _, _ in _RANGES]

_ONE_LANGUAGE = {
    "armenian": "hy", "cherokee": "chr", "georgian": "ka", "greek": "el", "gujarati": "gu", "gurmukhi": "pa",
    "hangul": "ko", "kana": "ja", "kannada": "kn", "khmer": "km", "lao": "lo", "malayalam": "ml", "mongolian": "mn",
    "myanmar": "my", "nko": "nqo", "ol_chiki": "sat", "oriya": "or", "sinhala": "si", "tamil": "ta", "telugu": "te",
    "thaana": "dv", "thai": "th", "tibetan": "bo", "tifinagh": "zgh", "vai": "vai", "yi": "ii", "adlam": "ff",
    "syllabics": "iu", "syriac": "aii",
}  # fmt: skip
UNSPACED = frozenset({"han", "kana", "khmer", "lao", "myanmar", "thai", "tibetan"})
"""Scripts that write no spaces between words."""

_TRADITIONAL = frozenset(
    "們個這來時說國會對為學發開關於從後過還無與義權應當實現見間電體總經長門問東車馬語話讓認產業種條員圖書"
)
_SIMPLIFIED = (
    frozenset("们个这来时说国会对为学发开关于从后过还无与义权应当实现见间电体总经长门问东车马语话让认产业种条员图书")
    - _TRADITIONAL
)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ·-][^\W\d_]+)*['’]?")


@dataclass(frozen=True, slots=True)
class Language:
    """BCP 47 language (`und` where unknown), script in lower case, and how sure, 0 to 1."""

    code: str
    script: str
    confidence: float


def language(text: str) -> Language:
    """The language most of a text is in."""
    looked_at = text[:LOOKED_AT].lower()
    scripts = Counter(script for letter in looked_at if (script := script_of(letter)))
    if not scripts:
        return Language(UNKNOWN, "", 0.0)
    script, count = scripts.most_common(1)[0]
    share = count / scripts.total()
    if script in {"han", "kana"} or (script != "hangul" and scripts["han"] > count):
        return _east_asian(looked_at, scripts)
    if script in _ONE_LANGUAGE:
        return Language(_ONE_LANGUAGE[script], script, round(share, 2))
    return _by_words(looked_at, script, share)


def script_of(letter: str) -> str:
    """The script of a letter by its block; empty for anything else."""
    if not letter.isalpha():
        return ""
    code = ord(letter)
    place = bisect_right(_STARTS, code) - 1
    return _RANGES[place][2] if place >= 0 and code <= _RANGES[place][1] else ""


def _east_asian(text: str, scripts: Mapping[str, int]) -> Language:
    han, kana = scripts.get("han", 0), scripts.get("kana", 0)
    if kana > 0.05 * (han + kana):
        return Language("ja", "kana", round(min(1.0, 0.5 + kana / (han + kana)), 2))
    letters = Counter(text)
    old = sum(letters[letter] for letter in _TRADITIONAL)
    new = sum(letters[letter] for letter in _SIMPLIFIED)
    return Language("zh-Hant" if old > new else "zh", "han", 0.9 if old + new else 0.5)


def _by_words(text: str, script: str, share: float) -> Language:
    """The listed language whose small words and letters a text has most of, against the next best."""
    tables = _tables().get(script)
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    if not tables or not words:
        return Language(UNKNOWN, script, 0.0)
    weights, letters, listed = tables
    scores: Counter[str] = Counter()
    for word, times in Counter(words).items():
        for code, weight in weights.get(word, {}).items():
            scores[code] += weight * times  # type: ignore[assignment]
    seen = Counter(letter for letter in text if letter in listed)
    for letter, times in seen.items():
        for code, own in letters.items():
            if letter in own:
                scores[code] += LETTER_WEIGHT * times / math.sqrt(len(listed[letter]))  # type: ignore[assignment]
            elif own:
                scores[code] -= FOREIGN * LETTER_WEIGHT * times  # type: ignore[assignment]
    ranked = scores.most_common(2)
    if not ranked or ranked[0][1] < ENOUGH * len(words):
        return Language(UNKNOWN, script, 0.0)
    best, second = ranked[0][1], max(0.0, ranked[1][1]) if len(ranked) > 1 else 0.0
    return Language(ranked[0][0], script, round(share * min(1.0, 2 * (best - second) / (best + second)), 2))


_Tables = tuple[dict[str, dict[str, float]], dict[str, frozenset[str]], dict[str, frozenset[str]]]


@cache
def _tables() -> dict[str, _Tables]:
    """By script: word -> language -> weight (less for words many share), language -> its letters, letter -> languages."""
    listed = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))
    made: dict[str, _Tables] = {}
    for script, languages in listed.items():
        words = {code: set(given["words"].split()) for code, given in languages.items()}
        shared = Counter(word for own in words.values() for word in own)
        weights: dict[str, dict[str, float]] = {}
        for code, own in words.items():
            for word in own:
                weights.setdefault(word, {})[code] = 1 / math.sqrt(shared[word])
        letters = {code: frozenset(given.get("letters", "")) for code, given in languages.items()}
        marked = frozenset().union(*letters.values())
        holders = {mark: frozenset(code for code, own in letters.items() if mark in own) for mark in marked}
        made[script] = (weights, letters, holders)
    return made
