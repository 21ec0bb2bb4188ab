"""Who gets what in which language: kept for who reads it, for a while; nobody's language is anybody's; nothing is stuck."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cautery.core.actors import Actor
from cautery.directory.models import Officer, Unit
from cautery.identify.models import Capture
from cautery.intake.models import Episode, Flag, Operation, Share
from cautery.report.dossier.counting import count
from cautery.review.actions import claim_episodes
from cautery.review.queue.actions import let_go_of_all, take_next
from cautery.review.queue.languages import GRACE, PRESSING, languages_of
from cautery.review.queue.queries import anything_for, ranked
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SOON = make.hours(2)
TAGS = ("fr", "ar-SA", "", "ur_PK", "AR")
"""What the pages of the five items say they are in."""


@pytest.fixture
def frame() -> Operation:
    """Five items in review, a day before T0."""
    frame = make.operation(t0=make.hours(72))
    urls = [f"https://www.youtube.com/watch?v={n:011d}" for n in range(5)]
    for episode, tag in zip(make.flagged(frame, urls), TAGS, strict=True):
        make.identified([episode], image=tag.encode())
        Capture.objects.filter(episode=episode).update(language=tag)
        make.matched([episode], image=tag.encode())
    return frame


def reader(username: str, *reads: str, unit: str = "fr-pharos") -> Actor:
    """A reviewer who said they read these."""
    by = make.actor(username, "review", unit=unit)
    Officer.objects.filter(username=username).update(reads=list(reads))
    return by


def offered(frame: Operation, by: Actor, hours: float = 2) -> list[str]:
    """The pages' languages of what the queue has for an officer, in its order."""
    tags = dict(Capture.objects.values_list("episode", "language"))
    return [tags[row.episode] for row in ranked(frame, by=by, at=make.hours(hours))]


def test_who_said_nothing_gets_everything_in_the_order_of_always(frame: Operation) -> None:
    plain = make.actor("plain", "review")
    before = ranked(frame, by=plain, at=SOON)
    reader("amal", "ar")
    assert ranked(frame, by=plain, at=SOON) == before
    assert [row.reason for row in before] == ["the oldest that waits"] * 5


def test_what_one_reads_comes_first_among_equals_and_says_so(frame: Operation) -> None:
    amal = reader("amal", "ar-eg")
    assert offered(frame, amal) == ["ar-SA", "AR", "", "fr", "ur_PK"]
    taken = take_next(frame, by=amal, at=SOON)
    assert taken is not None
    assert taken[1] == "the oldest that waits, in a language you read (ar)"


def test_what_others_read_is_kept_for_them_and_what_nobody_reads_is_anybodys(frame: Operation) -> None:
    amal, fanny = reader("amal", "ar"), reader("fanny", "fr")
    assert offered(frame, amal) == ["ar-SA", "AR", "", "ur_PK"]
    assert offered(frame, fanny) == ["fr", "", "ur_PK"]
    said = ranked(frame, by=fanny, at=SOON)[-1]
    assert said.reason.endswith("in a language nobody here has said they read (ur)")


def test_threat_comes_before_language(frame: Operation) -> None:
    reader("fanny", "fr")
    amal, strange = reader("amal", "ar"), Episode.objects.get(capture__language="ur_PK")
    Episode.objects.filter(pk=strange.pk).update(opened_at=make.START - timedelta(hours=30))
    assert offered(frame, amal)[0] == "ur_PK"


def test_nothing_is_kept_longer_than_the_grace(frame: Operation) -> None:
    reader("fanny", "fr")
    amal, hours = reader("amal", "ar"), GRACE / timedelta(hours=1)
    assert "fr" not in offered(frame, amal, hours - 1)
    found = ranked(frame, by=amal, at=make.hours(hours))
    assert found[-1].reason == "the oldest that waits, in a language you have not said you read (fr)"


def test_nothing_is_kept_while_t0_presses_and_again_after_it(frame: Operation) -> None:
    reader("fanny", "fr")
    amal = reader("amal", "ar")
    frame.t0 = make.hours(2) + PRESSING
    assert "fr" in offered(frame, amal)
    frame.t0 = make.hours(1)
    assert "fr" not in offered(frame, amal)


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["observe"]}, {"reads": []}])
def test_nothing_is_kept_for_who_cannot_take_it(change: dict[str, object], frame: Operation) -> None:
    reader("fanny", "fr")
    amal = reader("amal", "ar")
    Officer.objects.filter(username="fanny").update(**change)
    assert "fr" in offered(frame, amal)


def test_nothing_is_kept_for_a_unit_that_does_not_see_the_operation(frame: Operation) -> None:
    amal = reader("amal", "ar")
    reader("frieda", "fr", unit="de-meldestelle")
    assert "fr" not in offered(frame, amal)
    frame.unit, frame.handling = Unit.objects.get(slug="fr-pharos"), "amber"
    frame.save()
    assert "fr" in offered(frame, amal)
    Share.objects.create(operation=frame, unit=Unit.objects.get(slug="de-meldestelle"))
    assert "fr" not in offered(frame, amal)
    frame.handling = "red"
    assert "fr" in offered(frame, amal)


@pytest.mark.parametrize("silent", ["", "und"])
def test_where_the_page_does_not_say_the_flag_does(silent: str, frame: Operation) -> None:
    episode = Episode.objects.get(capture__language="")
    Capture.objects.filter(episode=episode).update(language=silent)
    Flag.objects.filter(item=episode.item_id).update(language="fr-CA")
    assert languages_of([episode.pk]) == {episode.pk: "fr"}
    reader("fanny", "fr")
    amal = reader("amal", "ar")
    assert silent not in offered(frame, amal)


def test_a_lobby_knows_that_all_is_kept_for_others(frame: Operation) -> None:
    fanny, amal = reader("fanny", "fr"), reader("amal", "ar")
    Capture.objects.update(language="fr")
    assert not anything_for(frame, by=amal, at=SOON)
    assert take_next(frame, by=amal, at=SOON) is None
    assert anything_for(frame, by=fanny, at=SOON)


def test_a_bulk_claim_leaves_what_is_kept_for_others(frame: Operation) -> None:
    reader("fanny", "fr")
    amal = reader("amal", "ar")
    held = claim_episodes(frame, 10, by=amal, at=SOON)
    assert sorted(Capture.objects.filter(episode__in=held).values_list("language", flat=True)) == sorted(TAGS[1:])
    let_go_of_all(frame, by=amal)
    assert len(claim_episodes(frame, 10, by=make.actor("plain", "review"), at=SOON)) == 5


def test_choosing_costs_the_same_statements_however_many_languages(frame: Operation) -> None:
    amal = reader("amal", "ar")
    with CaptureQueriesContext(
        connection,
    ) as few:
        ranked(frame, by=amal, at=SOON)
    reader("fanny", "fr", "de", "it", "es")
    with CaptureQueriesContext(connection) as many:
        ranked(frame, by=amal, at=SOON)
    assert len(few) == len(many) <= 12


def test_leaders_see_how_many_wait_in_languages_nobody_reads(frame: Operation) -> None:
    why = "in a language nobody reads"
    assert why not in {row.why for row in count(frame, SOON).stuck}
    reader("fanny", "fr")
    found = [(row.detail, row.count) for row in count(frame, SOON).stuck if row.why == why]
    assert found == [("ar", 2), ("ur", 1)]
