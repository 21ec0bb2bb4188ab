"""Records of anybody's: parts missing, of other types, markup or JSON in place of text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.availability import REMOVALS, WORDS, Verdict, judge, read_record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 1000) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
AT = "https://video.example/watch/1"


def said(**record: Any) -> Verdict:
    return judge(read_record(record)).verdict


def test_an_empty_record_tells_nothing() -> None:
    assert said() is Verdict.UNKNOWN
    assert said(url=AT) is Verdict.UNKNOWN
    assert said(url=AT, status=None, text="A film about gardens.") is Verdict.UNKNOWN


def test_words_tell_without_a_status() -> None:
    assert said(text="This account is private") is Verdict.PRIVATE
    assert said(text="Этот материал удалён") is Verdict.REMOVED


def test_a_status_may_be_written_as_text() -> None:
    assert said(url=AT, status="404") is Verdict.GONE
    assert said(url=AT, status="404 Not Found") is Verdict.GONE
    assert said(url=AT, status="what") is Verdict.UNKNOWN


def test_markup_is_read_as_a_page() -> None:
    assert (
        said(url=AT, status=200, text="<html><title>Harbour</title><body><p>This account is private</p></body>")
        is Verdict.PRIVATE
    )
    assert (
        said(url=AT, status=200, text="<script>s='account suspended'</script><p>A film about gardens.</p>")
        is Verdict.UP
    )


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"error": "Record not found"}, Verdict.GONE),
        ({"statusCode": 404}, Verdict.GONE),
        ({"error": {"code": 429, "message": "slow down"}}, Verdict.RATE_LIMITED),
        ({"errors": [{"message": "User has been suspended."}]}, Verdict.ACCOUNT_CLOSED),
        ({"code": "not_found"}, Verdict.GONE),
        ({"id": 7, "text": "This account is private, he said"}, Verdict.UP),
    ],
)
def test_an_api_s_answer_is_read_for_its_error(answer: dict[str, Any], verdict: Verdict) -> None:
    assert said(url=AT, status=200, text=json.dumps(answer)) is verdict


def test_a_country_block_says_from_where() -> None:
    judged = judge(read_record({"url": AT, "status": 200, "text": "Not available in your country", "exit": "NL"}))
    assert (judged.verdict, judged.where) == (Verdict.GEO_BLOCKED, "NL")


@given(
    st.dictionaries(
        st.sampled_from(["provider", "url", "status", "final_url", "headers", "title", "text", "failed"]), JSON
    )
)
def test_no_record_makes_it_raise_and_every_answer_is_one_of_the_words(record: dict[str, Any]) -> None:
    judged = judge(read_record(record))
    assert WORDS[judged.verdict]
    assert judged.ground


@given(st.text(max_size=200))
def test_the_server_s_trouble_is_no_removal_whatever_it_says(text: str) -> None:
    for status in (0, 429, 500, 503):
        assert judge(read_record({"url": AT, "status": status, "text": text})).verdict not in REMOVALS
