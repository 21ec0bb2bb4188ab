"""`cautery directory import`: a CSV row by row, a JSON whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from cautery.directory.models import Authority, Unit
from tests.cli.conftest import Run

TABLE = "name;member state;role;language;e-mail\nOffice of Specimens;IE;12(1)(b);en;office@specimen.example\nNowhere;XX;a;;\n"


def test_a_table_is_imported_and_what_does_not_hold_is_named_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "authorities.csv"
    file.write_text(TABLE)
    first = run("directory", "import", file)
    assert first.code == 0
    assert "authorities: 1 added, 0 changed, 0 the same, 1 refused" in first.said
    assert "Line 3: state: 'XX' is not the code of a member state. (not_a_state)" in first.said
    again = run("directory", "import", file, "--json").json
    assert (again["added"], again["same"]) == (0, 1)
    assert [(row["line"], row["reason"]) for row in again["refused"]] == [(3, "not_a_state")]
    assert Authority.objects.get().roles == ["scrutinise"]


def test_a_file_of_which_nothing_holds_stops_with_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "authorities.csv"
    for content in ("name,state,roles\nNowhere,XX,a\n", "what,is\nthis,table\n"):
        file.write_text(content)
        assert run("directory", "import", file).code == 1
    assert run("directory", "import", tmp_path / "none.csv").code == 1


def test_a_json_is_taken_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "directory.json"
    unit = {"slug": "fr-pharos", "name": "Pharos", "state": "FR"}
    file.write_text(json.dumps({"units": [unit], "authorities": [{"slug": "x", "state": "FRANCE"}]}))
    assert run("directory", "import", file).code != 0
    assert not Unit.objects.exists()
    file.write_text(json.dumps({"units": [unit]}))
    assert run("directory", "import", file).code == 0
    assert Unit.objects.get().slug == "fr-pharos"
    file.write_text("[1]")
    assert "no JSON object" in run("directory", "import", file).complaints
