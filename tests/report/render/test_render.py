from __future__ import annotations

import base64
import copy
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from cautery.report.render import render_html, render_pdf
from cautery.report.render.glyphs import HELD, showable
from cautery.report.render.html import POLICY, STYLE

from .specimen import OUTCOMES, empty, specimen

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Reads a page as far as the tests ask: elements in order, text by table, whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_tells_the_story_from_the_top() -> None:
    page = Page(render_html(specimen()))
    headings = re.findall(r"<h2[^>]*>([^<]*)", render_html(specimen()))
    assert headings == [
        "In short",
        "What was done",
        "What came of it",
        "How soon it was removed",
        "What was left online",
        "What came back",
        "How this was recorded",
        "Counts in detail",
        "How to read this",
        "Definitions",
    ]
    assert "12 units flagged 26,000 addresses, which came to 17,204 items." in page.text
    assert "Presence fell by at least 94.0 % and at most 95.9 %" in page.text


def test_every_outcome_of_every_provider_is_in_the_table_and_the_sums_hold() -> None:
    report = specimen()
    table = next(table for table in Page(render_html(report)).tables if "Share removed" in table[0])
    numbers = {row[0]: [int(cell.replace(",", "")) for cell in row[1:-1]] for row in table[1:]}
    assert list(numbers)[:-1] == list(report["outcomes"]["by_provider"])
    for slug, counts in report["outcomes"]["by_provider"].items():
        assert sorted(numbers[slug][1:]) == sorted(counts[key] for key in OUTCOMES)
        assert numbers[slug][0] == sum(counts.values())
    providers = [row for slug, row in numbers.items() if slug != "All"]
    assert numbers["All"] == [sum(column) for column in zip(*providers, strict=True)]


def test_what_cannot_be_estimated_says_so_with_what_is_known() -> None:
    table = next(table for table in Page(render_html(specimen())).tables if "Nine in ten after" in table[0])
    rows = {row[0]: row[1] for row in table}
    assert rows["inkpaste"] == "not estimable2 d or more"
    assert rows["hearthhost"] == "not estimablenothing was observed"


def test_every_definition_is_printed() -> None:
    report = specimen()
    text = Page(render_html(report)).text
    assert all(name in text and entry["definition"] in text for name, entry in report["definitions"].items())


def test_the_page_is_whole_without_anything_from_outside() -> None:
    page = Page(render_html(specimen()))
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(tag for tag, _ in page.elements)
    assert len(page.named("style")) == 1
    for _, attributes in page.elements:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_the_page_carries_a_policy_that_lets_in_its_own_style_only() -> None:
    html = render_html(specimen())
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert POLICY.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert f'content="{POLICY}"' in html


def test_headings_tables_and_charts_can_be_read_aloud() -> None:
    page = Page(render_html(specimen()))
    assert len(page.named("h1")) == 1
    assert len(page.named("caption")) == len(page.tables)
    assert all(attributes.get("scope") in {"col", "row"} for attributes in page.named("th"))
    assert [attributes["role"] for attributes in page.named("svg")] == ["img"] * 3
    assert page.named("html")[0]["lang"] == "en-GB"
    targets = {attributes["id"] for attributes in page.named("section")}
    assert {(attributes["href"] or "")[1:] for attributes in page.named("a")} == targets


def hostile() -> dict[str, Any]:
    report = specimen()
    report["operation"]["name"] = '<script>alert(1)</script> & "quotes" #panic("x")'
    report["outcomes"]["by_provider"]["</svg><b>"] = dict.fromkeys(OUTCOMES, 1)
    report["flags"]["by_unit"]["*unit* $x$ @y"] = 4
    return report


def test_words_from_outside_stay_words() -> None:
    html = render_html(hostile())
    assert "<script" not in html
    assert "</svg><b>" not in html
    assert "alert(1)" in Page(html).text
    assert render_pdf(hostile()).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "name",
    [
        "Операция Пример",
        "عملية عينة",
        "演習",
        "😀",
        "a\x00b",
        "e\u0301 \u0301",
        "\ufffe\ue000",
        "\u202eback",
        "".join(sorted(HELD)),
    ],
    ids=ascii,
)
def test_no_name_stops_the_pdf(name: str) -> None:
    report = specimen()
    report["operation"]["name"] = name
    report["outcomes"]["by_provider"][name] = dict.fromkeys(OUTCOMES, 1)
    assert render_pdf(report).startswith(b"%PDF-1.7")


def test_a_letter_the_pdf_cannot_show_is_named_not_dropped() -> None:
    assert showable({"a": ["e\u0301 演", 3, None]}) == {"a": ["é [U+6F14]", 3, None]}


@pytest.mark.parametrize("report", [specimen(), empty()], ids=["full", "empty"])
def test_the_pdf_is_tagged_archival_and_the_same_every_time(report: dict[str, Any]) -> None:
    made = render_pdf(report)
    assert b"/MarkInfo" in made
    assert b"pdfaid:part>2</pdfaid:part" in made.replace(b"\n", b"")
    assert b"pdfaid:conformance>B<" in made
    assert made == render_pdf(copy.deepcopy(report))


def test_an_operation_in_which_nothing_happened_is_told_calmly() -> None:
    text = Page(render_html(empty())).text
    assert "No notice was sent." in text
    assert "No notice was sent, so there is no outcome to report." in text
    assert "Nothing that had been removed was seen to come back." in text
    assert "Nothing was seen up before the notices" in text
    assert "svg" not in {tag for tag, _ in Page(render_html(empty())).elements}


def test_a_chart_of_very_many_providers_still_fits_a_page() -> None:
    report = specimen()
    for place in range(200):
        report["outcomes"]["by_provider"][f"provider-{place}"] = dict.fromkeys(OUTCOMES, 0) | {"removed": 1}
    assert all(f"provider-{place}" in Page(render_html(report)).text for place in (0, 199))
    charts = re.findall(r'viewBox="0 0 720 (\d+)"', render_html(report))
    assert max(map(int, charts)) < 1000


def test_a_log_that_did_not_verify_is_said_loudly() -> None:
    report = specimen()
    report["custody"]["verified"] = False
    assert "NOT VERIFIED" in Page(render_html(report)).text


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((100, 0), (20, 0), "Presence fell by 80.0 %; no item's state was unknown."),
        ((100, 0), (90, 20), "The unknowns leave open whether fewer items are online than before."),
        ((100, 50), (30, 10), "Presence fell by at least 60.0 % and at most 80.0 %"),
    ],
)
def test_a_fall_in_presence_is_a_range_as_wide_as_the_unknowns(
    before: tuple[int, int], after: tuple[int, int], words: str
) -> None:
    report = specimen()
    for key, (up, unknown) in (("before", before), ("after", after)):
        report["presence"][key] |= {"up": up, "unknown": unknown}
    assert words in Page(render_html(report)).text
