"""Notices in other people's forms: the DSA Transparency Database, and XARF."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from cautery.core.errors import RowRefused
from cautery.core.instruments import Catalogue, read
from cautery.core.instruments.transparency import INSTRUMENT, from_database, to_database
from cautery.core.instruments.xarf import xarf
from tests.core.instruments.specimens import specimen
from tests.shared import shared

STATEMENT = Catalogue.default().get(INSTRUMENT)


def checked(fields: dict[str, Any]) -> Any:
    return read(STATEMENT.form, fields, STATEMENT.wording("en"))


def test_a_statement_goes_to_the_database_and_comes_back_the_same() -> None:
    first = checked(specimen(INSTRUMENT))
    record = to_database(first.values)
    assert record["content_id"] == {"EAN-13": "0123456789128"}
    assert record["content_language"] == "DE"
    assert "redress" not in record
    again = checked(from_database(json.loads(json.dumps(record))))
    assert again.complete
    assert again.values == {name: value for name, value in first.values.items() if name != "redress"}


def test_the_notifier_of_an_own_initiative_is_left_out() -> None:
    values = checked(specimen(INSTRUMENT) | {"source_type": "SOURCE_VOLUNTARY"}).values
    assert "source_identity" not in to_database(values)


@pytest.mark.parametrize("record", [[], "x", {"content_id": {"ISBN": "1"}}, {"content_id": "x"}])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(RowRefused):
        from_database(record)


@pytest.mark.parametrize("file", ["example_statement.json", "example_multi_statements.json"])
def test_the_databases_own_examples_are_read_and_written_without_loss(file: str) -> None:
    given = json.loads(shared(f"exchange/dsa/{file}").read_text())
    for record in given.get("statements", [given]):
        found = checked(from_database(record))
        assert [f for f in found.findings if f.problem in ("invalid", "unknown")] == []
        written = to_database(found.values)
        assert written == {name: record[name] for name in written}


def test_a_domain_notice_is_valid_xarf_and_the_same_report_each_time() -> None:
    domain = Catalogue.default().get("domain")
    for other in ("", "app"):
        values = read(domain.form, specimen("domain", other), domain.wording("en")).values
        report = xarf(values, b"{}")
        assert report == xarf(values, b"{}")
        folder = shared("exchange/xarf/spec/schemas/v4")
        files = [json.loads(path.read_text()) for path in folder.rglob("*.json")]
        registry: Registry[Any] = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in files])
        schema = next(s for s in files if s["$id"].endswith("reputation-threat-intelligence.json"))
        jsonschema.Draft202012Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker()).validate(
            report
        )
