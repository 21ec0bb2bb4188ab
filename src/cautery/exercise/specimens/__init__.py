"""Specimen texts in six languages, pictures and short videos, made by code from the seed. Harmless, and marked."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from cautery.exercise.specimens.keyed import generator
from cautery.exercise.specimens.pictures import VARIATIONS, draw_original, encode, vary
from cautery.exercise.specimens.texts import LANGUAGES, TRUTHS, outlet_of, text_of
from cautery.exercise.specimens.videos import make_video

__all__ = ["LANGUAGES", "TRUTHS", "VARIATIONS", "Specimens", "mime"]

MAGIC = ((b"\xff\xd8\xff", 0, "image/jpeg"), (b"\x89PNG\r\n\x1a\n", 0, "image/png"), (b"ftyp", 4, "video/mp4"))


def mime(data: bytes) -> str:
    """The media type by the first bytes; ValueError for bytes that no specimen has."""
    for magic, offset, kind in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind
    raise ValueError("not the bytes of a specimen")


class Specimens:
    """Everything a world shows, by number of the work; the same seed gives the same bytes on the same library versions.

    Caches are bounded: at most 64 decoded originals, 2,048 pictures (about 25 MB) and 128 videos are kept.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._original = lru_cache(maxsize=64)(self._draw_original)
        self._picture = lru_cache(maxsize=2048)(self._make_picture)
        self._video = lru_cache(maxsize=128)(self._make_video)

    def outlet(self, work: int) -> str:
        """The fictional outlet that a work belongs to."""
        return outlet_of(self.seed, work)

    def text(self, work: int, language: str, truth: str) -> tuple[str, str]:
        """Title and body (0.4 to 1.2 kB) of a work; `truth` is "propaganda" or a protected purpose."""
        return text_of(self.seed, work, language, truth)

    def picture(self, work: int, variant: str = "original") -> bytes:
        """JPEG (every eighth original PNG) of about 320 x 240; `variant` is one of VARIATIONS, with or without `#n`."""
        return self._picture(work, variant)

    def video(self, work: int, variant: str = "original") -> bytes:
        """MP4 of three to six seconds, 160 x 120 to 320 x 240, no sound; variants as for pictures."""
        return self._video(work, variant)

    def mime(self, data: bytes) -> str:
        """The media type of a specimen's bytes."""
        return mime(data)

    def _draw_original(self, work: int) -> Image.Image:
        return draw_original(self.seed, work)

    def _make_picture(self, work: int, variant: str) -> bytes:
        rng = generator(self.seed, "variant", work, variant)
        return encode(vary(self._original(work), variant, rng), work, variant, rng)

    def _make_video(self, work: int, variant: str) -> bytes:
        return make_video(self.seed, work, variant)
