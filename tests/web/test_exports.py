"""The list as a file: the same rows, whole, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from cautery.report.dossier import EXPORT_FIELDS
from cautery.web.exports import cell
from tests import factories as make
from tests.web.conftest import VIDEO, Story


def body(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.streaming
    assert "attachment" in answer["Content-Disposition"]
    return answer.getvalue().decode()


def test_ndjson_holds_every_item_of_the_filter_exactly(story: Story, reader: Client) -> None:
    rows = [json.loads(line) for line in body(reader, "/operations/summer/items/file/ndjson").splitlines()]
    assert [row["item_id"] for row in rows] == [story.waiting.pk, story.returned.pk, story.dismissed.pk]
    assert all(tuple(row) == EXPORT_FIELDS for row in rows)
    assert rows[1] == rows[1] | {
        "provider": "youtube",
        "kind": "video",
        "key": "00000000002",
        "url": story.returned.url,
        "state": "flagged",
        "episode": 2,
        "outcome": None,
        "opened_at": "2026-06-17T08:00:00+00:00",
        "answer": None,
    }
    assert len(body(reader, "/operations/summer/items/file/ndjson?state=dismissed").splitlines()) == 1


def test_an_export_goes_on_beyond_the_first_page(story: Story, reader: Client) -> None:
    make.flagged(story.operation, [VIDEO.format(number) for number in range(100, 200)], key="more")
    assert len(body(reader, "/operations/summer/items/file/ndjson?older=3").splitlines()) == 103


def test_csv_does_not_let_a_key_become_a_formula(story: Story, reader: Client) -> None:
    make.flagged(
        story.operation,
        ["https://www.youtube.com/watch?v=-2+3ab_cdef", "https://www.youtube.com/watch?v=-bcdefghijk"],
        key="f",
    )
    rows = list(csv.DictReader(io.StringIO(body(reader, "/operations/summer/items/file/csv"))))
    assert list(rows[0]) == list(EXPORT_FIELDS)
    assert "'-bcdefghijk" in {row["key"] for row in rows}
    assert not [value for row in rows for value in row.values() if value.startswith(tuple("=+-@\t\r"))]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A=1", "  =1", "＝1", "－1"]
)
def test_text_that_would_start_a_formula_is_kept_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["https://a.example/?=1", "video", "", 7, -7])
def test_other_values_stay_as_they_are(value: object) -> None:
    assert cell(value) == value


def test_a_filter_that_cannot_be_makes_no_file(story: Story, reader: Client) -> None:
    for ending in ("csv", "ndjson", "parquet"):
        assert reader.get(f"/operations/summer/items/file/{ending}?state=gone").status_code == 422
