"""Bytes to lines: whatever the bytes are, one bad line costs one line."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.errors import FileRefused
from cautery.sources.lists import read_lines
from cautery.sources.lists.lines import MAX_LINE, open_list


def lines_of(content: bytes) -> list[tuple[int, str, str]]:
    """Number, text and reason of refusal of each line."""
    return [
        (one.number, one.text, one.refused.reason if one.refused else "") for one in read_lines(io.BytesIO(content))
    ]


def test_lines_are_numbered_from_one_and_lose_their_ends() -> None:
    assert lines_of(b"a\r\n\nb") == [(1, "a", ""), (2, "", ""), (3, "b", "")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    text = "héllo\nПривет\n\u0a0a\u0a00x\n"
    assert [one[1] for one in lines_of(mark + text.encode(encoding))] == ["héllo", "Привет", "\u0a0a\u0a00x"]


def test_a_line_that_is_not_utf_8_is_refused_with_its_place() -> None:
    refused = next(read_lines(io.BytesIO(b"caf\xe9\nfine\n"))).refused
    assert refused is not None
    assert (refused.reason, refused.fields["line"]) == ("not_utf8", 1)
    assert lines_of(b"caf\xe9\nfine\n")[1] == (2, "fine", "")


def test_a_line_with_a_nul_byte_is_refused() -> None:
    assert lines_of(b"a\0b\nfine\n") == [(1, "a\0b", "nul_byte"), (2, "fine", "")]


@pytest.mark.parametrize("extra", [1, MAX_LINE, 3 * MAX_LINE + 7])
def test_a_line_too_long_is_refused_and_the_next_one_read(extra: int) -> None:
    found = lines_of(b"x" * (MAX_LINE + extra) + b"\nfine\n")
    assert [(n, reason) for n, _, reason in found] == [(1, "line_too_long"), (2, "")]
    assert len(found[0][1]) == 200


@given(st.binary(max_size=400))
def test_any_bytes_give_lines_in_order(content: bytes) -> None:
    assert [number for number, _, _ in lines_of(content)] == list(range(1, len(lines_of(content)) + 1))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0\ufeff"), max_size=30), max_size=8))
def test_text_comes_back_as_it_was_written(texts: list[str]) -> None:
    assert [text for _, text, _ in lines_of("".join(f"{text}\n" for text in texts).encode())] == texts


@pytest.mark.parametrize(
    ("kind", "reason"), [("absent", "unreadable"), ("directory", "not_a_file"), ("fifo", "not_a_file")]
)
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, kind: str, reason: str) -> None:
    place = tmp_path / kind
    if kind == "directory":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    with pytest.raises(FileRefused) as refused:
        open_list(place)
    assert refused.value.reason == reason


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(FileRefused) as refused:
        open_list(tmp_path / "empty")
    assert refused.value.reason == "empty"
