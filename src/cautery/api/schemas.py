"""What goes in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema


class FlagRow(Schema):
    """One flag: `line` counts from 1 within the batch."""

    line: int = Field(ge=1)
    url: str = Field(max_length=100_000)
    seen_at: datetime | None = None
    note: str = Field("", max_length=4_000)
    language: str = Field("", max_length=16)


class BatchIn(Schema):
    """A list of flags; the same `batch_key` again adds nothing."""

    operation: str
    batch_key: str = Field(min_length=1, max_length=120)
    rows: list[FlagRow] = Field(max_length=5_000)


class RejectedRow(Schema):
    line: int
    reason: str
    message: str


class BatchOut(Schema):
    accepted: int
    known: int
    rejected: list[RejectedRow]


class ClaimIn(Schema):
    operation: str
    limit: int = Field(100, ge=1, le=500)


class ReviewItemOut(Schema):
    """Everything a reviewer is shown of an episode."""

    episode_id: int
    item_id: int
    number: int
    url: str
    provider: str
    kind: str
    key: str
    owner: str | None
    flags: int
    first_flagged_at: datetime
    verdict: str
    title: str
    excerpt: str
    language: str
    media: list[dict[str, str]]
    matches: list[dict[str, Any]]
    earlier: list[dict[str, Any]]


class ReviewItemsOut(Schema):
    items: list[ReviewItemOut]


class DecisionIn(Schema):
    episode_id: int
    outcome: Literal["confirmed", "dismissed"]
    limbs: list[str] = []
    protected_purpose: str = "none"
    reason: str = Field(max_length=4_000)
    instrument: str = "referral"


class DecisionsIn(Schema):
    decisions: list[DecisionIn] = Field(max_length=500)


class EpisodeResult(Schema):
    episode_id: int
    status: str
    detail: str


class EpisodeResults(Schema):
    results: list[EpisodeResult]


class HoldIn(Schema):
    url: str = Field(max_length=10_000)
    reason: str = Field(min_length=1, max_length=4_000)
    until: datetime


class HoldsIn(Schema):
    operation: str
    holds: list[HoldIn] = Field(max_length=1_000)


class HoldResult(Schema):
    url: str
    status: str
    detail: str


class HoldResults(Schema):
    results: list[HoldResult]


class SignableOut(Schema):
    decision_id: int
    episode_id: int
    number: int
    url: str
    provider: str
    kind: str
    limbs: list[str]
    reason: str
    reviewer: str


class SignablesOut(Schema):
    decisions: list[SignableOut]


class SigningIn(Schema):
    decision_id: int
    act: Literal["sign", "refuse"]
    reason: str = Field("", max_length=4_000)


class SigningsIn(Schema):
    signatures: list[SigningIn] = Field(max_length=500)


class DecisionResult(Schema):
    decision_id: int
    status: str
    detail: str


class DecisionResults(Schema):
    results: list[DecisionResult]


class KeysOut(Schema):
    keys: int
    released: bool
    t0: datetime | None


class OperationOut(Schema):
    slug: str
    name: str
    state: str
    starts_at: datetime
    t0: datetime | None
    ends_at: datetime | None


class RegisterOut(Schema):
    items: list[dict[str, Any]]
    next: str | None


class HealthOut(Schema):
    ok: bool
    now: datetime
