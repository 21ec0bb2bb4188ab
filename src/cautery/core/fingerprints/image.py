"""A picture file -> grey levels -> PDQ."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image, UnidentifiedImageError

from cautery.core.errors import FileRefused

from .pdq_kernel import Grey, PdqHash, Symmetry, pdq, pdq_dihedral

MAX_PIXELS = 64_000_000  # about 200 MB while an RGB picture is being decoded

# What providers serve as pictures. Left out: formats that run programs (EPS) or bear no mark of their own (TGA).
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "DIB", "TIFF", "ICO", "JPEG2000", "PPM", "QOI", "PSD")

_STRAIGHT_TO_GREY = frozenset({"L", "RGB", "RGBA", "LA", "1"})

# What Pillow's readers let escape on broken files.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


def image(data: bytes, *, max_pixels: int = MAX_PIXELS) -> PdqHash:
    """PDQ of a picture file: its first frame, as stored, alpha and EXIF rotation left aside as the reference does.

    Refuses with `empty`, `not_an_image`, `truncated`, `damaged`, `too_large` (more than `max_pixels`) or
    `too_small` (a side under 5 pixels).
    """
    return pdq(luma(data, max_pixels=max_pixels))


def dihedral(data: bytes, *, max_pixels: int = MAX_PIXELS) -> dict[Symmetry, PdqHash]:
    """PDQ of a picture file in all eight orientations; refuses as `image` does."""
    return pdq_dihedral(luma(data, max_pixels=max_pixels))


def luma(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Grey:
    """Decode the first frame to grey levels (ITU-R 601), uint8[height, width]; refuses as `image` does."""
    with _opened(data) as picture:
        _check_size(picture, max_pixels)
        try:
            picture.draft("L", picture.size)  # a JPEG gives its luma as stored: no colours to convert
            picture.load()
            return np.asarray(_grey(picture))
        except _TOO_LARGE as error:
            raise _too_large(picture) from error
        except _DAMAGE as error:
            reason = "truncated" if isinstance(error, EOFError) or "truncated" in str(error) else "damaged"
            raise FileRefused(f"The picture cannot be decoded: {error}", reason=reason) from error


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise FileRefused("The file holds no bytes.", reason="empty")
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except _TOO_LARGE as error:
        raise FileRefused("The picture is too large.", reason="too_large") from error
    except UnidentifiedImageError as error:
        raise FileRefused("The bytes are not a picture of a known format.", reason="not_an_image") from error
    except _DAMAGE as error:
        raise FileRefused(f"The picture's header cannot be read: {error}", reason="damaged") from error


def _check_size(picture: Image.Image, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise _too_large(picture)


def _too_large(picture: Image.Image) -> FileRefused:
    return FileRefused("The picture is too large.", reason="too_large", width=picture.width, height=picture.height)


def _grey(picture: Image.Image) -> Image.Image:
    straight = picture.mode in _STRAIGHT_TO_GREY
    return (picture if straight else picture.convert("RGB")).convert("L")
