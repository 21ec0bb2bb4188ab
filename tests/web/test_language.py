"""The desk in each language: catalogues without a hole, the reader's choice, dates and numbers as they are written there."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation
from scripts import messages

from cautery.authorise.models import Act
from cautery.core.links import Ruleset
from cautery.core.triage import Waiting, rank
from cautery.directory.models import Channel
from cautery.match.models import Kind
from cautery.report.dossier.timeline import STAGES
from cautery.review.models import LIMBS, Finding, Instrument, Purpose
from cautery.web import labels
from cautery.web.refusals import told
from cautery.web.templatetags.desk import because, count, share_of, until, when
from tests import factories as make
from tests.web.conftest import Story, Work

AS_THEY_ARE = {"Cautery", "CSV", "GraphML", "JSON", "NDJSON", "SHA", "UTC"}
"""Words that are the same in every language."""


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_says_everything_users_see(language: str) -> None:
    assert messages.missing(language) == [], "translate them in the .po files, then: make messages"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_holds_nothing_uncertain_and_is_compiled_as_it_stands(language: str) -> None:
    folder = messages.LOCALE / language / "LC_MESSAGES"
    book = read_po(io.BytesIO((folder / "django.po").read_bytes()), locale=language)
    assert [message.id for message in book if message.fuzzy] == []
    assert (folder / "django.mo").read_bytes() == messages.compiled(book), "out of date: make messages"


def _bare(template: str) -> list[str]:
    """What a template would show in English whatever the reader's language."""
    for pattern in (
        r"\{% blocktranslate.*?endblocktranslate %\}",
        r"\{#.*?#\}",
        r"<(code|kbd|pre|script|style)\b.*?</\1>",
    ):
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    template = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    shown = [
        *re.findall(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"", template),
        *re.findall(r">([^<>]+)<", template),
    ]
    return [word for text in shown for word in re.findall(r"[^\W\d_]{2,}", text) if word not in AS_THEY_ARE]


@pytest.mark.parametrize("path", sorted(messages.WEB.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_shows_no_word_that_no_catalogue_holds(path: Path) -> None:
    assert _bare(path.read_text()) == []


def test_the_rule_finds_a_word_outside() -> None:
    assert _bare('<p title="Here">{% translate "Known" %} there</p>') == ["Here", "there"]


def test_the_words_of_every_vocabulary_are_those_of_the_enumerations() -> None:
    assert set(labels.PURPOSES) == set(Purpose.values)
    assert {key: str(words) for key, words in labels.PURPOSES.items()} == dict(Purpose.choices)
    assert {key: str(words) for key, words in labels.INSTRUMENTS.items()} == dict(Instrument.choices)
    assert {key: str(words) for key, words in labels.FINDINGS.items()} == dict(Finding.choices)
    assert {key: str(words) for key, words in labels.LIMBS.items()} == LIMBS
    assert {key: str(words) for key, words in labels.MATCHES.items()} == dict(Kind.choices)
    assert {key: str(words) for key, words in labels.CHANNELS.items()} == dict(Channel.choices)
    assert set(STAGES) <= set(labels.STAGES)
    assert set(Act.values) <= set(labels.OTHERS)
    assert {shape.kind for one in Ruleset.default().providers for _place, shape in one.shapes if shape.kind} <= set(
        labels.KINDS
    )


def test_a_reason_is_told_clause_by_clause() -> None:
    start = make.START
    (ranked,) = rank([Waiting(1, 3, 2, 2, start, "a")], make.hours(48))
    with translation.override("de"):
        assert because(ranked.reason) == (
            "bekannter Inhalt vom Grad 3, von 2 Stellen gemeldet, dieselben Bytes wie bekannter Inhalt, wartet seit 2 Tagen"
        )
    assert because(ranked.reason) == ranked.reason


def test_dates_and_numbers_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert count(26_000) == "26.000"
        assert share_of(1, 3) == "33,3 %"
        assert "15. Jun 2026" in when(make.START)
        assert until(make.hours(27), make.START) == "1 T 03:00:00"
    with translation.override("fr"):
        assert count(26_000) == "26\xa0000"
        assert until(make.hours(27), make.START) == "1 j 03:00:00"


def test_before_the_sign_in_it_is_the_browsers(db: None, client: Client) -> None:
    answer = client.get("/sign-in/", headers={"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"})
    assert answer["Content-Language"] == "fr"
    assert '<html lang="fr" dir="ltr"' in answer.content.decode()
    assert client.get("/sign-in/", headers={"Accept-Language": "tlh"})["Content-Language"] == "en-gb"


def test_the_language_chosen_is_the_officers_wherever_they_sign_in(story: Story, reader: Client) -> None:
    answer = reader.post("/language/", {"language": "de", "next": "/operations/"})
    assert answer["Location"] == "/operations/"
    elsewhere = Client()
    elsewhere.force_login(make.Officer.objects.get(username="observer"))
    page = elsewhere.get("/operations/", headers={"Accept-Language": "fr"})
    assert page["Content-Language"] == "de"
    assert "Operationen" in page.content.decode()


def test_it_takes_no_language_it_does_not_speak_and_leads_nowhere_else(story: Story, reader: Client) -> None:
    answer = reader.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert answer["Location"] == "/operations/"
    assert make.Officer.objects.get(username="observer").language == ""


def test_the_room_is_drawn_for_each_language(story: Story, reader: Client) -> None:
    at = f"/operations/{story.operation.slug}/room/panel/"
    for language, words in (("de", "Fort gesehen"), ("fr", "Disparitions constatées"), ("en", "Seen down")):
        assert words in reader.get(at, headers={"Accept-Language": language}).content.decode()


SHOWN = {"MovedMeanwhile", "NotAllowed", "NotFound", "Refused", "RowRefused"}
"""Errors a page of the desk shows; the others end in a command or a log."""


def _with_values(path: Path) -> list[str]:
    """What a module refuses with values in it, each value an X."""
    raised = [node.exc for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Raise)]
    calls = [one for one in raised if isinstance(one, ast.Call) and getattr(one.func, "id", "") in SHOWN and one.args]
    shapes = [one.args[0].values for one in calls if isinstance(one.args[0], ast.JoinedStr)]
    return ["".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in shape) for shape in shapes]


@pytest.mark.parametrize("folder", messages.SPOKEN)
def test_a_refusal_with_values_is_told_in_every_language(folder: str) -> None:
    said = [one for path in sorted((messages.PACKAGE / folder).rglob("*.py")) for one in _with_values(path)]
    for language in messages.LANGUAGES:
        with translation.override(language):
            assert [one for one in said if told(one) == one] == [], "add them to web/refusals.py"


def test_values_and_reasons_of_a_refusal_are_put_into_the_translation() -> None:
    with translation.override("de"):
        assert told("No item 5.") == "Es gibt kein Objekt 5."
        assert told("This step cannot be recorded: it needs its reason.").endswith(": er braucht seine Begründung.")
        assert told("Nobody has put this into words 7.") == "Nobody has put this into words 7."
    assert told("No item 5.") == "No item 5."


def test_an_error_says_in_the_readers_language_what_happened(work: Work, reviewer: Client) -> None:
    at = f"/operations/{work.operation.slug}/review/undo/"
    answer = reviewer.post(at, headers={"Accept-Language": "de"})
    assert answer.status_code == 422
    assert "Es gibt nichts zurückzunehmen." in answer.content.decode()


def test_programs_at_the_api_get_english(db: None, client: Client) -> None:
    answer = client.get("/api/v1/health", headers={"Accept-Language": "de"})
    assert "Content-Language" not in answer
