from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from cautery.report.render import charts

SVG = "{http://www.w3.org/2000/svg}"
POINTS = [charts.PresencePoint(1_781_500_000 + 3_600 * hour, 100 - hour, hour % 7) for hour in range(49)]


def drawn() -> dict[str, str]:
    return {
        "presence": charts.presence(POINTS, (POINTS[9].at, "T0"), "Title", "In words"),
        "shares": charts.shares(
            [charts.Bar("a <b>", (3, 0)), charts.Bar("c", (0, 0))], [("x", "X"), ("y", "Y")], "Title", "In words"
        ),
        "spans": charts.spans(
            [charts.Span("a", 60, 30, 90), charts.Span("b", None, 60, None), charts.Span("c", None, None, None)],
            "Title",
            "In words",
        ),
    }


@pytest.mark.parametrize("name", drawn())
def test_a_chart_is_an_image_with_a_name_and_its_content_in_words(name: str) -> None:
    root = ET.fromstring(drawn()[name])  # noqa: S314 - our own drawing
    assert root.get("role") == "img"
    assert [child.text for child in root[:2]] == ["Title", "In words"]
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("name", drawn())
def test_a_chart_brings_no_colour_and_no_style_of_its_own(name: str) -> None:
    assert not re.search(r"style=|fill=|stroke=|#[0-9a-f]{3}", drawn()[name])


@pytest.mark.parametrize("name", drawn())
def test_everything_drawn_lies_inside_the_chart(name: str) -> None:
    root = ET.fromstring(drawn()[name])  # noqa: S314 - our own drawing
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for element in root.iter():
        assert all(0 <= float(element.get(key, 0)) <= width for key in ("x", "x1", "x2", "cx"))
        assert all(0 <= float(element.get(key, 0)) <= height for key in ("y", "y1", "y2", "cy"))
    for path in root.iter(f"{SVG}path"):
        for x, y in re.findall(r"([\d.-]+),([\d.-]+)", path.get("d", "")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_the_band_reaches_from_what_is_up_to_what_may_be() -> None:
    two = [charts.PresencePoint(0, 50, 50), charts.PresencePoint(100, 50, 50)]
    root = ET.fromstring(charts.presence(two, None, "", ""))  # noqa: S314 - our own drawing
    band, line = (path.get("d", "") for path in root.iter(f"{SVG}path"))
    heights = {float(y) for _, y in re.findall(r"([\d.]+),([\d.]+)", band)}
    assert heights == {40.0, 154.0}  # the top, 100 items, and half way down, 50
    assert {float(y) for _, y in re.findall(r"([\d.]+),([\d.]+)", line)} == {154.0}


def test_widths_are_the_shares_of_the_whole() -> None:
    root = ET.fromstring(charts.shares([charts.Bar("a", (3, 1))], [("x", "X"), ("y", "Y")], "", ""))  # noqa: S314
    first, second = (box for box in root.iter(f"{SVG}rect") if len(box))
    assert float(first.get("width", 0)) == pytest.approx(3 * float(second.get("width", 0)))
    assert [box[0].text for box in (first, second)] == ["a: X, 3 of 4", "a: Y, 1 of 4"]


@pytest.mark.parametrize("most", [0, 1, 3, 9, 10, 99, 1_234, 26_000, 1_000_000])
def test_the_axis_has_round_marks_up_to_the_most(most: int) -> None:
    one = charts.presence([charts.PresencePoint(0, most, 0)], None, "", "")
    marks = [int(text.replace(",", "")) for text in re.findall(r'text-anchor="end">([\d,]+)<', one)]
    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= 7
