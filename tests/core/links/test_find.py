"""Links in free text."""

from __future__ import annotations

import pytest

from cautery.core.links import find_links
from cautery.core.links.refang import refang, refang_with_places


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see hxxps://t[.]me/durov now", ["https://t.me/durov"]),
        ("h**p://example{.}com/a and meet at www(dot)example(dot)org", ["http://example.com/a", "www.example.org"]),
        ("пишите на tide (собака) example (точка) org", ["tide@example.org"]),
        ("http：／／example．com/a", ["http://example.com/a"]),
        ("Сайт президент.рф/новости, и t.me/durov.", ["президент.рф/новости", "t.me/durov"]),
        ("见https://example.com/a。还有example.org", ["https://example.com/a", "example.org"]),
        ("راجع https://example.com/صفحة، ثم", ["https://example.com/صفحة"]),
        ("open tg://resolve?domain=durov!", ["tg://resolve?domain=durov"]),
        ("(https://en.wikipedia.org/wiki/Tide_(film))", ["https://en.wikipedia.org/wiki/Tide_(film)"]),
        ('<a href="https://example.com/x">text</a>', ["https://example.com/x"]),
        ("visit hxxp://bad[.]site[:]8080/x", ["http://bad.site:8080/x"]),
        ("read notes.txt and main.py, 3.14 and v1.2.3", []),
        ("javascript:alert(1) and hppt://example.com", []),
    ],
)
def test_it_finds_the_links_of_a_text(text: str, urls: list[str]) -> None:
    assert [found.url for found in find_links(text)] == urls


def test_places_point_at_the_text_as_written() -> None:
    text = "a 🛶 hxxps[:]//example[.]com/x[.]html, b [at] example [dot] org and https://example.org/y."
    found = find_links(text)
    assert [text[link.start : link.end] for link in found] == [link.text for link in found]
    assert [(link.url, link.defanged) for link in found] == [
        ("https://example.com/x.html", True),
        ("b@example.org", True),
        ("https://example.org/y", False),
    ]


def test_a_text_without_defanged_links_is_left_as_it_is() -> None:
    text = "Nothing (here) [is] defanged. Not at all: a dot in a sentence."
    assert refang(text) == text
    assert refang_with_places(text) == (text, None)


def test_a_long_text_without_links_is_read_quickly() -> None:
    assert find_links("((((" * 50_000 + "http://" * 20_000 + "a." * 50_000 + "@" * 50_000) == []
