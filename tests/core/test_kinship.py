"""How like handles and titles are."""

from __future__ import annotations

import pytest

from cautery.core.kinship import (
    HANDLE_THRESHOLD,
    TITLE_THRESHOLD,
    Nearest,
    Traits,
    about_of,
    brand_words,
    habit_of,
    like_handles,
    like_titles,
    said_in,
    skeleton,
    spread_words,
    stem,
    weigh,
    words_of,
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("specimen_news", "specimen_news2"),
        ("SpecimenMedia", "specimen.media"),
        ("specimen", "specimen_official"),
        ("specimenhouse", "specimen_house_backup"),
    ],
)
def test_a_handle_taken_again_with_small_edits_is_like_it(old: str, new: str) -> None:
    assert like_handles(old, new).score >= HANDLE_THRESHOLD
    assert new in like_handles(old, new).reason


@pytest.mark.parametrize(("old", "new"), [("specimen_news", "gardening_daily"), ("abc", "xyz"), ("house", "12345678")])
def test_another_handle_is_not(old: str, new: str) -> None:
    assert like_handles(old, new).score < HANDLE_THRESHOLD


def test_the_stem_is_never_empty_unless_nothing_but_digits_was_there() -> None:
    assert stem("official") == "official"
    assert stem("tv") == "tv"
    assert stem("Specimen_News_2026") == "specimennews"


def test_titles_are_alike_but_for_small_edits() -> None:
    assert like_titles("A specimen film, part two", "a specimen film part two").score >= TITLE_THRESHOLD
    assert like_titles("A specimen film", "How to plant a tree").score < TITLE_THRESHOLD


@pytest.mark.parametrize(
    ("old", "new", "habit"),
    [
        ("house_news7", "House_News7", "same"),
        ("house_news7", "housenews7", "separators"),
        ("house_news7", "house__news7", "separators"),
        ("house_news7", "house_news7_2", "added"),
        ("house_news7", "x_housenews7", "added"),
        ("house_news7_bot", "house_news7_2_bot", "added"),
        ("specimenhouse_official", "specimenhouse", "shortened"),
        ("specimenhouse", "ѕpecimenhouse", "looks"),
        ("specimenhouse", "specim3nhouse", "looks"),
        ("гавань", "gavan", "looks"),
        ("house_news7", "house_news8", "counted"),
        ("specimenhouse", "specimennhouse", "edited"),
    ],
)
def test_each_habit_of_spelling_a_handle_anew_is_told(old: str, new: str, habit: str) -> None:
    assert habit_of(old, new)[0] == habit


def test_among_numbered_siblings_the_one_whose_number_stayed_whole_comes_before() -> None:
    gone = [Traits(handle=f"house_news{n}") for n in (1, 12, 122, 13)]
    scores = {old.handle: weigh(old, Traits(handle="house_news12_2"), 0.0).score for old in gone}
    assert max(scores, key=lambda handle: scores[handle]) == "house_news12"


def test_the_same_bytes_count_more_than_the_same_title_and_what_went_down_lately_tells_equals_apart() -> None:
    new = Traits(title="A specimen", media=frozenset({"aa"}))
    bytes_, title = Traits(media=frozenset({"aa"})), Traits(title="A specimen")
    assert weigh(bytes_, new, 0.0).score > weigh(title, new, 0.0).score
    early, late = (Traits(title="A specimen", down_at=at) for at in (0.0, 36_000.0))
    assert weigh(late, new, 40_000.0).score > weigh(early, new, 40_000.0).score
    assert weigh(early, new, 40_000.0).score > weigh(Traits(title="A specimen", down_at=50_000.0), new, 40_000.0).score
    assert "same bytes" in weigh(bytes_, new, 0.0).reason


def test_the_words_of_an_outlet_are_those_its_things_share_and_others_lack() -> None:
    ours = [words_of(f"house_{kind}{n}", "Specimen film") for kind in ("news", "radio") for n in range(10)]
    ours += [words_of("lantern.daily1"), words_of("lantern.daily2"), words_of("LanternPress")]
    others = [words_of(f"garden_news{n}", "Specimen film") for n in range(40)]
    found = [brand.word for brand in brand_words(ours, others)]
    assert found == ["house", "lantern"]
    assert "20 things" in brand_words(ours, others)[0].reason
    assert brand_words([], others) == ()


def test_the_nearest_of_very_many_are_found_however_the_handle_is_spelled_anew() -> None:
    nearest = Nearest()
    handles = [
        f"{first}_{second}{number}"
        for first in ("harbour", "lantern")
        for second in ("news", "voice")
        for number in range(2_000)
    ]
    for key, handle in enumerate(handles):
        nearest.add(key, skeleton(handle), "")
    wanted = handles.index("lantern_voice1234")
    for anew in (
        "lantern_voice1234_2",
        "x_lanternvoice1234",
        "lantern.voice1234",
        "lаntern_voice1234",
        "lantern_vojce1234",
    ):
        assert wanted in nearest.to(skeleton(anew), most=40)[:3], anew
    assert nearest.to("", most=40) == []
    assert Nearest().to("lantern", most=40) == []


def test_what_says_the_same_in_the_same_words_comes_before_what_only_has_its_title() -> None:
    words = "how to water a specimen tree in the morning and again when the sun has gone down"
    new = Traits(title="A specimen film", said=said_in(f"{words} posted today"))
    same = Traits(title="A specimen film", said=said_in(f"{words} posted in March"))
    altered = Traits(title="A specimen film", said=said_in(words.replace(" a ", " ").replace(" the ", " ")))
    assert (
        weigh(same, new, 0.0).score
        > weigh(altered, new, 0.0).score
        > weigh(Traits(title="A specimen film"), new, 0.0).score
    )


def test_an_account_is_alike_by_what_it_says_of_itself_and_links_to_whatever_its_name() -> None:
    about = about_of(
        "Lantern News: 12,034 followers. Daily bulletins of the lantern house", "lantern_news", "Lantern News"
    )
    assert about == "followers daily bulletins of the lantern house"
    old = Traits(handle="lantern_news", about=about, links=frozenset("abc"))
    assert weigh(old, Traits(handle="meadow77", about=about), 0.0).score >= HANDLE_THRESHOLD
    assert weigh(old, Traits(handle="meadow77", links=frozenset("abc")), 0.0).score >= HANDLE_THRESHOLD
    one = weigh(old, Traits(handle="meadow77", links=frozenset("a")), 0.0)
    assert one.score < HANDLE_THRESHOLD
    assert "1 link" in one.reason


def test_a_place_s_own_way_of_writing_is_no_word_of_the_outlet() -> None:
    places = [[words_of(f"lantern_news{n}") for n in range(10)] + [words_of("Lantern")] for _ in range(3)]
    places.append([words_of(f"user{n}", "Lantern film" if n % 2 else "A film") for n in range(20)])
    spread = spread_words(places)
    assert spread is not None
    assert "lantern" in spread
    assert "user" not in spread
    assert brand_words(places[3], [], spread=spread)[0].word == "lantern"
    assert brand_words(places[3], [])[0].word == "user"
    assert spread_words(places[:2]) is None
