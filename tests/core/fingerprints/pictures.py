"""Harmless pictures made by code, with structure enough for a perceptual hash."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageFilter


def picture(seed: int = 1, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Smooth colour patches, different for each seed."""
    patches = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.SMOOTH)


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
