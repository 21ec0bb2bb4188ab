"""`cautery known import`."""

from __future__ import annotations

from pathlib import Path

from cautery.match.models import BankEntry
from tests.cli.conftest import Run

SHA = "ab" * 32


def test_it_takes_good_rows_and_names_the_others(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text(
        f"label,kind,source,sha256,pdq\nSpecimen film,video,test,{SHA},\nSpecimen flag,image,test,,{'0f' * 32}\n"
        "Cut short,image,test,abcd,\nNothing,image,test,,\n"
    )
    got = run("known", "import", file, "--json").json
    assert got["taken"] == 2
    assert [(row["line"], row["reason"]) for row in got["rejected"]] == [(4, "bad_sha256"), (5, "no_hash")]
    assert set(BankEntry.objects.values_list("label", flat=True)) == {"Specimen film", "Specimen flag"}


def test_the_same_list_again_adds_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text(f"label,kind,source,sha256,pdq\nSpecimen film,video,test,{SHA},\n")
    run("known", "import", file)
    run("known", "import", file)
    assert BankEntry.objects.count() == 1


def test_a_list_without_the_columns_stops_with_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("name\nSpecimen\n")
    got = run("known", "import", file)
    assert got.code == 1
    assert "has no column kind, label, pdq, sha256, source" in got.complaints


def test_a_file_that_is_no_text_stops_with_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_bytes(b"label,kind,source,sha256,pdq\n\xff\xfe,,,,\n")
    got = run("known", "import", file)
    assert got.code == 1
    assert got.complaints.count("\n") == 1
