"""A picture file -> grey levels -> PDQ."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from cautery.core.errors import FileRefused

from .borders import content_box
from .frames import Moment, kept
from .model import Fingerprint, Found, Limits, Stopwatch, whole
from .pdq_kernel import MIN_SIDE, Grey, PdqHash, Size, Symmetry, pdq, pdq_dihedral
from .png import png_is_short

MAX_PIXELS = Limits().pixels

LEFT = 400
"""Pixels the shorter side keeps when a JPEG is decoded at a half, a quarter or an eighth (docs/decisions/0060)."""

ANIMATION_SECONDS = 600.0
ORIENTATION = 0x0112
"""The EXIF tag; told as a fact, since the hash is that of the pixels as stored."""
TURNED = range(2, 9)
OPAQUE = 127
"""Half of 255: more is seen, and bright."""

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


class Picture(NamedTuple):
    """Grey levels uint8[height, width], and the whole picture's (height, width): they differ for a JPEG decoded smaller."""

    grey: Grey
    size: Size


def image(data: bytes, *, max_pixels: int = MAX_PIXELS) -> PdqHash:
    """PDQ of a picture file: its first frame, as stored, alpha and EXIF rotation left aside as the reference does.

    Refuses with `empty`, `not_an_image`, `truncated`, `damaged`, `too_large` (more than `max_pixels`) or
    `too_small` (a side under 5 pixels).
    """
    return pdq(*_decoded(data, max_pixels))


def dihedral(data: bytes, *, max_pixels: int = MAX_PIXELS) -> dict[Symmetry, PdqHash]:
    """PDQ of a picture file in all eight orientations; refuses as `image` does."""
    return pdq_dihedral(*_decoded(data, max_pixels))


