"""Every field of every form: removed, it is named, with its law and the reason, in each language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cautery.core.errors import FileRefused, NotFound, Refused, RulesInvalid
from cautery.core.instruments import LANGUAGES, Catalogue, Document, Problem, language_for, read
from cautery.core.instruments.catalogue import DATA
from cautery.core.instruments.clocks import clock_facts, notice_timeline
from cautery.core.instruments.form import ALWAYS
from cautery.core.instruments.reference import file_name, reference, serial_of
from cautery.core.instruments.schema import schema
from cautery.core.instruments.validation import moment
from tests.core.instruments.specimens import NAMES, specimen, specimens
from tests.rules.source import ROOT

CATALOGUE = Catalogue.default()
EVERY = specimens()
FIELDS = [(name, field, given) for name, given in EVERY for field in given]


def found(name: str, given: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """The findings on some fields, by field."""
    instrument = CATALOGUE.get(name)
    return {f.field: f for f in read(instrument.form, given, instrument.wording(language)).findings}


def test_the_specimens_fill_every_field_of_every_form() -> None:
    filled: dict[str, set[str]] = {}
    for name, given in EVERY:
        filled.setdefault(name, set()).update(given)
    assert {name: set(CATALOGUE.get(name).form.fields) for name in NAMES} == filled


@pytest.mark.parametrize(("name", "given"), EVERY, ids=[name for name, _ in EVERY])
def test_a_specimen_is_complete(name: str, given: dict[str, Any]) -> None:
    assert [f for f in found(name, given).values() if f.problem != Problem.ADVISED] == []


@pytest.mark.parametrize(("name", "field", "given"), FIELDS, ids=[f"{name}-{field}" for name, field, _ in FIELDS])
def test_a_field_that_is_removed_is_named_with_its_law_and_why(name: str, field: str, given: dict[str, Any]) -> None:
    form = CATALOGUE.get(name).form
    without = {id_: value for id_, value in given.items() if id_ != field}
    for language in LANGUAGES:
        finding = found(name, without, language)[field]
        needed = form.fields[field].needed(read(form, without, CATALOGUE.get(name).wording(language)).values)
        assert finding.problem == (Problem.MISSING if needed else Problem.ADVISED)
        assert finding.law == form.fields[field].law
        assert len(finding.why) > 15
        assert finding.label != field


@pytest.mark.parametrize(("name", "field", "given"), FIELDS, ids=[f"{name}-{field}" for name, field, _ in FIELDS])
def test_a_field_that_must_be_there_keeps_the_notice_from_being_complete(
    name: str, field: str, given: dict[str, Any]
) -> None:
    instrument = CATALOGUE.get(name)
    one = instrument.form.fields[field]
    without = {id_: value for id_, value in given.items() if id_ != field}
    complete = read(instrument.form, without, instrument.wording("en")).complete
    assert complete is not one.needed(read(instrument.form, without, instrument.wording("en")).values)


@pytest.mark.parametrize("name", NAMES)
def test_each_language_has_words_for_every_field_rule_section_and_choice(name: str) -> None:
    instrument = CATALOGUE.get(name)
    assert set(instrument.wordings) == set(LANGUAGES)
    for wording in instrument.wordings.values():
        assert [id_ for id_ in instrument.form.names() if not wording.field(id_).why] == []
        assert [s.id for s in instrument.form.sections if s.id not in wording.sections] == []
        coded = [f for f in instrument.form.fields.values() if f.limits.choices and f.id != "category_specification"]
        plain = [f for f in coded if f.kind in ("choice", "choices")]
        assert [f.id for f in plain for word in f.limits.choices if wording.choice(f.id, word) == word] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_the_one_the_form_has(name: str) -> None:
    kept = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text())
    instrument = CATALOGUE.get(name)
    assert kept == schema(instrument.form, instrument.wording("en")), "Write it anew with: make docs"
    jsonschema.Draft202012Validator.check_schema(kept)


@pytest.mark.parametrize(("name", "given"), EVERY, ids=[name for name, _ in EVERY])
def test_the_machine_form_holds_to_its_schema_and_comes_back_the_same(name: str, given: dict[str, Any]) -> None:
    instrument = CATALOGUE.get(name)
    document = Document.of(instrument.form, read(instrument.form, given, instrument.wording("de")), "de")
    validator = jsonschema.Draft202012Validator(schema(instrument.form, instrument.wording("en")))
    validator.validate(document.as_dict())
    assert Document.parse(document.to_json()) == document
    for field in instrument.form.fields.values():
        if field.need is ALWAYS:
            lacking = document.as_dict()
            lacking["fields"] = {id_: value for id_, value in lacking["fields"].items() if id_ != field.id}
            assert not validator.is_valid(lacking), field.id


@pytest.mark.parametrize(
    ("name", "change", "field", "reason"),
    [
        ("tco-removal-order", {"urls": ["videos.example.org/1"]}, "urls", "not_a_url"),
        ("tco-removal-order", {"urls": "https://videos.example.org/1"}, "urls", "not_a_list"),
        ("tco-removal-order", {"urls": ["https://127.0.0.1/1"]}, "urls", "not_a_url"),
        ("tco-removal-order", {"issued_at": "2026-11-22T14:20:00"}, "issued_at", "no_offset"),
        ("tco-removal-order", {"issued_at": "yesterday"}, "issued_at", "not_a_moment"),
        ("tco-removal-order", {"signed_on": "22.11.2026"}, "signed_on", "not_a_date"),
        ("tco-removal-order", {"material_type": ["f"]}, "material_type", "not_a_choice"),
        ("tco-removal-order", {"nondisclosure": "yes"}, "nondisclosure", "not_yes_or_no"),
        ("tco-removal-order", {"home_state": "XX"}, "home_state", "not_a_state"),
        ("tco-removal-order", {"authority_email": "nobody"}, "authority_email", "not_an_address"),
        ("tco-removal-order", {"redress_period": "soon"}, "redress_period", "not_a_period"),
        ("tco-removal-order", {"considerations": "x" * 8001}, "considerations", "too_long"),
        ("tco-removal-order", {"considerations": "a\x00b"}, "considerations", "control_character"),
        ("tco-removal-order", {"considerations": 7}, "considerations", "not_text"),
        ("tco-removal-order", {"considerations": " \n "}, "considerations", "missing"),
        ("tco-removal-order", {"colour": "red"}, "colour", "unknown_field"),
        ("tco-removal-order", {"cross_border": False}, "cross_border", "states_and_cross_border"),
        ("tco-removal-order", {"copy_sent": False}, "copy_sent", "copy_goes_out"),
        ("tco-removal-order", {"protected_purposes_assessed": False}, "protected_purposes_assessed", "purposes_were_assessed"),
        ("tco-removal-order", {"nondisclosure_until": "2027-01-06T00:00:00+01:00"}, "nondisclosure_until", "nondisclosure_at_most"),
        ("tco-first-information", {"earliest_order_at": "2026-11-22T12:09:59+01:00"}, "earliest_order_at", "twelve_hours_ahead"),
        ("tco-home-copy", {"home_state": "DE"}, "home_state", "another_state"),
        ("tco-home-copy", {"sent_at": "2026-11-22T15:00:00+01:00"}, "sent_at", "same_moment"),
        ("tco-annex-ii", {"measured_at": "2026-11-22T14:21:01+01:00"}, "measured_at", "measure_after_receipt"),
        ("tco-annex-iii", {"signed_at": "2026-11-22T13:00:00+01:00"}, "signed_at", "answer_after_receipt"),
        ("dsa-order", {"translation_enclosed": False}, "translation_enclosed", "translation_is_there"),
        ("dsa-notice", {"good_faith": False}, "good_faith", "stated_in_good_faith"),
        ("referral", {"voluntary": False}, "voluntary", "said_to_be_voluntary"),
        ("dsa-statement-of-reasons", {"content_date": "1999-12-31"}, "content_date", "content_not_before"),
        ("dsa-statement-of-reasons", {"puid": "a b"}, "puid", "not_an_identifier"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(name: str, change: dict[str, Any], field: str, reason: str) -> None:
    finding = found(name, specimen(name) | change)[field]
    assert finding.reason == reason
    assert finding.why


def test_a_first_order_without_emergency_waits_for_twelve_hours() -> None:
    late = {"first_information_sent_at": "2026-11-22T02:20:01+01:00", "emergency_reasons": ""}
    assert found("tco-removal-order", specimen("tco-removal-order") | late)["issued_at"].reason == "twelve_hours_before"
    in_time = late | {"first_information_sent_at": "2026-11-22T02:20:00+01:00"}
    assert "issued_at" not in found("tco-removal-order", specimen("tco-removal-order") | in_time)


def test_a_first_order_in_an_emergency_needs_no_information_before_it() -> None:
    given = {name: v for name, v in specimen("tco-removal-order").items() if name != "first_information_sent_at"}
    assert found("tco-removal-order", given)["first_information_sent_at"].problem == Problem.ADVISED
    calm = {name: value for name, value in given.items() if name != "emergency_reasons"}
    assert found("tco-removal-order", calm)["first_information_sent_at"].problem == Problem.MISSING
    form = CATALOGUE.get("tco-removal-order").form
    published = jsonschema.Draft202012Validator(schema(form, CATALOGUE.get("tco-removal-order").wording("en")))
    for fields, sound in ((given, True), (calm, False)):
        machine = Document.of(form, read(form, fields, CATALOGUE.get("tco-removal-order").wording("en")), "en")
        assert published.is_valid(machine.as_dict()) is sound


def test_a_statement_without_any_restriction_is_told_so() -> None:
    given = {
        n: v
        for n, v in specimen("dsa-statement-of-reasons").items()
        if not n.startswith("decision_") or n in ("decision_ground", "decision_facts")
    }
    finding = read(
        CATALOGUE.get("dsa-statement-of-reasons").form, given, CATALOGUE.get("dsa-statement-of-reasons").wording("en")
    )
    assert "some_decision" in [f.reason for f in finding.findings]


def test_provisions_and_periods_are_said_in_the_language_of_the_notice() -> None:
    order = CATALOGUE.get("tco-removal-order")
    cited = "Art 3(6) to (8), Annex I Section F (check)"
    assert order.wording("de").law(cited) == "Art. 3(6) bis (8), Anhang I Abschnitt F (zu prüfen)"
    assert order.wording("fr").law(cited) == "art. 3(6) à (8), annexe I section F (à vérifier)"
    assert order.wording("en").law(cited) == cited
    assert [order.wording(each).period("1 month") for each in LANGUAGES] == ["1 month", "1 mois", "1 Monat"]
    assert [order.wording(each).period("6 weeks") for each in LANGUAGES] == ["6 weeks", "6 semaines", "6 Wochen"]
    assert order.wording("de").period("soon") == "soon"


def test_only_an_order_under_the_tco_regulation_speaks_of_its_articles() -> None:
    for name in ("dsa-order", "dsa-notice", "referral", "domain", "preservation"):
        for wording in CATALOGUE.get(name).wordings.values():
            whys = [wording.field(id_).why for id_ in CATALOGUE.get(name).form.fields]
            assert not [why for why in whys if "15(1)" in why or "Artikel 15" in why or "article 15" in why]


def test_an_address_is_kept_letter_for_letter() -> None:
    decomposed = "https://videos.example.org/cafe\u0301"
    instrument = CATALOGUE.get("referral")
    values = read(instrument.form, {"urls": [decomposed, decomposed]}, instrument.wording("en")).values
    assert values["urls"] == [decomposed]


@pytest.mark.parametrize(
    ("declared", "language"),
    [(("de-AT", "en"), "de"), (("FR",), "fr"), (("pl", "fr"), "fr"), (("pl",), "en"), ((), "en")],
)
def test_the_language_is_the_first_declared_there_is_wording_for(declared: tuple[str, ...], language: str) -> None:
    assert language_for(declared) == language


def test_a_lawyer_changes_words_law_need_and_fields_without_code(tmp_path: Path) -> None:
    (tmp_path / "tco-removal-order").mkdir()
    (tmp_path / "tco-removal-order" / "de.toml").write_text(
        'title = "Anordnung zur Entfernung"\n[fields]\nconsiderations = { why = "Neu." }\n'
        'case_officer = { label = "Sachbearbeiter", why = "Rückfragen." }\n'
    )
    (tmp_path / "tco-removal-order" / "form.toml").write_text(
        '[[section]]\nid = "E"\nfield = [\n  { id = "authority_fax", need = "always", law = "Annex I Section E, as read" },\n'
        '  { id = "case_officer", kind = "text", law = "national law" },\n]\n'
    )
    instrument = Catalogue.load(tmp_path).get("tco-removal-order")
    given = {
        name: value
        for name, value in specimen("tco-removal-order").items()
        if name not in ("authority_fax", "considerations")
    }
    findings = {f.field: f for f in read(instrument.form, given, instrument.wording("de")).findings}
    assert instrument.wording("de").title == "Anordnung zur Entfernung"
    assert instrument.wording("en").title == "Removal order"
    assert findings["considerations"].why == "Neu."
    assert (findings["authority_fax"].problem, findings["authority_fax"].law) == (
        Problem.MISSING,
        "Annex I Section E, as read",
    )
    assert findings["case_officer"].label == "Sachbearbeiter"
    assert len(instrument.form.fields) == len(CATALOGUE.get("tco-removal-order").form.fields) + 1


@pytest.mark.parametrize(
    "text",
    [
        "[[section",
        '[[section]]\nid = "E"\nfield = [{ id = "authority_fax", kind = "telex" }]',
        '[[section]]\nid = "E"\nfield = [{ id = "authority_fax", need = { field = "nobody", is = 1 } }]',
        '[[section]]\nid = "E"\nfield = [{ id = "authority_fax", colour = "red" }]',
        '[[rule]]\nid = "new"\nkind = "guess"\nfield = "urls"\nlaw = "x"',
    ],
)
def test_a_lawyers_file_that_does_not_hold_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "tco-removal-order").mkdir()
    (tmp_path / "tco-removal-order" / "form.toml").write_text(text)
    with pytest.raises(RulesInvalid, match=r"tco-removal-order/form\.toml"):
        Catalogue.load(tmp_path)


def test_an_unknown_instrument_or_language_names_those_there_are() -> None:
    with pytest.raises(NotFound) as unknown:
        CATALOGUE.get("letter")
    assert "referral" in unknown.value.fields["hint"]
    with pytest.raises(NotFound):
        CATALOGUE.get("referral").wording("pl")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"fields": NaN}', "not_json"),
        (b"[]", "not_a_notice"),
        (b'{"format": "cautery-notice/1"}', "not_a_notice"),
        (b'{"format": "cautery-notice/1", "instrument": 1, "form": "1", "language": "en", "fields": {}}', "not_a_notice"),
        (b'{"format": "cautery-notice/1", "instrument": "x", "form": "1", "language": "en", "fields": {}, "more": 1}', "not_a_notice"),
        (b" " * (5 << 20), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_machine_form_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        Document.parse(data)
    assert refused.value.reason == reason


def test_a_reference_is_of_its_row_and_a_mistyped_one_is_found() -> None:
    at = moment("2026-11-22T00:00:00+00:00")
    made = [reference("CTY", at, serial) for serial in range(2000)] + [reference("BKA", at, 5)]
    assert len(set(made)) == 2001
    assert [serial_of(each) for each in made[:2000]] == list(range(2000))
    assert serial_of(made[7].lower() + "/C") == 7
    for place, letter in enumerate(made[1234]):
        if letter.isdigit():
            wrong = made[1234][:place] + str((int(letter) + 1) % 10) + made[1234][place + 1 :]
            with pytest.raises(Refused) as refused:
                serial_of(wrong)
            assert refused.value.reason == "mistyped"
    assert file_name("CTY-1/C") != file_name("CTY-1_C")
    for bad in ("", "../x", ".x"):
        with pytest.raises(Refused):
            file_name(bad)


def test_an_answers_times_set_the_clocks_going() -> None:
    form = CATALOGUE.get("tco-annex-ii").form
    values = read(form, specimen("tco-annex-ii"), CATALOGUE.get("tco-annex-ii").wording("en")).values
    line = notice_timeline(form, values, moment("2027-01-01T00:00:00+00:00"))
    facts = {fact["clock"]: fact for fact in clock_facts(form, line)}
    assert (facts["remove"]["standing"], facts["preservation"]["standing"]) == ("met", "running")


def test_each_instrument_lies_in_a_folder_of_its_own() -> None:
    assert {path.parent.name for path in DATA.glob("*/form.toml")} == set(NAMES)
    assert len(NAMES) == 11
