"""Text in a kept picture is read once, the log says who saw which words, and it is found again by them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cautery.core.actors import Actor
from cautery.core.errors import FileRefused, NotAllowed, NotFound, Refused
from cautery.custody.models import Consultation
from cautery.intake.models import Episode
from cautery.ocr.base import Line, Words, settled
from cautery.report.dossier import ItemFilter, item_page
from cautery.report.register.actions import index_waiting
from cautery.review.care.actions import quarantine
from cautery.review.models import PictureText
from cautery.review.pictures.actions import read_text
from cautery.review.pictures.queries import items_with, same_words, texts_by_item
from tests import factories as make
from tests.kept import keep_picture
from tests.ocr.pictures import ARABIC, ENGLISH, tesseract, written

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
POSTER = written([ENGLISH, ARABIC])
SHA = sha256(POSTER).hexdigest()


@dataclass
class Typist:
    """An engine that says what it is told to, and counts how often it is asked."""

    says: Sequence[Line] = (Line("The bonfire is lit at the old quay", 91),)
    version: str = "1"
    name: str = "typist"
    asked: list[Sequence[str]] = field(default_factory=list)

    def languages(self) -> tuple[str, ...]:
        return ("ara", "eng")

    def read(self, png: bytes, languages: Sequence[str]) -> Words:
        assert png.startswith(b"\x89PNG")
        self.asked.append(languages)
        return settled(self.says, self, languages)


@pytest.fixture
def episodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Episode]:
    """Three that show one poster: the first confirmed and kept, the others in review; a fourth shows another picture."""
    frame = make.operation()
    made = make.flagged(frame, [VIDEO.format(n) for n in range(4)])
    make.identified(made[:3], image=POSTER)
    make.identified(made[3:], image=b"another")
    make.matched(made)
    make.decided(frame, limit=1)
    keep_picture(POSTER, tmp_path, monkeypatch)
    return made


@pytest.fixture
def rita() -> Actor:
    return make.actor("rita", "review")


def told() -> list[dict[str, object]]:
    return [json.loads(row.line) for row in Consultation.objects.order_by("pk")]


def found(words: str, by: Actor) -> set[int]:
    index_waiting()
    return {row.item_id for row in item_page(None, ItemFilter.checked(q=words), by=by).rows}


def test_tesseract_reads_a_kept_poster_in_two_scripts(episodes: list[Episode], rita: Actor) -> None:
    using = tesseract("ara", "eng")
    read = read_text(episodes[1].pk, SHA, using, by=rita, at=make.hours(4))
    assert [text for text, _ in read.lines] == [ENGLISH, ARABIC]
    assert found("مهرجان الميناء", rita) == {episode.item_id for episode in episodes[:3]}


def test_it_is_read_once_for_an_engine_and_its_version(episodes: list[Episode], rita: Actor) -> None:
    using = Typist()
    for episode in episodes[:3]:
        read_text(episode.pk, SHA, using, by=rita, at=make.hours(4))
    assert using.asked == [("eng", "ara")]
    read_text(episodes[0].pk, SHA, Typist(version="2"), by=rita, at=make.hours(5))
    assert PictureText.objects.count() == 2


def test_the_log_says_who_saw_which_words_and_what_read_them(episodes: list[Episode], rita: Actor) -> None:
    read = read_text(episodes[1].pk, SHA, Typist(), by=rita, at=make.hours(4))
    last = told()[-1]
    assert last["actor"] == rita.name
    assert last["subjects"] == [f"episode:{episodes[1].pk}", f"media:{SHA}"]
    assert "machine-read by typist 1" in str(last["why"])
    assert sha256(read.text.encode()).hexdigest() in str(last["why"])
    assert read.text not in json.dumps(told())


def test_no_text_is_kept_as_no_text_and_not_asked_again(episodes: list[Episode], rita: Actor) -> None:
    using = Typist(says=())
    for _ in range(2):
        assert read_text(episodes[0].pk, SHA, using, by=rita, at=make.hours(4)).lines == []
    assert len(using.asked) == 1


def test_what_could_not_be_read_is_not_kept_as_no_text(episodes: list[Episode], rita: Actor) -> None:
    class Broken(Typist):
        def read(self, png: bytes, languages: Sequence[str]) -> Words:
            raise FileRefused("It hangs.", reason="too_slow")

    with pytest.raises(FileRefused):
        read_text(episodes[0].pk, SHA, Broken(), by=rita, at=make.hours(4))
    assert not PictureText.objects.exists()


def test_a_picture_of_which_no_copy_is_kept_is_said_to_be_that(episodes: list[Episode], rita: Actor) -> None:
    other = sha256(b"another").hexdigest()
    with pytest.raises(Refused) as caught:
        read_text(episodes[3].pk, other, Typist(), by=rita, at=make.hours(4))
    assert caught.value.reason == "not_kept"


def test_a_picture_of_another_item_and_one_nobody_may_see_are_not_there(episodes: list[Episode], rita: Actor) -> None:
    with pytest.raises(NotFound):
        read_text(episodes[3].pk, SHA, Typist(), by=rita, at=make.hours(4))
    with pytest.raises(NotAllowed):
        read_text(episodes[0].pk, SHA, Typist(), by=make.actor("nora"), at=make.hours(4))


def test_what_must_stop_is_read_nowhere_and_found_by_no_words_in_it(episodes: list[Episode], rita: Actor) -> None:
    read = read_text(episodes[0].pk, SHA, Typist(), by=rita, at=make.hours(4))
    assert found("bonfire quay", rita) == {episode.item_id for episode in episodes[:3]}
    quarantine(episodes[2].item_id, by=rita, at=make.hours(4))
    for episode in episodes[:3]:
        with pytest.raises(NotFound):
            read_text(episode.pk, SHA, Typist(), by=rita, at=make.hours(5))
    assert texts_by_item([episode.item_id for episode in episodes]) == {}
    assert episodes[2].item_id not in items_with(read, episodes[0].pk, by=rita)


def test_words_in_a_picture_find_the_items_that_show_it_and_no_others(episodes: list[Episode], rita: Actor) -> None:
    assert found("bonfire", rita) == set()
    read_text(episodes[0].pk, SHA, Typist(), by=rita, at=make.hours(4))
    assert found("BONFIRE", rita) == {episode.item_id for episode in episodes[:3]}
    assert found("bonfire specimen", rita) == {episode.item_id for episode in episodes[:3]}


def test_a_newer_reading_replaces_the_words_it_is_found_by(episodes: list[Episode], rita: Actor) -> None:
    read_text(episodes[0].pk, SHA, Typist(), by=rita, at=make.hours(4))
    newer = Typist(says=[Line("The lanterns are lit at the old quay", 90)], version="2")
    read_text(episodes[0].pk, SHA, newer, by=rita, at=make.hours(5))
    assert (found("bonfire", rita), len(found("lanterns", rita))) == (set(), 3)


def test_the_same_words_however_they_are_set_are_proposed(episodes: list[Episode], rita: Actor) -> None:
    read = read_text(episodes[0].pk, SHA, Typist(), by=rita, at=make.hours(4))
    PictureText.objects.create(
        media=episodes[3].media.get().media,
        engine="typist",
        version="1",
        at=make.hours(4),
        text="x",
        digest=same_words("THE BONFIRE\nis lit, at the old quay!"),
    )
    assert items_with(read, episodes[0].pk, by=rita) == sorted(episode.item_id for episode in episodes[1:])


@pytest.mark.parametrize("text", ["", "Sale", "... !!! ???", "١٢٣"])
def test_few_words_are_like_nothing(text: str) -> None:
    assert same_words(text) == ""


def test_a_reading_is_there_once(episodes: list[Episode], rita: Actor) -> None:
    read = read_text(episodes[0].pk, SHA, Typist(), by=rita, at=make.hours(4))
    read.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        read.save(force_insert=True)
