"""The published document of the notice API and what the providers answer say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cautery.exercise.objects import PROPAGANDA
from cautery.exercise.providers.notices import BASE, NoticeApi, Reply
from cautery.exercise.state import State
from tests.exercise.worlds import ROOT, a_notice, small_state

DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "provider-api.openapi.json").read_text())
KINDS = {"string": str, "array": list, "object": dict, "integer": int, "null": type(None)}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return DOCUMENT["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema


def check(value: Any, schema: dict[str, Any], place: str) -> None:
    """The part of JSON Schema that the document uses."""
    schema = resolved(schema)
    kinds = schema.get("type", [])
    allowed = tuple(KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
    assert isinstance(value, allowed), f"{place}: {value!r}"
    assert value in schema.get("enum", [value]), f"{place}: {value!r}"
    if isinstance(value, dict):
        assert set(schema.get("required", [])) <= set(value), place
        assert set(value) <= set(schema["properties"]), place
        for name, part in value.items():
            check(part, schema["properties"][name], f"{place}.{name}")
    if isinstance(value, list):
        for number, part in enumerate(value):
            check(part, schema["items"], f"{place}[{number}]")


def check_reply(method: str, path: str, reply: Reply) -> None:
    responses = DOCUMENT["paths"][path][method]["responses"]
    response = resolved_response(responses[str(reply.status)])
    check(reply.document, response["content"]["application/json"]["schema"], f"{method} {path} {reply.status}")


def resolved_response(response: dict[str, Any]) -> dict[str, Any]:
    reference = response.get("$ref")
    return DOCUMENT["components"]["responses"][reference.rsplit("/", 1)[1]] if reference else response


def api_and_urls(tmp_path: Path, figures: str = "") -> tuple[State, NoticeApi, list[str]]:
    state = small_state(tmp_path, figures)
    state.advance(state.scenario.t0)
    urls = [thing.url for thing in state.population.by_provider["vidora"] if thing.truth == PROPAGANDA]
    return state, NoticeApi(state, state.scenario.providers["vidora"], "t"), urls


def test_every_call_answers_as_the_document_says(tmp_path: Path) -> None:
    state, api, urls = api_and_urls(tmp_path)
    notices = [a_notice(f"k{number}", url) for number, url in enumerate([*urls[:9], "https://vidora.test/@nobody"])]
    for _ in range(2):
        body = json.dumps({"notices": notices}).encode()
        check_reply("post", "/notices", api.reply("POST", "/notices", {}, body, "Bearer t"))
    state.advance(state.scenario.end)
    for path, call in (
        ("/capabilities", "/capabilities"),
        ("/answers", "/answers"),
        ("/notices/{idempotency_key}", "/notices/k0"),
        ("/notices/{idempotency_key}", "/notices/never"),
    ):
        check_reply("get", path, api.reply("GET", call, {}, b"", "Bearer t"))
    check_reply("get", "/answers", api.reply("GET", "/answers", {"after": "x"}, b"", "Bearer t"))
    check_reply("get", "/capabilities", api.reply("GET", "/capabilities", {}, b"", "Bearer no"))


def test_refusals_answer_as_the_document_says(tmp_path: Path) -> None:
    _, api, urls = api_and_urls(tmp_path, "[providers.vidora]\nmax_batch = 1\nrate_per_minute = 1\n")
    for notices in (None, urls[:2], urls[:1], urls[1:2]):
        body = json.dumps({"notices": [a_notice(url, url) for url in notices]} if notices else 3).encode()
        check_reply("post", "/notices", api.reply("POST", "/notices", {}, body, "Bearer t"))


def test_a_notice_as_the_document_describes_it_is_what_the_tests_send() -> None:
    check(a_notice("k", "https://vidora.test/watch?v=1"), DOCUMENT["components"]["schemas"]["Notice"], "notice")
    assert DOCUMENT["servers"][0]["url"].endswith(BASE)
