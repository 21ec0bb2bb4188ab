"""What the pages show, and how."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client, RequestFactory
from selectolax.lexbor import LexborHTMLParser

from cautery.core.actors import Permission, system
from cautery.core.errors import CauteryError, NotAllowed, NotFound, Refused
from cautery.core.lifecycle import Outcome
from cautery.core.statuses import STATUSES
from cautery.refer.models import Notice
from cautery.report.dossier import dossier, item_page, operation_lines, operation_overview
from cautery.report.dossier.items import ItemFilter
from cautery.report.measures.cases import cases
from cautery.report.queries import outcomes
from cautery.web.access import error_page
from tests import factories as make
from tests.web.conftest import TRICKY, VIDEO, Story

MOST_QUERIES = 25
READER = system("reader", Permission.INTAKE_OPERATION_READ, Permission.INTAKE_ITEM_READ)


def page(client: Client, where: str) -> LexborHTMLParser:
    """The page at an address."""
    answer = client.get(where)
    assert answer.status_code == 200, where
    return LexborHTMLParser(answer.content.decode())


def text(tree: LexborHTMLParser) -> str:
    """What it says, with single spaces."""
    assert tree.body is not None
    return re.sub(r"\s+", " ", tree.body.text())


def places(story: Story) -> list[str]:
    """Every page that shows the operation."""
    at = f"/operations/{story.operation.slug}/"
    return [
        "/operations/",
        at,
        f"{at}items/",
        f"{at}items/?state=flagged",
        f"/items/{story.returned.pk}/",
        f"{at}report/",
    ]


def test_no_page_takes_more_than_twenty_five_queries(
    story: Story, reader: Client, django_assert_max_num_queries: Any
) -> None:
    for where in places(story):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert reader.get(where).status_code == 200


def test_no_page_has_script_inline_style_or_a_way_out(story: Story, reader: Client) -> None:
    for where in places(story):
        tree = page(reader, where)
        assert not tree.css("style, [style], img, video, audio, object, embed, base")
        assert all((script.attributes["src"] or "").startswith("/static/") for script in tree.css("script"))
        assert not [node.tag for node in tree.css("*") if any(name.startswith("on") for name in node.attributes)]
        leads = [a.attributes["href"] or "" for a in tree.css("[href]")]
        assert all(lead.startswith(("/", "?", "#")) for lead in leads), where
        assert [h.tag for h in tree.css("h1")] == ["h1"]


def test_every_time_is_utc_and_has_its_machine_form(story: Story, reader: Client) -> None:
    for where in places(story):
        times = page(reader, where).css("time")
        assert all((time.attributes["datetime"] or "").endswith("Z") and time.text().endswith("UTC") for time in times)


def test_the_list_of_operations_counts_each_item_once_in_its_state(story: Story, reader: Client) -> None:
    (line,), _ = operation_lines(by=READER, at=make.hours(60))
    assert line.states == Counter({"flagged": 2, "dismissed": 1})
    said = text(page(reader, "/operations/"))
    assert "Released" in said
    assert "2 Flagged" in said
    assert "1 Dismissed" in said


def test_the_overview_agrees_with_the_report(story: Story) -> None:
    overview = operation_overview(story.operation, by=READER, at=make.hours(60))
    said = outcomes(cases(Notice.objects.filter(operation=story.operation)))
    for outcome in Outcome:
        assert overview.total.outcomes[outcome] == said[outcome], outcome
        for line in overview.providers:
            assert line.outcomes[outcome] == said["by_provider"].get(line.slug, {}).get(outcome, 0)
    assert overview.total.outcomes == Counter({Outcome.REMOVED: 1})
    assert (overview.flags, overview.total.items) == (3, 3)


def test_links_are_text_that_cannot_be_followed(story: Story, reader: Client) -> None:
    for where in (f"/operations/{story.operation.slug}/items/", f"/items/{story.returned.pk}/"):
        tree = page(reader, where)
        shown = tree.css_first(f'.url[data-url="{story.returned.url}"]')
        assert shown is not None
        assert shown.text() == "hxxps://www[.]youtube[.]com/watch?v=00000000002"
        assert shown.attributes["title"] == story.returned.url
        assert "https://" not in text(tree).replace("https://elsewhere.example/", "")


def test_captured_words_are_shown_as_words(story: Story, reader: Client) -> None:
    raw = reader.get(f"/items/{story.returned.pk}/").content.decode()
    assert "<script>" not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\u202egpj.exe" in raw
    assert TRICKY not in raw


def test_an_item_tells_its_whole_story_in_order(story: Story, reader: Client) -> None:
    found = dossier(story.returned.pk, by=READER)
    assert [(line.stage, line.what) for line in found.timeline if line.episode != 2] == [
        ("intake", "Flagged"),
        ("intake", "Episode opened"),
        ("identify", "Looked up"),
        ("review", "Decided"),
        ("authorise", "Second person"),
        ("refer", "Notice composed"),
        ("refer", "Notice sent"),
        ("refer", "Notice received"),
        ("track", "Answered"),
        ("track", "Probed"),
        ("track", "Probed"),
        ("watch", "Sighted"),
        ("watch", "Successor sighted"),
    ]
    said = text(page(reader, f"/items/{story.returned.pk}/"))
    for words in (
        "Pharos",
        "Specimen film",
        "Art 2(7)(a)",
        "Reviewer",
        "Signer",
        "CTY-202606-",
        "says removed",
        "case-",
        "Episode 2",
        f"item {story.waiting.pk}",
        "seen up again by our own probe",
        "Video House",
    ):
        assert words in said, words


def test_a_sighted_item_leads_back_to_what_it_may_succeed(story: Story, reader: Client) -> None:
    tree = page(reader, f"/items/{story.waiting.pk}/")
    assert tree.css_first(f'.lineage a[href="/items/{story.returned.pk}/"]') is not None


def test_a_dismissed_item_shows_its_protected_purpose(story: Story, reader: Client) -> None:
    assert "Journalism" in text(page(reader, f"/items/{story.dismissed.pk}/"))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["waiting", "returned", "dismissed"]),
        ("?state=dismissed", ["dismissed"]),
        ("?provider=youtube&kind=video&state=flagged", ["waiting", "returned"]),
        ("?provider=telegram", []),
        ("?q=00000000002", ["returned"]),
        ("?q=YOUTUBE.com/watch?v%3D00000000001", ["dismissed"]),
        ("?q=%25%25%25", []),
    ],
)
def test_filters_are_addresses(query: str, wanted: list[str], story: Story, reader: Client) -> None:
    tree = page(reader, f"/operations/{story.operation.slug}/items/{query}")
    shown = [a.attributes["href"] for a in tree.css("a.number-link")]
    assert shown == [f"/items/{getattr(story, name).pk}/" for name in wanted]
    assert bool(tree.css(".empty")) is not bool(wanted)


@pytest.mark.parametrize("query", ["state=gone", "q=%00", f"q={'x' * 301}", "older=x", "newer=-1", f"older={'9' * 19}"])
def test_a_filter_that_cannot_be_is_said(query: str, story: Story, reader: Client) -> None:
    answer = reader.get(f"/operations/{story.operation.slug}/items/?{query}")
    assert answer.status_code == 422
    assert b"<h1>That cannot be read</h1>" in answer.content


def test_pages_follow_each_other_and_stand_still_while_items_arrive(db: None) -> None:
    frame = make.operation()
    early = {e.pk for e in make.flagged(frame, [VIDEO.format(number) for number in range(23)])}
    first = item_page(frame, ItemFilter(), by=READER, size=10)
    late = {e.pk for e in make.flagged(frame, [VIDEO.format(number) for number in range(100, 105)], key="late")}
    second = item_page(frame, ItemFilter(), older=first.older, by=READER, size=10)
    third = item_page(frame, ItemFilter(), older=second.older, by=READER, size=10)
    keys = [row.episode_id for part in (first, second, third) for row in part.rows]
    assert keys == sorted(early, reverse=True)
    assert (first.newer, third.older) == (None, None)
    back = item_page(frame, ItemFilter(), newer=third.newer, by=READER, size=10)
    assert back.rows == second.rows
    front = item_page(frame, ItemFilter(), newer=first.rows[0].episode_id, by=READER, size=10)
    assert [row.episode_id for row in front.rows] == sorted(late, reverse=True)
    assert (front.newer, front.older) == (None, min(late))


def test_the_end_of_the_list_is_no_error(story: Story, reader: Client) -> None:
    for query in ("older=0", "older=1", f"newer={10**17}"):
        assert reader.get(f"/operations/{story.operation.slug}/items/?{query}").status_code == 200


def test_queries_refuse_who_may_not_read(story: Story) -> None:
    nobody = system("nobody")
    for ask in (
        lambda: operation_lines(by=nobody, at=make.hours(60)),
        lambda: operation_overview(story.operation, by=nobody, at=make.hours(60)),
        lambda: item_page(story.operation, ItemFilter(), by=nobody),
        lambda: dossier(story.returned.pk, by=nobody),
    ):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotFound):
        dossier(10**9, by=READER)


def test_an_empty_operation_says_so(reader: Client) -> None:
    make.operation("empty")
    assert "No items yet." in text(page(reader, "/operations/empty/items/"))
    assert "No items yet." in text(page(reader, "/operations/empty/"))


def test_a_fault_of_ours_gets_a_page_that_says_so(
    story: Story, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("private detail")

    monkeypatch.setattr("cautery.web.views.operations.operation_lines", broken)
    reader.raise_request_exception = False
    answer = reader.get("/operations/")
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"private detail" not in answer.content


@pytest.mark.parametrize("kind", list(STATUSES))
def test_every_error_of_the_tree_has_its_page(kind: type[CauteryError], rf: RequestFactory) -> None:
    reason = {"reason": "because"} if issubclass(kind, Refused) else {}
    answer = error_page(rf.get("/"), kind("It is <so>.", **reason))
    assert answer.status_code == STATUSES[kind]
    assert b"<so>" not in answer.content
