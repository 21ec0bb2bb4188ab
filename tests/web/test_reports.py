"""The report the platform wrote, behind the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.web.conftest import Story

PAGE = "<!DOCTYPE html><title>R</title><style>p{}</style><script>alert(1)</script><p>Report</p>"
AT = "/operations/summer/report/"


@pytest.fixture
def written(story: Story, settings: Settings, tmp_path: Path) -> Path:
    """A report in three forms."""
    settings.DATA = tmp_path
    folder = tmp_path / "reports" / "summer"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text(PAGE)
    (folder / "report.json").write_text("{}")
    (folder / "report.pdf").write_bytes(b"%PDF-1.7")
    (folder / "notes.txt").write_text("not a report")
    (tmp_path / "secret.key").write_text("secret")
    return folder


def test_before_there_is_one_it_says_so(story: Story, reader: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    answer = reader.get(AT)
    assert answer.status_code == 200
    assert b"No report has been written" in answer.content
    assert b"<iframe" not in answer.content
    assert reader.get(f"{AT}raw/").status_code == 404
    assert reader.get(f"{AT}files/report.pdf").status_code == 404


def test_the_page_frames_it_in_a_sandbox(written: Path, reader: Client) -> None:
    answer = reader.get(AT)
    assert b'sandbox loading="lazy"' in answer.content
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    assert b"alert(1)" not in answer.content


def test_the_stored_page_comes_as_it_is_under_a_policy_of_its_own(written: Path, reader: Client) -> None:
    answer = reader.get(f"{AT}raw/")
    assert answer.content.decode() == PAGE
    style = "'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='"  # of p{}
    assert answer["Content-Security-Policy"] == f"default-src 'none'; style-src {style}; img-src data:; sandbox"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.json", "application/json"),
        ("report.pdf", "application/pdf"),
        ("report.html", "text/html; charset=utf-8"),
    ],
)
def test_files_are_downloads(name: str, kind: str, written: Path, reader: Client) -> None:
    answer = reader.get(f"{AT}files/{name}")
    assert answer.getvalue() == (written / name).read_bytes()
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"] == f'attachment; filename="summer-{name}"'


@pytest.mark.parametrize("name", ["notes.txt", "..%2F..%2Fsecret.key", "%2Fetc%2Fpasswd", "report.html%00"])
def test_nothing_else_in_the_folder_is_given_out(name: str, written: Path, reader: Client) -> None:
    assert reader.get(f"{AT}files/{name}").status_code == 404
