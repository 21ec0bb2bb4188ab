"""`cautery mail classify` over files, mbox files and Maildirs."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli.mail import app
from cautery.core.instruments import Catalogue, Document, read
from cautery.core.instruments.incoming import ANNEX_II
from tests.core.instruments.specimens import specimen
from tests.core.mail.letters import ANSWER, raw
from tests.core.mail.test_classify import dsn

FIELDS = {"file", "kind", "reason", "addresses", "notice"}


def told(*given: Path, code: int = 0) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(app, ["classify", *map(str, given)])
    assert ran.exit_code == code, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


@pytest.fixture
def bounce(tmp_path: Path) -> Path:
    file = tmp_path / "bounce.eml"
    file.write_bytes(dsn("failed", "5.1.1", "550 5.1.1 user unknown"))
    return file


def test_it_says_of_a_file_what_it_is_and_which_notice_it_belongs_to(bounce: Path) -> None:
    (row,) = told(bounce)
    assert row.keys() >= FIELDS
    assert (row["file"], row["kind"], row["addresses"]) == (str(bounce), "bounce", ["abuse@p.example"])
    assert row["notice"] == "CTY-202606-0000001"
    assert "user unknown" in row["reason"]


def test_an_mbox_is_read_message_by_message(tmp_path: Path) -> None:
    start = b"From x@y.example Mon Jun 15 08:00:00 2026\n"
    reply = raw("Gone.\n\n>From now on as well.\n", Subject="Re: x", **ANSWER)
    file = tmp_path / "archive.mbox"
    file.write_bytes(start + reply + b"\n" + start + dsn("failed", "5.1.1", "550 no") + b"\n" + start + raw("Lunch?"))
    assert [(row["file"], row["kind"]) for row in told(file)] == [
        (f"{file}#1", "reply"),
        (f"{file}#2", "bounce"),
        (f"{file}#3", "other"),
    ]


def test_a_single_message_under_an_mbox_line_is_one(tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    line = b"From x@y.example Mon Jun 15 08:00:00 2026\n"
    file.write_bytes(line + raw("Gone.\n\n" + line.decode() + "is what my client writes.", Subject="Re: x", **ANSWER))
    assert [row["file"] for row in told(file)] == [str(file)]


def test_a_maildir_is_read_from_new_and_cur_and_a_folder_by_names(tmp_path: Path) -> None:
    for name, content in (("new/2", b"b"), ("cur/1:2,S", b"a"), ("tmp/3", b"c")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert [Path(row["file"]).name for row in told(tmp_path)] == ["2", "1:2,S"]
    assert len(told(tmp_path / "tmp")) == 1


def test_a_file_that_is_not_there_is_an_error_in_its_place_and_the_rest_goes_on(tmp_path: Path, bounce: Path) -> None:
    rows = told(tmp_path / "no.eml", bounce, code=1)
    assert [row.get("reason") == "unreadable" for row in rows] == [True, False]
    assert rows[1]["kind"] == "bounce"


def test_of_a_message_of_any_size_only_the_beginning_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.eml"
    with file.open("wb") as stream:
        stream.write(raw("Gone.\n", Subject="Re: x", **ANSWER))
        stream.truncate(40_000_000)
    (row,) = told(file)
    assert (row["kind"], row["bytes"], row["truncated"]) == ("reply", 40_000_000, True)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "other"), (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "other"), (b"PK\x03\x04" + b"\0\x01\x02" * 400, "other"),
     (b"just a line\n", "reply"), ("لقد حذفنا المحتوى.".encode(), "reply")],
)  # fmt: skip
def test_what_is_no_mail_is_read_as_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    file = tmp_path / "upload.eml"
    file.write_bytes(content)
    (row,) = told(file)
    assert (row["kind"], row["bytes"], row["forms"]) == (kind, len(content), [])


def test_an_annex_in_a_mail_is_shown_with_what_it_lacks(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "abuse@p.example", "Re: Order"
    message.set_content("See attached.")
    form = Catalogue.default().get(ANNEX_II)
    fields = read(form.form, specimen(ANNEX_II), form.wording("en")).values
    del fields["measured_at"]
    annex = Document(ANNEX_II, form.form.version, "en", fields).to_json()
    message.add_attachment(annex, maintype="application", subtype="json", filename="annex.json")
    file = tmp_path / "annex.eml"
    file.write_bytes(message.as_bytes())
    (shown,) = told(file)[0]["forms"]
    assert (shown["instrument"], shown["complete"]) == (ANNEX_II, False)
    assert [(lack["field"], lack["law"]) for lack in shown["lacks"]] == [
        ("measured_at", "Art 3(6), Annex II Section B")
    ]
    assert shown["answers"] == [{"answer": "removed", "at": "", "reason": ""}]
