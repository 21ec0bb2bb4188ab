"""What a notice asks of people beyond what the register knows: its fields, for whoever decides and for whoever signs.

Which fields these are is the form's: those marked `asked`, and any that is needed and that nothing in the register fills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cautery.authorise.allowed import OFFICE, Rules, home_authorities, rules_for
from cautery.authorise.fields import Case, catalogue, check_in, lacking
from cautery.authorise.queries import waiting
from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, Refused
from cautery.core.grounds import codes_of
from cautery.core.instruments import Finding, Problem, Read
from cautery.core.instruments.form import Field, Form
from cautery.core.instruments.reference import reference
from cautery.core.instruments.wording import Wording
from cautery.directory.models import Officer, Provider
from cautery.identify.models import Hosting
from cautery.intake.models import Episode, Operation
from cautery.review.models import Assessment, Instrument

TO_FILL = frozenset({Problem.MISSING, Problem.INVALID})
SOMEBODY = {
    "name": "-",
    "legal_name": "-",
    "legal_representative": "-",
    "email": "nobody@provider.invalid",
    "home_state": "IE",
}
"""Stands for a provider that is not known yet: nobody is asked for what it will fill in itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field somebody fills in: in the reader's words, with what is known of it so far. `lacks` says what is wrong as it stands."""

    field: Field
    label: str
    why: str
    law: str
    value: Any
    choices: Sequence[tuple[str, str]] = ()
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """Decisions that cannot be signed as they stand, for one reason: the fields that would mend it, where fields would."""

    decisions: list[dict[str, Any]]
    instrument: str
    problem: str
    fields: list[Asked] = field(default_factory=list)


def asked_of(episode: int, instrument: str, language: str, *, by: Actor, at: datetime) -> list[Asked]:
    """What this officer is asked for when they propose this notice for an episode; in the form's order."""
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    return _asked(_draft(episode, instrument, {}, by, at), language, all_of_it=True)


def mend(
    episode: int, instrument: str, given: Mapping[str, Any], language: str, *, by: Actor, at: datetime
) -> list[Finding]:
    """What of what was given does not hold, field by field; what is missing is not said here: the signer may still know it."""
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    _, _, found = _read(_draft(episode, instrument, given, by, at), language)
    return [one for one in lacking(found) if one.problem != Problem.MISSING and one.field in given]


def _draft(episode: int, instrument: str, given: Mapping[str, Any], by: Actor, at: datetime) -> Case:
    """The notice as it would be if this officer decided so now."""
    if instrument not in Instrument.values:
        raise NotFound("There is no such instrument.", instrument=instrument[:40])
    found = Episode.objects.select_related("item", "operation", "capture").filter(pk=episode).first()
    officer = Officer.objects.select_related("unit__authority").get(pk=by.officer_id)
    if found is None:
        raise NotFound("There is no such episode.", episode=episode)
    assessment = Assessment(
        episode=found,
        reviewer=officer,
        instrument=instrument,
        limbs=["a"],
        grounds=codes_of(["a"]),
        reason="-",
        details=dict(given),
    )
    hosting = Hosting.objects.filter(item=found.item_id).select_related("provider").first()
    host = hosting.provider if hosting else Provider(slug="-", **SOMEBODY)
    capture = getattr(found, "capture", None)
    return Case(
        assessment,
        host,
        reference(OFFICE, at, episode),
        at,
        "-",
        home=home_authorities().get(host.home_state),
        informed_at=at - timedelta(hours=12),
        observed_at=capture.at if capture else at,
    )


def _read(case: Case, language: str) -> tuple[Form, Wording, Read]:
    known = catalogue().get(case.assessment.instrument)
    wording = known.wording(language if language in known.wordings else "en")
    return known.form, wording, check_in(wording, case, known.form)


def _asked(case: Case, language: str, *, all_of_it: bool) -> list[Asked]:
    """The fields to fill in: those that lack, and with `all_of_it` those that are always asked for."""
    form, wording, found = _read(case, language)
    lacks = {one.field: one for one in lacking(found) if one.problem in TO_FILL}
    wanted = [one for one in form.fields.values() if one.id in lacks or (all_of_it and one.asked)]
    return [_one(each, wording, found, lacks.get(each.id)) for each in wanted]


def _one(each: Field, wording: Wording, found: Read, lack: Finding | None) -> Asked:
    words = wording.field(each.id)
    choices = [(choice, wording.choice(each.id, choice)) for choice in each.limits.choices]
    said = (lack.said or wording.word("missing")) if lack else ""
    return Asked(each, words.label, words.why, wording.law(each.law), found.values.get(each.id, ""), choices, said)


def open_ones(operation: Operation, language: str, *, by: Actor, at: datetime) -> list[Open]:
    """Of what a signer holds, what cannot be signed as it stands, together where the reason is one; referrals lack nothing here."""
    by.require(Permission.AUTHORISE_DECISION_SIGN)
    held = waiting(operation, by=by).filter(lease_owner=by.name).exclude(instrument=Instrument.REFERRAL)
    related = ("episode__item", "episode__operation", "episode__capture", "reviewer__unit__authority")
    rows = list(held.select_related(*related).order_by("pk"))
    if not rows:
        return []
    rules = rules_for(rows, Officer.objects.get(pk=by.officer_id), catalogue(), at)
    found: dict[tuple[Any, ...], Open] = {}
    for row in rows:
        problem, case = rules.problem(row), rules.case(row)
        if not problem:
            continue
        fields = _asked(case, language, all_of_it=False) if case else []
        key = (row.instrument, problem, tuple(one.field.id for one in fields))
        one = found.setdefault(key, Open([], row.instrument, problem, fields))
        one.decisions.append({"decision": row.pk, "item": row.episode.item_id})
    return list(found.values())


def completed(assessment: Assessment, given: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """A decision's details with what it lacked; `Refused` for what it did not lack, and for a value that does not hold."""
    case = rules.case(assessment)
    if case is None:
        raise Refused("Nobody is known to host it, so that there is no addressee.", reason="addressee")
    lacks = {one.field.id for one in _asked(case, "en", all_of_it=False)}
    if surplus := sorted(set(given) - lacks):
        raise Refused("A signer fills in only what is lacking.", reason="not_lacking", fields=surplus)
    details: dict[str, Any] = {**assessment.details, **given}
    assessment.details = details
    _, _, found = _read(case, "en")
    wrong = [one for one in lacking(found) if one.field in given and one.problem != Problem.MISSING]
    if wrong:
        raise Refused("; ".join(str(one) for one in wrong)[:500], reason="field", field=wrong[0].field)
    return details
