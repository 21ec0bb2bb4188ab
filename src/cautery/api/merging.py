"""Routes of merging: items that turned out to be one object."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from cautery.api import schemas as s
from cautery.core.actors import Actor
from cautery.fetch import clock
from cautery.intake.queries import get_item
from cautery.refer.merging.actions import merge, settle_conflict, unmerge
from cautery.refer.merging.queries import merges, rows

router = Router()


class MergeIn(Schema):
    """Two items that are one object; the target is the one that goes on."""

    source_item_id: s.Key
    target_item_id: s.Key
    reason: s.Text = Field(min_length=1, max_length=4_000)


class WhyIn(Schema):
    reason: s.Text = Field(min_length=1, max_length=4_000)


class SettlingIn(WhyIn):
    """Whose decision stands."""

    keep: Literal["source", "target"]


class MergeOut(Schema):
    """A merge. `pairs` are the episodes that met, with their decisions and notices; `left` what could not be undone."""

    merge_id: int
    state: str
    source: dict[str, Any]
    target: dict[str, Any]
    way: str
    reason: str
    by: str
    at: s.Moment
    pairs: list[dict[str, Any]]
    kept: str
    left: list[str]


class MergesOut(Schema):
    merges: list[MergeOut]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by Token.authenticate
    return actor


@router.post("/items/merge", response=MergeOut)
def items_merge(request: HttpRequest, body: MergeIn) -> dict[str, Any]:
    """Merge an item into the one that stands for the same object; merged before, the merge there is."""
    by = _actor(request)
    source, target = get_item(body.source_item_id, by=by), get_item(body.target_item_id, by=by)
    return rows([merge(source, target, reason=body.reason, by=by, at=clock().now())])[0]


@router.get("/merges", response=MergesOut)
def merges_list(
    request: HttpRequest, state: Literal["", "conflict", "standing", "undone"] = "", after: s.Cursor = ""
) -> dict[str, Any]:
    """Merges in a state; `conflict` are those that wait for a person."""
    return {"merges": merges(state, after=int(after or 0), by=_actor(request))}


@router.post("/merges/{merge_id}/settle", response=MergeOut)
def merges_settle(request: HttpRequest, merge_id: s.Key, body: SettlingIn) -> dict[str, Any]:
    """Say which of two contradicting decisions stands."""
    return rows([settle_conflict(merge_id, body.keep, reason=body.reason, by=_actor(request), at=clock().now())])[0]


@router.post("/merges/{merge_id}/undo", response=MergeOut)
def merges_undo(request: HttpRequest, merge_id: s.Key, body: WhyIn) -> dict[str, Any]:
    """Undo a merge; what cannot be undone is said in `left`."""
    return rows([unmerge(merge_id, reason=body.reason, by=_actor(request), at=clock().now())])[0]
