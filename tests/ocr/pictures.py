"""Harmless pictures with words in them, drawn by code with the fonts of printed notices."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw, ImageFont, features

import cautery
from cautery.ocr.tesseract import Tesseract

FONTS = f"{next(iter(cautery.__path__))}/refer/printing/fonts"
ENGLISH = "The harbour festival begins on Saturday"
GERMAN = "Das Hafenfest beginnt am Samstag"
ARABIC = "يبدأ مهرجان الميناء يوم السبت"


def written(lines: Sequence[str], *, ink: str = "black", ground: str = "white") -> bytes:
    """A PNG with these lines; those with Arabic letters in a font that has them, shaped and from right to left."""
    picture = Image.new("RGB", (900, 40 + 70 * len(lines)), ground)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        name = (
            "NotoSansArabic-Regular" if any("\u0600" <= letter <= "\u06ff" for letter in line) else "NotoSans-Regular"
        )
        draw.text((30, 30 + 70 * number), line, font=ImageFont.truetype(f"{FONTS}/{name}.ttf", 34), fill=ink)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def tesseract(*languages: str) -> Tesseract:
    """Tesseract with these languages, or the test is skipped in one clear line."""
    path = shutil.which("tesseract")
    if path is None:
        pytest.skip("Tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-ara tesseract-ocr-deu")
    found = Tesseract(path)
    if missing := set(languages) - set(found.languages()):
        pytest.skip(f"Tesseract lacks {', '.join(sorted(missing))}: apt-get install tesseract-ocr-{min(missing)}")
    if "ara" in languages and not features.check("raqm"):
        pytest.skip("Pillow cannot shape Arabic here (no raqm).")
    return found
