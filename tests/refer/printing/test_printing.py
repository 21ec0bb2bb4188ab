"""Notices on paper: every script, every language, tagged, with the machine form inside."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from cautery.core.clock.holidays import place_of
from cautery.core.clock.running import Happening
from cautery.core.clock.timeline import timeline
from cautery.core.errors import FileRefused, RulesInvalid
from cautery.core.instruments import LANGUAGES, Catalogue, Document, Problem
from cautery.refer.printing.glyphs import held, right_to_left, showable
from cautery.refer.printing.issue import Issued, Request, draft
from cautery.refer.printing.layout import timeline_pages
from cautery.refer.printing.press import Press
from cautery.refer.printing.reading import machine_form
from tests.core.instruments.specimens import NAMES, specimen

AT = datetime(2026, 11, 22, 13, 20, tzinfo=UTC)
ARABIC = "هذا اقتباس للاختبار فقط"


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def drafted(press: Press, name: str, language: str = "en", **change: Any) -> Issued:
    return draft(Request(name, specimen(name) | change, (language,), AT), press)


def words(pdf: bytes) -> str:
    """The text of a PDF, its pages joined, on one line."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(document[page].get_textpage().get_text_bounded() for page in range(len(document)))
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_notice_is_printed_in_each_language_with_its_machine_form(press: Press, name: str, language: str) -> None:
    made = drafted(press, name, language)
    text = words(made.pdf)
    wording = press.catalogue.get(name).wording(language)
    assert wording.title in text
    assert wording.word("draft") in text
    assert machine_form(made.pdf) == made.json
    document = Document.parse(made.json)
    assert (document.instrument, document.language) == (name, language)
    assert re.search(rb"/Lang ?\(" + language.encode(), made.pdf)


def test_every_field_of_an_empty_draft_stands_on_paper_and_is_listed_as_missing(press: Press) -> None:
    made = draft(Request("tco-removal-order", {"urls": ["https://videos.example.org/1"]}, ("de",), AT), press)
    text = words(made.pdf)
    instrument = press.catalogue.get("tco-removal-order")
    wording = instrument.wording("de")
    for field in instrument.form.fields.values():
        assert wording.field(field.id).label.split()[0] in text
    missing = [f for f in made.findings if f.problem == Problem.MISSING]
    assert len(missing) > 20
    assert all(f"({finding.field})" in text.replace("- ", "").replace(" ", "") for finding in missing)


def test_it_is_pdf_a_3a_and_pdf_ua_and_tagged(press: Press) -> None:
    pdf = drafted(press, "tco-removal-order").pdf
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo" in pdf


def test_the_same_notice_gives_the_same_bytes(press: Press) -> None:
    assert drafted(press, "referral").pdf == drafted(Press(), "referral").pdf


def test_right_to_left_and_cjk_addresses_and_quotes_stand_on_paper_and_come_back(press: Press) -> None:
    urls = ["https://example.org/ويكي/سلام", "https://example.org/维基/テスト/한국어"]
    reasons = f"{ARABIC}\nA quote: «{ARABIC}». 这是一个测试。テスト 한국어 עברית አማርኛ हिन्दी"
    made = drafted(press, "tco-removal-order", urls=urls, considerations=reasons)
    text = words(made.pdf).replace(" ", "").replace("￾", "")
    assert "%D9%88%D9%8A%D9%83%D9%8A/%D8%B3%D9%84%D8%A7%D9%85" in text
    assert "维基/テスト/한국어" in text
    assert "测试" in text
    shown = unicodedata.normalize("NFKC", text)
    assert "اقتباس" in shown or "سابتقا" in shown
    assert "[U+" not in text
    document = Document.parse(machine_form(made.pdf))
    assert document.fields["urls"] == urls
    assert document.fields["considerations"] == reasons


def test_letters_that_mislead_or_have_no_font_are_written_out(press: Press) -> None:
    made = drafted(press, "referral", reasons="turned\u202eround \U0001f600 hidden\u200bmark \ue000")
    text = words(made.pdf)
    assert "turned[U+202E]round" in text
    assert "[U+1F600]" in text
    assert "hidden[U+200B]mark" in text
    assert "[U+E000]" in text


def test_what_the_fonts_hold_covers_the_scripts_of_the_field() -> None:
    for text in (
        ARABIC,
        "فارسی پشتو کوردی",
        "Ünïcødé ẞ Œ",
        "Русский язык",
        "日本語 中文 한국어",
        "עברית",
        "ትግርኛ",
        "বাংলা",
        "ไทย",
    ):
        assert showable(text) == text
    assert showable("می\u200cخواهم") == "می\u200cخواهم"
    assert "\u202e" not in held()
    assert right_to_left("123 سلام abc")
    assert not right_to_left("abc سلام")


def test_a_lawyers_wording_and_form_go_before_ours(tmp_path: Path) -> None:
    (tmp_path / "referral").mkdir()
    (tmp_path / "referral" / "fr.toml").write_text('title = "Signalement reformulé"\nintro = ["Un seul alinéa."]\n')
    text = words(drafted(Press(Catalogue.load(tmp_path)), "referral", "fr").pdf)
    assert "Signalement reformulé" in text
    assert "Un seul alinéa." in text
    assert "n'est pas une injonction" not in text
    (tmp_path / "form.typ").write_text('#set document(title: "x")\n= Other pages\n')
    assert "Other pages" in words(drafted(Press(Catalogue.load(tmp_path)), "referral").pdf)
    (tmp_path / "form.typ").write_text("#nonsense(\n")
    with pytest.raises(RulesInvalid, match=r"form\.typ"):
        drafted(Press(Catalogue.load(tmp_path)), "referral")


def test_a_timeline_is_printed(press: Press) -> None:
    happenings = [
        Happening("order_received", AT, AT + timedelta(seconds=3)),
        Happening("content_removed", AT + timedelta(minutes=50)),
    ]
    line = timeline(happenings, AT + timedelta(days=1), place_of("DE"))
    wording = press.catalogue.get("tco-removal-order").wording("de")
    text = words(press.print(timeline_pages(line, wording, "CTY-202611-0000001"), at=AT))
    assert "Anordnung beim Adressaten eingegangen" in text
    assert "2026-11-22 15:20:03 +0100" in text
    assert "+3 s" in text


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "not_a_pdf"), (b"GIF89a", "not_a_pdf"), (b"%PDF-1.7\n", "unreadable"), (b"%PDF-1.7\n%%EOF", "unreadable")],
)
def test_a_file_that_is_no_notice_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        machine_form(data)
    assert refused.value.reason == reason


def test_a_pdf_of_somebody_else_carries_no_machine_form(press: Press) -> None:
    made = press.print({**_plain(), "language": "en"}, at=AT)
    with pytest.raises(FileRefused) as refused:
        machine_form(made)
    assert refused.value.reason == "no_machine_form"


def _plain() -> dict[str, Any]:
    names = ("draft", "reference", "page", "of", "field", "value", "exactly", "missing_title", "machine_form")
    lists: dict[str, Any] = {"intro": [], "closing": [], "sections": [], "findings": []}
    return lists | {"title": "x", "subtitle": "", "reference": "", "draft": False, "words": dict.fromkeys(names, "x")}
