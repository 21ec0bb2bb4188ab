"""`cautery scan`: a folder of files, once each, with one report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli.scan import app
from cautery.core.fingerprints import image
from tests.cli.conftest import Run
from tests.core.fingerprints.pictures import encoded, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "files" / "below"
    below.mkdir(parents=True)
    (below / "a.jpg").write_bytes(encoded(picture(1), "JPEG"))
    shutil.copy(below / "a.jpg", tmp_path / "files" / "copy of a")
    (below / "words.txt").write_text("Words enough for a text, and some more of them, and then a few. " * 3)
    (below / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (below / "link").symlink_to(below / "a.jpg")
    return tmp_path / "files"


def scan(folder: Path) -> dict[str, Any]:
    result = CliRunner().invoke(app, [str(folder), "--out", str(folder.parent / "out.ndjson"), "--jobs", "1", "--json"])
    assert result.exit_code == 0, result.output
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_it_reports_kinds_refused_files_and_files_that_are_there_twice(folder: Path) -> None:
    made = scan(folder)
    assert made["files"] == made["new"] == 4
    assert made["kinds"] == {"image": 2, "text": 1, "refused": 1}
    assert made["reasons"] == {"not_an_image": 1}
    assert [[Path(file).name for file in files] for files in made["same"]] == [["a.jpg", "copy of a"]]


def test_it_does_only_what_is_new_or_changed(folder: Path) -> None:
    scan(folder)
    (folder / "new.png").write_bytes(encoded(picture(2)))
    (folder / "copy of a").write_bytes(encoded(picture(3)))
    again = scan(folder)
    assert (again["files"], again["new"], again["same"]) == (5, 2, [])
    assert scan(folder)["new"] == 0


def test_it_continues_a_list_that_was_cut_off(folder: Path) -> None:
    scan(folder)
    out = folder.parent / "out.ndjson"
    out.write_bytes(out.read_bytes()[:-40])
    again = scan(folder)
    assert (again["files"], again["new"]) == (4, 1)
    assert all(json.loads(line) for line in out.read_text().splitlines())


def test_a_folder_that_is_gone_since_is_not_reported(folder: Path) -> None:
    scan(folder)
    shutil.rmtree(folder / "below")
    assert scan(folder)["files"] == 1


def test_it_says_which_files_are_known(run: Run, folder: Path, tmp_path: Path) -> None:
    listed = tmp_path / "known.ndjson"
    pdq = image((folder / "below" / "a.jpg").read_bytes()).hex
    listed.write_text(json.dumps({"type": "pdq", "value": pdq, "label": "Specimen poster"}))
    run("known", "import", listed, "--source", "test")
    made = run("scan", folder, "--out", tmp_path / "out.ndjson", "--jobs", "1", "--known", "--json").json
    assert {Path(one["file"]).name for one in made["known"]} == {"a.jpg", "copy of a"}
    assert {one["matches"][0]["label"] for one in made["known"]} == {"Specimen poster"}
