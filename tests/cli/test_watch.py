"""`cautery watch`: a real domain, account and file, in a register that holds nothing yet; why it says what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cautery.watch.models import Watch
from tests.cli.conftest import Run

WHY = ("--ground", "Decision 12 of 2 March", "--by", "A. Officer", "--seconded-by", "B. Officer")
WHOIS = (
    "Domain Name: {name}\nRegistrar: Harbour Names\nRegistrar Abuse Contact Email: abuse@harbour.example\n"
    "Creation Date: 2020-01-02T00:00:00Z\nRegistry Expiry Date: {expires}\nDomain Status: {status}\n"
    "Name Server: ns1.harbour.example\n"
)


def whois(folder: Path, status: str = "ok", expires: str = "2099-01-02T00:00:00Z") -> Path:
    file = folder / f"{status}-{expires[:4]}.txt"
    file.write_text(WHOIS.format(name="specimenhouse.org", status=status, expires=expires))
    return file


def test_a_domain_an_account_and_a_file_are_watched_and_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "film.bin"
    file.write_bytes(b"a specimen")
    for subject, what in (("specimenhouse.org", "domain"), ("https://t.me/specimenhouse", "item"), (file, "file")):
        got = run("watch", "add", subject, *WHY)
        assert (got.code, f"on {what} " in got.said) == (0, True), got.complaints
    rows = run("watch", "list", "--json").json
    assert [row["what"] for row in rows] == ["file", "item", "domain"]
    assert all(row["ground"] == "Decision 12 of 2 March" for row in rows)


def test_what_a_name_would_score_is_said_in_words(run: Run) -> None:
    run("watch", "add", "https://t.me/specimenhouse", *WHY)
    run("watch", "add", "specimenhouse.org", *WHY)
    said = run("watch", "explain", "https://t.me/specimenhouse", "specimen_house2").said
    assert "specimen_house2 would score 0.95: the handle specimen_house2 is like specimenhouse" in said
    assert (
        "0.90: specimenhouse.net is like specimenhouse.org: other TLD"
        in run("watch", "explain", "specimenhouse.org", "specimenhouse.net").said
    )


def test_answers_of_others_make_the_timeline_and_the_calendar(run: Run, tmp_path: Path) -> None:
    run("watch", "add", "specimenhouse.org", *WHY)
    got = run("watch", "observe", "specimenhouse.org", whois(tmp_path), whois(tmp_path, "clientHold"))
    assert "its registrar took it out of the zone (client hold)" in got.said, got.complaints
    said = run("watch", "explain", "specimenhouse.org").said
    assert "client_hold on " in said
    assert "write to the registrar: Harbour Names abuse@harbour.example" in said
    rows = run("watch", "calendar", "--within", 40_000, "--json").json
    assert [(row["domain"], row["state"]) for row in rows] == [("specimenhouse.org", "client_hold")]


def test_a_watch_is_narrowed_and_ended_by_a_person(run: Run) -> None:
    run("watch", "add", "specimenhouse.org", *WHY, "--only", "feed", "--only", "domain")
    watch = Watch.objects.get()
    assert watch.scope == "feed domain"
    assert run("watch", "end", "specimenhouse.org", "--by", "A. Officer").said == f"Watch {watch.pk} has ended.\n"
    assert run("watch", "list", "--json").json == []
    assert run("watch", "list", "--ended", "--json").json[0]["ended_why"] == "person"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "specimenhouse.org", "--ground", " ", "--by", "A", "--seconded-by", "B"), "needs a ground"),
        (("add", "specimenhouse.org", "--ground", "why", "--by", "A", "--seconded-by", "A"), "a second person"),
        (("add", "http://127.0.0.1/x", *WHY), "not on the public internet"),
        (("add", "specimenhouse.org", *WHY, "--only", "psychic"), "none of"),
        (("explain", "nothing.org"), "There is no watch on nothing.org"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    got = run("watch", *arguments)
    assert got.code != 0
    assert said in got.complaints
