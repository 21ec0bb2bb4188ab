"""Which part of a text is whose: a person's own words, a delivery report's own, what is quoted or returned."""

from __future__ import annotations

import re

from cautery.core.mail.letter import Letter, header_block
from cautery.core.mail.tables import rules

LOOKED_AT = 12_000
"""Characters in which a mail says what it is."""

REPLY_QUOTE = re.compile(r"^[ \t]?[>|]", re.MULTILINE)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[\w-]*\.)*[\w-]{1,63}", re.ASCII)


def flat(text: str) -> str:
    """`text` in one line with single spaces, as the tables' patterns expect it; only so much as is looked at."""
    return " ".join(text[:LOOKED_AT].split())


def own_words(text: str) -> str:
    """What the writer wrote: without quoted lines, and up to the line that introduces a quotation."""
    found = rules("replies", "quotations", by_line=True).earliest(text)
    kept = text[: found.start()] if found else text
    below = text[found.end() :] if found and not kept.strip() else ""
    # Some answer below what they quote: then the introduction is the first line, and their words are what is not marked.
    return "\n".join(line for line in (kept + below).splitlines() if not REPLY_QUOTE.match(line)).strip()


def is_quoting(letter: Letter) -> bool:
    """Whether the letter quotes another. One quoted line alone may be anything."""
    return (
        letter.quoted
        or len(REPLY_QUOTE.findall(letter.text)) > 1
        or bool(rules("replies", "quotations", by_line=True).earliest(letter.text))
    )


def report_words(text: str) -> str:
    """What a delivery report says itself: up to the line after which the message is returned."""
    found = rules("bounces", "returned", by_line=True).earliest(text)
    if found is None or not text[: found.start()].strip():
        return text
    return text[: found.start()]


def returned_headers(text: str) -> dict[str, tuple[str, ...]]:
    """Headers of a message that is returned within the text, below the line that says so."""
    found = rules("bounces", "returned", by_line=True).earliest(text)
    if found is None:
        return {}
    below = (
        text[found.start() :] if ":" in found.group() and "received" in found.group().lower() else text[found.end() :]
    )
    return header_block(re.sub(r"^[ \t>|]+(?=[\w-]+:)", "", below, flags=re.MULTILINE))


def addresses_in(text: str) -> list[str]:
    """Mail addresses in order, each once, as they are written."""
    found: dict[str, str] = {}
    for match in ADDRESS.finditer(text):
        address = match.group().strip(".'=")
        if "." in address.rpartition("@")[2]:
            found.setdefault(address.lower(), address)
    return list(found.values())
