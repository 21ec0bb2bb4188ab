"""The first day: the token of the terminal opens the set-up, which walks through it, is done once, and is closed then."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cautery.core.errors import MovedMeanwhile
from cautery.custody.models import Entry
from cautery.directory.models import Officer, Provider, Unit
from cautery.directory.people import first
from cautery.directory.people.actions import SET_UP, set_up_officers
from cautery.web.people import rehearsing
from tests import factories as make

UNIT = {"name": "Specimen Unit", "state": "fr", "email": "unit@specimen.example"}
PEOPLE = {"name-first": "Ada", "username-first": "ada", "name-second": "Bo", "username-second": "bo"}


@pytest.fixture
def token(db: None, settings: Settings, tmp_path: Path) -> str:
    """A register with nobody in it, as `cautery serve` found it."""
    settings.DATA = tmp_path
    made = first.offer()
    assert made is not None
    return made


@pytest.fixture
def setter(token: str, client: Client) -> Client:
    """Whoever has the token, inside."""
    client.post("/set-up/", {"token": token})
    return client


def test_it_walks_from_an_empty_register_to_people_who_sign_in(setter: Client) -> None:
    assert setter.post("/set-up/unit/", UNIT)["Location"] == "/set-up/people/"
    page = setter.post("/set-up/people/", PEOPLE).content.decode()
    links = re.findall(r"http://testserver(/welcome/[^/<]+/)", page)
    assert len(links) == 2
    words = {"name": "Video House", "channel": "api", "address": "https://api.video.example", "hosts": "video.example"}
    assert setter.post("/set-up/providers/", words)["Location"] == "/set-up/providers/"
    assert b"Video House" in setter.get("/set-up/providers/").content
    assert b"CAUTERY_MAIL_FROM" in setter.get("/set-up/mail/").content
    assert b"custody.pub" in setter.get("/set-up/keys/").content
    assert setter.post("/set-up/done/")["Location"] == "/sign-in/"
    new = {"new": "a long pass phrase", "again": "a long pass phrase"}
    for link, name in zip(links, ("ada", "bo"), strict=True):
        person = Client()
        assert person.post(link, new)["Location"] == "/me/"
        assert name.encode() in person.get("/me/").content
    assert Officer.objects.get(username="ada").roles == ["lead", "flag", "review"]
    assert Officer.objects.get(username="bo").roles == ["lead", "sign"]
    assert (Unit.objects.get().slug, Provider.objects.get().slug) == ("specimen-unit", "video-house")


def test_once_it_was_closed_nothing_of_it_is_there(setter: Client, token: str) -> None:
    setter.post("/set-up/unit/", UNIT)
    setter.post("/set-up/people/", PEOPLE)
    setter.post("/set-up/done/")
    assert not first.token_file().exists()
    assert first.offer() is None
    for client in (setter, Client()):
        assert client.get("/set-up/").status_code == 404
        assert client.post("/set-up/", {"token": token}).status_code == 404
        assert client.post("/set-up/unit/", UNIT).status_code == 404
    assert Entry.objects.filter(event="directory:register:set_up").count() == 1


def test_without_the_token_only_its_door_is_there(token: str, client: Client) -> None:
    assert client.get("/sign-in/")["Location"] == "/set-up/"
    assert b"Token of the terminal" in client.get("/set-up/").content
    assert client.post("/set-up/", {"token": "guessed"}).status_code == 403
    for where in ("unit", "people", "rehearse"):
        assert client.post(f"/set-up/{where}/", UNIT)["Location"] == "/set-up/"
    assert not Unit.objects.exists()


def test_the_token_is_not_guessed(token: str, client: Client) -> None:
    for _ in range(10):
        client.post("/set-up/", {"token": "guessed"})
    assert client.post("/set-up/", {"token": token}).status_code == 403
    assert client.post("/set-up/", {"token": token}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_the_token_is_the_owners_to_read_and_stays_until_it_is_closed(token: str) -> None:
    assert first.token_file().stat().st_mode & 0o777 == 0o600
    assert first.offer() == token


def test_a_register_with_people_offers_no_set_up(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    make.officer("vera", "observe")
    assert first.offer() is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name-first": "Ada", "username-first": "ada"}, "Two people who lead"),
        (PEOPLE | {"username-second": "ada"}, "belongs to one person"),
        (PEOPLE | {"name-second": ""}, "Two people who lead"),
        (PEOPLE | {"name-admin": "Cy"}, "Two people who lead"),
    ],
)
def test_it_wants_two_people_who_are_two(setter: Client, words: dict[str, str], said: str) -> None:
    setter.post("/set-up/unit/", UNIT)
    answer = setter.post("/set-up/people/", words)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Officer.objects.exists()
    assert setter.post("/set-up/done/").status_code == 422


def test_the_first_people_are_made_once(setter: Client) -> None:
    setter.post("/set-up/unit/", UNIT)
    setter.post("/set-up/people/", PEOPLE)
    answer = setter.post("/set-up/people/", PEOPLE | {"username-first": "eve"})
    assert (answer.status_code, Officer.objects.count()) == (409, 2)
    with pytest.raises(MovedMeanwhile):
        set_up_officers([{"name": "E", "username": n, "roles": ["lead"]} for n in ("e", "f")], by=SET_UP, at=make.START)


@pytest.mark.parametrize(
    "words",
    [
        {"name": "", "state": "fr"},
        {"name": "Unit", "state": "f1"},
        {"name": "Unit", "state": "fra"},
        {"name": "Unit", "state": "zz"},
    ],
)
def test_a_unit_that_cannot_be_is_refused(setter: Client, words: dict[str, str]) -> None:
    assert setter.post("/set-up/unit/", words).status_code == 422
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        {"name": "", "channel": "api", "address": "https://api.example"},
        {"name": "A", "channel": "api", "address": "http://api.example"},
        {"name": "A", "channel": "mail", "address": "https://api.example"},
        {"name": "A", "channel": "pigeon", "address": "x"},
    ],
)
def test_a_provider_whose_address_does_not_fit_is_refused(setter: Client, words: dict[str, str]) -> None:
    assert setter.post("/set-up/providers/", words).status_code == 422
    assert not Provider.objects.exists()


class Child:
    """A rehearsal that is under way until it is told to end."""

    def __init__(self, command: list[str], env: dict[str, str], **_: Any) -> None:
        self.command, self.env, self.ended = command, env, False

    def poll(self) -> int | None:
        return 0 if self.ended else None


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Child]]:
    """Processes that would have been begun."""
    begun: list[Child] = []
    monkeypatch.setattr(rehearsing.subprocess, "Popen", lambda *a, **k: begun.append(Child(*a, **k)) or begun[-1])
    yield begun
    rehearsing._running.clear()


def test_one_click_rehearses_in_a_folder_of_its_own_without_our_settings(
    setter: Client, children: list[Child], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/real")
    monkeypatch.setenv("CAUTERY_MODE", "production")
    assert setter.post("/set-up/rehearse/")["Location"] == "/set-up/rehearsal/"
    (child,) = children
    assert child.command[1:4] == ["-m", "cautery", "exercise"]
    assert child.command[-1] == str(tmp_path / "rehearsal")
    assert not [name for name in child.env if name.startswith(("CAUTERY_", "DATABASE_URL", "DJANGO_"))]
    assert b"It runs." in setter.get("/set-up/rehearsal/").content
    (tmp_path / "rehearsal" / "progress.json").write_text('{"progress": 0.4, "now": "2026-06-16", "flags": 120}')
    page = setter.get("/set-up/rehearsal/").content
    assert b'value="40"' in page
    assert b"<dt>Flagged</dt><dd>120</dd>" in page
    assert b"hx-get" in setter.get("/set-up/rehearsal/", headers={"HX-Request": "true"}).content
    assert setter.post("/set-up/rehearse/").status_code == 409
    assert len(children) == 1
    child.ended = True
    assert b"It stopped before its end" in setter.get("/set-up/rehearsal/").content
    (tmp_path / "rehearsal" / "score.json").write_text("{}")
    (tmp_path / "rehearsal" / "said.txt").write_text("Against the world's own books: all checks hold.")
    page = setter.get("/set-up/rehearsal/").content
    assert b"It is finished." in page
    assert b"all checks hold" in page


STAND_IN = """#!{python}
# Does what the rehearsal's commands do to their folder, at once: says how far it is, ends, or answers on a port.
import json, pathlib, socket, sys, time
words = sys.argv[3:]
if words[0] == "serve":
    listening = socket.create_server(("127.0.0.1", int(words[words.index("--port") + 1])))
    time.sleep(60)
