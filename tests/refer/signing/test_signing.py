"""Signed notices: valid, altered by a byte, by an authority nobody knows, without a signature; issued by many processes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli.notice import app
from cautery.core.errors import Refused, SettingInvalid, Unreachable
from cautery.core.instruments import LANGUAGES, Catalogue, Document
from cautery.refer.printing.batch import issue_many
from cautery.refer.printing.inspection import inspect
from cautery.refer.printing.issue import Issued, Request, issue
from cautery.refer.printing.press import Press
from cautery.refer.signing.checking import State, check_document, check_pdf, load_roots
from cautery.refer.signing.configured import signing_settings
from cautery.refer.signing.keys import Token
from cautery.refer.signing.office import Office, SigningSettings
from cautery.settings.environment import Environment
from tests.core.instruments.specimens import specimen
from tests.refer.authority import PASSPHRASE, Authority, make_authority, serving, time_service

NOW = datetime.now(UTC)
ORDER = "tco-removal-order"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def settings(authority: Authority) -> Iterator[SigningSettings]:
    with time_service(authority.stamper) as url:
        yield SigningSettings(authority.key, PASSPHRASE, timestamp_url=url)


@pytest.fixture(scope="module")
def order(settings: SigningSettings) -> Issued:
    with closing(Office.open(settings)) as office:
        return issue(Request(ORDER, specimen(ORDER), ("de",), NOW), Press(), office)


@pytest.fixture(scope="module")
def roots(authority: Authority) -> list[Any]:
    return load_roots(authority.roots)


def test_a_signed_order_is_valid_with_its_time_stamp(order: Issued, roots: list[Any]) -> None:
    facts = check_pdf(order.pdf, roots, now=NOW)
    assert facts.state == State.VALID
    assert facts.timestamped
    assert facts.at is not None
    assert "Specimen Officer" in facts.signer
    assert check_document(Document.parse(order.json), roots, now=NOW).state == State.VALID


def test_an_authority_nobody_trusts_is_told_apart(order: Issued, tmp_path: Path) -> None:
    others = load_roots(make_authority(tmp_path, "Other").roots)
    for trusted in ([], others):
        assert check_pdf(order.pdf, trusted, now=NOW).state == State.UNKNOWN_AUTHORITY
        assert check_document(Document.parse(order.json), trusted, now=NOW).state == State.UNKNOWN_AUTHORITY


def test_one_altered_byte_is_found_wherever_it_is(order: Issued, roots: list[Any]) -> None:
    draw = random.Random(7)  # noqa: S311
    gap = order.pdf.index(b"/Contents <") + 11
    places = [draw.randrange(len(order.pdf)) for _ in range(40)] + [gap + draw.randrange(9000) for _ in range(60)]
    for place in [*places, *range(gap, gap + 56), 0, len(order.pdf) - 1, gap - 1, gap + 24_000]:
        altered = bytearray(order.pdf)
        altered[place] ^= draw.choice((1, 2, 4, 16, 32))
        assert check_pdf(bytes(altered), roots, now=NOW).state == State.ALTERED, place


@pytest.mark.parametrize("tail", [b" ", b"\n%%EOF\n", b"\n1 0 obj\n<<>>\nendobj\n"])
def test_what_is_added_behind_is_found(order: Issued, roots: list[Any], tail: bytes) -> None:
    assert check_pdf(order.pdf + tail, roots, now=NOW).state == State.ALTERED


def test_a_cut_file_is_altered_not_unsigned(order: Issued, roots: list[Any]) -> None:
    for length in (90, 95, 99):
        assert check_pdf(order.pdf[: len(order.pdf) * length // 100], roots, now=NOW).state == State.ALTERED


def test_a_signature_that_was_taken_off_is_found(order: Issued, roots: list[Any]) -> None:
    first = order.pdf[: order.pdf.index(b"%%EOF") + 5]
    assert check_pdf(first, roots, now=NOW).state == State.ABSENT
    assert inspect(first, Catalogue.default(), roots, now=NOW).signature.state == State.ALTERED


def test_an_altered_machine_form_is_found(order: Issued, roots: list[Any]) -> None:
    document = Document.parse(order.json)
    moved = replace(document, fields=dict(document.fields) | {"urls": ["https://videos.example.org/other"]})
    assert check_document(moved, roots, now=NOW).state == State.ALTERED
    draw = random.Random(7)  # noqa: S311
    for _ in range(60):
        letters = list(document.signature)
        letters[draw.randrange(len(letters))] = draw.choice("Aa0+/zQ")
        changed = "".join(letters)
        if changed != document.signature:
            assert check_document(replace(document, signature=changed), roots, now=NOW).state == State.ALTERED
    assert check_document(replace(document, signature=""), roots, now=NOW).state == State.ABSENT


def test_an_incomplete_notice_is_never_signed(settings: SigningSettings) -> None:
    fields = {name: value for name, value in specimen(ORDER).items() if name != "redress_body"}
    with pytest.raises(Refused) as refused:
        issue(Request(ORDER, fields, ("en",), NOW), Press(), Office.open(settings))
    assert refused.value.reason == "incomplete"
    assert [finding["field"] for finding in refused.value.fields["findings"]] == ["redress_body"]


def test_without_an_answer_of_the_time_service_nothing_is_signed(authority: Authority) -> None:
    office = Office.open(
        SigningSettings(authority.key, PASSPHRASE, timestamp_url="http://127.0.0.1:9/", timestamp_timeout_s=1)
    )
    with pytest.raises(Unreachable):
        issue(Request(ORDER, specimen(ORDER), ("en",), NOW), Press(), office)


def test_settings_that_cannot_sign_are_refused(authority: Authority, tmp_path: Path) -> None:
    garbage = tmp_path / "key.p12"
    garbage.write_bytes(b"garbage")
    token = Token(tmp_path / "none.so", "token", "label", "0000")
    for wrong in (
        SigningSettings(),
        SigningSettings(authority.key, b"wrong"),
        SigningSettings(garbage),
        SigningSettings(tmp_path / "none.p12"),
        SigningSettings(token=token),
        SigningSettings(authority.key, PASSPHRASE, timestamp_url="ftp://x"),
    ):
        with pytest.raises(SettingInvalid):
            Office.open(wrong)


def test_settings_come_from_the_environment(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(PASSPHRASE + b"\n")
    monkeypatch.setenv("CAUTERY_SIGNING_KEY", str(authority.key))
    monkeypatch.setenv("CAUTERY_SIGNING_SECRET", str(secret))
    found = signing_settings(Environment())
    assert (found.key, found.passphrase, found.token) == (authority.key, PASSPHRASE, None)
    monkeypatch.setenv("CAUTERY_SIGNING_TOKEN", "/usr/lib/x.so:office")
    assert signing_settings(Environment()).token == Token(Path("/usr/lib/x.so"), "office", "", PASSPHRASE.decode())
    monkeypatch.setenv("CAUTERY_SIGNING_TOKEN", "office")
    with pytest.raises(SettingInvalid):
        signing_settings(Environment())


def test_many_are_issued_by_processes_and_go_on_where_they_stopped(
    settings: SigningSettings, roots: list[Any], tmp_path: Path
) -> None:
    requests = [Request(ORDER, specimen(ORDER) | {"reference": f"CTY-{n}/A"}, ("fr",), NOW) for n in range(5)]
    wrong = Request(ORDER, {"reference": "CTY-9"}, ("fr",), NOW)
    first = list(issue_many(requests[:3], tmp_path, settings, workers=1))
    assert {outcome.error for outcome in first} == {""}
    made = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "CTY-1%2FA.json").unlink()
    rest = list(issue_many([*requests, wrong], tmp_path, settings, workers=1))
    assert sorted(outcome.reference for outcome in rest) == ["CTY-1/A", "CTY-3/A", "CTY-4/A", "CTY-9"]
    assert [o.reference for o in rest if o.error] == ["CTY-9"]
    assert (tmp_path / "CTY-0%2FA.pdf").stat().st_mtime_ns == made["CTY-0%2FA.pdf"]
    assert len(list(tmp_path.iterdir())) == 10
    assert check_pdf((tmp_path / "CTY-4%2FA.pdf").read_bytes(), roots, now=NOW).state == State.VALID


def test_an_inspection_tells_signature_completeness_and_clocks(order: Issued, roots: list[Any]) -> None:
    for data in (order.pdf, order.json):
        found = inspect(data, Catalogue.default(), roots, now=NOW)
        assert found.sound
        assert (found.instrument, found.language, found.reference) == (ORDER, "de", "CTY-202611-0000001")
        assert {fact["clock"] for fact in found.clocks} >= {"remove", "preservation"}


def test_the_shell_previews_and_checks(order: Issued, authority: Authority, tmp_path: Path) -> None:
    def run(*arguments: object) -> tuple[int, Any]:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return result.exit_code, result.stdout

    pdf, altered, form = tmp_path / "o.pdf", tmp_path / "a.pdf", tmp_path / "draft.json"
    pdf.write_bytes(order.pdf)
    altered.write_bytes(order.pdf.replace(b"/Title", b"/Titel", 1))
    code, said = run("check", pdf, "--trust", authority.roots, "--json")
    assert (code, json.loads(said)["sound"], json.loads(said)["signature"]["state"]) == (0, True, "valid")
    code, said = run("check", pdf)
    assert (code, "unknown_authority" in said) == (1, True)
    code, said = run("check", altered, "--trust", authority.roots, "--json")
    assert (code, json.loads(said)["signature"]["state"]) == (1, "altered")
    code, said = run(
        "preview",
        "--instrument",
        ORDER,
        "--url",
        "https://videos.example.org/1",
        "--lang",
        "fr",
        "--out",
        form,
        "--json",
    )
    assert (code, json.loads(said)["complete"]) == (0, False)
    code, said = run("check", form, "--json")
    assert (code, json.loads(said)["signature"]["state"]) == (1, "absent")
    assert "issuing_state" in [finding["field"] for finding in json.loads(said)["findings"]]
    code, said = run(
        "preview",
        "--instrument",
        "domain",
        "--data",
        form,
        "--url",
        "https://www.site.example.org/1",
        "--out",
        tmp_path / "d.json",
    )
    assert json.loads((tmp_path / "d.json").read_text())["fields"]["domain"] == "example.org"
    for name, content, reason in (
        ("x.pdf", b"%PDF-1.7 x", "unreadable"),
        ("x.bin", b"\x00\xff", "not_json"),
        ("x.json", b"{}", "not_a_notice"),
    ):
        (tmp_path / name).write_bytes(content)
        code, said = run("check", tmp_path / name, "--json")
        assert (code, json.loads(said)["reason"]) == (2, reason)
    code, said = run("check", tmp_path / "none", "--json")
    assert (code, json.loads(said)["reason"]) == (2, "not_a_file")


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "application/timestamp-reply", b""),
        (200, "text/html", b"<p>"),
        (200, "application/timestamp-reply", b"\x30\x03garbage"),
    ],
)
def test_an_answer_of_the_time_service_that_is_none_signs_nothing(
    authority: Authority, status: int, kind: str, body: bytes
) -> None:
    with (
        serving(status, kind, body) as url,
        closing(Office.open(SigningSettings(authority.key, PASSPHRASE, timestamp_url=url))) as office,
        pytest.raises(Unreachable),
    ):
        issue(Request(ORDER, specimen(ORDER), ("en",), NOW), Press(), office)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["referral", "tco-removal-order", "dsa-order", "dsa-notice", "domain", "tco-annex-ii"])
def test_every_preview_is_checked_as_what_it_is(name: str, language: str, tmp_path: Path) -> None:
    out = tmp_path / "draft.pdf"
    url = "https://videos.example.org/watch/1"
    arguments = ["--instrument", name, "--url", url, "--lang", language, "--out", str(out), "--json"]
    made = CliRunner().invoke(app, ["preview", *arguments])
    assert made.exit_code == 0
    checked = CliRunner().invoke(app, ["check", str(out), "--json"])
    found = json.loads(checked.stdout)
    assert (checked.exit_code, found["instrument"], found["language"]) == (1, name, language)
    assert (found["sound"], found["signature"]["state"]) == (False, "absent")
    assert found["findings"] == json.loads(made.stdout)["findings"]
    assert "urls" not in [finding["field"] for finding in found["findings"]]


def test_a_statement_of_reasons_is_checked_as_the_database_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "statement.json"
    file.write_text(
        json.dumps({"puid": "1", "decision_facts": "x", "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"})
    )
    result = CliRunner().invoke(app, ["check", str(file), "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["instrument"], found["complete"]) == (1, "dsa-statement-of-reasons", False)
    assert {"illegal_content_legal_ground", "territorial_scope"} <= {finding["field"] for finding in found["findings"]}
