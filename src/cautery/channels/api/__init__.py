"""Notices over a provider's HTTPS API (docs/provider-api.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cautery.channels.base import Addressee, Done, Later, NotTaken, Outgoing, Receipt, SendResult, Taken, Uncertain
from cautery.channels.keys import Keys
from cautery.channels.webhook import signed_headers
from cautery.core.text import storable
from cautery.fetch import Fetched, Fetcher, FetchFailed, Request

ANSWER_BYTES = 4_000_000
CURSOR_LIMIT = 200
LONGEST_WAIT_S = 86_400.0
EARLIEST, LATEST = 2000, 2200
"""Years a provider may name; what lies outside is no time but a mistake."""


class ApiWay:
    """Sends batches by POST, asks by GET, reads answers from the provider's feed."""

    def __init__(self, fetcher: Fetcher, timeout_s: float, keys: Keys | None = None) -> None:
        self._fetcher = fetcher
        self._timeout_s = timeout_s
        self._keys = keys or Keys(None)

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        """POST the batch under an id of its own; a call to a provider with whom we share a webhook secret is signed.

        Batches that were taken together have one `message_id`: the id of the call is made from it and from what the batch holds.
        """
        body = json.dumps({"notices": [dict(notice.body) for notice in batch]}).encode()
        call_id = sha256("|".join([message_id, *(n.idempotency_key for n in batch)]).encode()).hexdigest()[:40]
        began = time.time()
        secret = self._keys.webhook_secret(to.slug)
        signed = signed_headers(secret, call_id, datetime.fromtimestamp(began, UTC), body) if secret else {}
        request = self._request(
            to,
            "/notices",
            method="POST",
            body=body,
            extra={
                "Content-Type": "application/json",
                "X-Request-Id": call_id,
                "Idempotency-Key": call_id,
                **signed,
            },
        )
        answered: Future[SendResult] = Future()
        keys = {notice.idempotency_key for notice in batch}
        self._fetcher.submit(request).add_done_callback(
            lambda future: answered.set_result(_read(future.result(), keys, began, body))
        )
        return answered

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        """Which of `keys` arrived; a key whose question was not answered is left out."""
        answers = self._fetcher.fetch_many([self._request(to, f"/notices/{key}") for key in keys])
        known: dict[str, Taken | None] = {}
        for key, answer in zip(keys, answers, strict=True):
            if isinstance(answer, Fetched) and answer.status == 404:
                known[key] = None
            elif isinstance(answer, Fetched) and answer.status == 200:
                receipt = _json(answer)
                if isinstance(receipt, dict) and receipt.get("idempotency_key") == key:
                    known[key] = _taken(receipt)
        return known

    def answers(self, to: Addressee, cursor: str) -> dict[str, Any] | None:
        """One page of the answers feed after `cursor`; None when it could not be read (it is asked again later)."""
        return self.answers_of([(to, cursor)])[0]

    def answers_of(self, feeds: Sequence[tuple[Addressee, str]]) -> list[dict[str, Any] | None]:
        """One page of each of several feeds, asked at the same time."""
        paths = [(to, f"/answers?after={quote(cursor, safe='')}&limit=1000") for to, cursor in feeds]
        return [_page(answer) for answer in self._fetcher.fetch_many([self._request(to, path) for to, path in paths])]

    def _request(
        self,
        to: Addressee,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Request:
        return Request(
            f"{to.api_base}{path}",
            method=method,
            body=body,
            timeout_s=self._timeout_s,
            max_bytes=ANSWER_BYTES,
            redirects=0,
            headers={"Authorization": f"Bearer {to.token}", "Accept": "application/json", **(extra or {})},
        )


def _page(answer: Fetched | FetchFailed) -> dict[str, Any] | None:
    page = _json(answer) if isinstance(answer, Fetched) and answer.status == 200 else None
    if not isinstance(page, dict) or not isinstance(page.get("answers"), list) or not _is_cursor(page.get("next")):
        return None
    return page


def _read(answer: Fetched | FetchFailed, keys: set[str], began: float, sent: bytes) -> SendResult:
    """The rule: refused before it was read (429, 5xx, no connection) is Later; read and answered is Done; anything else is Uncertain."""
    receipt = _receipt(answer, began, sent)
    if isinstance(answer, FetchFailed):
        return Uncertain(answer.reason, receipt) if answer.sent else Later(None, answer.reason, receipt)
    if answer.status == 429 or answer.status >= 500:
        return Later(_retry_after(answer), str(answer.status), receipt)
    if answer.status not in {200, 201, 207}:
        return Uncertain(f"status {answer.status}", receipt)
    document = _json(answer)
    rows = document.get("results") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return Uncertain("the answer holds no list of results", receipt)
    if sorted(str(row.get("idempotency_key")) for row in rows) != sorted(keys):
        return Uncertain("the answer does not speak once of each notice that was sent", receipt)
    return Done([_result(row) for row in rows], [receipt])


def _receipt(answer: Fetched | FetchFailed, began: float, sent: bytes) -> Receipt:
    """What proves the sending: the bytes of the body and of the answer, by their digests, and the status."""
    came = answer.body if isinstance(answer, Fetched) else b""
    said = (
        f"HTTP {answer.status}" if isinstance(answer, Fetched) else storable(f"{answer.reason}: {answer.detail}", 200)
    )
    return Receipt(began, time.time(), sha256(sent).hexdigest(), said, sha256(came).hexdigest() if came else "")


def _result(row: Mapping[str, Any]) -> Taken | NotTaken:
    if row.get("status") in {"received", "duplicate"}:
        return _taken(row)
    return NotTaken(
        str(row["idempotency_key"]), storable(str(row.get("error") or row.get("status") or "rejected"), 200)
    )


def _taken(row: Mapping[str, Any]) -> Taken:
    return Taken(
        str(row["idempotency_key"]), moment(row.get("received_at")), storable(str(row.get("provider_ref") or ""), 200)
    )


def moment(text: object) -> datetime | None:
    """A time of ISO 8601 with its zone, in UTC; None for anything else, and for times nobody can mean."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    if found.tzinfo is None or not EARLIEST <= found.year < LATEST:
        return None
    return found.astimezone(UTC)


def _retry_after(answer: Fetched) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: a number, or a date measured from the answer's own); None without a word."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT_S)
    try:
        wait = (parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers.get("Date", ""))).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT_S)


def _is_cursor(value: object) -> bool:
    return isinstance(value, str) and len(value) <= CURSOR_LIMIT and value == storable(value, CURSOR_LIMIT)


def _json(answer: Fetched) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
