"""Public pages, the kind that means well and the kind that does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.pages import ADDRESS_LIMIT, LINK_LIMIT, MEDIA_LIMIT, TEXT_LIMIT, read_page

AT = "https://video.example/watch/1"


def test_it_reads_title_text_language_author_links_and_media() -> None:
    page = read_page(
        b"<html lang=de><title> Ein  Exemplar </title><meta name=author content=Jemand><body>Worte <a href=/a>a</a>"
        b"<a href='https://other.example/b#c'>b</a><a href=/a>again</a><img src=i.png><video src=//m.example/v.mp4>",
        AT,
    )
    assert (page.title, page.text, page.language, page.author) == ("Ein Exemplar", "Worte a b again", "de", "Jemand")
    assert page.links == ("https://video.example/a", "https://other.example/b#c")
    assert page.media == ("https://video.example/watch/i.png", "https://m.example/v.mp4")


def test_what_a_reader_does_not_see_is_no_text() -> None:
    page = read_page(
        b"<body><script>s='This content was removed'</script><style>.x{}</style><noscript>Log in</noscript><p>Words.",
        AT,
    )
    assert page.text == "Words."


@pytest.mark.parametrize(
    "href",
    [
        "#top",
        "data:text/html,x",
        " JavaScript:alert(1)",
        "mailto:a@b.example",
        "file:///etc/passwd",
        "//[bad",
        "tg://x",
        "",
    ],
)
def test_an_address_that_is_no_web_address_is_left_out(href: str) -> None:
    assert [link for link in read_page(f'<a href="{href}">x</a>'.encode(), AT).links if link != AT] == []


def test_everything_has_a_bound() -> None:
    body = "".join(f"<a href=/{n}>x</a><img src=/{n}.png>" for n in range(1_000)) + "y" * 10_000
    page = read_page(body.encode(), AT)
    assert (len(page.links), len(page.media), len(page.text)) == (LINK_LIMIT, MEDIA_LIMIT, TEXT_LIMIT)
    assert read_page(f"<a href='/{'z' * ADDRESS_LIMIT}'>".encode(), AT).links == ()


@pytest.mark.parametrize(
    "piece", [b"<div>", b"<div></b>", b"<table>", b"<b><p>", b"<svg>", b"<script>", b"<!--", b"<a href=/x>", b"<p>"]
)
def test_a_page_of_endless_nesting_is_read_in_no_time(piece: bytes) -> None:
    began = time.process_time()
    read_page(b"<title>T</title>" + piece * (2_000_000 // len(piece)), AT)
    assert time.process_time() - began < 5


def test_comparisons_in_a_script_are_not_taken_for_nesting() -> None:
    page = read_page(b"<script>" + b"if(i<n&&a<b)x();" * 5_000 + b"</SCRIPT><p>Words.", AT)
    assert page.text == "Words."


@given(st.binary(max_size=2_000))
def test_no_bytes_make_it_raise_and_its_text_can_be_kept(body: bytes) -> None:
    page = read_page(body, AT)
    kept = "".join((page.title, page.text, page.language, page.author, *page.links, *page.media))
    assert "\0" not in kept
    kept.encode()
