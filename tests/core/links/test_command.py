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
    assert [row.get("reason") for row in rows[:2]] == ["not_a_url", "too_long"]
    assert rows[-1]["key"] == "example.org"


def test_a_file_that_is_not_there_is_said() -> None:
    result = CliRunner().invoke(app, ["/nowhere/at/all"])
    assert result.exit_code == 2


def test_the_page_of_providers_is_current() -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    assert page == document(Ruleset.default()), "run python -m cautery.core.links.document"
