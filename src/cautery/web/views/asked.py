"""What a notice asks of people beyond what the register knows: the fields in the forms for deciding and for signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cautery.authorise.actions import complete_many
from cautery.authorise.asking import Asked, asked_of, mend, open_ones
from cautery.core.actors import Actor, Permission
from cautery.core.dates import read_day
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation
from cautery.review.models import Instrument
from cautery.review.queue.queries import held_episode
from cautery.web.access import acts, needs
from cautery.web.moments import read_typed
from cautery.web.templatetags.desk import told

PREFIX = "field-"
LISTS = {"choices", "countries", "digests", "languages", "texts", "urls"}
LONG = 300
SHOWN = {
    "moment": "moment",
    "date": "date",
    "flag": "flag",
    "choice": "choice",
    "choices": "choices",
    "email": "email",
    "url": "url",
}
"""How a kind of field is filled in; the others as text, long text in an area, lists a line each."""


def tongue() -> str:
    """The reader's language, as wording knows it."""
    return (get_language() or "en").partition("-")[0]


def lines_of(asked: Sequence[Asked], place: str = "") -> list[dict[str, Any]]:
    """The fields as a form shows them; `place` tells the forms of a page apart."""
    return [
        {
            "name": f"{PREFIX}{one.field.id}",
            "id": f"{PREFIX}{place}{one.field.id}",
            "asked": one,
            "shown": SHOWN.get(one.field.kind, "lines" if one.field.kind in LISTS else "text"),
            "long": one.field.limits.longest > LONG,
            "value": "\n".join(one.value) if isinstance(one.value, list) else one.value,
        }
        for one in asked
    ]


def given_of(request: HttpRequest, asked: Sequence[Asked]) -> dict[str, Any]:
    """What a form says of these fields; those left empty are not given. `Refused` names the field of a date that cannot be read."""
    read = {one.field.id: _one(request, one) for one in asked}
    return {name: value for name, value in read.items() if value not in ("", [], None)}


def _one(request: HttpRequest, one: Asked) -> Any:
    name, kind = f"{PREFIX}{one.field.id}", one.field.kind
    text = request.POST.get(name, "").strip()
    if kind == "flag":
        ticked = bool(text)
        return ticked if ticked != bool(one.value) else None
    if kind == "choices":
        return request.POST.getlist(name)
    if kind in LISTS:
        return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    if kind == "moment" and text:
        return read_typed(text, one.label, request.POST.get("zone", ""), name).isoformat()
    if kind == "date" and text:
        return read_day(text, get_language() or "en").isoformat()
    return text


def details_of(request: HttpRequest, episode: int, *, by: Actor, at: datetime) -> Mapping[str, Any]:
    """What a decision says for the form of its notice; empty for a dismissal and for a referral.

    `Refused` names each field whose value does not hold. What is missing is not held against a decision: the signer is asked for it.
    """
    form = request.POST
    instrument = form.get("instrument") or Instrument.REFERRAL
    if form.get("outcome") != "confirmed" or instrument == Instrument.REFERRAL:
        return {}
    asked = asked_of(episode, instrument, tongue(), by=by, at=at)
    given = given_of(request, asked)
    if wrong := mend(episode, instrument, given, tongue(), by=by, at=at):
        said = "; ".join(f"{one.label}: {one.said or one.why}" for one in wrong)
        raise Refused(_("Not recorded: %(words)s") % {"words": said}, reason="field", field=wrong[0].field)
    return given


@needs(Permission.REVIEW_EPISODE_DECIDE)
def queue_fields(request: HttpRequest, slug: str, episode: int, *, by: Actor) -> HttpResponse:
    """The fields of the notice that is proposed, for an episode this officer holds."""
    held_episode(episode, get_operation(slug, by=by), by=by)
    instrument = request.GET.get("instrument", "")
    plain = instrument in {"", Instrument.REFERRAL}
    asked = [] if plain else asked_of(episode, instrument, tongue(), by=by, at=clock().now())
    return render(request, "web/_asked.html", {"lines": lines_of(asked), "deciding": True})


def lacking_of(operation: Operation, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What of a signer's batch cannot be signed as it stands, with the fields that would mend it."""
    found = open_ones(operation, tongue(), by=by, at=at)
    return [{"open": one, "lines": lines_of(one.fields, f"{place}-")} for place, one in enumerate(found, 1)]


@acts(Permission.AUTHORISE_DECISION_SIGN)
def signing_complete(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Fill in what decisions lack before they can be signed."""
    operation, at = get_operation(slug, by=by), clock().now()
    keys = [
        int(word) for word in request.POST.getlist("decision") if word.isascii() and word.isdigit() and len(word) < 19
    ]
    found = [
        one
        for one in open_ones(operation, tongue(), by=by, at=at)
        if {d["decision"] for d in one.decisions} & set(keys)
    ]
    if len(found) != 1:
        raise MovedMeanwhile(_("What they lack is another thing by now; look again."), decisions=keys)
    given = given_of(request, found[0].fields)
    if not given:
        raise Refused(_("Nothing was filled in."), reason="nothing")
    results = complete_many(keys, given, by=by, at=at)
    if not any(result.status == "recorded" for result in results):
        raise MovedMeanwhile(_("Nothing was recorded: %(words)s.") % {"words": told(results[0].detail)}, decisions=keys)
    return redirect("web:signing", slug)
