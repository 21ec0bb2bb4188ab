from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import PdqHash, Symmetry, dihedral, image, luma
from tests.shared import shared

from .contract import FingerprintContract
from .pictures import encoded, picture

NEAR = 10  # bits; the reference's own builds differ by as much
MATCH = 31

TURNS = {
    Symmetry.ROTATED_90: Image.Transpose.ROTATE_270,  # Pillow turns anticlockwise
    Symmetry.ROTATED_180: Image.Transpose.ROTATE_180,
    Symmetry.ROTATED_270: Image.Transpose.ROTATE_90,
    Symmetry.MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Symmetry.FLIPPED: Image.Transpose.FLIP_TOP_BOTTOM,
    Symmetry.TRANSPOSED: Image.Transpose.TRANSPOSE,
    Symmetry.TRANSVERSED: Image.Transpose.TRANSVERSE,
}


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises far more than its few bytes of data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


JPEG = encoded(picture(), "JPEG", quality=90)


class TestImage(FingerprintContract):
    good = {
        "JPEG": JPEG,
        "PNG": encoded(picture(2)),
        "portrait": encoded(picture(3, (97, 411))),
        "smallest": encoded(picture(4, (5, 5))),
    }
    refused = {
        **FingerprintContract.refused,
        "text": (b"Not a picture at all, only words.", "not_an_image"),
        "half a JPEG": (JPEG[: len(JPEG) // 2], "truncated"),
        "half a PNG": (encoded(picture())[:3000], "truncated"),
        "only a signature": (b"\x89PNG\r\n\x1a\n", "not_an_image"),
        "a bomb": (png_claiming(40_000, 40_000), "too_large"),
        "a large picture": (png_claiming(10_000, 8_000), "too_large"),
        "a line": (encoded(Image.new("RGB", (300, 4))), "too_small"),
        "a program": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_an_image"),
    }

    def make(self, data: bytes) -> PdqHash:
        return image(data)


def expected() -> list[dict[str, str]]:
    listing = json.loads(shared("media/pdq_expected.json").read_text())
    return [case for case in listing["expected"] if case["present"] and len(case["pdq"]) == 64]


def test_it_agrees_with_the_reference() -> None:
    for case in expected():
        ours = image(shared(f"media/{case['local']}").read_bytes())
        assert ours.distance(PdqHash(bytes.fromhex(case["pdq"]), 0)) <= NEAR, case
        if "quality" in case:
            assert ours.quality == int(case["quality"]), case


def test_it_gives_what_python_threatexchange_publishes() -> None:
    published = json.loads(shared("media/pdq_expected.json").read_text())["python_threatexchange_examples_pdq"]
    pictures = [*sorted(shared("media/bridge-mods").iterdir()), shared("media/misc-images/c.png")]
    for path, hexadecimal in zip(pictures, published, strict=False):
        assert image(path.read_bytes()).distance(PdqHash(bytes.fromhex(hexadecimal), 0)) <= 2, path.name


def test_it_agrees_on_every_colour_mode() -> None:
    original = image(shared("media/misc-images/modes/RGB.jpg").read_bytes())
    for path in sorted(shared("media/misc-images/modes").iterdir()):
        assert image(path.read_bytes()).distance(original) <= NEAR, path.name


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "YCbCr", "LAB", "I;16"])
def test_it_reads_every_mode_a_file_can_hold(mode: str) -> None:
    levels = picture().convert("L")
    converted = levels.convert("RGB").convert(mode) if mode != "I;16" else levels.convert("I").convert("I;16")
    form = "TIFF" if mode in {"CMYK", "YCbCr", "LAB"} else "PNG"
    assert image(encoded(converted, form)).distance(image(encoded(levels))) <= MATCH


def test_it_reads_the_first_frame_of_an_animation() -> None:
    frames = [picture(seed).convert("P") for seed in (1, 2)]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert image(moving).distance(image(encoded(frames[0]))) <= NEAR


def test_it_reads_the_pixels_as_stored_whatever_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert image(encoded(picture(), "JPEG", quality=90, exif=exif)) == image(JPEG)


def test_copies_match_and_others_do_not() -> None:
    original = image(JPEG)
    copies = [
        encoded(picture(), "JPEG", quality=30),
        encoded(picture().resize((200, 150)), "WEBP"),
        encoded(picture().convert("L")),
    ]
    assert all(image(copy).distance(original) <= MATCH for copy in copies)
    assert all(image(encoded(picture(seed))).distance(original) > 80 for seed in range(2, 12))


def test_a_flat_picture_says_its_hash_is_worth_nothing() -> None:
    assert image(encoded(Image.new("RGB", (200, 200), "grey"))).quality == 0


def test_a_hash_has_about_as_many_ones_as_zeros() -> None:
    assert int.from_bytes(image(JPEG).bits).bit_count() == 128


@pytest.mark.parametrize("symmetry", TURNS)
def test_the_dihedral_forms_are_the_hashes_of_the_turned_picture(symmetry: Symmetry) -> None:
    source = picture(5)
    turned = image(encoded(source.transpose(TURNS[symmetry])))
    forms = dihedral(encoded(source))
    assert forms[symmetry].distance(turned) <= 2
    assert forms[Symmetry.ORIGINAL] == image(encoded(source))
    assert len({form.hex for form in forms.values()}) == 8


def test_the_limit_on_pixels_is_the_callers() -> None:
    with pytest.raises(FileRefused) as caught:
        luma(JPEG, max_pixels=320 * 240 - 1)
    assert caught.value.fields == {"reason": "too_large", "width": 320, "height": 240}


def broken_files() -> Iterator[bytes]:
    """Pictures cut short and with a few bytes changed, the same ones every time."""
    rng = random.Random(7)  # noqa: S311 - broken in the same places every time, not a secret
    for form in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000", "PPM"):
        whole = encoded(picture(1, (64, 48)), form)
        for _ in range(60):
            broken = bytearray(whole[: rng.randrange(1, len(whole) + 1)])
            for _ in range(rng.randrange(4)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            yield bytes(broken)


def outcome(data: bytes) -> str:
    try:
        return f"{len(image(data).bits)} bytes"
    except FileRefused as refusal:
        return refusal.reason


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_broken_files_are_refused_with_a_reason_or_hashed_in_full() -> None:
    outcomes = {outcome(data) for data in broken_files()}
    assert outcomes <= {"32 bytes", "not_an_image", "truncated", "damaged", "too_large", "too_small"}
    assert {"32 bytes", "truncated"} <= outcomes


def test_luma_is_height_by_width() -> None:
    assert luma(JPEG).shape == (240, 320)


def test_a_hash_is_never_of_another_length() -> None:
    with pytest.raises(ValueError, match="256 bits"):
        PdqHash(b"", 0)
