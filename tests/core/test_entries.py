"""Tables of authorities and providers: columns by many names, rows that do not hold named by line, nothing guessed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cautery.core.entries import read_entries
from cautery.core.errors import RowRefused

HEAD = "slug,name,state,roles,languages,email,redress_period"


def test_columns_are_found_by_the_names_tables_give_them() -> None:
    table = (
        "Competent authority;Member State;Role;Language;E-mail\n"
        "Office of Specimens;EL;12(1)(a), (b);el, en;office@specimen.example\n"
    )
    sheet = read_entries(b"\xef\xbb\xbf" + table.encode())
    (entry,) = sheet.entries
    assert (sheet.what, entry.line, entry.slug) == ("authorities", 2, "office-of-specimens-gr")
    assert entry.fields == {
        "name": "Office of Specimens", "state": "GR", "roles": ["issue", "scrutinise"], "languages": ["el", "en"],
        "email": "office@specimen.example",
    }  # fmt: skip


def test_a_provider_gives_home_state_representative_and_contact_points() -> None:
    table = (
        "slug,name,home_state,home_state_basis,legal_representative,contact_points,languages\n"
        'vid,Videos,IE,Legal representative,"Rep Ltd, Dublin","tco@vid.example (its terms); https://vid.example/law",en de\n'
    )
    sheet = read_entries(table.encode())
    fields = sheet.entries[0].fields
    assert sheet.what == "providers"
    assert (fields["home_state"], fields["home_state_basis"]) == ("IE", "legal_representative")
    assert fields["legal_representative"] == "Rep Ltd, Dublin"
    assert fields["contact_points"] == [
        {"address": "tco@vid.example", "source": "its terms"}, {"address": "https://vid.example/law", "source": ""}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,A,XX,,,,", "not_a_state"),
        ("a,A,FR,everything,,,", "role"),
        ("a,A,FR,,english,,", "not_a_language"),
        ("a,A,FR,,,nobody,", "not_an_address"),
        ("a,A,FR,,,,soon", "not_a_period"),
        ("a,A,FR,,,,1 month,more", "cells"),
        (",,FR,,,,", "slug"),
        ("good,Twice,FR,,,,", "twice"),
        ("a,A\x07,FR,,,,", "control_character"),
        (f"a,{'x' * 3_000},FR,,,,", "too_long"),
    ],
)
def test_a_row_that_does_not_hold_is_named_by_its_line_and_the_rest_is_read(row: str, reason: str) -> None:
    sheet = read_entries(f"{HEAD}\ngood,Good,FR,issue,fr,,\n{row}\nlast,Last,DE,c,de,,\n".encode())
    if reason == "slug":
        assert [entry.slug for entry in sheet.entries] == ["good", "fr", "last"]
        return
    assert [entry.slug for entry in sheet.entries] == ["good", "last"]
    (refused,) = sheet.refused
    assert (refused.reason, refused.fields["line"]) == (reason, 3)
    assert refused.message.startswith("Line 3: ")


def test_a_quoted_line_break_does_not_shift_the_lines() -> None:
    sheet = read_entries(f'{HEAD}\na,"A\nB",FR,,,,\nb,B,XX,,,,\n'.encode())
    assert sheet.refused[0].fields["line"] == 4


def test_unknown_columns_are_said_and_empty_cells_say_nothing() -> None:
    sheet = read_entries(b"slug,name,state,roles,colour\na,A,FR,,red\n\n,,,,\n")
    assert sheet.unknown == ("colour",)
    assert sheet.entries[0].fields == {"name": "A", "state": "FR"}
    assert len(sheet.entries) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "columns"), (b"a,b\n1,2\n", "columns"), (b"\xff\xfe\x00", "not_utf8"), (b'slug,roles\n"a', "not_csv")],
)
def test_what_is_no_such_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_entries(data)
    assert refused.value.reason == reason


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_it(data: bytes) -> None:
    with suppress(RowRefused):
        read_entries(b"slug,name,state,roles\n" + data)
