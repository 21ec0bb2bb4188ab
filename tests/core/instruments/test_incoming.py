"""Annexes and statements of reasons as they come in: as JSON, as a mail's text, with what each lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cautery.core.errors import FileRefused
from cautery.core.instruments import LANGUAGES, Catalogue, Document, Problem, read
from cautery.core.instruments.incoming import (
    ANNEX_II,
    ANNEX_III,
    INCOMING,
    STATEMENT,
    Heard,
    before_receipt,
    heard_in_json,
    heard_in_text,
    heard_of,
    meant,
)
from cautery.core.instruments.transparency import to_database
from cautery.core.instruments.validation import moment
from tests.core.instruments.specimens import specimen
from tests.shared import shared

CATALOGUE = Catalogue.default()
FIELDS = [(name, field) for name in INCOMING for field in specimen(name)]


def document(name: str, **change: Any) -> dict[str, Any]:
    form = CATALOGUE.get(name).form
    values = read(form, specimen(name), CATALOGUE.get(name).wording("en")).values
    given = {field: value for field, value in (values | change).items() if value != ""}
    return Document(name, form.version, "en", given).as_dict()


def one(given: Any) -> Heard:
    (found,) = heard_in_json(json.dumps(given).encode(), CATALOGUE)
    return found


def filled(name: str, language: str, *, without: str = "") -> str:
    """The form as somebody types it into a mail: a label and its value a line, boxes ticked."""
    instrument = CATALOGUE.get(name)
    wording = instrument.wording(language)
    values = read(instrument.form, specimen(name), wording).values
    lines = ["Hello,", "", "as asked:", ""]
    for field, value in values.items():
        if field == without:
            continue
        words = [wording.choice(field, each) for each in ([value] if isinstance(value, str) else value)]
        if instrument.form.fields[field].kind == "choices":
            lines += [f"[x] {word}" for word in words]
        else:
            lines.append(f"{wording.field(field).label}: {' '.join(words)}")
    return "\r\n".join(f"> {line}" for line in [*lines, "", "Kind regards"])


@pytest.mark.parametrize("name", INCOMING)
def test_a_machine_form_is_read_whole_and_lacks_nothing(name: str) -> None:
    found = one(document(name))
    assert (found.instrument, found.lacks) == (name, ())
    assert found.document.as_dict() == document(name)
    assert one(document(name)).digest == found.digest


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}-{field}" for name, field in FIELDS])
def test_a_field_that_is_left_out_is_named_with_its_law_and_why(name: str, field: str) -> None:
    found = one(document(name, **{field: ""}))
    finding = next(f for f in found.read.findings if f.field == field)
    known = CATALOGUE.get(name).form.fields[field]
    assert finding.problem == (Problem.MISSING if known.needed(found.read.values) else Problem.ADVISED)
    assert finding.law == known.law
    assert len(finding.why) > 15


def test_a_record_of_the_transparency_database_is_the_same_form() -> None:
    values = read(CATALOGUE.get(STATEMENT).form, specimen(STATEMENT), CATALOGUE.get(STATEMENT).wording("en")).values
    found = one(to_database(values))
    assert (found.instrument, found.lacks) == (STATEMENT, ())
    assert meant(found)[0].answer == "removed"
    two = heard_in_json(json.dumps({"statements": [to_database(values)] * 2}).encode(), CATALOGUE)
    assert len(two) == 2


def test_the_databases_own_examples_are_read() -> None:
    for file in ("example_statement.json", "example_multi_statements.json"):
        data = shared(f"exchange/dsa/{file}").read_bytes()
        assert all(found.instrument == STATEMENT for found in heard_in_json(data, CATALOGUE))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INCOMING)
def test_a_form_typed_into_a_mail_is_read_in_each_language(name: str, language: str) -> None:
    found = heard_in_text(filled(name, language), CATALOGUE)
    assert found is not None
    wanted = read(CATALOGUE.get(name).form, specimen(name), CATALOGUE.get(name).wording(language)).values
    assert (found.instrument, found.document.language, found.lacks) == (name, language, ())
    assert found.read.values == wanted


def test_what_such_a_mail_leaves_out_is_named() -> None:
    found = heard_in_text(filled(ANNEX_II, "fr", without="measured_at"), CATALOGUE)
    assert found is not None
    assert [(f.field, f.problem) for f in found.lacks] == [("measured_at", Problem.MISSING)]


def test_a_time_in_words_is_read_where_it_says_its_offset() -> None:
    text = filled(ANNEX_II, "en").replace("2026-11-22T14:50:00+01:00", "2026-11-22 14:50 UTC+01:00")
    found = heard_in_text(text, CATALOGUE)
    assert found is not None
    assert found.read.values["measured_at"] == "2026-11-22T14:50:00+01:00"
    vague = heard_in_text(text.replace(" UTC+01:00", ""), CATALOGUE)
    assert vague is not None
    assert [(f.field, f.reason) for f in vague.lacks] == [("measured_at", "no_offset")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We have removed it.",
        "Date: 2026-11-22\nSignature: B.",
        "Reference: CTY-1\nMeasure taken: removed",
        ":" * 500,
    ],
)
def test_a_mail_that_fills_in_no_form_holds_none(text: str) -> None:
    assert heard_in_text(text, CATALOGUE) is None


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_text_makes_it_raise(text: str) -> None:
    heard_in_text(f"Measure taken: {text}\n{text}: x\nDate: {text}\n[x] {text}", CATALOGUE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_a_notice"),
        (b"{}", "not_a_statement"),
        (b'{"answers": []}', "not_a_statement"),
        (b'{"statements": ["x"]}', "not_a_statement"),
        (json.dumps({"statements": [{}] * 1_001}).encode(), "too_many"),
        (json.dumps(document(ANNEX_II) | {"instrument": "tco-removal-order"}).encode(), "not_incoming"),
        (json.dumps(document(ANNEX_II) | {"instrument": "letter"}).encode(), "not_incoming"),
        (json.dumps(document(ANNEX_II) | {"fields": "x"}).encode(), "not_a_notice"),
        (b'{"puid": "1", "decision_facts": "x", "content_id": {"ISBN": "1"}}', "not_a_statement"),
        (b" " * (5 << 20), "too_large"),
    ],
)
def test_what_is_no_such_form_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        heard_in_json(data, CATALOGUE)
    assert refused.value.reason == reason


def test_numbers_that_are_none_are_no_form() -> None:
    with pytest.raises(FileRefused):
        heard_of({"puid": float("nan")}, CATALOGUE)


@pytest.mark.parametrize(
    ("name", "change", "answers"),
    [
        (ANNEX_II, {}, ["removed"]),
        (ANNEX_II, {"measure": "disabled"}, ["disabled"]),
        (ANNEX_II, {"measure": "hidden"}, []),
        (ANNEX_III, {}, ["impossible", "clarification"]),
        (ANNEX_III, {"grounds": ["manifest_errors"]}, ["clarification"]),
        (ANNEX_III, {"grounds": ""}, []),
        (STATEMENT, {}, ["removed"]),
        (STATEMENT, {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]}, ["geo_blocked"]),
        (STATEMENT, {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_LABELLED"]}, []),
    ],
)
def test_what_a_form_answers(name: str, change: dict[str, Any], answers: list[str]) -> None:
    assert [each.answer for each in meant(one(document(name, **change)))] == answers


def test_a_measure_before_the_receipt_contradicts_by_their_own_time_and_by_ours() -> None:
    early = one(document(ANNEX_II, measured_at="2026-11-22T14:00:00+01:00"))
    assert [(f.field, f.reason) for f in early.lacks] == [("measured_at", "measure_after_receipt")]
    ours = moment("2026-11-22T15:00:00+01:00")
    assert before_receipt(early, ours, CATALOGUE) == (), "it is said once"
    late = one(document(ANNEX_II))
    assert late.lacks == ()
    assert [f.field for f in before_receipt(late, ours, CATALOGUE)] == ["measured_at"]
    assert before_receipt(one(document(STATEMENT)), ours, CATALOGUE) == ()
