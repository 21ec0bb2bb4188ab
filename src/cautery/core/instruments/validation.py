"""What a notice lacks: every finding names the field, the law that asks for it, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cautery.core.clock.periods import Reading, period_end
from cautery.core.errors import Refused
from cautery.core.instruments.form import Field, Form, Rule, Values
from cautery.core.instruments.kinds import KINDS, Value, is_empty
from cautery.core.instruments.wording import Wording


class Problem(StrEnum):
    """What is wrong with a field. Only `ADVISED` leaves a notice complete."""

    ADVISED = "advised"
    CONTRADICTS = "contradicts"
    INVALID = "invalid"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a notice lacks, in the words of a language. `reason` is a stable word, `said` what was wrong with a value."""

    field: str
    section: str
    problem: Problem
    law: str
    why: str
    label: str
    reason: str = ""
    said: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"problem": str(self.problem)}

    def __str__(self) -> str:
        said = f" {self.said}" if self.said else ""
        return f"{self.label} [{self.field}]: {self.problem}.{said} {self.law}: {self.why}"


@dataclass(frozen=True, slots=True)
class Read:
    """Values as far as they could be read, in one form, and what is wrong with the rest."""

    values: dict[str, Value]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing stands against it: every needed field is there, and all that is there holds."""
        return all(finding.problem == Problem.ADVISED for finding in self.findings)


def read(form: Form, given: Mapping[str, Any], wording: Wording) -> Read:
    """Read what is given for a form, and name everything that is missing, wrong or unknown, in the form's order."""
    values: dict[str, Value] = {}
    refused: dict[str, Refused] = {}
    for field in form.fields.values():
        if not is_empty(given.get(field.id)):
            try:
                value = KINDS[field.kind].read(given[field.id], field.limits)
            except Refused as wrong:
                refused[field.id] = wrong
            else:
                if not is_empty(value):
                    values[field.id] = value
    findings = [found for field in form.fields.values() if (found := _of(field, values, refused, wording))]
    findings += [found for rule in form.rules if (found := _against(rule, form, values, wording))]
    findings += [_unknown(name, wording) for name in given if name not in form.fields]
    return Read(values, tuple(findings))


def _of(field: Field, values: Values, refused: Mapping[str, Refused], wording: Wording) -> Finding | None:
    if wrong := refused.get(field.id):
        return _finding(field, Problem.INVALID, wording, wrong.reason, wrong.message)
    if field.id in values:
        return None
    return _finding(field, Problem.MISSING if field.needed(values) else Problem.ADVISED, wording)


def _finding(field: Field, problem: Problem, wording: Wording, reason: str = "", said: str = "") -> Finding:
    words = wording.field(field.id)
    return Finding(field.id, field.section, problem, field.law, words.why, words.label, reason or str(problem), said)


def _unknown(name: str, wording: Wording) -> Finding:
    shown = str(name)[:60]
    return Finding(shown, "", Problem.UNKNOWN, "", wording.word("unknown_field"), shown, "unknown_field")


def _against(rule: Rule, form: Form, values: Values, wording: Wording) -> Finding | None:
    """The finding where a rule between fields is broken; a field that is missing breaks none."""
    if (rule.unless and rule.unless.holds(values)) or (rule.only and not rule.only.holds(values)):
        return None
    if rule.kind != "some" and (rule.field not in values or (rule.other and rule.other not in values)):
        return None
    if _CHECKS[rule.kind](rule, values):
        return None
    field = form.fields[rule.field]
    words = wording.field(field.id)
    return Finding(
        field.id, field.section, Problem.CONTRADICTS, rule.law, wording.field(rule.id).why, words.label, rule.id
    )


def _moments(rule: Rule, values: Values) -> tuple[datetime, datetime]:
    return moment(values[rule.field]), moment(values[rule.other])


def _after(rule: Rule, values: Values) -> bool:
    this, other = _moments(rule, values)
    return this >= (period_end(other, rule.length, Reading.STRICT) if rule.length else other)


def _before(rule: Rule, values: Values) -> bool:
    this, other = _moments(rule, values)
    if rule.length is None:
        return this <= other
    # A day of grace where the calendar matters: both readings end within it, and which one counts is for the clock to say.
    grace = timedelta(0) if rule.length.exact else timedelta(days=1)
    return this <= period_end(other, rule.length, Reading.STRICT) + grace


def _same(rule: Rule, values: Values) -> bool:
    return values[rule.field] == values[rule.other]


def _equal(rule: Rule, values: Values) -> bool:
    return values[rule.field] in rule.value if rule.value else _same(rule, values)


_CHECKS: dict[str, Callable[[Rule, Values], bool]] = {
    "after": _after,
    "before": _before,
    "differ": lambda rule, values: not _same(rule, values),
    "equal": _equal,
    "since": lambda rule, values: str(values[rule.field]) >= str(rule.value[0]),
    "some": lambda rule, values: any(name in values for name in rule.value),
}


def moment(value: Value) -> datetime:
    """A moment or date of a notice; a date is its beginning in UTC."""
    found = datetime.fromisoformat(str(value))
    return found if found.utcoffset() is not None else datetime.fromisoformat(f"{value}T00:00:00+00:00")
