"""Pictures of a page are hashed in a child whose limits are the kernel's: a hostile one gets a reason, the next is hashed."""

from __future__ import annotations

import pytest

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import image
from cautery.intake.capturing.collect import _pdq
from tests.core.fingerprints.hostile import png_claiming
from tests.core.fingerprints.pictures import encoded, picture

GOOD = encoded(picture(3), "JPEG")


def test_a_picture_has_the_hash_it_has_elsewhere() -> None:
    here, there = _pdq(GOOD), image(GOOD)
    assert (here.value, here.quality) == (there.bits.hex(), there.quality)


def test_of_an_animation_it_is_the_first_frame() -> None:
    frames = [picture(seed).convert("P") for seed in (1, 2, 3)]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert _pdq(moving).value == image(moving).bits.hex()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"words with a picture's name", "not_an_image"),
        (b"%PDF-1.7\n", "not_an_image"),
        (GOOD[: len(GOOD) // 2], "truncated"),
        (png_claiming(60_000, 60_000), "too_large"),
        (png_claiming(400, 400), "truncated"),
    ],
)
def test_what_cannot_be_hashed_says_why_and_the_next_is(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as caught:
        _pdq(data)
    assert caught.value.reason == reason
    assert _pdq(GOOD).value
