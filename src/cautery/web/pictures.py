"""Captured pictures as people may look at them: small, still, drawn anew; never the bytes that were captured."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFilter, ImageOps

from cautery.core.errors import FileRefused

MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
VEIL = 14
"""Radius of the blur as a part of the width: shapes are gone, light and colour are left."""


def redrawn(data: bytes, *, width: int, grey: bool, veiled: bool) -> bytes:
    """The first frame as a JPEG at most `width` wide and high, without metadata; `FileRefused` for what is no such picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as source:
                if source.width * source.height > MOST_PIXELS:
                    raise FileRefused("The picture is too large to be shown.", reason="too_large")
                source.draft("RGB", (width * 2, width * 2))
                picture = ImageOps.exif_transpose(source).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused("This is no picture that can be shown.", reason="not_a_picture") from error
    picture.thumbnail((width, width))
    if grey:
        picture = picture.convert("L")
    if veiled:
        picture = picture.filter(ImageFilter.GaussianBlur(max(4, width // VEIL)))
    bare = Image.new(picture.mode, picture.size)  # pixels alone: Pillow hands comments and profiles on
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=70)
    return out.getvalue()
