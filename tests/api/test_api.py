"""The door for programs: who may pass, in what form it answers, and what it does not take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cautery.api.main import api
from cautery.core.errors import CauteryError
from cautery.core.statuses import STATUSES
from cautery.directory.actions import import_directory
from cautery.directory.models import ApiToken
from cautery.intake.models import Episode, Flag, Operation
from cautery.review.models import Hold
from tests import factories as make
from tests.api.routes import OFFICERS

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
BATCH: dict[str, Any] = {"operation": "summer", "batch_key": "b1", "rows": [{"line": 1, "url": VIDEO.format(1)}]}
CLAIM = {"operation": "summer", "limit": 5}
ROUTES: dict[tuple[str, str], tuple[str, dict[str, Any] | None]] = {
    ("POST", "/intake/batches"): ("flag", BATCH),
    ("POST", "/review/claims"): ("review", CLAIM),
    ("POST", "/review/decisions"): ("review", {"decisions": []}),
    ("POST", "/deconfliction/holds"): ("review", {"operation": "summer", "holds": []}),
    ("POST", "/authorise/claims"): ("sign", CLAIM),
    ("POST", "/authorise/signatures"): ("sign", {"signatures": []}),
    ("POST", "/operations/summer/keys"): ("lead", {}),
    ("GET", "/operations/summer"): ("observe", None),
    ("GET", "/register?operation=summer"): ("observe", None),
    ("GET", "/merges?state=conflict"): ("observe", None),
}
"""Every route that asks who one is: a role that may, and the least it takes."""
MERGING = {
    ("POST", "/api/v1/items/merge"),
    ("POST", "/api/v1/merges/{merge_id}/settle"),
    ("POST", "/api/v1/merges/{merge_id}/undo"),
}
"""Routes that take rows there must be: test_merging.py speaks of them."""


def token(role: str, name: str = "") -> str:
    make.operation()
    officer = make.officer(name or f"the {role}", *([role] if role else []))
    secret = f"specimen token of {officer.pk}"
    row = {
        "id": str(officer.pk),
        "username": officer.username,
        "name": officer.name,
        "unit": "fr-pharos",
        "roles": officer.roles,
    }
    import_directory({"officers": [row | {"token": secret}]}, by=make.SYSTEM, at=make.START)
    return secret


def call(
    method: str, path: str, body: Any = None, bearer: str | None = None, raw: bytes | None = None
) -> tuple[int, Any]:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    answer = Client(headers=headers).generic(method, f"/api/v1{path}", data, content_type="application/json")
    return answer.status_code, json.loads(answer.content) if answer.content else None


def is_error(document: Any) -> bool:
    """The documented form: `{"error": {"code", "message", "fields"}}`."""
    error = document["error"]
    return (
        set(document) == {"error"}
        and set(error) == {"code", "message", "fields"}
        and bool(error["code"] and error["message"])
    )


def test_every_route_is_spoken_of_here() -> None:
    described = {
        (method.upper(), path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
    }
    here = {(method, f"/api/v1{path.partition('?')[0].replace('summer', '{slug}')}") for method, path in ROUTES}
    elsewhere = {(method, f"/api/v1{path}") for method, path in OFFICERS} | {
        (method, path) for method, path in described if path.startswith("/api/v1/provider/")
    }
    assert described - {("GET", "/api/v1/health")} - MERGING - elsewhere == here


@pytest.mark.parametrize(("method", "path"), list(ROUTES))
def test_a_route_refuses_who_brings_no_wrong_or_revoked_token(method: str, path: str) -> None:
    role, body = ROUTES[method, path]
    secret = token(role)
    assert call(method, path, body, secret)[0] == 200
    ApiToken.objects.update(revoked_at=make.START)
    for bearer in (None, "", "another", secret):
        status, document = call(method, path, body, bearer)
        assert status == 401
        assert is_error(document)


@pytest.mark.parametrize(("method", "path"), list(ROUTES))
def test_a_route_refuses_a_role_without_the_permission(method: str, path: str) -> None:
    _, body = ROUTES[method, path]
    status, document = call(method, path, body, token("", "nobody"))
    assert (status, document["error"]["code"], is_error(document)) == (403, "not_allowed", True)
    if method == "POST":
        assert call(method, path, body, token("observe"))[0] == 403


def test_health_is_for_everybody() -> None:
    status, document = call("GET", "/health")
    assert (status, document["ok"]) == (200, True)


def test_flags_are_taken_bad_rows_told_and_the_same_batch_answers_the_same() -> None:
    body = BATCH | {
        "rows": [
            {"line": 2, "url": "javascript:x"},
            {"line": 1, "url": VIDEO.format(1)},
            {"line": 3, "url": "\u0000", "note": "a\u0000b"},
        ]
    }
    secret = token("flag")
    first = call("POST", "/intake/batches", body, secret)
    assert first[0] == 200
    assert (first[1]["accepted"], [row["line"] for row in first[1]["rejected"]]) == (1, [2, 3])
    assert call("POST", "/intake/batches", body, secret) == first
    assert (Flag.objects.count(), Episode.objects.count()) == (1, 1)


def test_all_rejections_of_a_full_batch_are_told() -> None:
    rows = [{"line": n, "url": "javascript:x"} for n in range(1, 2_001)]
    _, document = call("POST", "/intake/batches", BATCH | {"rows": rows}, token("flag"))
    assert [row["line"] for row in document["rejected"]] == list(range(1, 2_001))


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("/intake/batches", BATCH | {"rows": [BATCH["rows"][0]] * 2}),
    ("/intake/batches", BATCH | {"rows": [{"line": n, "url": "x"} for n in range(1, 5_002)]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 0, "url": "x"}]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 10**30, "url": "x"}]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 1, "url": "x" * 100_001}]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 1, "url": "x", "seen_at": "2026-06-15T06:00:00"}]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 1, "url": "x", "seen_at": "0001-01-01T00:00:00+14:00"}]}),
    ("/intake/batches", BATCH | {"rows": [{"line": 1}]}),
    ("/intake/batches", BATCH | {"batch_key": ""}),
    ("/intake/batches", BATCH | {"batch_key": "a\0b"}),
    ("/intake/batches", BATCH | {"operation": "sum\0mer"}),
    ("/review/claims", CLAIM | {"limit": 501}),
    ("/review/claims", CLAIM | {"limit": 0}),
    ("/review/decisions", {"decisions": [{"episode_id": 10**30, "outcome": "confirmed", "reason": "r"}]}),
    ("/review/decisions", {"decisions": [{"episode_id": 1, "outcome": "perhaps", "reason": "r"}]}),
    ("/review/decisions", {"decisions": [{"episode_id": 1, "outcome": "confirmed", "reason": "a\0b"}]}),
    ("/review/decisions", {"decisions": [{"episode_id": 1, "outcome": "confirmed", "reason": "r" * 4_001}]}),
    ("/review/decisions", {"decisions": [{"episode_id": 1, "outcome": "dismissed", "reason": "r"}] * 501}),
    ("/authorise/signatures", {"signatures": [{"decision_id": 1, "act": "shrug"}]}),
    (
        "/deconfliction/holds",
        {"operation": "summer", "holds": [{"url": VIDEO.format(1), "reason": "", "until": "2026-06-16T06:00:00Z"}]},
    ),
    (
        "/deconfliction/holds",
        {"operation": "summer", "holds": [{"url": "x", "reason": "r", "until": "2026-06-16T06:00:00"}]},
    ),
    ("/deconfliction/holds", {"operation": "summer"}),
]


@pytest.mark.parametrize(("path", "body"), MALFORMED)
def test_what_is_not_as_described_is_refused_whole_with_its_place(path: str, body: dict[str, Any]) -> None:
    status, document = call("POST", path, body, token(ROUTES["POST", path][0]))
    assert (status, is_error(document)) == (422, True)
    assert document["error"]["fields"]
    assert not Flag.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"rows": "\\ud800"}'])
def test_what_is_no_json_is_refused_in_the_same_form(raw: bytes) -> None:
    status, document = call("POST", "/intake/batches", bearer=token("flag"), raw=raw)
    assert status in {400, 422}
    assert is_error(document)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=5001", "limit=x", "after=x", "after=%C2%B2", f"after={10**30}", "operation=a%00"],
)
def test_pages_have_bounds(query: str) -> None:
    status, document = call("GET", f"/register?operation=summer&{query}", bearer=token("observe"))
    assert status in {404, 422}
    assert is_error(document)


@pytest.mark.parametrize("path", ["/operations/nowhere", "/register?operation=nowhere", "/operations/a%00b"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    status, document = call("GET", path, bearer=token("observe"))
    assert status in {404, 422}
    assert is_error(document)


def test_the_register_is_read_page_by_page_without_gap_or_repeat() -> None:
    secret = token("observe")
    make.flagged(Operation.objects.get(), [VIDEO.format(n) for n in range(7)])
    got: list[str] = []
    after: str | None = ""
    while after is not None:
        _, page = call("GET", f"/register?operation=summer&limit=3&after={after}", bearer=secret)
        got += [item["url"] for item in page["items"]]
        after = page["next"]
    assert len(got) == len(set(got)) == 7


def test_a_row_of_many_is_told_what_became_of_it() -> None:
    secret = token("review")
    frame = Operation.objects.get()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(2)])
    make.identified(episodes)
    make.matched(episodes)
    _, claimed = call("POST", "/review/claims", CLAIM, secret)
    first, second = (item["episode_id"] for item in claimed["items"])
    made = [
        {"episode_id": first, "outcome": "confirmed", "limbs": ["a"], "reason": "It calls for the act."},
        {"episode_id": second, "outcome": "confirmed", "limbs": [], "reason": "No limb."},
        {"episode_id": 999_999, "outcome": "dismissed", "reason": "Not held."},
    ]
    _, document = call("POST", "/review/decisions", {"decisions": made}, secret)
    assert [row["status"] for row in document["results"]] == ["recorded", "refused", "conflict"]


def test_a_hold_is_the_unit_s() -> None:
    body = {
        "operation": "summer",
        "holds": [{"url": VIDEO.format(1), "reason": "An inquiry.", "until": "2126-06-16T06:00:00Z"}],
    }
    assert call("POST", "/deconfliction/holds", body, token("review"))[1]["results"][0]["status"] == "recorded"
    assert Hold.objects.get().unit.slug == "fr-pharos"


def kinds(root: type[CauteryError]) -> Iterator[type[CauteryError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def test_every_error_has_its_status_and_a_code_of_its_own() -> None:
    ours = [kind for kind in kinds(CauteryError) if kind.__module__ == "cautery.core.errors"]
    assert set(ours) == set(STATUSES)
    assert len({kind.code for kind in ours}) == len(ours)


def test_the_openapi_document_is_sound() -> None:
    document = json.loads(json.dumps(api.get_openapi_schema()))
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"]
    names = set(document["components"]["schemas"])
    text = json.dumps(document)
    assert {ref.partition('"')[0] for ref in text.split("#/components/schemas/")[1:]} <= names
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["operationId"]
            assert operation["description"]
            assert "200" in operation["responses"]
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
