"""`cautery ocr`: text in pictures from the shell; no text is not an error, and an error is not no text."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cautery.cli import doctor
from cautery.cli.doctor import OK, WARN, WRONG
from cautery.cli.ocr import app
from tests.core.fingerprints.pictures import encoded, picture
from tests.ocr.pictures import ARABIC, ENGLISH, tesseract, written

SAYS = f"{sys.executable} -c \"print('words of a poster')\""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A poster, a picture without words, a text with a picture's name, and a file that is not there."""
    made = {"poster.png": written([ENGLISH, ARABIC]), "plain.jpg": encoded(picture(4), "JPEG"), "text.png": b"words"}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return [str(tmp_path / name) for name in (*made, "missing")]


def test_it_says_for_each_file_what_stands_in_it_or_why_that_is_not_known(files: list[str]) -> None:
    tesseract("ara", "eng")
    result = run(*files, "--lang", "ara+eng", "--json")
    poster, plain, text, missing = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert poster["text"] == f"{ENGLISH}\n{ARABIC}"
    assert poster["machine_read"]
    assert all(line["sure"] for line in poster["lines"])
    assert (plain["lines"], "error" in plain) == ([], False)
    assert [row["error"]["reason"] for row in (text, missing)] == ["not_an_image", "unreadable"]
    assert len(text["sha256"]) == 64


def test_for_people_no_text_and_not_read_are_two_sentences(files: list[str]) -> None:
    tesseract("eng")
    said = run(*files[1:3], "--lang", "eng").stdout
    assert "plain.jpg: no text found by tesseract" in said
    assert "text.png: could not be read: The bytes are not a picture" in said


def test_a_command_of_ones_own_is_asked(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUTERY_OCR", SAYS)
    row = json.loads(run(files[0], "--json").stdout)
    assert (row["text"], row["languages"], row["lines"][0]["confidence"]) == ("words of a poster", [], None)


@pytest.mark.parametrize("setting", ["none", "/no/such/program"])
def test_without_an_engine_it_says_how_to_get_one(
    setting: str, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAUTERY_OCR", setting)
    result = run(files[0])
    assert result.exit_code == 1
    assert "cautery: " in result.output
    assert "tesseract" in result.output


@pytest.mark.parametrize(("setting", "state"), [(SAYS, OK), ("none", WARN), ("/no/such/program", WRONG)])
def test_the_doctor_says_whether_there_is_one(setting: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUTERY_OCR", setting)
    found = doctor.ocr_check()
    assert found.state == state
    assert bool(found.mend) == (state != OK)


def test_the_doctor_names_tesseracts_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    tesseract("eng")
    monkeypatch.delenv("CAUTERY_OCR", raising=False)
    assert "eng" in doctor.ocr_check().found
