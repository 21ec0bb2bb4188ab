"""How the desk writes: words for every vocabulary, colours of the report, links that are text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from cautery import web
from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, EpisodeState, Outcome
from cautery.intake.models import OpenedBy
from cautery.report.render.palette import DARK, LIGHT
from cautery.review.models import Finding
from cautery.track.actions import ANSWERS
from cautery.watch.models import Way
from cautery.web import labels
from cautery.web.templatetags.desk import defang, share_of, visible, when, word

STYLE = (Path(web.__file__).parent / "static/web/tokens.css").read_text()
COLOUR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def test_every_word_has_a_label() -> None:
    assert set(labels.STATES) == set(EpisodeState)
    assert set(labels.DELIVERIES) == set(DeliveryState)
    assert set(labels.OUTCOMES) == set(Outcome)
    assert set(labels.VERDICTS) == set(Verdict)
    assert set(labels.ANSWERS) == ANSWERS
    assert {*OpenedBy.values, *Way.values, *Finding.values} <= set(labels.OTHERS)


def test_a_word_nobody_labelled_is_shown_as_it_is() -> None:
    assert word("some_new_answer", "answer") == "some new answer"
    assert word("", "answer") == ""


@pytest.mark.parametrize(("place", "colours"), [(0, LIGHT), (1, DARK)])
def test_the_colours_are_those_of_the_report(place: int, colours: dict[str, str]) -> None:
    mine = {found[0]: found[place + 1] for found in COLOUR.findall(STYLE)}
    assert {name: mine[name] for name in colours if name in mine} == {
        name: colours[name] for name in mine if name in colours
    }
    assert {str(outcome).replace("_", "-") for outcome in Outcome} <= set(mine)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("place", [0, 1])
def test_text_and_fields_stand_out_as_wcag_asks(place: int) -> None:
    colour = {found[0]: found[place + 1] for found in COLOUR.findall(STYLE)}
    for ink, paper in (
        ("ink", "paper"),
        ("quiet", "paper"),
        ("quiet", "wash"),
        ("accent", "paper"),
        ("accent", "wash"),
        ("on-accent", "accent"),
        ("warning", "paper"),
        ("warning", "warning-wash"),
        ("good", "good-wash"),
    ):
        assert _contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)
    assert _contrast(colour["field"], colour["paper"]) >= 3


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.b.example/c.d?e=f.g", "hxxps://a[.]b[.]example/c.d?e=f.g"),
        ("HTTP://a.example#x.y", "hxxp://a[.]example#x.y"),
        ("tg://resolve?domain=a", "tg[:]//resolve?domain=a"),
        ("https://a.example/\u202ex\x07", "hxxps://a[.]example/\\u202ex\\u0007"),
        ("a.example/b", "a.example/b"),
    ],
)
def test_links_are_defanged(url: str, shown: str) -> None:
    assert defang(url) == shown


def test_the_invisible_is_written_out() -> None:
    assert visible("a\u200bb\u2066c\ud800 السلام") == "a\\u200bb\\u2066c\\ud800 السلام"


def test_a_moment_is_shown_in_utc_wherever_it_comes_from() -> None:
    moment = datetime(2026, 6, 15, 8, 0, tzinfo=timezone(timedelta(hours=2)))
    shown = '<time datetime="2026-06-15T06:00:00Z">15 Jun 2026 <span class="clock">06:00:00 UTC</span></time>'
    assert when(moment) == shown
    assert when(None) == ""


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert (share_of(1, 3), share_of(0, 0)) == ("33.3 %", "")
