"""Specimen pictures: colour fields, shapes and blocks of writing, enough structure for perceptual hashes.

A work's original is drawn from its number; a variant is that original put through what people do to pictures before
they post them again. `name#n` is the same treatment with other parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from cautery.exercise.specimens.keyed import generator

SIZE = (320, 240)
PNG_EVERY = 8
QUALITY = 88
FONT = ImageFont.load_default(14)
Variation = Callable[[Image.Image, np.random.Generator], Image.Image]


def draw_original(seed: int, work: int | str) -> Image.Image:
    """The original picture of a work (or of a scene, `work.scene`), 320 x 240 RGB."""
    rng = generator(seed, "picture", work)
    field = rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    image = Image.fromarray(field).resize(SIZE, Image.Resampling.BICUBIC)
    canvas = ImageDraw.Draw(image)
    _shapes(canvas, rng)
    _writing(canvas, rng, f"SPECIMEN {work}")
    return image


def vary(image: Image.Image, variant: str, rng: np.random.Generator) -> Image.Image:
    """The picture after the treatment named by the variant; ValueError for a name that nobody knows."""
    name = variant.partition("#")[0]
    if name not in VARIATIONS:
        raise ValueError(f"no such variant: {variant!r}")
    return VARIATIONS[name](image, rng)


def encode(image: Image.Image, work: int, variant: str, rng: np.random.Generator) -> bytes:
    """The bytes as posted: every eighth original a PNG, everything else a JPEG whose quality fits the variant."""
    out = BytesIO()
    if variant == "original" and work % PNG_EVERY == 0:
        image.save(out, "PNG", compress_level=1)
    else:
        plain = variant == "original"
        recompressed = variant.startswith("recompressed")
        quality = QUALITY if plain else int(rng.integers(30, 61) if recompressed else rng.integers(70, 91))
        image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _shapes(canvas: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    width, height = SIZE
    for _ in range(int(rng.integers(7, 12))):
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        half_x, half_y = float(rng.uniform(10, 60)), float(rng.uniform(10, 45))
        colour = _colour(rng)
        match int(rng.integers(3)):
            case 0:
                canvas.ellipse((x - half_x, y - half_y, x + half_x, y + half_y), fill=colour)
            case 1:
                canvas.rectangle((x - half_x, y - half_y, x + half_x, y + half_y), fill=colour)
            case _:
                corners = np.array((x, y)) + rng.uniform(-60, 60, (3, 2))
                canvas.polygon([(float(a), float(b)) for a, b in corners], fill=colour)


def _writing(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, label: str) -> None:
    """A panel with the label and bars that look like lines of small type."""
    left, top = int(rng.integers(0, 180)), int(rng.integers(0, 160))
    ink, paper = ((20, 20, 20), (235, 235, 225)) if rng.random() < 0.5 else ((240, 240, 240), (25, 30, 40))
    canvas.rectangle((left, top, left + 130, top + 70), fill=paper)
    canvas.text((left + 6, top + 3), label, fill=ink, font=FONT)
    for row in range(5):
        length = int(rng.integers(30, 120))
        canvas.rectangle((left + 6, top + 22 + 9 * row, left + 6 + length, top + 25 + 9 * row), fill=ink)


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = rng.integers(0, 256, 3)
    return int(red), int(green), int(blue)


def _same(image: Image.Image, _rng: np.random.Generator) -> Image.Image:
    return image


def _resized(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    scale = float(rng.uniform(0.5, 1.4))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)


def _cropped(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Up to 3 % off each side: some of these a perceptual hash still finds at distance 31, others it does not."""
    left, top, right, bottom = rng.uniform(0.002, 0.03, 4)
    width, height = image.size
    box = (round(left * width), round(top * height), round((1 - right) * width), round((1 - bottom) * height))
    return image.crop(box)


def _with_logo(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    marked = image.copy()
    width, height = image.size
    side = round(height * float(rng.uniform(0.08, 0.16)))
    margin = max(2, height // 60)
    x = margin if rng.random() < 0.5 else width - side - margin
    y = margin if rng.random() < 0.5 else height - side - margin
    canvas = ImageDraw.Draw(marked)
    canvas.ellipse((x, y, x + side, y + side), fill=_colour(rng), outline=(255, 255, 255), width=2)
    return marked


def _mirrored(image: Image.Image, _rng: np.random.Generator) -> Image.Image:
    return ImageOps.mirror(image)


VARIATIONS: dict[str, Variation] = {
    "original": _same,
    "recompressed": _same,
    "resized": _resized,
    "cropped": _cropped,
    "logo": _with_logo,
    "mirrored": _mirrored,
}
