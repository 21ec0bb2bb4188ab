"""What a domain may come back as: the same name elsewhere, numbered, misspelled, or in letters that look the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ada_url

TLDS = (
    "com", "net", "org", "info", "biz", "co", "io", "me", "tv", "cc", "ws", "to", "is", "su", "ru", "xyz", "top", "site", "online",
    "store", "shop", "club", "live", "news", "media", "press", "blog", "app", "dev", "link", "click", "world", "today", "space", "pro",
    "eu", "de", "fr", "nl", "uk", "us", "ca", "ch", "se", "li", "at", "be", "es", "it", "pl", "in", "cn", "tk", "ml", "ga", "cf", "gq",
)  # fmt: skip
ALIKE = {
    "a": "а4", "b": "6", "c": "с", "e": "е3", "g": "9q", "i": "1lі", "j": "ј", "l": "1i", "o": "0о", "p": "р", "s": "5ѕ", "t": "7",
    "x": "х", "y": "у", "z": "2", "m": "rn", "w": "vv",
}  # fmt: skip
PAIRS = {"m": "rn", "w": "vv", "d": "cl"}
SUFFIXES = (
    "1",
    "2",
    "3",
    "24",
    "-new",
    "new",
    "-tv",
    "tv",
    "-news",
    "news",
    "-official",
    "s",
    "-mirror",
    "online",
    "-online",
    "media",
    "-media",
)
PREFIXES = ("the", "new", "my", "www", "www-", "m-", "the-")


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A name that may follow `domain`: in ASCII, and by which habit it was made."""

    domain: str
    way: str


def lookalikes(domain: str, *, tlds: Iterable[str] = TLDS, taken: Iterable[str] | None = None) -> Iterator[Lookalike]:
    """Names that look like `domain`, likeliest habits first, each once; only those in `taken` where it is given.

    `taken` may be a list of newly registered domains: then this says which of them look like ours, and why.
    """
    name, _, zone = domain.lower().rstrip(".").partition(".")
    known = None if taken is None else {_ascii(one) for one in taken}
    seen = {_ascii(domain)}
    for candidate, way in _made(name, zone, tuple(tlds)):
        ascii_name = _ascii(candidate)
        if ascii_name and ascii_name not in seen and (known is None or ascii_name in known):
            seen.add(ascii_name)
            yield Lookalike(ascii_name, way)


def _made(name: str, zone: str, tlds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    zones = (zone, *tlds)
    yield from ((f"{name}.{tld}", "other TLD") for tld in tlds)
    for changed, way in _renamed(name):
        yield from ((f"{changed}.{tld}", way) for tld in (zones if way == "numbered or renamed" else zones[:1]))


def _renamed(name: str) -> Iterator[tuple[str, str]]:
    """The label itself changed, by each habit."""
    stem = re.sub(r"-?\d+$", "", name)
    number = re.search(r"(\d+)$", name)
    if number:
        yield from ((f"{name[: number.start()]}{int(number[1]) + step}", "numbered or renamed") for step in range(1, 6))
    yield from ((stem + suffix, "numbered or renamed") for suffix in ("", *SUFFIXES) if stem)
    yield from ((prefix + name, "numbered or renamed") for prefix in PREFIXES)
    yield from ((name.replace("-", ""), "hyphens") for _ in (0,) if "-" in name)
    yield from ((f"{name[:place]}-{name[place:]}", "hyphens") for place in range(1, len(name)))
    for place, letter in enumerate(name):
        rest = name[place + 1 :]
        yield from ((name[:place] + other + rest, "letters that look the same") for other in ALIKE.get(letter, ""))
        if letter in PAIRS:
            yield name[:place] + PAIRS[letter] + rest, "letters that look the same"
        yield name[:place] + rest, "a letter left out"
        yield name[:place] + letter + letter + rest, "a letter doubled"
        if rest:
            yield name[:place] + rest[0] + letter + rest[1:], "two letters swapped"


def _ascii(name: str) -> str:
    """The name as DNS has it; empty where it can be none."""
    try:
        return str(ada_url.idna_to_ascii(name.lower().rstrip(".")).decode())
    except (ValueError, UnicodeError):
        return ""
