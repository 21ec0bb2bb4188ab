"""The register: searched in many scripts, kept as views, taken along as files; lists beside it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from cautery.custody.models import Consultation
from cautery.identify.models import EpisodeMedia
from cautery.intake.models import Item
from cautery.report.models import SavedView, Searchable, Tally, Unindexed
from cautery.report.register.actions import index_waiting
from cautery.report.register.words import marked_outlet
from tests import factories as make
from tests.web.conftest import VIDEO, Story

LISTS = ("outlets", "domains", "providers", "holds", "answers")


def shown(client: Client, where: str) -> list[str]:
    """The items a page of the register lists."""
    answer = client.get(where)
    assert answer.status_code == 200, where
    return [a.attributes["href"] or "" for a in LexborHTMLParser(answer.content.decode()).css("a.number-link")]


def whole(client: Client, where: str) -> bytes:
    """A file."""
    answer: Any = client.get(where)
    assert "attachment" in answer["Content-Disposition"]
    return bytes(answer.getvalue())


@pytest.mark.parametrize("index_first", [False, True])
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("q=00000000002", ["returned"]),
        ("q=hxxps://www[.]youtube[.]com/watch?v%3D00000000001", ["dismissed"]),
        ("q=youtube&state=dismissed", ["dismissed"]),
        ("domain=youtube.com", ["waiting", "returned", "dismissed"]),
        ("domain=www.YouTube.com", ["waiting", "returned", "dismissed"]),
        ("domain=com", ["waiting", "returned", "dismissed"]),
        ("domain=outube.com", []),
        ("q=100%25_off", []),
        ("operation=summer&kind=video", ["waiting", "returned", "dismissed"]),
    ],
)
def test_it_finds_by_words_and_filters(
    query: str, wanted: list[str], index_first: bool, story: Story, reader: Client
) -> None:
    if index_first:
        assert index_waiting() == 3
        assert index_waiting() == 0
    assert shown(reader, f"/register/?{query}") == [f"/items/{getattr(story, name).pk}/" for name in wanted]


def test_words_of_a_page_are_found_in_any_script(story: Story, reader: Client) -> None:
    (arabic,) = make.flagged(story.operation, [VIDEO.format(77)], key="arabic")
    index_waiting()
    make.identified([arabic], title="نشرة الأخبار", text="圣战者 在此")
    assert Unindexed.objects.get().item_id == arabic.item_id
    index_waiting()
    for words in ("الاخبار", "圣战", '"战者 在此"'):
        assert shown(reader, f"/register/?q={words}") == [f"/items/{arabic.item_id}/"]


def test_a_hash_finds_what_showed_it(story: Story, reader: Client) -> None:
    medium = EpisodeMedia.objects.filter(episode__item=story.dismissed).select_related("media").first()
    assert medium is not None
    assert f"/items/{story.dismissed.pk}/" in shown(reader, f"/register/?q={medium.media.sha256}")
    assert shown(reader, f"/register/?q={'0' * 64}") == []


def test_items_are_indexed_and_tallied_once(story: Story) -> None:
    index_waiting()
    tally = Tally.objects.get(kind="domain", name="youtube.com")
    Item.objects.filter(pk=story.returned.pk).update(owner="somebody")
    index_waiting()
    assert (tally.items, Tally.objects.get(pk=tally.pk).items) == (3, 3)
    assert "somebody" in Searchable.objects.get(item=story.returned).text


def test_nobodys_words_look_like_the_mark_of_an_outlet(story: Story, reader: Client) -> None:
    Item.objects.filter(pk=story.returned.pk).update(owner="Somebody")
    Item.objects.filter(pk=story.waiting.pk).update(url=f"https://other.example/{marked_outlet('youtube', 'Somebody')}")
    index_waiting()
    assert shown(reader, "/register/?outlet=youtube/somebody") == [f"/items/{story.returned.pk}/"]


def test_a_text_of_any_length_and_script_is_cut_into_what_finds_it(story: Story, reader: Client) -> None:
    (long,) = make.flagged(story.operation, [VIDEO.format(78)], key="long")
    make.identified([long], title="Long", text="\U0001f4f0 " * 900 + "am Ende: 速報 Straße")
    index_waiting()
    for words in ("strasse", "速報", '"\U0001f4f0 \U0001f4f0 am ende"'):
        assert shown(reader, f"/register/?q={words}") == [f"/items/{long.item_id}/"]


def test_pages_of_a_search_follow_each_other(story: Story, reader: Client) -> None:
    make.flagged(story.operation, [VIDEO.format(number) for number in range(100, 220)], key="more")
    index_waiting()
    where, seen = "/register/?q=youtube", list[str]()
    while where:
        tree = LexborHTMLParser(reader.get(where).content.decode())
        seen += [a.attributes["href"] or "" for a in tree.css("a.number-link")]
        following = tree.css_first("a[rel=next]")
        where = f"/register/{following.attributes['href']}" if following else ""
    assert len(seen) == len(set(seen)) == 123


def test_a_view_is_kept_for_its_reader_alone(story: Story, reader: Client, client: Client) -> None:
    answer = reader.post("/register/views/save/", {"name": "Mine", "query": "state=flagged&older=7"})
    assert answer["Location"] == "/register/?state=flagged"
    assert b">Mine</a>" in reader.get("/register/").content
    other = Client()
    other.force_login(make.officer("other", "observe"))
    view = SavedView.objects.get()
    other.post(f"/register/views/{view.pk}/forget/")
    assert b">Mine</a>" not in other.get("/register/").content
    reader.post(f"/register/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_the_three_files_say_the_same(story: Story, reader: Client) -> None:
    lines = [json.loads(line) for line in whole(reader, "/register/file/ndjson?state=flagged").splitlines()]
    rows = list(csv.DictReader(io.StringIO(whole(reader, "/register/file/csv?state=flagged").decode())))
    table = pq.read_table(io.BytesIO(whole(reader, "/register/file/parquet?state=flagged"))).to_pylist()
    assert [line["item_id"] for line in lines] == [story.waiting.pk, story.returned.pk]
    assert (
        [line["item_id"] for line in table]
        == [int(row["item_id"]) for row in rows]
        == [line["item_id"] for line in lines]
    )
    assert table[0]["opened_at"] == lines[0]["opened_at"]
    assert reader.get("/register/file/xls").status_code == 422


def test_people_leave_under_pseudonyms_and_the_log_says_to_whom(story: Story, reader: Client) -> None:
    Item.objects.filter(pk=story.waiting.pk).update(owner="somebody")
    assert b"somebody" in whole(reader, "/register/file/ndjson")
    one, other = (whole(reader, f"/register/file/ndjson?to={name}") for name in ("Europol", "BKA"))
    assert b"somebody" not in one + other
    assert one != other
    told = json.loads(Consultation.objects.order_by("-pk").values_list("line", flat=True)[0])
    assert (told["kind"], told["to"]) == ("send", "BKA")


def test_a_page_of_items_is_noted_as_a_view_of_them(story: Story, reader: Client) -> None:
    shown(reader, "/register/?state=dismissed")
    told = json.loads(Consultation.objects.order_by("-pk").values_list("line", flat=True)[0])
    assert (told["kind"], told["subjects"]) == ("view", [f"item:{story.dismissed.pk}"])


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_a_page_and_a_file_within_few_queries(
    name: str, story: Story, reader: Client, django_assert_max_num_queries: Any
) -> None:
    index_waiting()
    with django_assert_max_num_queries(25):
        assert reader.get(f"/lists/{name}/?q=youtube").status_code == 200
    assert b"<h1>" in reader.get(f"/lists/{name}/").content
    assert whole(reader, f"/lists/{name}/file/csv")


def test_the_bank_is_for_who_keeps_it(story: Story, reader: Client) -> None:
    assert reader.get("/bank/").status_code == 403
    keeper = Client()
    keeper.force_login(make.officer("keeper", "administer"))
    assert b"Specimen film" in keeper.get("/bank/").content
    assert b"Specimen film" in whole(keeper, "/bank/file/csv")


def test_a_provider_has_its_page(story: Story, reader: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(25):
        said = reader.get("/providers/youtube/").content.decode()
    assert "Video House" in said
    assert "says removed" in said
    assert reader.get("/providers/nobody/").status_code == 404


@pytest.mark.parametrize("query", ["q=ab", "state=gone", "operation=none", "q=%00", "older=x"])
def test_a_filter_that_cannot_be_is_said(query: str, story: Story, reader: Client) -> None:
    assert reader.get(f"/register/?{query}").status_code in {404, 422}
