"""`cautery intake`: real lists and bad ones; each bad row costs only itself, each bad file is said in one line."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from cautery.directory.actions import import_directory
from cautery.intake.models import Batch, Episode, Flag, Item, Operation
from tests import factories as make
from tests.cli.conftest import Run
from tests.shared import shared

VIDEO = "https://www.youtube.com/watch?v=aaaaaaaaaa{}"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Three links of two items, in a text."""
    file = tmp_path / "list.txt"
    file.write_text(f"{VIDEO.format('A')}\nsee https://youtu.be/aaaaaaaaaaA and {VIDEO.format('B')}\n")
    return file


def rows_of(run: Run, file: Path, *options: object) -> dict[str, list[tuple[int, str]]]:
    """What became of a list: the counts, and the rejected rows by line and reason."""
    got = run("intake", file, "--json", *options)
    assert got.code == 0, got.complaints
    found = got.json
    return {"accepted": found["accepted"], "rejected": [(row["line"], row["reason"]) for row in found["rejections"]]}


def test_it_keeps_one_item_an_object_and_every_flag(run: Run, listed: Path) -> None:
    got = run("intake", listed)
    assert (got.code, got.said) == (
        0,
        "2 accepted, 1 already known, 0 rejected.\nNext: /operations/intake/ in the desk (cautery serve).\n",
    )
    assert (Item.objects.count(), Flag.objects.count(), Episode.objects.count()) == (2, 3, 2)


def test_the_same_list_again_adds_nothing(run: Run, listed: Path) -> None:
    run("intake", listed)
    got = run("intake", listed)
    assert got.said.startswith("0 accepted, 3 already known, 0 rejected.\n")
    assert (Item.objects.count(), Flag.objects.count(), Batch.objects.count()) == (2, 3, 1)


def test_the_same_list_under_another_name_is_the_same_list(run: Run, listed: Path, tmp_path: Path) -> None:
    run("intake", listed)
    other = tmp_path / "other.txt"
    other.write_bytes(listed.read_bytes())
    assert run("intake", other, "--json").json["again"]


