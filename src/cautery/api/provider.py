"""Routes for providers' staff: their own notices, answers by the thousand, threats to life, annexes and figures."""

from __future__ import annotations

import json
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from cautery.api import schemas as s
from cautery.channels.keys import Keys
from cautery.channels.webhook import verify
from cautery.core.actors import system
from cautery.core.errors import NotAllowed, Refused
from cautery.directory.models import ProviderKey
from cautery.directory.queries import provider_access, providers
from cautery.fetch import clock
from cautery.track.actions import Said
from cautery.track.desk.actions import MOST, answer_many, hand_over, report_threat, show, take_call
from cautery.track.desk.queries import Wanted, art_7, one_row, rows_of
from cautery.track.forms.actions import MOST_FORMS, give_forms
from cautery.track.forms.queries import annex, issued_pdf

router = Router()
HOOK = system("webhook")


class Key(HttpBearer):
    """`Authorization: Bearer KEY` of a provider's staff."""

    def authenticate(self, request: HttpRequest, token: str) -> ProviderKey:  # noqa: ARG002 (ninja's signature)
        try:
            return provider_access(token, clock().now())
        except NotAllowed as error:
            raise AuthenticationError from error


class NoticesOut(Schema):
    notices: list[dict[str, Any]]
    next: str | None


class AnswerIn(s.Part):
    """One answer. `details` fill in the annexes: authorised_person, contact_email, measured_at ..."""

    idempotency_key: s.Text = Field(max_length=64)
    answer: Literal[
        "removed", "disabled", "geo_blocked", "declined", "already_gone", "impossible", "ceased", "clarification",
        "complaint", "reinstated",
    ]  # fmt: skip
    at: s.Moment
    reason: s.Text = Field("", max_length=2_000)
    details: dict[str, s.Text] = Field(default_factory=dict)


class AnswersIn(Schema):
    answers: list[AnswerIn] = Field(max_length=MOST)


class AnswersOut(Schema):
    """`problems` names each answer that could not be taken; the rest was."""

    taken: int
    problems: list[str]


class FormIn(Schema):
    """An Annex II or III, or a statement of reasons: `document` is its machine form (docs/schemas), or the Transparency Database's record.

    `reference` names the notice where the form does not: a statement of reasons never does.
    """

    document: dict[str, Any]
    reference: s.Text = Field("", max_length=60)
    idempotency_key: s.Text = Field("", max_length=64)


class FormsIn(Schema):
    forms: list[FormIn] = Field(max_length=MOST_FORMS)


class FormOut(Schema):
    """What became of one form: each field it lacks with law and why; `problem` says why it was not taken."""

    instrument: str
    reference: str
    answers: list[str]
    complete: bool
    lacks: list[dict[str, Any]]
    problem: str


class FormsOut(Schema):
    forms: list[FormOut]


class ThreatIn(Schema):
    """An imminent threat to life: what it is, whom to ask, and the state concerned where that is known."""

    text: s.Text = Field(min_length=1, max_length=8_000)
    contact: s.Text = Field(min_length=1, max_length=300)
    state: s.Text = Field("", max_length=2)
    reference: s.Text = Field("", max_length=60)


class ThreatOut(Schema):
    threat_id: int


def _key(request: HttpRequest) -> ProviderKey:
    key: ProviderKey = request.auth  # type: ignore[attr-defined]  # set by Key.authenticate
    return key


@router.get("/notices", response=NoticesOut, auth=Key())
def notices(
    request: HttpRequest,
    instrument: s.Text = "",
    state: Literal["", "open", "answered"] = "",
    text: s.Text = "",
    after: s.Cursor = "",
    limit: s.PageSize = 1_000,
) -> dict[str, Any]:
    """The provider's own notices, page by page."""
    key = _key(request)
    rows, following = rows_of(key, Wanted(instrument, state, text, int(after or 0)), limit)
    return {"notices": show(key, rows, at=clock().now()), "next": str(following) if following else None}


@router.get("/notices/{reference}", response=dict[str, Any], auth=Key())
def notice(request: HttpRequest, reference: s.Text) -> dict[str, Any]:
    """One notice with its clocks and its machine form."""
    key, now = _key(request), clock().now()
    hand_over(key, [reference], at=now)
    return one_row(key, reference, now)


@router.get("/notices/{reference}/order.pdf", auth=Key())
def notice_pages(request: HttpRequest, reference: s.Text) -> HttpResponse:
    """An order as it was printed and signed, its machine form attached."""
    key = _key(request)
    pdf = issued_pdf(key, reference)
    hand_over(key, [reference], at=clock().now())
    return HttpResponse(pdf, content_type="application/pdf")


@router.get("/notices/{reference}/annex-{number}", response=dict[str, Any], auth=Key())
def notice_annex(request: HttpRequest, reference: s.Text, number: Literal["ii", "iii"]) -> dict[str, Any]:
    """Annex II or III of a removal order as its machine form, filled in as far as the answers went."""
    document, _ = annex(_key(request), reference, number)
    return document.as_dict()


@router.post("/answers", response=AnswersOut, auth=Key())
def answers(request: HttpRequest, body: AnswersIn) -> dict[str, Any]:
    """One answer or thousands; the same answer again adds nothing."""
    said = [Said(a.idempotency_key, a.answer, a.at.isoformat(), a.reason, a.details) for a in body.answers]
    problems = answer_many(_key(request), said, source="desk", at=clock().now())
    return {"taken": len(said) - len(problems), "problems": problems}


@router.post("/forms", response=FormsOut, auth=Key())
def forms(request: HttpRequest, body: FormsIn) -> dict[str, Any]:
    """Annexes II and III and statements of reasons; each is kept, what it answers is taken, and what it lacks is named."""
    found = give_forms(_key(request), [form.dict() for form in body.forms], at=clock().now())
    return {"forms": [one.as_dict() for one in found]}


@router.post("/threats", response=ThreatOut, auth=Key())
def threats(request: HttpRequest, body: ThreatIn) -> dict[str, Any]:
    """Report an imminent threat to life (Art 14(5) TCO, Art 18 DSA)."""
    return {"threat_id": report_threat(_key(request), body.dict(), at=clock().now())}


@router.get("/figures/{year}", response=dict[str, Any], auth=Key())
def figures(request: HttpRequest, year: int) -> dict[str, Any]:
    """The figures of Art 7 that are known here."""
    return art_7(_key(request), min(max(year, 2000), 2200))


@router.post("/{slug}/webhook", response=AnswersOut, auth=None)
def webhook(request: HttpRequest, slug: s.Text) -> dict[str, Any]:
    """Answers by webhook, signed by the Standard Webhooks rules with the secret shared with the provider."""
    provider, secret = providers().get(slug), Keys(settings.KEYS).webhook_secret(slug)
    if provider is None or not secret:
        raise AuthenticationError
    now = clock().now()
    try:
        call = verify([secret], request.headers, request.body, now, lambda _id: False)
    except Refused as refused:
        raise AuthenticationError from refused
    try:
        document = json.loads(call.body)
    except ValueError as error:
        raise Refused("The call is not JSON.", reason="not_json") from error
    rows = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST:
        raise Refused(f"A call holds a list of at most {MOST} answers.", reason="answers")
    given = [row for row in rows if isinstance(row, dict)]
    problems = take_call(provider, call.id, given, by=HOOK, at=now)
    return {"taken": max(len(given) - len(problems), 0), "problems": problems}
