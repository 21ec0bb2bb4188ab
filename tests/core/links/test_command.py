"""`cautery links` and the page of providers."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from cautery.cli.links import app
from cautery.core.links import Ruleset
from cautery.core.links.document import document

ROOT = Path(__file__).parents[3]


def test_it_answers_each_line_in_order_and_goes_on_after_a_bad_one() -> None:
    lines = "https://youtu.be/jNQXAC9IVRw\njavascript:alert(1)\n\nexample.org\n"
    result = CliRunner().invoke(app, ["-"], input=lines)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["input"] for row in rows] == ["https://youtu.be/jNQXAC9IVRw", "javascript:alert(1)", "example.org"]
    assert rows[0]["identity"] == "youtube:video:jNQXAC9IVRw"
    assert rows[1] == {"input": "javascript:alert(1)", "error": rows[1]["error"], "reason": "scheme"}
    assert rows[2]["kind"] == "site"


def test_it_finds_the_links_of_a_text(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("First hxxps://t[.]me/durov\nthen nothing,\nthen http://localhost/ and www.example.org.\n")
    result = CliRunner().invoke(app, ["--extract", str(report)])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["input"] for row in rows] == ["hxxps://t[.]me/durov", "www.example.org"]
    assert rows[0]["provider"] == "telegram"


def test_bytes_that_are_not_text_and_endless_lines_are_answered(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile"
    hostile.write_bytes(b"\xff\xfe\x00https\n" + b"a" * 3_000_000 + b"\nexample.org\n")
    result = CliRunner().invoke(app, [str(hostile)])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row.get("reason") for row in rows] == ["not_a_url", "too_long", None]
    assert len(rows[1]["input"]) < 1_000
    assert rows[2]["key"] == "example.org"


def test_a_text_in_one_endless_line_loses_no_link(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text(" ".join(f"https://example.org/{n}" for n in range(60_000)))
    result = CliRunner().invoke(app, ["--extract", str(text)])
    keys = [json.loads(line)["key"] for line in result.stdout.splitlines()]
    assert keys == [f"example.org/{n}" for n in range(60_000)]


def test_an_operator_adds_rules_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(
        'provider = "newsite"\nhosts = ["newsite.test"]\n[[object]]\nkind = "video"\npath = "/clip/{id}"\n'
    )
    result = CliRunner().invoke(app, ["--rules", str(tmp_path)], input="https://newsite.test/clip/9\n")
    assert json.loads(result.stdout)["identity"] == "newsite:video:9"


def test_a_file_that_is_not_there_is_said() -> None:
    result = CliRunner().invoke(app, ["/nowhere/at/all"])
    assert result.exit_code == 2


def test_the_page_of_providers_is_current() -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    assert page == document(Ruleset.default()), "run python -m cautery.core.links.document"
