from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from cautery.core.errors import FileRefused, RowRefused
from cautery.core.hashlist import Known, read

SHA, OTHER, MD5, SHA1 = "ab" * 32, "c4" * 32, "1f" * 16, "9e" * 20
PDQ = ("0f" * 32, "aa" * 32, "3c" * 32)
"""Half of each one's bits are set."""


def taken(text: str) -> list[Known]:
    return [row for row in read(text) if isinstance(row, Known)]


def refused(text: str) -> list[tuple[int, str]]:
    return [(row.fields["line"], row.reason) for row in read(text) if isinstance(row, RowRefused)]


def test_columns_are_found_by_their_names_however_written() -> None:
    (row,) = taken(f"Hash SHA-256;Title;TLP;Expires\n{SHA.upper()};Specimen;TLP:AMBER+STRICT;2030-01-02\n")
    assert (row.line, row.sha256, row.label, row.handling) == (2, SHA, "Specimen", "amber_strict")
    assert row.valid_until == datetime(2030, 1, 2, tzinfo=UTC)


def test_columns_without_names_are_found_by_what_is_in_them() -> None:
    rows = taken("\n".join(f"specimen {n},{PDQ[n]},{MD5},{SHA1}" for n in range(3)))
    assert [(row.label, row.pdq, row.md5, row.sha1, row.sha256) for row in rows] == [
        (f"specimen {n}", PDQ[n], MD5, SHA1, "") for n in range(3)
    ]


def test_64_digits_without_a_name_are_sha256_unless_half_their_bits_are_set() -> None:
    assert [(row.sha256, row.pdq) for row in taken(f"{SHA}\n{OTHER}\n")] == [(SHA, ""), (OTHER, "")]
    assert [row.pdq for row in taken("\n".join(PDQ))] == list(PDQ)


def test_a_type_beside_the_value_says_what_it_is() -> None:
    lines = [{"type": "HASH_PDQ", "indicator": PDQ[0]}, {"type": "sha-1", "value": SHA1}, {"value": "md5:" + MD5}]
    rows = taken("\n".join(map(json.dumps, lines)))
    assert [(row.pdq, row.sha1, row.md5) for row in rows] == [(PDQ[0], "", ""), ("", SHA1, ""), ("", "", MD5)]


def test_base64_is_read_too() -> None:
    (row,) = taken("sha256\n" + base64.b64encode(bytes.fromhex(SHA)).decode() + "\n")
    assert row.sha256 == SHA


def test_a_row_that_cannot_be_taken_costs_only_itself() -> None:
    text = f"sha256,pdq,severity,quality\n{SHA},,2,\n{SHA[:-1]},,,\n,{PDQ[0]},9,\n,,1,\n,{PDQ[1]},,12\n{SHA},,,\n"
    assert [row.line for row in taken(text)] == [2, 7]
    assert refused(text) == [(3, "bad_sha256"), (4, "bad_severity"), (5, "no_hash"), (6, "low_quality")]


def test_lines_that_are_no_objects_are_named() -> None:
    text = f'{{"md5": "{MD5}"}}\n{{"md5": \n[1]\n{{"md5": "{MD5}", "valid_until": "soon"}}\n'
    assert len(taken(text)) == 1
    assert refused(text) == [(2, "not_a_row"), (3, "not_a_row"), (4, "bad_valid_until")]


@pytest.mark.parametrize("text", ["name,place\nSpecimen,here\n", "just words\n", "[1, 2"])
def test_a_file_without_hashes_is_refused(text: str) -> None:
    with pytest.raises(FileRefused):
        list(read(text))


def test_an_empty_file_has_no_rows() -> None:
    assert list(read("")) == list(read("\n\n")) == []
