"""Specimen videos: a few seconds of MPEG-4 panning over a work's picture, in the variants that pictures have."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from io import BytesIO

import av
import numpy as np
from PIL import Image

from cautery.exercise.specimens.keyed import generator
from cautery.exercise.specimens.pictures import draw_original, vary

SIZES = ((160, 120), (200, 150), (240, 180), (320, 240))
SCENES = 3
WINDOW = 0.88
KEPT = 8
"""Works whose frames are kept for the next variant: about 5 MB each; a rehearsal has eight."""


def make_video(seed: int, work: int, variant: str) -> bytes:
    """An MP4 of three scenes, one to two seconds each, at 8 to 12 frames a second."""
    size, rate, frames = _shot(seed, work)
    treated = [vary(frame, variant, generator(seed, "video", work, variant)) for frame in frames]
    if variant.startswith("resized"):
        size = SIZES[(SIZES.index(size) + 1) % len(SIZES)]
    return _encoded([frame.resize(size) for frame in treated], rate, quality=_quality(variant))


@lru_cache(maxsize=KEPT)
def _shot(seed: int, work: int) -> tuple[tuple[int, int], int, Sequence[Image.Image]]:
    """What all variants of a work are made from: size, frames a second, and the frames."""
    rng = generator(seed, "video", work)
    size = SIZES[int(rng.integers(3))]
    rate = int(rng.integers(8, 13))
    seconds = [int(rng.integers(1, 3)) for _ in range(SCENES)]
    frames: list[Image.Image] = []
    for scene, length in enumerate(seconds):
        frames += _pan(draw_original(seed, f"{work}.{scene}"), length * rate, size, rng)
    return size, rate, frames


def _quality(variant: str) -> int:
    """MPEG-4 quantiser: 2 is best, 31 worst."""
    return 16 if variant.startswith("recompressed") else 8


def _pan(image: Image.Image, count: int, size: tuple[int, int], rng: np.random.Generator) -> list[Image.Image]:
    """Frames of a window that moves slowly over the picture."""
    start, end = rng.uniform(0.0, 0.12, 2), rng.uniform(0.0, 0.12, 2)
    frames = []
    for step in range(count):
        left, top = start + (end - start) * step / max(1, count - 1)
        x, y = float(left) * image.width, float(top) * image.height
        box = (x, y, x + WINDOW * image.width, y + WINDOW * image.height)
        frames.append(image.resize(size, Image.Resampling.BILINEAR, box=box))
    return frames


def _encoded(frames: list[Image.Image], rate: int, *, quality: int) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height = frames[0].size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, rate)
        stream.codec_context.thread_count = 1
        stream.codec_context.qmin = stream.codec_context.qmax = quality
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
