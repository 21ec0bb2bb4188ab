"""Routes of authority, deconfliction and redress, for officers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from cautery.api import schemas as s
from cautery.authorise.actions import Granted, record_warrants, resume_instrument, suspend_instrument
from cautery.core.actors import Actor
from cautery.core.errors import NotFound
from cautery.directory.actions import give_provider_key
from cautery.directory.queries import providers
from cautery.fetch import clock
from cautery.refer.deconfliction.actions import override
from cautery.refer.deconfliction.queries import met, told
from cautery.review.actions import release_holds
from cautery.review.queries import own_holds
from cautery.track.actions import settle_mail
from cautery.track.desk.actions import see_threat
from cautery.track.desk.queries import mail_for_a_person, threats
from cautery.track.forms.queries import forms_of
from cautery.track.redress.actions import Step, record_step
from cautery.track.redress.queries import precision

router = Router()


class Rows(Schema):
    rows: list[dict[str, Any]]


class Done(Schema):
    """Whether it changed anything."""

    done: bool


class HoldKeys(Schema):
    holds: list[s.Key] = Field(max_length=1_000)


class Reason(Schema):
    reason: s.Text = Field(min_length=1, max_length=4_000)


class WarrantIn(Schema):
    decision_id: s.Key
    court: s.Text = Field(min_length=1, max_length=300)
    file_number: s.Text = Field(min_length=1, max_length=100)
    granted_at: s.Moment
    until: s.Moment | None = None


class WarrantsIn(Schema):
    warrants: list[WarrantIn] = Field(max_length=500)


class StepIn(Schema):
    """A step of redress, on the notice with this reference."""

    kind: s.Text = Field(max_length=20)
    ruling: Literal["", "upheld", "overturned"] = ""
    body: s.Text = Field("", max_length=300)
    reason: s.Text = Field("", max_length=4_000)
    stated_at: s.Moment | None = None
    until: s.Moment | None = None


class StepOut(Schema):
    kind: str
    at: datetime


class ProviderKeyIn(Schema):
    name: s.Text = Field(min_length=1, max_length=200)
    sandbox: bool = False
    once: bool = False


class SecretOut(Schema):
    """Shown this once."""

    secret: str


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by Token.authenticate
    return actor


@router.get("/deconfliction/interests", response=Rows)
def holds(request: HttpRequest) -> dict[str, Any]:
    """The interests of the officer's own unit."""
    return {"rows": own_holds(by=_actor(request))}


@router.post("/deconfliction/holds/release", response=Rows)
def holds_release(request: HttpRequest, body: HoldKeys) -> dict[str, Any]:
    """Give interests up."""
    results = release_holds(body.holds, by=_actor(request), at=clock().now())
    return {"rows": [{"hold_id": r.key, "status": r.status, "detail": r.detail} for r in results]}


@router.get("/deconfliction/told", response=Rows)
def holds_told(request: HttpRequest) -> dict[str, Any]:
    """Each time an interest of the officer's unit stopped a notice."""
    return {"rows": told(by=_actor(request))}


@router.get("/deconfliction/obstacles", response=Rows)
def obstacles(request: HttpRequest) -> dict[str, Any]:
    """What stopped notices of the officer's unit: whose hold, until when."""
    return {"rows": met(by=_actor(request))}


@router.post("/deconfliction/obstacles/{obstacle}/override", response=Done)
def obstacle_override(request: HttpRequest, obstacle: s.Key, body: Reason) -> dict[str, Any]:
    """Ask for, or as another signer confirm, that a notice passes a hold."""
    return {"done": override(obstacle, body.reason, by=_actor(request), at=clock().now())}


@router.post("/authorise/warrants", response=Rows)
def warrants(request: HttpRequest, body: WarrantsIn) -> dict[str, Any]:
    """Record judicial authorisations."""
    granted = [Granted(w.decision_id, w.court, w.file_number, w.granted_at, w.until) for w in body.warrants]
    results = record_warrants(granted, by=_actor(request), at=clock().now())
    return {"rows": [{"decision_id": r.key, "status": r.status, "detail": r.detail} for r in results]}


@router.post("/instruments/{instrument}/suspend", response=Done)
def instrument_suspend(request: HttpRequest, instrument: s.Text, body: Reason) -> dict[str, Any]:
    """The overseer stops a type of notice."""
    return {"done": suspend_instrument(instrument, body.reason, by=_actor(request), at=clock().now())}


@router.post("/instruments/{instrument}/resume", response=Done)
def instrument_resume(request: HttpRequest, instrument: s.Text) -> dict[str, Any]:
    """The overseer lifts a suspension."""
    return {"done": resume_instrument(instrument, by=_actor(request), at=clock().now())}


@router.post("/notices/{reference}/redress", response=StepOut)
def redress(request: HttpRequest, reference: s.Text, body: StepIn) -> dict[str, Any]:
    """Record a complaint, a scrutiny request, a decision, a withdrawal, a reinstatement ..."""
    kept = record_step(Step(reference, **body.dict()), by=_actor(request), at=clock().now())
    return {"kind": kept.kind, "at": kept.at}


@router.get("/notices/{reference}/forms", response=Rows)
def notice_forms(request: HttpRequest, reference: s.Text) -> dict[str, Any]:
    """Annexes II and III and statements of reasons that came in on a notice, with what each lacks."""
    return {"rows": forms_of(reference, by=_actor(request))}


@router.get("/precision", response=Rows)
def precision_record(request: HttpRequest) -> dict[str, Any]:
    """How often we were right: by unit, instrument, language and kind."""
    return {"rows": precision(by=_actor(request))}


@router.get("/threats", response=Rows)
def threats_list(request: HttpRequest) -> dict[str, Any]:
    """Reports of threats to life, the unread first."""
    return {"rows": threats(by=_actor(request))}


@router.post("/threats/{threat}/seen", response=Done)
def threat_seen(request: HttpRequest, threat: s.Key) -> dict[str, Any]:
    """Take a report on."""
    return {"done": see_threat(threat, by=_actor(request), at=clock().now())}


@router.get("/mail/waiting", response=Rows)
def mail_waiting(request: HttpRequest) -> dict[str, Any]:
    """Mail that waits for a person."""
    return {"rows": mail_for_a_person(by=_actor(request))}


@router.post("/mail/{mail}/settled", response=Done)
def mail_settled(request: HttpRequest, mail: s.Key) -> dict[str, Any]:
    """A person has dealt with it."""
    return {"done": settle_mail(mail, by=_actor(request), at=clock().now())}


@router.post("/providers/{slug}/keys", response=SecretOut)
def provider_key(request: HttpRequest, slug: s.Text, body: ProviderKeyIn) -> dict[str, Any]:
    """A key, a sandbox key, or a link's secret for a provider's staff."""
    provider = providers().get(slug)
    if provider is None:
        raise NotFound("There is no such provider.")
    made = give_provider_key(
        provider, body.name, by=_actor(request), at=clock().now(), sandbox=body.sandbox, once=body.once
    )
    return {"secret": made}