out = pathlib.Path(words[words.index("--out") + 1])
(out / "progress.json").write_text(json.dumps({{"progress": 0.5, "now": "2026-06-16T06:00:00Z", "flags": 60}}))
while not (out.parent / "go").exists():
    time.sleep(0.02)
for name in ("score.json", "report.html", "report.pdf"):
    (out / name).write_text("<p>Specimen</p>")
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Real processes that behave like the rehearsal's; they end when the file beside them is there."""
    script = tmp_path / "stand-in"
    script.write_text(STAND_IN.format(python=sys.executable))
    script.chmod(0o755)
    monkeypatch.setattr(rehearsing.sys, "executable", str(script))
    yield tmp_path / "go"
    rehearsing.stop()
    rehearsing._remove()


def until(client: Client, words: str) -> str:
    """The page of the rehearsal once it says so."""
    limit = time.monotonic() + 20
    while words not in (page := client.get("/set-up/rehearsal/").content.decode()):
        assert time.monotonic() < limit, page
    return page


def test_a_rehearsal_goes_from_its_beginning_to_its_report_its_desk_and_away(setter: Client, stand_in: Path) -> None:
    setter.post("/set-up/rehearse/")
    assert "<dt>Flagged</dt><dd>60</dd>" in until(setter, 'value="50"')
    assert setter.post("/set-up/rehearsal/act/", {"act": "remove"}).status_code == 409
    stand_in.touch()
    assert "Open its desk" not in until(setter, "It is finished."), "who asks is not on this machine"
    here = {"HTTP_HOST": "127.0.0.1:8300"}
    assert b"Open its desk" in setter.get("/set-up/rehearsal/", **here).content  # type: ignore[arg-type]
    report = setter.get("/set-up/rehearsal/files/report.html")
    assert (report.content, "sandbox" in report["Content-Security-Policy"]) == (b"<p>Specimen</p>", True)
    assert setter.get("/set-up/rehearsal/files/world.sqlite3").status_code == 404
    assert setter.post("/set-up/rehearsal/act/", {"act": "desk"}).status_code == 302
    port = rehearsing.progress().desk
    limit = time.monotonic() + 20
    while not rehearsing.progress().desk_answers:
        assert time.monotonic() < limit
    assert f"http://localhost:{port}/" in setter.get("/set-up/rehearsal/", **here).content.decode()  # type: ignore[arg-type]
    assert setter.post("/set-up/rehearsal/act/", {"act": "remove"})["Location"] == "/set-up/"
    assert not rehearsing.folder().exists()
    assert not rehearsing._answers(port)
    assert b"Rehearse</button>" in setter.get("/set-up/").content


def test_a_rehearsal_is_stopped_and_says_so(setter: Client, stand_in: Path) -> None:
    setter.post("/set-up/rehearse/")
    until(setter, 'value="50"')
    setter.post("/set-up/rehearsal/act/", {"act": "stop"})
    page = setter.get("/set-up/rehearsal/").content.decode()
    assert "It stopped before its end" in page
    assert "Rehearse once more" in page


def test_in_production_nothing_is_rehearsed_once_people_are_there(
    setter: Client, children: list[Child], settings: Settings
) -> None:
    settings.REHEARSAL = False
    setter.post("/set-up/unit/", UNIT)
    setter.post("/set-up/people/", PEOPLE)
    assert setter.post("/set-up/rehearse/").status_code == 404
    assert children == []
