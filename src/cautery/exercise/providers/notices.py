"""The notice API that a provider offers (docs/provider-api.md)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from cautery.exercise.books import Delivery
from cautery.exercise.moments import to_iso
from cautery.exercise.outcomes import EU
from cautery.exercise.providers.troubles import Hang, Troubles
from cautery.exercise.scenario import Provider
from cautery.exercise.serving import JSON, Answer, Later, Request
from cautery.exercise.state import Receipt, State

BASE = "/api/notices/v1"
HANG_S = 2.0
MOST_ANSWERS = 1000
GARBAGE = b"<html><body>\x00\xff upstream said: {{ nothing"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: a status, a document or raw bytes, and headers; `hang` for no answer at all."""

    status: int
    document: Mapping[str, Any] | None = None
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False


class NoticeApi:
    """One provider's desk for notices by machine."""

    def __init__(self, state: State, provider: Provider, token: str) -> None:
        self.state = state
        self.provider = provider
        self.troubles = Troubles(state, provider)
        self._authorization = f"Bearer {token}"

    def handle(self, request: Request) -> Answer | Later:
        """Answers a request under `/api/notices/v1`."""
        reply = self.reply(
            request.method,
            request.path.removeprefix(BASE),
            request.parameters,
            request.body,
            request.headers.get("authorization", ""),
        )
        if reply.hang:
            return _hold(request)
        data = reply.raw if reply.document is None else json.dumps(reply.document).encode()
        return Answer(reply.status, data, JSON, reply.headers)

    def reply(self, method: str, path: str, query: Mapping[str, str], body: bytes, authorization: str) -> Reply:
        """The answer to a call; everything it changes is durable when this returns."""
        if authorization != self._authorization:
            return _failed(401, "unauthorised")
        if self.provider.channel != "api":
            return _failed(404, "not_found")
        if self.troubles.in_burst():
            return self._refused(503, "burst", f"{method} {path}", 0)
        match method, path.split("/")[1:]:
            case "GET", ["capabilities"]:
                return Reply(200, self._capabilities())
            case "GET", ["answers"]:
                return self._answers(query)
            case "GET", ["notices", key]:
                return self._receipt(key)
            case "POST", ["notices"]:
                return self._take(body)
        return _failed(404, "not_found")

    def _capabilities(self) -> dict[str, Any]:
        languages = list(self.provider.languages)
        return {"max_batch": self.provider.max_batch, "languages": languages, "instruments": ["referral"]}

    def _receipt(self, key: str) -> Reply:
        delivery = self.state.deliveries.get((self.provider.slug, key))
        if delivery is None:
            return _failed(404, "not_found")
        answered = delivery.answered_at is not None and delivery.answered_at <= self.state.now
        document = {
            "idempotency_key": key,
            "received_at": to_iso(delivery.received_at),
            "provider_ref": reference(delivery),
            "state": "answered" if answered else "received",
        }
        return Reply(200, document)

    def _answers(self, query: Mapping[str, str]) -> Reply:
        after, limit = query.get("after") or "0", query.get("limit") or str(MOST_ANSWERS)
        feed = self.state.feeds[self.provider.slug]
        if not (after.isdecimal() and limit.isdecimal() and int(limit) > 0):
            return _failed(400, "malformed")
        if self.troubles.garbage(f"answers/{after}/{self.state.now}"):
            return self._garbled("answers", 0)
        page = feed[int(after) : int(after) + min(int(limit), MOST_ANSWERS)]
        document = {"answers": [answer_document(answer) for answer in page], "next": str(int(after) + len(page))}
        return Reply(200, document)

    def _take(self, body: bytes) -> Reply:
        notices = _notices_of(body)
        if notices is None:
            return self._refused(400, "malformed", blake2b(body, digest_size=8).hexdigest(), 0)
        call = self._call_of(notices)
        if len(notices) > self.provider.max_batch:
            return self._refused(413, "too_many", call, len(notices))
        error = self.troubles.error(call)
        if error is not None:
            return self._refused(error, "error", call, len(notices))
        wait = self._wait(notices)
        if wait:
            return self._refused(429, "rate", call, len(notices), {"Retry-After": str(wait)})
        return self._take_or_fail(notices, call)

    def _take_or_fail(self, notices: Sequence[Mapping[str, Any]], call: str) -> Reply:
        hang = self.troubles.hang(call)
        if hang == Hang(taken=False):
            self.state.refuse(self.provider.slug, 0, "hang", call, len(notices))
            return Reply(504, hang=True)
        garbled = self.troubles.garbage(call)
        receipts = self.state.receive(self.provider.slug, notices, call=call)
        if hang is not None:
            self.state.refuse(self.provider.slug, 0, "hang_taken", call, len(notices))
            return Reply(504, hang=True)
        if garbled:
            return self._garbled(call, len(notices))
        results = [_result(notice, receipt) for notice, receipt in zip(notices, receipts, strict=True)]
        return Reply(200, {"results": results})

    def _wait(self, notices: Sequence[Mapping[str, Any]]) -> int:
        """Seconds until this many more notices may come; 0: now."""
        limit, slug, now = self.provider.rate_per_minute, self.provider.slug, self.state.now
        if not limit:
            return 0
        new = sum((slug, notice.get("idempotency_key")) not in self.state.deliveries for notice in notices)
        return 60 - now % 60 if new and self.state.taken[slug, now // 60] + new > limit else 0

    def _call_of(self, notices: Sequence[Mapping[str, Any]]) -> str:
        """What a call is about: its first object. It is the same call when the platform sends it again."""
        url = str(notices[0].get("url", "")) if notices else ""
        thing = self.state.population.resolve(url)
        if thing is None:
            return f"url:{url[:200]}"
        return f"{thing.id}/{thing.number_at(self.state.now) or 0}"

    def _garbled(self, call: str, notices: int) -> Reply:
        self.state.refuse(self.provider.slug, 200, "garbage", call, notices)
        return Reply(200, raw=GARBAGE)

    def _refused(
        self, status: int, why: str, call: str, notices: int, headers: Mapping[str, str] | None = None
    ) -> Reply:
        self.state.refuse(self.provider.slug, status, why, call, notices)
        return Reply(status, {"error": {"code": why}}, headers=headers or {})


def reference(delivery: Delivery) -> str:
    """The provider's own number for a notice."""
    digest = blake2b(f"{delivery.provider}/{delivery.idempotency_key}".encode(), digest_size=5).hexdigest()
    return f"{delivery.provider[:3].upper()}-{digest}"


def answer_document(delivery: Delivery) -> dict[str, Any]:
    """An Answer as the API and the mails give it."""
    return {
        "idempotency_key": delivery.idempotency_key,
        "answer": delivery.answer,
        "at": to_iso(delivery.answered_at or 0),
        "reason": delivery.reason,
        "territories": list(EU) if delivery.answer == "geo_blocked" else [],
    }


def _result(notice: Mapping[str, Any], receipt: Receipt) -> dict[str, Any]:
    key = notice.get("idempotency_key")
    if receipt.delivery is None:
        return {
            "idempotency_key": key,
            "status": "rejected",
            "received_at": None,
            "provider_ref": None,
            "error": receipt.error,
        }
    return {
        "idempotency_key": key,
        "status": receipt.status,
        "received_at": to_iso(receipt.delivery.received_at),
        "provider_ref": reference(receipt.delivery),
        "error": None,
    }


def _notices_of(body: bytes) -> list[Mapping[str, Any]] | None:
    """The notices of a call, None for a body that is not what the API describes."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    notices = document.get("notices") if isinstance(document, dict) else None
    if not isinstance(notices, list) or not all(isinstance(notice, dict) for notice in notices):
        return None
    return notices


def _failed(status: int, code: str) -> Reply:
    return Reply(status, {"error": {"code": code}})


async def _hold(request: Request) -> None:
    """Gives no answer until the caller gives up, or for a moment; then the connection is cut."""
    await asyncio.wait([request.gone], timeout=HANG_S)
