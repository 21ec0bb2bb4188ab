"""Specimen texts, pictures and videos: real bytes, the same each time, far apart from one another."""

from __future__ import annotations

import itertools
from io import BytesIO

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cautery.exercise.specimens import LANGUAGES, TRUTHS, VARIATIONS, Specimens, mime

WORKS = range(1, 41)
SCRIPTS = {"ar": ("\u0600", "\u06ff"), "ru": ("\u0400", "\u04ff")}


@pytest.fixture(scope="module")
def specimens() -> Specimens:
    return Specimens(7)


def low_frequencies(data: bytes) -> NDArray[np.bool_]:
    """A 256-bit perceptual hash of the PDQ family: signs of the 16 x 16 low cosine terms against their median."""
    side = np.arange(64)
    basis = np.cos(np.pi / 128 * np.outer(np.arange(1, 17), 2 * side + 1))
    grey = np.asarray(Image.open(BytesIO(data)).convert("L").resize((64, 64), Image.Resampling.BOX), dtype=float)
    terms = basis @ grey @ basis.T
    return np.asarray((terms > np.median(terms)).ravel())


def distance(left: bytes, right: bytes) -> int:
    return int(np.count_nonzero(low_frequencies(left) ^ low_frequencies(right)))


def frames(video: bytes) -> list[Image.Image]:
    with av.open(BytesIO(video), "r") as container:
        return [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.mark.parametrize(("language", "truth"), list(itertools.product(LANGUAGES, TRUTHS)))
def test_it_has_a_text_for_every_language_and_truth(specimens: Specimens, language: str, truth: str) -> None:
    title, body = specimens.text(41, language, truth)
    assert "41" in title
    assert 250 < len(body) < 1500
    assert "{" not in title + body
    if language in SCRIPTS:
        low, high = SCRIPTS[language]
        assert sum(low <= letter <= high for letter in body) > len(body) / 2


def test_propaganda_is_marked_as_a_specimen_and_names_its_outlet(specimens: Specimens) -> None:
    title, body = specimens.text(41, "en", "propaganda")
    assert "pecimen" in title
    assert "specimen" in body
    assert specimens.outlet(41) in title


def test_texts_of_different_works_differ_and_the_same_work_repeats(specimens: Specimens) -> None:
    bodies = [specimens.text(work, "en", "propaganda")[1] for work in range(300)]
    assert len(set(bodies)) == 300
    assert Specimens(7).text(41, "fr", "art") == specimens.text(41, "fr", "art")
    assert Specimens(8).text(41, "fr", "art") != specimens.text(41, "fr", "art")


def test_it_refuses_a_language_or_truth_it_has_no_words_for(specimens: Specimens) -> None:
    with pytest.raises(ValueError, match="language='xx'"):
        specimens.text(1, "xx", "propaganda")
    with pytest.raises(ValueError, match="truth='nonsense'"):
        specimens.text(1, "en", "nonsense")


@pytest.mark.parametrize("variant", VARIATIONS)
def test_every_variant_of_a_picture_is_a_real_picture_and_the_same_each_time(
    specimens: Specimens, variant: str
) -> None:
    data = specimens.picture(5, variant)
    image = Image.open(BytesIO(data))
    image.load()
    assert 100 <= image.height <= 400
    assert mime(data) == Image.MIME[str(image.format)]
    assert Specimens(7).picture(5, variant) == data


def test_some_originals_are_png_and_most_are_jpeg(specimens: Specimens) -> None:
    kinds = [specimens.mime(specimens.picture(work)) for work in WORKS]
    assert kinds.count("image/png") == 5
    assert kinds.count("image/jpeg") == 35


def test_different_works_are_far_apart(specimens: Specimens) -> None:
    pictures = [specimens.picture(work) for work in WORKS]
    apart = [distance(left, right) for left, right in itertools.combinations(pictures, 2)]
    assert 124 < np.mean(apart) < 132
    assert min(apart) > 80


@pytest.mark.parametrize(("variant", "nearest", "farthest"), [
    ("recompressed", 0, 10),
    ("resized", 0, 31),
    ("logo", 1, 31),
    ("cropped", 12, 90),
    ("mirrored", 110, 146),
])  # fmt: skip
def test_copies_are_as_near_as_their_treatment_leaves_them(
    specimens: Specimens, variant: str, nearest: int, farthest: int
) -> None:
    apart = [distance(specimens.picture(work), specimens.picture(work, variant)) for work in WORKS]
    assert nearest <= np.median(apart) <= farthest


def test_a_numbered_variant_is_the_same_treatment_with_other_parameters(specimens: Specimens) -> None:
    first, second = specimens.picture(3, "logo#1"), specimens.picture(3, "logo#2")
    assert first != second
    assert distance(first, second) <= 60
    assert specimens.picture(3, "original#9") != specimens.picture(3)


def test_it_refuses_a_variant_it_does_not_know(specimens: Specimens) -> None:
    with pytest.raises(ValueError, match="painted"):
        specimens.picture(3, "painted")


@pytest.mark.parametrize("variant", VARIATIONS)
def test_a_video_plays_for_a_few_seconds_and_is_the_same_each_time(specimens: Specimens, variant: str) -> None:
    data = specimens.video(2, variant)
    shown = frames(data)
    assert mime(data) == "video/mp4"
    assert 24 <= len(shown) <= 72
    assert 160 <= shown[0].width <= 320
    assert Specimens(7).video(2, variant) == data


def test_a_mirrored_video_shows_the_frames_the_other_way_round(specimens: Specimens) -> None:
    first = np.asarray(frames(specimens.video(2))[0], dtype=float)
    mirrored = np.asarray(frames(specimens.video(2, "mirrored"))[0], dtype=float)
    assert np.abs(first[:, ::-1] - mirrored).mean() < 10 < np.abs(first - mirrored).mean()


def test_bytes_that_are_no_specimen_have_no_media_type() -> None:
    with pytest.raises(ValueError, match="specimen"):
        mime(b"%PDF-1.7")
