"""Forms: the fields of each instrument as data, read from `data/NAME/form.toml`.

    instrument = "tco-removal-order"      law, version, stage
    [[section]] id, printed
    [[section.field]] id, kind, need, law, choices, longest, check
    [[rule]] id, kind, field, other, length, value, unless, only, law
    [[event]] event, field, only          which of its moments is which event of the legal clocks

`need` is `always`, `advised` (its absence is said, not held against it), or a condition on another field:
`{ field = "x", is = ["a"] }`, `{ field = "x", set = true }`, `{ field = "x", differs = "y" }`, each with an `unless` of its own.
`asked = true` marks what whoever decides may say and the register does not know; the desk asks for it, and for whatever is needed and lacking.
`check = true` marks what was not read in the act's own text, for a lawyer to confirm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cautery.core.clock.periods import Period
from cautery.core.errors import Refused, RulesInvalid
from cautery.core.instruments.kinds import KINDS, Limits, Value, is_empty

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on another field's value, and what lifts it."""

    field: str
    values: tuple[str | bool, ...] = ()
    given: bool | None = None
    differs: str = ""
    unless: When | None = None

    def holds(self, values: Values) -> bool:
        """Whether it is so for these values."""
        if self.unless is not None and self.unless.holds(values):
            return False
        value = values.get(self.field)
        if self.given is not None:
            return is_empty(value) is not self.given
        if self.differs:
            other = values.get(self.differs)
            return not is_empty(value) and not is_empty(other) and value != other
        found = value if isinstance(value, list) else [value]
        return any(each in self.values for each in found)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `need` is None for what is only advised, and holds always where it is ALWAYS."""

    id: str
    section: str
    kind: str
    law: str
    need: When | None
    limits: Limits
    check: bool = False
    asked: bool = False

    def needed(self, values: Values) -> bool:
        """Whether it must be there, given the others."""
        return self.need is not None and (self.need is ALWAYS or self.need.holds(values))


ALWAYS = When("")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold between fields; `kind` names a function of validation.py."""

    id: str
    kind: str
    field: str
    law: str
    other: str = ""
    length: Period | None = None
    unless: When | None = None
    only: When | None = None
    value: tuple[str | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A field that tells when an event of the legal clocks (clocks.toml) happened."""

    event: str
    field: str
    only: When | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form, in its order; one that is not printed is kept with the notice only."""

    id: str
    printed: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """An instrument: its sections, rules and law."""

    instrument: str
    version: str
    law: str
    stage: str
    clocks: tuple[str, ...]
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    events: tuple[Moment, ...] = ()

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its id, in order."""
        return {field.id: field for section in self.sections for field in section.fields}

    def names(self) -> Iterator[str]:
        """Everything wording speaks of: fields and rules."""
        yield from self.fields
        yield from (rule.id for rule in self.rules)


RULES = ("after", "before", "differ", "equal", "since", "some")


def form_of(raw: Mapping[str, Any], place: str) -> Form:
    """A form from its table; RulesInvalid names the place and what does not hold."""
    try:
        sections = tuple(_section(each, place) for each in raw["section"])
        rules = tuple(_rule(each, place) for each in raw.get("rule", []))
        form = Form(
            instrument=raw["instrument"],
            version=str(raw["version"]),
            law=raw["law"],
            stage=raw["stage"],
            clocks=tuple(raw.get("clocks", [])),
            sections=sections,
            rules=rules,
            events=tuple(_event(each, place) for each in raw.get("event", [])),
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        raise _invalid(place, f"lacks or misspells {wrong}") from wrong
    _check_names(form, place)
    return form


def _section(raw: Mapping[str, Any], place: str) -> Section:
    fields = tuple(_field(each, raw["id"], place) for each in raw["field"])
    return Section(raw["id"], bool(raw.get("printed", True)), fields)


def _field(raw: Mapping[str, Any], section: str, place: str) -> Field:
    known = {"id", "kind", "need", "law", "choices", "longest", "check", "asked"}
    if unknown := set(raw) - known:
        raise _invalid(place, f"gives field {raw.get('id')} unknown keys {sorted(unknown)}")
    if raw["kind"] not in KINDS:
        raise _invalid(place, f"gives field {raw['id']} the unknown kind {raw['kind']!r}")
    limits = Limits(tuple(raw.get("choices", ())), int(raw.get("longest", Limits().longest)))
    need = _need(raw.get("need", "always"), f"{place}, field {raw['id']}")
    marks = {mark: bool(raw.get(mark, False)) for mark in ("check", "asked")}
    return Field(raw["id"], section, raw["kind"], raw["law"], need, limits, **marks)


def _need(raw: Any, place: str) -> When | None:
    if raw == "always":
        return ALWAYS
    if raw == "advised":
        return None
    return _when(raw, place)


def _when(raw: Any, place: str) -> When:
    if not isinstance(raw, Mapping) or "field" not in raw or set(raw) - {"field", "is", "set", "differs", "unless"}:
        raise _invalid(place, f"has a condition that cannot be read: {raw!r}")
    unless = _when(raw["unless"], place) if "unless" in raw else None
    return When(raw["field"], _several(raw.get("is", ())), raw.get("set"), raw.get("differs", ""), unless)


def _several(raw: Any) -> tuple[str | bool, ...]:
    return tuple(raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else (raw,)


def _rule(raw: Mapping[str, Any], place: str) -> Rule:
    if raw["kind"] not in RULES:
        raise _invalid(place, f"gives rule {raw['id']} the unknown kind {raw['kind']!r}")
    try:
        length = Period.read(raw["length"]) if "length" in raw else None
    except Refused as refused:
        raise _invalid(place, f"gives rule {raw['id']} a length that cannot be read") from refused
    conditions = {name: _when(raw[name], place) for name in ("unless", "only") if name in raw}
    return Rule(
        raw["id"],
        raw["kind"],
        raw["field"],
        raw["law"],
        raw.get("other", ""),
        length,
        value=_several(raw.get("value", ())),
        **conditions,
    )


def _event(raw: Mapping[str, Any], place: str) -> Moment:
    return Moment(raw["event"], raw["field"], _when(raw["only"], place) if "only" in raw else None)


def _check_names(form: Form, place: str) -> None:
    """Every field that is spoken of exists, and no id stands twice."""
    ids = [field.id for section in form.sections for field in section.fields]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise _invalid(place, f"has these fields twice: {sorted(twice)}")
    conditions = [field.need for field in form.fields.values()]
    conditions += [when for rule in form.rules for when in (rule.unless, rule.only)]
    conditions += [event.only for event in form.events]
    conditions += [when.unless for when in conditions if when]
    spoken = {name for when in conditions if when and when is not ALWAYS for name in (when.field, when.differs) if name}
    spoken |= {str(name) for rule in form.rules if rule.kind == "some" for name in rule.value}
    spoken |= {event.field for event in form.events}
    spoken |= {name for rule in form.rules for name in (rule.field, rule.other) if name}
    if unknown := spoken - set(ids):
        raise _invalid(place, f"speaks of unknown fields {sorted(unknown)}")


def _invalid(place: str, words: str) -> RulesInvalid:
    return RulesInvalid(f"{place} {words}.", reason="form", place=place)