def luma(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Grey:
    """Decode the first frame to grey levels (ITU-R 601), uint8[height, width]; refuses as `image` does."""
    return _decoded(data, max_pixels, reduced=False).grey


def redrawn(stream: BinaryIO, limits: Limits, most: int) -> bytes:
    """The first frame as a grey PNG of at most `most` pixels, upright, metadata gone: what another program may be given.

    Transparency lies on black or white, whichever the picture stands out from. Refuses as `read` does.
    """
    data = whole(stream, limits.picture_bytes)
    picture = _opened(data)
    width, height = picture.size
    if width * height > limits.pixels:
        raise _too_large(picture)
    try:
        picture.draft("L", _within(most, width, height))
        turned = ImageOps.exif_transpose(picture) if _orientation(picture) in TURNED else picture
        grey = _on_ground(turned)
        if picture.format == "PNG" and not np.asarray(grey)[-1].any() and png_is_short(data):
            raise FileRefused("The picture has fewer lines than its header says.", reason="truncated")
        grey.thumbnail(_within(most, *grey.size))
        out = io.BytesIO()
        Image.fromarray(np.asarray(grey)).save(out, "PNG", compress_level=1)  # pixels alone: Pillow hands comments on
    except _TOO_LARGE as error:
        raise _too_large(picture) from error
    except _DAMAGE as error:
        raise _damaged(error) from error
    return out.getvalue()


def _within(most: int, width: int, height: int) -> tuple[int, int]:
    """Width and height of the same form with at most `most` pixels."""
    scale = min(1.0, math.sqrt(most / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def _on_ground(picture: Image.Image) -> Image.Image:
    """Grey levels; what is transparent has the ground on which the rest can be seen."""
    if not picture.has_transparency_data:
        return Image.fromarray(grey_of(picture))
    whole_one = picture.convert("RGBA")
    grey, alpha = whole_one.convert("L"), whole_one.getchannel("A")
    seen = np.asarray(grey)[np.asarray(alpha) > OPAQUE]
    ground = 0 if seen.size and seen.mean() > OPAQUE else 255
    return Image.composite(grey, Image.new("L", grey.size, ground), alpha)


def read(stream: BinaryIO, limits: Limits) -> Found:
    """Every PDQ of a picture file: eight orientations, without its uniform borders, key frames of an animation."""
    watch = Stopwatch()
    data = whole(stream, limits.picture_bytes)
    opened = _opened(data)
    facts = {"format": opened.format, "width": opened.width, "height": opened.height, "mode": opened.mode}
    picture = _loaded(opened, data, limits.pixels)
    found = still(picture, watch)
    found.facts = facts | found.facts
    orientation = _orientation(opened)
    if orientation in TURNED:
        found.facts["exif_orientation"] = orientation
    frames = _frame_count(opened)
    if frames > 1:
        found.facts["frames"] = frames
        found.prints += _animation(opened, limits)
    return found


def _frame_count(picture: Image.Image) -> int:
    """How many frames an animation has; one where what follows the first is broken."""
    try:
        return int(getattr(picture, "n_frames", 1))
    except (*_DAMAGE, *_TOO_LARGE):
        return 1


def _orientation(picture: Image.Image) -> object:
    """The EXIF orientation, as it stands there; nothing where the EXIF data is broken, which does not touch the picture."""
    try:
        return picture.getexif().get(ORIENTATION)
    except (*_DAMAGE, *_TOO_LARGE):
        return None


def still(picture: Picture, watch: Stopwatch) -> Found:
    """PDQ of one picture in eight orientations, and without its borders where it has some, as it is and mirrored."""
    found = Found()
    for symmetry, made in pdq_dihedral(*picture).items():
        found.prints.append(Fingerprint("pdq", made.hex, symmetry.value, made.quality, ms=watch.lap()))
    box = content_box(picture.grey)
    if box is not None and box.worth(*picture.grey.shape):
        scale = picture.size[0] / picture.grey.shape[0]
        found.facts["inner"] = [round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom)]
        inner = box.crop(picture.grey)
        for form, grey in (("inner", inner), ("inner_mirrored", inner[:, ::-1])):
            if min(grey.shape) >= MIN_SIDE:
                made = pdq(grey)
                found.prints.append(Fingerprint("pdq", made.hex, form, made.quality, ms=watch.lap()))
    return found


def grey_of(picture: Image.Image) -> Grey:
    """Grey levels of a decoded picture of any mode, alpha dropped; 16-bit levels are cut at 255 as the reference does."""
    straight = picture.mode in _STRAIGHT_TO_GREY
    return np.asarray((picture if straight else picture.convert("RGB")).convert("L"))


def _decoded(data: bytes, max_pixels: int, *, reduced: bool = True) -> Picture:
    return _loaded(_opened(data), data, max_pixels, reduced=reduced)


def _loaded(picture: Image.Image, data: bytes, max_pixels: int, *, reduced: bool = True) -> Picture:
    """The first frame; a JPEG gives its luma as stored (no colours to convert), smaller where `reduced` allows it."""
    width, height = picture.size
    if width * height > max_pixels:
        raise _too_large(picture)
    shrink = _shrink(min(width, height)) if reduced else 1
    try:
        picture.draft("L", (-(-width // shrink), -(-height // shrink)))
        picture.load()
        grey = grey_of(picture)
    except _TOO_LARGE as error:
        raise _too_large(picture) from error
    except _DAMAGE as error:
        raise _damaged(error) from error
    if picture.format == "PNG" and not grey[-1].any() and png_is_short(data):
        raise FileRefused("The picture has fewer lines than its header says.", reason="truncated")
    return Picture(grey, (height, width))


def _shrink(side: int) -> int:
    return next((by for by in (8, 4, 2) if side // by >= LEFT), 1)


def _animation(picture: Image.Image, limits: Limits) -> list[Fingerprint]:
    """Frames of an animation in which something changed; one that breaks off half-way gives those before."""
    frames = kept(_frames(picture, limits.frames))
    return [Fingerprint("pdq", one.hash.hex, "frame", one.hash.quality, at=one.at, ms=one.ms) for one in frames]


def _frames(picture: Image.Image, most: int) -> Iterator[Moment]:
    at = 0.0
    watch = Stopwatch()
    for number in range(min(most, _frame_count(picture))):
        try:
            picture.seek(number)
            picture.load()
            made = pdq(grey_of(picture))
        except (*_DAMAGE, *_TOO_LARGE):
            return
        yield Moment(round(at, 3), made, watch.lap())
        at += float(picture.info.get("duration") or 100) / 1000
        if at > ANIMATION_SECONDS:
            return


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


def _too_large(picture: Image.Image) -> FileRefused:
    return FileRefused("The picture is too large.", reason="too_large", width=picture.width, height=picture.height)


def _damaged(error: BaseException) -> FileRefused:
    reason = "truncated" if isinstance(error, EOFError) or "truncated" in str(error) else "damaged"
    return FileRefused(f"The picture cannot be decoded: {error}", reason=reason)
