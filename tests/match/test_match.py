"""Known content: the bank, and what is found to be it or like it."""

from __future__ import annotations

import pytest

from cautery.core.errors import NotAllowed
from cautery.core.fingerprints import image
from cautery.core.lifecycle import EpisodeState
from cautery.identify.models import EpisodeMedia, Media
from cautery.intake.models import Episode
from cautery.match.actions import Known, import_known
from cautery.match.models import BankEntry, Match
from cautery.match.steps import Bank, match_ready
from tests import factories as make
from tests.core.fingerprints.pictures import encoded, picture

VIDEO = "https://www.youtube.com/watch?v={:011d}"
SHA = "ab" * 32


def known(line: int = 1, label: str = "film", **hashes: str) -> Known:
    return Known(line, label, "image", "test", **hashes)


def bring(*rows: Known) -> tuple[int, list[str]]:
    taken, refused = import_known(rows, by=make.SYSTEM, at=make.START)
    return taken, [row.reason for row in refused]


def found_on(*media: Media) -> Episode:
    """An identified episode with these media."""
    (episode,) = make.flagged(
        make.operation(), [VIDEO.format(Episode.objects.count())], key=f"{Episode.objects.count()}"
    )
    make.identified([episode])
    EpisodeMedia.objects.filter(episode=episode).delete()
    for medium in media:
        medium.save()
        EpisodeMedia.objects.create(episode=episode, media=medium)
    return episode


def bits(count: int) -> bytes:
    """256 bits of which so many are set."""
    return ((1 << count) - 1).to_bytes(32, "big")


def medium(sha: str, pdq: bytes = b"", quality: int = 100) -> Media:
    return Media(sha256=sha, mime="image/png", size=1, pdq=pdq, quality=quality)


@pytest.mark.django_db
def test_one_corrupt_hash_stops_nothing() -> None:
    rows = [
        known(1, "a", sha256=SHA),
        known(2, "b", sha256="xyz"),
        known(3, "c", pdq="00"),
        known(4, "d"),
        known(5, "e", pdq="0f" * 32, sha256=SHA.upper()),
    ]
    assert bring(*rows) == (2, ["bad_sha256", "bad_pdq", "no_hash"])
    assert set(BankEntry.objects.values_list("label", "sha256")) == {("a", SHA), ("e", SHA)}


@pytest.mark.django_db
def test_importing_again_adds_nothing() -> None:
    bring(known(sha256=SHA))
    bring(known(sha256=SHA), known(2, sha256="cd" * 32))
    assert BankEntry.objects.count() == 2


@pytest.mark.django_db
def test_the_same_bytes_are_an_exact_match_and_no_second_one() -> None:
    bring(known(sha256=SHA, pdq=bits(0).hex()))
    episode = found_on(medium(SHA, bits(0)))
    assert match_ready(Bank(), "worker:test", make.hours(1)) == 1
    assert [(m.kind, m.distance) for m in Match.objects.all()] == [("exact", 0)]
    episode.refresh_from_db()
    assert episode.state == EpisodeState.IN_REVIEW
    assert match_ready(Bank(), "worker:test", make.hours(1)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("distance", "hits"), [(0, 1), (31, 1), (32, 0), (128, 0)])
def test_a_picture_within_31_bits_looks_alike_and_one_at_32_does_not(distance: int, hits: int) -> None:
    bring(known(pdq=bits(0).hex()))
    found_on(medium(SHA, bits(distance)))
    match_ready(Bank(), "worker:test", make.hours(1))
    assert [(m.kind, m.distance) for m in Match.objects.all()] == [("perceptual", distance)] * hits


@pytest.mark.django_db
def test_a_picture_too_flat_to_tell_matches_only_by_its_bytes() -> None:
    bring(known(1, "flat", pdq=bits(0).hex()), known(2, "same", sha256=SHA))
    found_on(medium(SHA, bits(0), quality=10))
    match_ready(Bank(), "worker:test", make.hours(1))
    assert [m.entry.label for m in Match.objects.all()] == ["same"]


@pytest.mark.django_db
def test_of_two_media_the_nearer_names_the_match() -> None:
    bring(known(pdq=bits(0).hex()))
    far, near = medium("01" * 32, bits(20)), medium("02" * 32, bits(3))
    found_on(far, near)
    match_ready(Bank(), "worker:test", make.hours(1))
    assert (Match.objects.get().media, Match.objects.get().distance) == (near, 3)


@pytest.mark.django_db
def test_the_bank_is_read_again_when_an_entry_is_added() -> None:
    bank = Bank()
    found_on(medium(SHA))
    match_ready(bank, "worker:test", make.hours(1))
    bring(known(sha256=SHA))
    found_on(medium("cd" * 32))
    again = found_on()
    EpisodeMedia.objects.create(episode=again, media=Media.objects.get(sha256=SHA))
    match_ready(bank, "worker:test", make.hours(1))
    assert [m.episode for m in Match.objects.all()] == [again]


@pytest.mark.django_db
def test_a_copy_recompressed_and_smaller_is_found() -> None:
    original, copy = image(encoded(picture())), image(encoded(picture().resize((240, 180)), "JPEG", quality=60))
    bring(known(pdq=original.bits.hex()))
    found_on(medium(SHA, copy.bits, copy.quality), medium("cd" * 32, image(encoded(picture(2))).bits))
    match_ready(Bank(), "worker:test", make.hours(1))
    assert Match.objects.get().media.sha256 == SHA


@pytest.mark.django_db
def test_only_who_may_adds_known_content() -> None:
    with pytest.raises(NotAllowed):
        import_known([], by=make.actor("reviewer", "review"), at=make.START)
