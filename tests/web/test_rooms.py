"""The operation room, what each page costs, and pictures that are never the captured file."""

from __future__ import annotations

import gzip
import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from cautery.core.actors import Permission, system
from cautery.core.errors import FileRefused
from cautery.report.dossier import room
from cautery.report.dossier.actions import keep_figures
from cautery.report.dossier.counting import count
from cautery.report.dossier.kept import figures_of
from cautery.web.briefly import Briefly
from cautery.web.counting import _ONE
from cautery.web.pictures import redrawn
from cautery.web.tiles import tiles
from cautery.web.views.room import PANEL, shown
from tests import factories as make
from tests.web.conftest import Story, Work

READER = system("reader", Permission.INTAKE_OPERATION_READ)
MOST_QUERIES = 25


@pytest.fixture(autouse=True)
def nothing_drawn_yet() -> None:
    """The panel of another test's register is not this one's."""
    PANEL.forget_all()


def test_the_curves_are_running_totals_that_end_at_the_register(story: Story) -> None:
    found = room(story.operation, by=READER, at=make.hours(60))
    assert found.totals == {"flags": 4, "decisions": 2, "notices": 1, "removals": 1, "returns": 1}
    assert all(values == sorted(values) for curve in found.curves.values() for values in curve.values())
    assert found.curves["youtube"] == found.curves[""]
    assert found.hours[0] == make.START


def test_what_the_curves_are_drawn_from_is_a_file(story: Story, reader: Client) -> None:
    answer = reader.get(f"/operations/{story.operation.slug}/room/hours/file/csv")
    head, *rows = b"".join(answer.streaming_content).decode().splitlines()
    assert head == "provider,hour,flags,decisions,notices,removals,returns"
    assert rows[0].startswith(",2026-06-15T06:00:00Z,")
    assert {row.partition(",")[0] for row in rows} == {"", "youtube"}


def test_it_says_what_is_stuck_and_what_runs_out(work: Work) -> None:
    found = room(work.operation, by=READER, at=make.hours(2))
    assert [(deadline.what, deadline.count) for deadline in found.deadlines] == [
        ("T0: not yet ready to leave", 5),
        ("The operation ends", 1),
    ]
    assert found.stuck == []
    assert found.units == [{"name": "Pharos", "state": "FR", "flags": 5, "rejected": 0, "decisions": 0, "last": None}]


def test_two_keys_release_and_each_is_turned_on_purpose(work: Work) -> None:
    at = "/operations/autumn/room/"
    for name, tag in (("lena", b"1 of 2 keys"), ("leo", b"Released")):
        leader = Client()
        leader.force_login(make.officer(name, "lead"))
        seen = {"shown": shown(work.operation)}
        assert leader.post(f"{at}key/", seen | {"confirm": "something"}).status_code == 422
        assert leader.post(f"{at}key/", {"confirm": "autumn"}).status_code == 409
        assert leader.post(f"{at}key/", seen | {"confirm": "autumn"}).status_code == 302
        assert tag in leader.get(at).content
    assert b"Turn my key" not in leader.get(at).content


def test_the_panel_is_drawn_once_for_all_who_look(
    story: Story, reader: Client, django_assert_max_num_queries: Any
) -> None:
    at = f"/operations/{story.operation.slug}/room/"
    with django_assert_max_num_queries(MOST_QUERIES):
        reader.get(at)
    with django_assert_max_num_queries(4):
        assert reader.get(f"{at}panel/").status_code == 200


def test_no_page_of_a_working_day_takes_more_than_twenty_five_queries(
    work: Work, reviewer: Client, django_assert_max_num_queries: Any
) -> None:
    at = "/operations/autumn/review/"
    with django_assert_max_num_queries(MOST_QUERIES):
        where = reviewer.post(f"{at}next/")["Location"]
    for page in (at, where, "/my-day/"):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert reviewer.get(page).status_code == 200
    make.decided(work.operation)
    signer, leader = Client(), Client()
    signer.force_login(make.officer("sven", "sign", unit="de-meldestelle"))
    leader.force_login(make.officer("lena", "lead"))
    signer.post("/operations/autumn/signing/take/")
    for client, page in ((signer, "/operations/autumn/signing/"), (leader, "/exposure/"), (leader, "/closed/")):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert client.get(page).status_code == 200


