"""Real Tesseract on pictures made here: several scripts, right to left, how sure it is; and how its table is read."""

from __future__ import annotations

import pytest

from cautery.core.errors import FileRefused, Refused, SettingInvalid
from cautery.ocr.base import Line
from cautery.ocr.reading import languages_for, read_picture
from cautery.ocr.tesseract import Tesseract, _lines, chosen, suited
from tests.core.fingerprints.pictures import encoded, picture
from tests.ocr.pictures import ARABIC, ENGLISH, GERMAN, tesseract, written

HEAD = b"level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
INSTALLED = ("ara", "deu", "eng", "fra", "pus", "rus", "tur", "urd")


def test_it_reads_several_scripts_in_one_picture_each_in_its_own_order() -> None:
    using = tesseract("ara", "deu", "eng")
    found = read_picture(written([ENGLISH, ARABIC, GERMAN]), using, ("ara", "eng", "deu"))
    assert [line.text for line in found.lines] == [ENGLISH, ARABIC, GERMAN]
    assert all(line.sure for line in found.lines)
    assert (found.engine, found.languages) == ("tesseract", ("ara", "eng", "deu"))


def test_white_words_on_a_dark_ground_are_read() -> None:
    found = read_picture(written([ENGLISH], ink="#eee", ground="#203040"), tesseract("eng"), ("eng",))
    assert found.text == ENGLISH


def test_a_language_it_is_not_asked_for_is_marked_or_left_out_not_made_up_as_sure() -> None:
    found = read_picture(written([ARABIC]), tesseract("ara", "eng"), ("eng",))
    assert not any(line.sure for line in found.lines)


def test_a_picture_without_words_has_no_text_and_that_is_no_error() -> None:
    using = tesseract("eng")
    assert read_picture(encoded(picture(4)), using, ("eng",)).lines == ()


def test_its_version_and_languages_are_what_it_says_itself() -> None:
    using = tesseract()
    assert using.version[0].isdigit()
    assert "osd" not in using.languages()


def test_a_program_of_that_name_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(SettingInvalid) as caught:
        _ = Tesseract("/bin/false").version
    assert caught.value.fields["setting"] == "CAUTERY_OCR"


@pytest.mark.parametrize(
    ("code", "first", "holds"),
    [
        ("ar", "ara", {"eng", "rus", "urd"}),
        ("ar-EG", "ara", {"eng"}),
        ("ur", "urd", {"ara", "eng"}),
        ("de", "deu", {"eng", "ara", "rus", "fra"}),
        ("en", "eng", {"ara", "rus"}),
        ("ru", "rus", {"eng", "ara"}),
        ("", "ara", {"eng", "rus", "deu"}),
        ("xx", "ara", {"eng", "rus", "deu"}),
    ],
)
def test_it_is_asked_in_the_items_language_first_then_in_those_likely_beside_it(
    code: str, first: str, holds: set[str]
) -> None:
    names = suited(INSTALLED, code)
    assert names[0] == first
    assert holds <= set(names)
    assert len(names) == len(set(names)) <= (10 if code in {"", "xx"} else 6)


def test_where_none_of_the_listed_languages_is_installed_it_is_asked_in_what_is_there() -> None:
    assert suited(("epo",), "ar") == ("epo",)


def test_languages_asked_for_by_hand_are_those_and_no_others() -> None:
    assert chosen(INSTALLED, "eng+ara+eng") == ("eng", "ara")
    for wanted in ("eng+xyz", "+", "../eng"):
        with pytest.raises(Refused) as caught:
            chosen(INSTALLED, wanted)
        assert caught.value.reason == "no_language"


def test_words_of_a_line_are_put_together_and_count_by_their_length() -> None:
    table = (
        HEAD
        + b'4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90.0\tSat\xc3\xbcrday\n5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t10\t"a\n'
    )
    assert _lines(table) == [Line('Satürday "a', 74)]


@pytest.mark.parametrize(
    "table", [b"", b"\xff\xfe", b"words", HEAD + b"5\t1\n", HEAD + b"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\tsure\tx\n"]
)
def test_what_is_not_its_table_is_garbled(table: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        _lines(table)
    assert caught.value.reason == "garbled"


def test_an_engine_is_asked_in_no_language_where_it_has_none_to_tell() -> None:
    class Mute(Tesseract):
        def languages(self) -> tuple[str, ...]:
            return ()

    assert languages_for(Mute("/bin/true"), "ar") == ()
