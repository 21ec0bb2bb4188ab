"""Bytes of a mail as text: the charset it names, where that holds, else what the bytes look like."""

from __future__ import annotations

import re

ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
HIGH = re.compile(rb"[\x80-\xff]")
ASIAN = ("gb18030", "shift_jis", "euc_kr")
DENSE = 0.3
"""Share of high bytes above which a text of unknown charset is not one of western letters."""
SPOKEN = {
    "unicode-1-1-utf-7": "utf-7",
    "x-sjis": "shift_jis",
    "x-unknown": "",
    "unknown-8bit": "",
    "ansi": "windows-1252",
}
SINGLE = {"us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "cp1252", ""}
"""Names that many mailers give without looking: bytes that are UTF-8 throughout are believed more than these."""

NOT_TEXT = frozenset(
    {"base64", "hex", "bz2", "zlib", "rot13", "uu", "quopri", "idna", "punycode", "undefined", "mbcs", "oem"}
)


def decoded(raw: bytes, charset: str) -> str:
    """`raw` as text, never an error; line ends as the platform's own, NUL dropped."""
    return _text(raw, charset.strip().strip("'\"").lower()).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _text(raw: bytes, charset: str) -> str:
    charset = SPOKEN.get(charset, charset)
    if ESCAPES.search(raw) and charset in SINGLE | {"utf-8"}:
        charset = "iso2022_jp_2"
    if charset in SINGLE and HIGH.search(raw):
        found = _strict(raw, "utf-8")
        if found is not None:
            return found
    dense = len(HIGH.findall(raw)) > DENSE * len(raw)
    named = [] if charset in {"", "us-ascii", "ascii"} else [charset]
    for name in (*named, "utf-8", *(ASIAN if dense else ("windows-1252",))):
        found = _strict(raw, name)
        if found is not None:
            return found
    return raw.decode("latin-1")


def _strict(raw: bytes, charset: str) -> str | None:
    if charset.replace("-", "").replace("_codec", "") in NOT_TEXT:
        return None
    try:
        return raw.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return None
