"""Wording: titles, notes, labels and reasons in a language, from `data/common/LANG.toml` and `data/NAME/LANG.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cautery.core.errors import RulesInvalid

LANGUAGES = ("en", "fr", "de")
"""Languages notices are printed in; the first is what an addressee gets whose declared ones are none of them."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field in words: its label, why the law wants it, and a note printed below."""

    label: str
    why: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """All words of one instrument in one language."""

    language: str
    title: str
    subtitle: str
    intro: tuple[str, ...]
    closing: tuple[str, ...]
    sections: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, Mapping[str, str]]
    words: Mapping[str, str]
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    laws: Mapping[str, str] = field(default_factory=dict)

    def field(self, id_: str) -> FieldWords:
        """The words of a field or rule; its id where the table has none."""
        row = self.fields.get(id_, {})
        return FieldWords(row.get("label", id_), row.get("why", ""), row.get("note", ""))

    def choice(self, field: str, word: str) -> str:
        """A choice in words; where the table has none, a code such as `ACCOUNT_TYPE_PRIVATE` as it is written."""
        return self.choices.get(field, {}).get(word, word)

    def word(self, name: str) -> str:
        """One of the common words."""
        return self.words.get(name, name)

    def law(self, text: str) -> str:
        """A provision as it is cited in this language: `Art 3(4)(e), Annex I Section E`, word by word."""
        if not self.laws:
            return text
        longest_first = sorted(self.laws, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in longest_first)
        return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: self.laws[found[0]], text)

    def period(self, text: str) -> str:
        """A period of a form, `1 month`, in words; what is none stays as it is."""
        number, _, unit = text.partition(" ")
        one_and_many = self.units.get(unit.removesuffix("s"))
        return f"{number} {one_and_many[0 if number == '1' else 1]}" if one_and_many else text


def wording_of(language: str, common: Mapping[str, Any], own: Mapping[str, Any], place: str) -> Wording:
    """The words of an instrument over the common ones; RulesInvalid where a part is missing."""
    try:
        return Wording(
            language=language,
            title=own["title"],
            subtitle=own.get("subtitle", ""),
            intro=tuple(own.get("intro", ())),
            closing=tuple(own.get("closing", common.get("closing", ()))),
            sections=own.get("sections", {}),
            fields=merged(common.get("fields", {}), own.get("fields", {})),
            choices=merged(common.get("choices", {}), own.get("choices", {})),
            words=merged(common.get("words", {}), own.get("words", {})),
            units=merged(common.get("units", {}), own.get("units", {})),
            laws=merged(common.get("law", {}), own.get("law", {})),
        )
    except (KeyError, TypeError) as wrong:
        raise RulesInvalid(f"{place} lacks or misspells {wrong}.", reason="wording", place=place) from wrong


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables as one, what stands above going first, table by table."""
    both = dict(below)
    for name, value in above.items():
        old = both.get(name)
        both[name] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return both


def language_for(declared: tuple[str, ...] | list[str], wanted: tuple[str, ...] = LANGUAGES) -> str:
    """The language a notice goes out in: the first the addressee declared that there is wording for, else English."""
    for each in declared:
        code = each.strip().lower().replace("_", "-").partition("-")[0]
        if code in wanted:
            return code
    return wanted[0]