def test_a_list_read_in_another_way_is_another_list(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(f"url,other\n{VIDEO.format('A')},{VIDEO.format('B')}\n")
    assert run("intake", file, "--json").json["accepted"] == 1
    assert run("intake", file, "--column", "other", "--json").json["accepted"] == 1


def test_it_makes_the_operation_and_the_unit_it_is_told_and_keeps_them(run: Run, listed: Path) -> None:
    run("intake", listed, "--operation", "summer", "--unit", "fr-pharos")
    run("intake", listed, "--operation", "summer", "--unit", "fr-pharos")
    assert list(Operation.objects.values_list("slug", flat=True)) == ["summer"]
    assert list(Batch.objects.values_list("unit__slug", "source")) == [("fr-pharos", "file")]


def test_the_only_unit_flags_where_none_is_said(run: Run, listed: Path, tmp_path: Path) -> None:
    unit = {"slug": "fr-pharos", "name": "Pharos", "state": "FR"}
    import_directory({"units": [unit]}, by=make.SYSTEM, at=make.START)
    run("intake", listed)
    assert list(Operation.objects.values_list("unit__slug", flat=True)) == ["fr-pharos"]
    import_directory({"units": [unit | {"slug": "de-meldestelle"}]}, by=make.SYSTEM, at=make.START)
    run("intake", listed, "--operation", "other")
    assert list(Batch.objects.order_by("pk").values_list("unit__slug", flat=True)) == ["fr-pharos", "local"]


@pytest.mark.parametrize("option", ["--operation", "--unit"])
def test_it_refuses_a_name_that_is_no_slug(run: Run, listed: Path, option: str) -> None:
    got = run("intake", listed, option, "../etc")
    assert got.code == 2
    assert "is not a slug" in got.complaints
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("javascript:alert(1)", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http://10.0.0.1/video", "private_address"),
        ("http://127.0.0.1:8000/", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://2130706433/", "private_address"),
    ],
)
def test_it_refuses_by_line_what_is_no_object_online(run: Run, tmp_path: Path, link: str, reason: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"url\n{VIDEO.format('A')}\n{link}\n{VIDEO.format('B')}\n")
    assert rows_of(run, file) == {"accepted": 2, "rejected": [(3, reason)]}


def test_credentials_in_a_link_are_no_part_of_the_object(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("url\nhttps://vera:secret@example.com/page\nhttps://example.com/page\n")
    assert rows_of(run, file) == {"accepted": 1, "rejected": []}
    assert Item.objects.get().url == "https://example.com/page"


def test_an_item_of_a_provider_nobody_knows_is_taken(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("url\nhttps://nobody-knows-this.example/a/b?c=d\n")
    assert rows_of(run, file) == {"accepted": 1, "rejected": []}
    assert Item.objects.get().provider == "nobody-knows-this.example"


def test_lines_that_are_no_text_cost_only_themselves(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    good = VIDEO.format("A").encode()
    file.write_bytes(b"\n".join([good, b"caf\xe9 " + good, b"nul \0 " + good, VIDEO.format("B").encode()]))
    assert rows_of(run, file) == {"accepted": 2, "rejected": [(2, "not_utf8"), (3, "nul_byte")]}


def test_a_line_of_100_mb_costs_only_itself(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    with file.open("wb") as stream:
        stream.write(VIDEO.format("A").encode() + b"\n")
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b"\n" + VIDEO.format("B").encode() + b"\n")
    assert rows_of(run, file) == {"accepted": 2, "rejected": [(2, "line_too_long")]}


def test_a_csv_with_shifted_columns_is_refused_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f'note,url\nfine,{VIDEO.format("A")}\na, b,{VIDEO.format("B")}\n{VIDEO.format("C")}\n"open,x\n')
    assert rows_of(run, file) == {"accepted": 1, "rejected": [(3, "columns"), (4, "columns"), (5, "not_csv")]}


def test_ndjson_lines_that_are_none_are_refused_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.ndjson"
    file.write_text(f'{{"url": "{VIDEO.format("A")}"}}\n{{"url": \n[1]\n{{"other": 3}}\n{"[" * 100_000}\n')
    expected = [(2, "not_json"), (3, "not_an_object"), (4, "no_url"), (5, "not_json")]
    assert rows_of(run, file) == {"accepted": 1, "rejected": expected}


def test_very_long_and_odd_values_are_taken_or_refused_but_break_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    links = [
        f"https://example.com/{'a' * 5_000}",
        f"https://www.youtube.com/watch?v={'b' * 5_000}",
        f"https://t.me/{'c' * 500}/7",
        f"https://{'d' * 63}.{'e' * 63}.{'f' * 63}.example/",
        f"https://{'g' * 70}.example/",
        f"https://example.com/%00{'%F0%9F%92%A3' * 400}",
    ]
    file.write_text("\n".join(links))
    got = run("intake", file, "--json")
    assert got.code == 0
    counts = got.json
    assert counts["accepted"] + counts["known"] + counts["rejected"] == len(links)


@pytest.mark.parametrize("kind", ["absent", "directory", "empty", "fifo", "no column", "no such format"])
def test_a_file_that_cannot_be_read_at_all_stops_with_one_line(run: Run, tmp_path: Path, kind: str) -> None:
    file, options = tmp_path / "list.csv", ()
    if kind == "directory":
        file.mkdir()
    elif kind == "empty":
        file.touch()
    elif kind == "fifo":
        os.mkfifo(file)
    elif kind == "no column":
        file.write_text("name,age\nvera,3\n")
    elif kind == "no such format":
        file.write_text("url\n")
        options = ("--format", "xlsx")
    got = run("intake", file, *options)
    assert (got.code, got.said) == (1, "")
    assert got.complaints.startswith("cautery: ")
    assert got.complaints.count("\n") == 1
    assert not Batch.objects.exists()
    assert not Operation.objects.exists()


def test_a_text_without_links_says_so(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("Nothing to see.\n")
    assert "No link was found in it." in run("intake", file).said


def test_the_terminal_shows_the_first_rejected_rows_and_the_file_all(run: Run, tmp_path: Path) -> None:
    file, kept = tmp_path / "list.csv", tmp_path / "rejected.csv"
    file.write_text("url\n" + "\n".join(f"javascript:alert({n})" for n in range(30)))
    got = run("intake", file, "--rejected", kept)
    assert got.code == 0
    assert "  line 21: scheme: 'javascript:alert(19)'" in got.said
    assert "line 22" not in got.said
    assert "... and 10 more" in got.said
    with kept.open(newline="") as stream:
        assert [int(row["line"]) for row in csv.DictReader(stream)] == list(range(2, 32))


def test_escape_sequences_in_a_list_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("url\njavascript:\x1b[2Jalert(1)\n")
    assert "\x1b" not in run("intake", file).said


def test_defanged_links_in_a_text_are_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(
        "Seen at hxxps://www[.]youtube[.]com/watch?v=aaaaaaaaaaA, and again (hxxps://youtu[.]be/aaaaaaaaaaA).\n"
        "The channel is hXXp://t(dot)me/specimen_channel today; the paste https[:]//pastebin[.]com/AbCd1234.\n"
    )
    got = run("intake", file, "--json").json
    assert (got["accepted"], got["known"], got["rejected"]) == (3, 1, 0)
    assert set(Item.objects.values_list("provider", flat=True)) == {"youtube", "telegram", "pastebin"}


def test_all_real_links_are_taken_or_refused_and_again_adds_nothing(run: Run) -> None:
    file = shared("links/links.ndjson")
    lines = file.read_bytes().count(b"\n")
    first, second = run("intake", file, "--json").json, run("intake", file, "--json").json
    assert first["accepted"] + first["known"] + first["rejected"] == lines
    assert first["rejected"] < lines / 20
    assert (second["accepted"], second["known"]) == (0, first["accepted"] + first["known"])
