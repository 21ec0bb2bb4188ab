"""`cautery known import`."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path

from PIL import ImageOps

from cautery.core.fingerprints import image
from cautery.match.models import BankEntry
from tests.cli.conftest import Run
from tests.core.fingerprints.pictures import encoded, picture

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


def test_a_list_without_hashes_stops_with_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("name\nSpecimen\n")
    got = run("known", "import", file)
    assert got.code == 1
    assert "No column holds hashes" in got.complaints


def test_a_file_is_matched_by_its_bytes_and_by_how_it_looks_even_mirrored(run: Run, tmp_path: Path) -> None:
    original, mirrored, other, note = (tmp_path / name for name in ("a.png", "b.png", "c.png", "d.txt"))
    original.write_bytes(encoded(picture()))
    mirrored.write_bytes(encoded(ImageOps.mirror(picture())))
    other.write_bytes(encoded(picture(2)))
    note.write_text("Specimen words.")
    listed = tmp_path / "known.ndjson"
    rows = [
        {"type": "pdq", "value": image(original.read_bytes()).bits.hex(), "label": "Specimen poster"},
        {
            "type": "HASH_MD5",
            "value": md5(note.read_bytes(), usedforsecurity=False).hexdigest(),
            "label": "Specimen note",
        },
    ]
    listed.write_text("\n".join(map(json.dumps, rows)))
    assert run("known", "import", listed, "--source", "test").said.startswith("2 taken")
    found = run("known", "match", original, mirrored, other, note, "--json").json["files"]
    told = [[(hit["label"], hit["by"], hit["form"]) for hit in row["matches"]] for row in found]
    assert told[0] == [("Specimen poster", "perceptual", "original")]
    assert told[1] == [("Specimen poster", "perceptual", "mirrored")]
    assert told[2] == []
    assert told[3] == [("Specimen note", "exact", "file")]


def test_a_file_that_is_not_there_is_named_and_the_others_are_matched(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Specimen words.")
    got = run("known", "match", tmp_path / "gone", note, "--json")
    assert got.code == 1
    assert [row["reason"] for row in got.json["refused"]] == ["unreadable"]
    assert [row["file"] for row in got.json["files"]] == [str(note)]


def test_the_list_says_what_each_entry_is(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text(f"label,sha256,severity,tlp\nSpecimen film,{SHA},3,TLP:RED\n")
    run("known", "import", file, "--negative")
    (row,) = run("known", "list", "--json").json
    assert (row["label"], row["severity"], row["handling"], row["negative"]) == ("Specimen film", 3, "red", True)
    assert run("known", "list", "--only", "quarantined").said == "Nothing.\n"


def test_a_file_that_is_no_text_stops_with_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_bytes(b"label,kind,source,sha256,pdq\n\xff\xfe,,,,\n")
    got = run("known", "import", file)
    assert got.code == 1
    assert got.complaints.count("\n") == 1
