"""Text as it is searched: folded alike in the index and in what is asked, whatever its script.

Any three characters in a row find a place (trigrams). Scripts that write words of two characters without spaces between them
get each pair once more with a space behind it, so that two characters are enough there.
"""

from __future__ import annotations

import re
import unicodedata

from cautery.core.errors import Refused

LONGEST_TEXT = 2_000
FEWEST = 3
_MARKS = {"Mn", "Cf"}
_ALIKE = str.maketrans("أإآٱىیکةёı", "ااااييكهеi", "ـ") | {ord("ß"): "ss"}
_DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}"
)
_WORDS = re.compile(r'"([^"]+)"|(\S+)')


def folded(text: str) -> str:
    """Compatibility forms, case, accents, vowel signs, invisible characters and runs of space taken away."""
    if text.isascii():  # nothing of it is composed, marked or invisible: seven times as fast
        return " ".join(text.lower().replace("\0", " ").split())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in plain if unicodedata.category(char) not in _MARKS)
    return " ".join(unicodedata.normalize("NFC", bare.translate(_ALIKE)).replace("\0", " ").split())


def indexed(text: str, limit: int = LONGEST_TEXT) -> str:
    """What the index keeps of a text: its folded form up to `limit` characters, and the pairs of dense scripts."""
    plain = folded(text[:limit])
    pairs = {run[at : at + 2] for run in _DENSE.findall(plain) for at in range(len(run) - 1)}
    return f"{plain} {' '.join(sorted(pairs))} " if pairs else f"{plain} "


def terms(query: str) -> list[str]:
    """What has to be there, each part of it: words, and what stands in quotation marks as it stands.

    `Refused` (`too_short`) for a part that an index of three characters cannot find.
    """
    parts = [folded(quoted or plain) for quoted, plain in _WORDS.findall(query)]
    wanted = [f"{part} " if len(part) == 2 and _DENSE.fullmatch(part) else part for part in parts if part]
    short = [part for part in wanted if len(part) < FEWEST]
    if short:
        raise Refused(
            f"“{short[0]}” is too short to be searched for: three characters at least, two in Chinese or Japanese.",
            reason="too_short",
            part=short[0],
        )
    return list(dict.fromkeys(wanted))
