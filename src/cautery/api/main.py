"""The door for programs: bearer tokens, JSON, OpenAPI at /api/v1/openapi.json. Every route calls one action or query."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from cautery.api import schemas as s
from cautery.api.authority import router as authority
from cautery.api.merging import router as merging
from cautery.api.provider import router as provider
from cautery.authorise.actions import Signing, claim_decisions, sign_many, turn_key
from cautery.authorise.queries import decisions
from cautery.core.actors import Actor
from cautery.core.errors import CauteryError, NotAllowed
from cautery.core.statuses import STATUSES
from cautery.directory.officers.actions import SEEN_AGAIN, note_token_used
from cautery.directory.queries import actor_by_token
from cautery.fetch import clock
from cautery.intake.actions import receive_all
from cautery.intake.queries import get_operation, operation_row
from cautery.report.queries import register_page
from cautery.review.actions import Decision, HoldRequest, claim_episodes, decide_many, hold_many
from cautery.review.queries import review_items
from cautery.sources.base import Row


class Token(HttpBearer):
    """`Authorization: Bearer TOKEN` of an officer; now and then it is kept when a token was last used."""

    def __init__(self) -> None:
        super().__init__()
        self._noted: dict[str, float] = {}

    def authenticate(self, request: HttpRequest, token: str) -> Actor:  # noqa: ARG002 (ninja's signature)
        try:
            actor = actor_by_token(token)
        except NotAllowed as error:
            raise AuthenticationError from error
        if time.monotonic() - self._noted.get(token, float("-inf")) > SEEN_AGAIN.total_seconds():
            self._noted[token] = time.monotonic()
            note_token_used(token, now=datetime.now(UTC))
        return actor


api = NinjaAPI(title="Cautery", version="1", auth=Token(), docs_url=None, urls_namespace="api")
api.add_router("", merging)
api.add_router("", authority)
api.add_router("/provider", provider)


@api.exception_handler(CauteryError)
def on_error(request: HttpRequest, error: CauteryError) -> HttpResponse:
    """Every error of the tree has its status; its fields go along."""
    return _told(request, STATUSES[type(error)], error.code, error.message, error.fields)


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001 (one form for all)
    """No token, or none that is known."""
    return _told(request, 401, "not_known", "A valid token is needed: Authorization: Bearer TOKEN.", {})


@api.exception_handler(ValidationError)
def on_malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What in the request is not as described; the place is the field's name."""
    fields = {".".join(map(str, one["loc"])): str(one["msg"]) for one in error.errors}
    return _told(request, 422, "malformed", "The request is not as the API describes it.", fields)


@api.exception_handler(HttpError)
def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """No JSON at all."""
    return _told(request, error.status_code, "unreadable", str(error), {})


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """More than the server reads at once."""
    return _told(request, 413, "too_large", str(error), {})


def _told(request: HttpRequest, status: int, code: str, message: str, fields: Mapping[str, object]) -> HttpResponse:
    body = {"error": {"code": code, "message": message, "fields": {name: str(value) for name, value in fields.items()}}}
    return api.create_response(request, body, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by Token.authenticate
    return actor


@api.get("/health", response=s.HealthOut, auth=None)
def health(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 (ninja passes it by this name)
    """Whether the platform is there, and what time it is to it."""
    return {"ok": True, "now": clock().now()}


@api.post("/intake/batches", response=s.BatchOut)
def intake_batches(request: HttpRequest, body: s.BatchIn) -> dict[str, Any]:
    """Flags of the officer's unit; bad rows are told by line, the rest is taken."""
    by = _actor(request)
    rows = (
        Row(row.line, row.url, row.seen_at, row.language, row.note) for row in sorted(body.rows, key=lambda r: r.line)
    )
    got = receive_all(
        rows, operation=get_operation(body.operation, by=by), key=body.batch_key, source="api", by=by, at=clock().now()
    )
    return {
        "accepted": got.accepted,
        "known": got.known,
        "rejected": [{"line": r.line, "reason": r.reason, "message": r.message} for r in got.rejections],
    }


@api.post("/review/claims", response=s.ReviewItemsOut)
def review_claims(request: HttpRequest, body: s.ClaimIn) -> dict[str, Any]:
    """The next episodes for this reviewer, leased."""
    by = _actor(request)
    operation = get_operation(body.operation, by=by)
    return {"items": review_items(claim_episodes(operation, body.limit, by=by, at=clock().now()))}


@api.post("/review/decisions", response=s.EpisodeResults)
def review_decisions(request: HttpRequest, body: s.DecisionsIn) -> dict[str, Any]:
    """Decisions on episodes this officer holds."""
    made = [
        Decision(
            d.episode_id,
            d.outcome,
            d.reason,
            d.limbs,
            d.protected_purpose,
            d.instrument,
            grounds=d.grounds,
            designation=d.designation,
            details=d.details,
        )
        for d in body.decisions
    ]
    results = decide_many(made, by=_actor(request), at=clock().now())
    return {"results": [{"episode_id": r.key, "status": r.status, "detail": r.detail} for r in results]}


@api.post("/deconfliction/holds", response=s.HoldResults)
def deconfliction_holds(request: HttpRequest, body: s.HoldsIn) -> dict[str, Any]:
    """Investigation interest of the officer's unit: notices on these objects wait."""
    by = _actor(request)
    wanted = [HoldRequest(h.url, h.reason, h.until) for h in body.holds]
    results = hold_many(get_operation(body.operation, by=by), wanted, by=by, at=clock().now())
    return {"results": [{"url": r.key, "status": r.status, "detail": r.detail} for r in results]}


@api.post("/authorise/claims", response=s.SignablesOut)
def authorise_claims(request: HttpRequest, body: s.ClaimIn) -> dict[str, Any]:
    """The next decisions for this signer, leased; never their own."""
    by = _actor(request)
    return {"decisions": decisions(claim_decisions(get_operation(body.operation, by=by), body.limit, by=by))}


@api.post("/authorise/signatures", response=s.DecisionResults)
def authorise_signatures(request: HttpRequest, body: s.SigningsIn) -> dict[str, Any]:
    """Signatures and refusals."""
    made = [Signing(x.decision_id, x.act, x.reason) for x in body.signatures]
    results = sign_many(made, by=_actor(request), at=clock().now())
    return {"results": [{"decision_id": r.key, "status": r.status, "detail": r.detail} for r in results]}


@api.post("/operations/{slug}/keys", response=s.KeysOut)
def operation_keys(request: HttpRequest, slug: s.Text) -> dict[str, Any]:
    """Turn this leader's key; the second different one releases the operation."""
    by = _actor(request)
    operation = get_operation(slug, by=by)
    keys, released = turn_key(operation, by=by, at=clock().now())
    return {"keys": keys, "released": released, "t0": operation.t0}


@api.get("/operations/{slug}", response=s.OperationOut)
def operation(request: HttpRequest, slug: s.Text) -> dict[str, Any]:
    """One operation."""
    return operation_row(get_operation(slug, by=_actor(request)))


@api.get("/register", response=s.RegisterOut)
def register(
    request: HttpRequest, operation: s.Text, after: s.Cursor = "", limit: s.PageSize = 1_000
) -> dict[str, Any]:
    """The operation's items with their episodes, page by page."""
    by = _actor(request)
    items, following = register_page(get_operation(operation, by=by), after=after, limit=limit, by=by)
    return {"items": items, "next": following}
