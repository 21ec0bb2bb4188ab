"""Moving pictures against the bank and each other; pictures turned, mirrored and in a frame; digests other than SHA-256."""

from __future__ import annotations

from functools import cache

import pytest
from PIL import Image, ImageOps

from cautery.core.fingerprints import dihedral
from cautery.core.fingerprints.tracks import unpack
from cautery.core.hashlist import read
from cautery.exercise.specimens import Specimens
from cautery.fetch import Fetched, Request
from cautery.identify.looking import Medium, medium
from cautery.identify.models import Media
from cautery.match.asked import turned
from cautery.match.bank import LOOSE
from cautery.match.models import Copy, Match
from cautery.match.steps import Bank, look_back, match_ready
from tests import factories as make
from tests.core.fingerprints.pictures import encoded, picture
from tests.match.test_match import bring, found_on, known

SPECIMENS = Specimens(3)
FRAMES = "0,100,{:064x},{}"


@cache
def seen(data: bytes) -> Medium:
    """What is kept of a medium that a page showed."""
    found = medium(Request("u"), Fetched("u", 200, {}, data))
    assert found is not None
    return found


def captured(data: bytes) -> Media:
    one = seen(data)
    return Media(**{name: getattr(one, name) for name in one.__slots__})


def listed(data: bytes) -> str:
    """A video as a list names it: by its frames."""
    frames = unpack(seen(data).track)
    return "; ".join(f"{n},{frame.quality},{frame.bits.hex()},{frame.at}" for n, frame in enumerate(frames))


def matched(bank: Bank | None = None) -> list[tuple[str, str]]:
    match_ready(bank or Bank(), "worker:test", make.hours(1))
    return list(Match.objects.order_by("pk").values_list("kind", "entry__label"))


@pytest.mark.django_db
@pytest.mark.both
@pytest.mark.parametrize("variant", ["recompressed", "resized", "logo", "mirrored"])
def test_an_altered_video_is_matched_by_the_seconds_it_shares(variant: str) -> None:
    bring(known(1, "film", track=listed(SPECIMENS.video(1))), known(2, "other", track=listed(SPECIMENS.video(2))))
    found_on(captured(SPECIMENS.video(1, variant)))
    assert matched() == [("video", "film")]
    (part, *_) = Match.objects.get().parts
    assert part["mirrored"] == (variant == "mirrored")
    assert part["end"] - part["start"] > 1


@pytest.mark.django_db
def test_videos_that_show_the_same_are_one_case_whichever_came_first() -> None:
    bank = Bank()
    for data in (SPECIMENS.video(1), SPECIMENS.video(2), SPECIMENS.video(1, "resized")):
        found_on(captured(data))
        matched(bank)
    first, other = SPECIMENS.video(1), SPECIMENS.video(1, "resized")
    assert set(Copy.objects.values_list("media__sha256", "case__sha256")) == {
        (seen(data).sha256, seen(first).sha256) for data in (first, other)
    }


@pytest.mark.django_db
def test_a_new_video_entry_looks_back_over_what_was_captured() -> None:
    bank = Bank()
    found_on(captured(SPECIMENS.video(1, "recompressed")))
    assert matched(bank) == []
    bring(known(1, "film", track=listed(SPECIMENS.video(1))))
    look_back(bank, make.hours(2))
    assert [(m.kind, m.looking_back) for m in Match.objects.all()] == [("video", True)]


def turns(original: Image.Image) -> dict[str, Image.Image]:
    return {
        "mirrored": ImageOps.mirror(original),
        "rotated_90": original.rotate(-90, expand=True),
        "inner": ImageOps.expand(original, (0, 60), "black"),
        "inner_mirrored": ImageOps.expand(ImageOps.mirror(original), (0, 60), "black"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("form", list(turns(picture())))
def test_a_picture_turned_mirrored_or_in_a_frame_is_found_and_says_in_which_form(form: str) -> None:
    bank = Bank()
    found_on(captured(encoded(picture())))
    bring(known(pdq=seen(encoded(picture())).pdq.hex()))
    found_on(captured(encoded(turns(picture())[form])))
    matched(bank)
    back = {"inner_mirrored": "inner_mirrored", "rotated_90": "rotated_270"}.get(form, form)
    assert set(Match.objects.values_list("kind", "form")) == {("perceptual", "original"), ("perceptual", back)}
    assert Copy.objects.values("case").distinct().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["md5", "sha1"])
def test_what_is_known_by_another_digest_alone_is_the_same_bytes(digest: str) -> None:
    one = captured(encoded(picture()))
    bring(known(**{digest: getattr(one, digest)}))
    found_on(one)
    assert [kind for kind, _ in matched()] == ["exact"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["0,100,ff,0", "0,100", "x,y,z,w", FRAMES.format(1, "-1"), FRAMES.format(1, "inf")])
def test_a_track_that_is_none_costs_only_its_row(text: str) -> None:
    assert bring(known(1, track=text), known(2, track=FRAMES.format(1, 0))) == (1, ["bad_track"])


def test_a_list_may_name_videos_by_their_frames() -> None:
    (row,) = read(f'label,vpdq\nfilm,"{FRAMES.format(5, 1.5)};{FRAMES.format(6, 2)}"\n')
    assert row.track.count(";") == 1  # type: ignore[union-attr]


def test_turning_a_hash_is_near_the_hash_of_the_turned_picture() -> None:
    forms = {form.value: made.bits for form, made in dihedral(SPECIMENS.picture(1)).items()}
    guessed = turned(forms["original"])
    assert len(set(guessed)) == 8
    off = {form: min(distance(made, guess) for guess in guessed) for form, made in forms.items()}
    assert max(off.values()) <= LOOSE
    assert off["mirrored"] <= 16


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
