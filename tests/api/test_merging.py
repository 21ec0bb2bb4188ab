"""The routes of merging: who may, what is answered, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cautery.directory.actions import import_directory
from tests import factories as make
from tests.refer.merging import stories as two

pytestmark = pytest.mark.django_db


class Caller:
    """An officer with a token."""

    def __init__(self, username: str, *roles: str) -> None:
        officer = make.officer(username, *roles)
        row = {"id": str(officer.pk), "username": username, "name": officer.name, "unit": "fr-pharos"}
        document = {"officers": [row | {"roles": list(roles), "token": f"token-of-{username}"}]}
        import_directory(document, by=make.SYSTEM, at=make.START)
        self._headers = {"HTTP_AUTHORIZATION": f"Bearer token-of-{username}"}

    def get(self, path: str) -> tuple[int, Any]:
        answer = Client().get(f"/api/v1{path}", **self._headers)
        return answer.status_code, answer.json()

    def post(self, path: str, **body: object) -> tuple[int, Any]:
        answer = Client().post(f"/api/v1{path}", body, content_type="application/json", **self._headers)
        return answer.status_code, answer.json()


@pytest.fixture
def conflicting() -> dict[str, int]:
    """Two items, one dismissed, one with a notice that waits."""
    frame = make.operation()
    old, new = two.item(frame, two.OLD, two.dismissed), two.item(frame, two.NEW, two.composed)
    return {"source_item_id": old.item_id, "target_item_id": new.item_id}


def test_a_reviewer_merges_a_leader_settles_a_reviewer_undoes(conflicting: dict[str, int]) -> None:
    reviewer, leader = Caller("reviewing", "review"), Caller("leading", "lead")
    status, done = reviewer.post("/items/merge", **conflicting, reason="renamed")
    assert (status, done["state"], done["way"]) == (200, "conflict", "person")
    status, waiting = leader.get("/merges?state=conflict")
    assert (status, [row["merge_id"] for row in waiting["merges"]]) == (200, [done["merge_id"]])
    here = f"/merges/{done['merge_id']}"
    assert reviewer.post(f"{here}/settle", keep="target", reason="seen both")[0] == 403
    status, settled = leader.post(f"{here}/settle", keep="target", reason="seen both")
    assert (status, settled["state"], settled["pairs"][0]["target"]["state"]) == (200, "standing", "composed")
    status, undone = reviewer.post(f"{here}/undo", reason="another channel after all")
    assert (status, undone["state"], undone["left"]) == (200, "undone", [])
    assert reviewer.post(f"{here}/undo", reason="again")[0] == 422


def test_only_a_reviewer_merges_and_only_what_there_is(conflicting: dict[str, int]) -> None:
    assert Caller("flagging", "flag").post("/items/merge", **conflicting, reason="renamed")[0] == 403
    reviewer = Caller("reviewing", "review")
    assert reviewer.post("/items/merge", **conflicting | {"source_item_id": 10**9}, reason="renamed")[0] == 404
    assert reviewer.post("/items/merge", **conflicting, reason="")[0] == 422
    assert reviewer.post("/merges/77/undo", reason="why")[0] == 404
    assert reviewer.get("/merges?state=lost")[0] == 422


def test_the_register_shows_one_item(conflicting: dict[str, int]) -> None:
    reviewer = Caller("reviewing", "review")
    assert len(reviewer.get("/register?operation=summer")[1]["items"]) == 2
    reviewer.post("/items/merge", **conflicting, reason="renamed")
    assert [row["item_id"] for row in reviewer.get("/register?operation=summer")[1]["items"]] == [
        conflicting["target_item_id"]
    ]
