"""Text in which links were made harmless (`hxxps://example[.]com`, `me (at) example (dot) org`) made whole again.

Each step replaces one family of spellings; every letter keeps the place it had in the text as written, so that a link
found in the result can be pointed to in the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

_Step: TypeAlias = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_DOT = (
    r"(?:dot|punto|punkt|ponto|point|punt|nokta|kropka|tečka|točka|точка|тчк|крапка"
    r"|نقطة|نقطه|نقطہ|नुक्ता|点|點|ドット|점)"
)
_AT = r"(?:@|at|ät|et|arroba|chiocciola|arobase|собака|艾特|アット|골뱅이)"
_NAME = r"[\w-]"
_HOST_AHEAD = rf"(?={_NAME}+(?:\.|\s*{_OPEN}|\s+DOT\b))"


def _scheme(found: re.Match[str]) -> str:
    return "https://" if found["secure"] else "http://"


@cache
def _steps() -> tuple[_Step, ...]:
    """The steps in their order; compiled when a text is first read."""
    return (
        # Full-width letters of an address: http：／／example．com
        (re.compile(r"(?<=[A-Za-z0-9])[．｡。](?=[A-Za-z0-9])"), "."),
        (re.compile(r"(?<=[A-Za-z0-9])＠(?=[A-Za-z0-9])"), "@"),
        (re.compile(r"(?i)(?<=[hx][tx]tp)(s?)：／／"), r"\1://"),
        (re.compile(r"(?i)(?<=[hx][tx]tps)：／／"), "://"),
        # hxxp, xxxp, h**p, [http], http//, https&://, http :// and what else stands for a scheme.
        (
            re.compile(
                rf"(?<![A-Za-z0-9])(?!https?://[^\s/])(?P<open>{_OPEN})?[hHxX][tTxX*]{{2}}[pPxX](?P<secure>[sS]?[A&@!$]?)(?(open){_CLOSE})"
                rf"(?:\s?{_OPEN}?:{_CLOSE}?\s?{_OPEN}?(?:/{_CLOSE}?{_OPEN}?){{2,3}}{_CLOSE}?|{_OPEN}://{_CLOSE}|//)\s?"
                rf"(?=[^\s/<>()]*(?:[.:\[({{]|\\\.))"
            ),
            _scheme,
        ),
        # Between letters of a name: [.] (.) {.} <.> [.[ .] {. }.} \. ^.
        (
            re.compile(
                rf"(?<={_NAME})(?:\s?{_OPEN}\s?\.\s?{_CLOSE}\s?|[\[{{]\.[\[{{]?|[\]}}]\.[\]}}]?|\.[\]}}{{]|[\\^]\.)(?={_NAME})"
            ),
            ".",
        ),
        (re.compile(rf"(?i)(?<={_NAME})\s*{_OPEN}\s*{_DOT}\s*{_CLOSE}\s*(?={_NAME})"), "."),
        (re.compile(rf"(?<={_NAME})\s+DOT\s+(?={_NAME})"), "."),
        (re.compile(r"(?i)(?<=[a-z0-9])-dot-(?=[a-z0-9])"), "."),
        (re.compile(r"(?<=[A-Za-z0-9])\[-\](?=[A-Za-z0-9])"), "-"),
        (re.compile(rf"(?<=[A-Za-z0-9/])\[/\](?={_NAME})"), "/"),
        (re.compile(r"(?<=[A-Za-z0-9])\[:\](?=[0-9])"), ":"),
        # The sign between a name and its host: [@] (at) [et] (arroba), " AT ", " @ ".
        (re.compile(rf"(?i)(?<={_NAME})\s*{_OPEN}\s*{_AT}\s*{_CLOSE}\s*{_HOST_AHEAD}"), "@"),
        (re.compile(rf"(?<={_NAME})(?:\s+AT\s+|\s+@\s+){_HOST_AHEAD}"), "@"),
        # A bracket that opens right before an address only sets it off.
        (re.compile(r"[\[(](?=https?://|www\.)"), ""),
    )


def refang(text: str) -> str:
    """The text with defanged links and mail addresses made whole."""
    return refang_with_places(text)[0]


def refang_with_places(text: str) -> tuple[str, list[int] | None]:
    """The text made whole, and for each of its letters (and its end) the place in the text as written.

    The places are None where nothing was defanged.
    """
    places: list[int] | None = None
    for pattern, replacement in _steps():
        if pattern.search(text) is not None:
            text, places = _replace(text, places, pattern, replacement)
    return text, places


def _replace(
    text: str, places: list[int] | None, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
) -> tuple[str, list[int]]:
    places = list(range(len(text) + 1)) if places is None else places
    parts: list[str] = []
    moved: list[int] = []
    done = 0
    for found in pattern.finditer(text):
        new = replacement(found) if callable(replacement) else found.expand(replacement)
        parts += [text[done : found.start()], new]
        moved += places[done : found.start()]
        moved += [places[found.start()]] * len(new)
        done = found.end()
    return "".join([*parts, text[done:]]), moved + places[done:]
