"""The instruments there are: forms and wording, as shipped and as a lawyer's folder changes them.

A folder given beside the shipped one holds the same files (`NAME/form.toml`, `NAME/de.toml`, `common/de.toml`, `form.typ`), each with only what
differs: tables are merged key by key, sections and fields by their ids; a new id is added at the end.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cautery.core.errors import NotFound, RulesInvalid
from cautery.core.instruments.form import Form, form_of
from cautery.core.instruments.wording import LANGUAGES, Wording, merged, wording_of

DATA = Path(__file__).with_name("data")
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A form with its wording in every language."""

    form: Form
    wordings: Mapping[str, Wording]

    def wording(self, language: str) -> Wording:
        """Its words in a language; NotFound for one it has not."""
        if language not in self.wordings:
            raise NotFound(
                f"There is no wording of {self.form.instrument} in {language!r}.",
                hint=f"One of: {', '.join(self.wordings)}.",
            )
        return self.wordings[language]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All instruments by name; `folders` are those they were read from, the later going first."""

    instruments: Mapping[str, Instrument]
    folders: tuple[Path, ...]

    @staticmethod
    def load(*folders: Path) -> Catalogue:
        """The shipped instruments, changed by each folder in turn. RulesInvalid names the file that does not hold."""
        for folder in folders:
            if not folder.is_dir():
                raise RulesInvalid(f"{folder} is not a folder of wording.", reason="not_a_folder", file=str(folder))
        every = (DATA, *folders)
        names = sorted({path.parent.name for folder in every for path in folder.glob("*/form.toml")})
        common = {language: _table(every, COMMON, f"{language}.toml") for language in LANGUAGES}
        return Catalogue({name: _instrument(every, name, common) for name in names}, every)

    @staticmethod
    @cache
    def default() -> Catalogue:
        """The instruments as shipped."""
        return Catalogue.load()

    def get(self, name: str) -> Instrument:
        """An instrument by its name; NotFound names those there are."""
        if name not in self.instruments:
            raise NotFound(f"There is no instrument {name!r}.", hint=f"One of: {', '.join(self.instruments)}.")
        return self.instruments[name]

    def file(self, name: str) -> Path | None:
        """The file of this name that goes first, if there is one."""
        return next((folder / name for folder in reversed(self.folders) if (folder / name).is_file()), None)


def _instrument(folders: Sequence[Path], name: str, common: Mapping[str, Mapping[str, Any]]) -> Instrument:
    form = form_of(_table(folders, name, "form.toml"), f"{name}/form.toml")
    wordings = {
        language: wording_of(language, common[language], own, f"{name}/{language}.toml")
        for language in LANGUAGES
        if (own := _table(folders, name, f"{language}.toml"))
    }
    return Instrument(form, wordings)


def _table(folders: Sequence[Path], name: str, file: str) -> dict[str, Any]:
    """A file of the shipped folder with those of the others laid over it; empty where nobody has it."""
    table: dict[str, Any] = {}
    for folder in folders:
        path = folder / name / file
        if path.is_file():
            table = _laid_over(table, read_toml(path))
    return table


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = merged(below, {name: value for name, value in above.items() if name not in _BY_ID})
    for name in _BY_ID:
        if name in above:
            both[name] = _by_id(below.get(name, []), above[name])
    return both


_BY_ID = ("section", "field", "rule")


def _by_id(below: Sequence[Mapping[str, Any]], above: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    both = {row.get("id"): row for row in below}
    for row in above:
        id_ = row.get("id")
        both[id_] = _laid_over(both[id_], row) if id_ in both else row
    return list(both.values())


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; RulesInvalid with its name and the place where it breaks off."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        name = f"{path.parent.name}/{path.name}"
        raise RulesInvalid(f"{name} cannot be read: {wrong}", reason="toml", file=str(path)) from wrong
