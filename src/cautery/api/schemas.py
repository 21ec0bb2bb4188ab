"""What goes in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character, which no database keeps")
    return text


def _meant(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2200:
        raise ValueError("is no time anybody can mean")
    return moment


Text = Annotated[str, AfterValidator(_without_nul)]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
Moment = Annotated[AwareDatetime, AfterValidator(_meant)]
Cursor = Annotated[str, Field(pattern="^[0-9]{0,18}$")]
PageSize = Annotated[int, Field(ge=1, le=5_000)]


class Part(BaseModel):
    """One of many in a body. Ninja's own `Schema` looks at each through the eyes of an ORM object, which took a third of a call's time."""


class FlagRow(Part):
    """One flag: `line` counts from 1 within the batch."""

    line: Key
    url: str = Field(max_length=100_000)
    seen_at: Moment | None = None
    note: str = Field("", max_length=4_000)
    language: str = Field("", max_length=16)


def _each_line_once(rows: list[FlagRow]) -> list[FlagRow]:
    if len({row.line for row in rows}) < len(rows):
        raise ValueError("holds two rows with one line number")
    return rows


class BatchIn(Schema):
    """A list of flags; the same `batch_key` again adds nothing."""

    operation: Text
    batch_key: Text = Field(min_length=1, max_length=120)
    rows: Annotated[list[FlagRow], AfterValidator(_each_line_once)] = Field(max_length=5_000)


class RejectedRow(Part):
    line: int
    reason: str
    message: str


class BatchOut(Schema):
    accepted: int
    known: int
    rejected: list[RejectedRow]


class ClaimIn(Schema):
    operation: Text
    limit: int = Field(100, ge=1, le=500)


class ReviewItemOut(Part):
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


class DecisionIn(Part):
    episode_id: Key
    outcome: Literal["confirmed", "dismissed"]
    limbs: list[Text] = Field([], max_length=10)
    protected_purpose: Text = "none"
    reason: Text = Field(max_length=4_000)
    instrument: Text = "referral"
    grounds: list[Text] = Field([], max_length=10)
    designation: Text = Field("", max_length=80)
    details: dict[str, Any] = Field(default_factory=dict)


class DecisionsIn(Schema):
    decisions: list[DecisionIn] = Field(max_length=500)


class EpisodeResult(Part):
    episode_id: int
    status: str
    detail: str


class EpisodeResults(Schema):
    results: list[EpisodeResult]


class HoldIn(Part):
    url: Text = Field(max_length=10_000)
    reason: Text = Field(min_length=1, max_length=4_000)
    until: Moment


class HoldsIn(Schema):
    operation: Text
    holds: list[HoldIn] = Field(max_length=1_000)


class HoldResult(Part):
    url: str
    status: str
    detail: str


class HoldResults(Schema):
    results: list[HoldResult]


class SignableOut(Part):
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


class SigningIn(Part):
    decision_id: Key
    act: Literal["sign", "refuse"]
    reason: Text = Field("", max_length=4_000)


class SigningsIn(Schema):
    signatures: list[SigningIn] = Field(max_length=500)


class DecisionResult(Part):
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
