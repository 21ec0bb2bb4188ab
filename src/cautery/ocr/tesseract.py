"""Tesseract: its languages, which of them to use for a picture, and its table of words with how sure it is of each."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from cautery.core.errors import FileRefused, Refused, SettingInvalid

from .base import SURE, Line, Words, settled
from .confined import Bounds, run

PROGRAM = "tesseract"
PAGE, SPARSE = "3", "11"
"""How it looks for text: as on a page; and where that finds none, anywhere, in any order.

Anywhere it sees letters in any weave: there only what it is sure of, and has `WORD` letters, is text.
"""
WORD = 3
GET = "Debian: apt-get install tesseract-ocr tesseract-ocr-ara tesseract-ocr-deu (a package a language)."
FEW, MANY, OTHER_SCRIPTS = 6, 10, 2
"""Languages used at once where the item's is known, and where it is not: some 0.06 s of processor time each; and scripts beside
its own and English's."""
_WORD = "5"
"""Level of a row of its table that is a word."""
_ASKING_S = 20.0


class Language(NamedTuple):
    """A language by Tesseract's name: its code (BCP 47) and script."""

    name: str
    code: str
    script: str


@dataclass(frozen=True)
class Tesseract:
    """The program at `path`."""

    path: str
    bounds: Bounds = field(default_factory=Bounds)
    name: str = PROGRAM

    @property
    def version(self) -> str:
        """Such as `5.3.0`."""
        return _first_line(self.path).removeprefix("tesseract ").strip()

    def languages(self) -> tuple[str, ...]:
        """Languages whose data is installed; neither orientation alone nor what stands for mathematics."""
        return _installed(self.path)

    def read(self, png: bytes, languages: Sequence[str]) -> Words:
        """See `Engine`."""
        words = settled(self._looked(PAGE, png, languages), self, languages)
        if words.lines:
            return words
        return settled(self._looked(SPARSE, png, languages), self, languages, least=SURE, fewest=WORD)

    def _looked(self, way: str, png: bytes, languages: Sequence[str]) -> list[Line]:
        program = [self.path, "stdin", "stdout", "-l", "+".join(languages), "--psm", way, "tsv"]
        return _lines(run(program, png, self.bounds))


def find() -> Tesseract | None:
    """The program, where it is on the path."""
    path = shutil.which(PROGRAM)
    return Tesseract(path) if path else None


def chosen(engine_has: Sequence[str], wanted: str) -> tuple[str, ...]:
    """Languages asked for by hand (`ara+eng`); Refused where one is not installed."""
    names = tuple(dict.fromkeys(name for name in wanted.replace(",", "+").split("+") if name))
    missing = [name for name in names if name not in engine_has]
    if missing or not names:
        there = ", ".join(engine_has) or "none"
        raise Refused(
            f"There is no language {missing[0] if missing else wanted!r} installed for {PROGRAM}; there are {there}.",
            reason="no_language",
            hint=GET,
        )
    return names


def suited(engine_has: Sequence[str], code: str = "") -> tuple[str, ...]:
    """Of the languages that are there those to read a picture with, the likeliest first; `code` is the item's (BCP 47).

    A picture often has another language than its page. Known: that language, English, one of each of the two likeliest other
    scripts, then others of its own script, `FEW` in all. Unknown: the first `MANY` of languages.toml.
    """
    here = [language for language in listed() if language.name in engine_has]
    base = code.lower().partition("-")[0]
    own = [language for language in here if base and language.code == base]
    scripts = {language.script for language in own}
    english = [language for language in here if language.code == "en"]
    known = {*scripts, *(language.script for language in english)}
    other = {language.script: language for language in reversed(here) if language.script not in known}
    far = sorted(other.values(), key=here.index)[:OTHER_SCRIPTS]
    near = [language for language in here if language.script in scripts]
    ordered = [*own, *english, *far, *near] if own else here
    names = list(dict.fromkeys(language.name for language in ordered)) or list(engine_has)
    return tuple(names[: FEW if own else MANY])


@cache
def listed() -> tuple[Language, ...]:
    """The languages of languages.toml, in their order."""
    text = Path(__file__).with_name("languages.toml").read_text(encoding="utf-8")
    return tuple(Language(**row) for row in tomllib.loads(text)["language"])


def _lines(table: bytes) -> list[Line]:
    """The words of a table (TSV) put together line by line, in the order they are read in; a word counts by its length."""
    try:
        rows = list(csv.reader(table.decode().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        head = {name: place for place, name in enumerate(rows[0])}
        level, confidence, text = head["level"], head["conf"], head["text"]
        place = slice(head["page_num"], head["line_num"] + 1)
        words = [row for row in rows[1:] if row[level] == _WORD and row[text].strip()]
        return [
            _line([(row[text], float(row[confidence])) for row in line])
            for _, line in groupby(words, lambda row: row[place])
        ]
    except (UnicodeDecodeError, csv.Error, IndexError, KeyError, ValueError) as error:
        raise FileRefused("What the program wrote is not its table of words.", reason="garbled") from error


def _line(words: Sequence[tuple[str, float]]) -> Line:
    letters = sum(len(word) for word, _ in words)
    return Line(" ".join(word for word, _ in words), round(sum(len(word) * sure for word, sure in words) / letters))


def _first_line(path: str) -> str:
    return (_asked(path, "--version").splitlines() or [""])[0]


def _installed(path: str) -> tuple[str, ...]:
    names = [line.strip() for line in _asked(path, "--list-langs").splitlines()[1:]]
    return tuple(name for name in names if name and name not in {"osd", "equ"} and not name.startswith("script/"))


def _asked(path: str, what: str) -> str:
    """What the program says of itself; SettingInvalid where it cannot."""
    try:
        said = subprocess.run([path, what], capture_output=True, check=True, timeout=_ASKING_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise SettingInvalid(
            f"{path} does not answer {what}.", setting="CAUTERY_OCR", reason="broken", hint=GET
        ) from error
    return (said.stdout or said.stderr).decode(errors="replace")