def test_a_kept_figure_is_made_again_when_it_is_too_old() -> None:
    now, made = [0.0], []
    kept: Briefly[int] = Briefly(5.0, most=2, now=lambda: now[0])
    for moment in (0.0, 4.9, 5.0):
        now[0] = moment
        kept.get("a", lambda: made.append(1) or len(made))
    assert len(made) == 2
    for key in ("b", "c"):
        kept.get(key, lambda: 0)
    assert len(kept._kept) == 2


def picture(size: tuple[int, int] = (900, 600), form: str = "PNG") -> bytes:
    """A specimen: red on the left, blue on the right, with words in its metadata."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, form, comment=b"hidden words")
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF"])
def test_a_picture_is_drawn_anew_small_and_without_its_metadata(form: str) -> None:
    shown = redrawn(picture(form=form), width=240, grey=False, veiled=False)
    image = Image.open(io.BytesIO(shown))
    assert (image.format, image.size) == ("JPEG", (240, 160))
    assert b"hidden" not in shown


def test_a_veil_and_grey_leave_no_edge_and_no_colour() -> None:
    image = Image.open(io.BytesIO(redrawn(picture(), width=240, grey=True, veiled=True)))
    assert image.mode == "L"
    row = [image.getpixel((x, 80)) for x in range(240)]
    assert max(abs(a - b) for a, b in pairwise(row)) < 8


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken", picture()[:200]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        redrawn(data, width=240, grey=True, veiled=True)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(FileRefused):
        redrawn(picture((9_000, 9_000)), width=240, grey=True, veiled=True)


def test_a_large_operation_shows_what_was_counted_last_and_when(
    story: Story, reader: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("cautery.report.dossier.kept.LIVE", 0)
    monkeypatch.setattr("cautery.report.dossier.overview.LIVE", 0)
    monkeypatch.setattr("cautery.web.counting.threading.Thread", _Nobody)
    assert b"being counted for the first time" in reader.get("/operations/summer/").content
    assert b"being counted" in reader.get("/operations/").content
    live = count(story.operation, make.hours(60))
    assert keep_figures(story.operation, at=make.hours(60))
    assert not keep_figures(story.operation, at=make.hours(61)), "twice within the pause"
    assert figures_of(story.operation, make.hours(70)) == live
    make.flagged(story.operation, ["https://www.youtube.com/watch?v=00000000777"], key="later")
    with django_assert_max_num_queries(12):
        said = reader.get("/operations/summer/").content.decode()
    assert "Counted as of" in said
    assert "2026-06-17T18:00:00Z" in said
    found = room(story.operation, by=READER, at=make.hours(62))
    assert (found.as_of, found.totals["flags"]) == (make.hours(60), 4)


class _Nobody:
    """A thread that never begins."""

    def __init__(self, **_said: object) -> None:
        _ONE.release()

    def start(self) -> None:
        """Nothing."""


def test_states_are_tiles_and_those_without_a_place_are_named() -> None:
    units = [{"state": "FR", "flags": 90}, {"state": "DE", "flags": 1}, {"state": "US", "flags": 7}]
    found = tiles(units)
    levels = {tile.state: tile.level for tile in found.shown}
    assert (levels["FR"], levels["DE"], levels["PL"]) == (4, 1, 0)
    assert found.elsewhere == [("US", 7)]
    assert len({(tile.x, tile.y) for tile in found.shown}) == len(found.shown)


def test_the_first_load_of_each_room_is_under_300_kilobytes_compressed(story: Story, reader: Client) -> None:
    for where in ("/operations/", "/operations/summer/", "/operations/summer/room/", "/register/", "/lists/outlets/"):
        page = reader.get(where).content
        said = LexborHTMLParser(page.decode())
        parts = [
            node.attributes.get("src") or node.attributes.get("href")
            for node in said.css("script[src], link[rel=stylesheet]")
        ]
        files = [finders.find(str(part).removeprefix("/static/")) for part in parts]
        assert all(files), parts
        whole = len(gzip.compress(page)) + sum(len(gzip.compress(Path(str(file)).read_bytes())) for file in files)
        assert whole < 300_000, (where, whole)
