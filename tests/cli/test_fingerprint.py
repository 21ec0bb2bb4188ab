"""`cautery fingerprint`: a row a file, errors named, the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from cautery.cli.fingerprint import app
from tests.core.fingerprints.pictures import encoded, picture


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_it_says_every_fingerprint_with_quality_and_time(tmp_path: Path) -> None:
    file = tmp_path / "a picture"
    file.write_bytes(encoded(picture(1), "JPEG"))
    result = run(str(file))
    row = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (row["kind"], row["type"]) == ("image", "image/jpeg")
    assert {one["kind"] for one in row["fingerprints"]} == {"md5", "sha1", "sha256", "pdq"}
    assert all(one["ms"] >= 0 for one in row["fingerprints"])
    assert all("quality" in one for one in row["fingerprints"] if one["kind"] == "pdq")


def test_a_bad_file_is_a_row_with_its_error_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "good").write_bytes(encoded(picture(1)))
    result = run(str(tmp_path / "bad"), str(tmp_path / "missing"), str(tmp_path / "good"))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row.get("error", {}).get("reason") for row in rows] == ["not_an_image", "unreadable", None]
    assert rows[0]["fingerprints"][0]["kind"] == "md5"
