"""Harmless videos made by code: a few scenes, each a window moving over a picture, with what people do to copies."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from .pictures import picture

SCENE_SECONDS = 2.0
SIZE = (192, 144)
Change = Callable[[Image.Image], Image.Image]


def moment(seed: int, at: float) -> Image.Image:
    """What the video of this number shows at a time; defined for every moment, so any rate can be made of it."""
    scene, within = divmod(at, SCENE_SECONDS)
    x, y = 40 + 35 * within / SCENE_SECONDS, 10 + 30 * within / SCENE_SECONDS
    return _scene(seed, int(scene)).resize(SIZE, Image.Resampling.BILINEAR, box=(x, y, x + 220, y + 165))


@lru_cache(maxsize=64)
def _scene(seed: int, number: int) -> Image.Image:
    return picture(1000 * seed + number, (320, 240))


def video(
    seed: int,
    spans: Sequence[tuple[float, float]] = ((0.0, 8.0),),
    *,
    rate: int = 10,
    change: Change = lambda image: image,
    sound: bool = False,
    form: str = "mp4",
) -> bytes:
    """A file that shows the given seconds of the video `seed`, one span after the other."""
    return _encoded([(seed, span) for span in spans], rate, change, sound=sound, form=form)


@lru_cache(maxsize=64)
def whole(seed: int) -> bytes:
    """Eight seconds, as first posted."""
    return video(seed)


def letterboxed(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, (0, 30, 0, 30), "black")


def mirrored(image: Image.Image) -> Image.Image:
    return ImageOps.mirror(image)


def with_logo(image: Image.Image) -> Image.Image:
    marked = image.copy()
    ImageDraw.Draw(marked).ellipse((130, 10, 180, 60), fill="white", outline="red", width=6)
    return marked


def tone(seed: int, seconds: float, start: float = 0.0, rate: int = 22_050) -> np.ndarray:
    """Sound that changes four times a second: three of twelve tones at a time, int16[samples]."""
    at = start + np.arange(int(seconds * rate)) / rate
    step = (at * 4).astype(int)
    chords = np.random.default_rng(seed).integers(0, 24, (int(step.max()) + 1, 3))
    pitches = 220.0 * 2 ** (chords[step] / 12)
    return (6000 * np.sin(2 * np.pi * pitches * at[:, None]).sum(axis=1) / 2).astype(np.int16)


def recording(
    seed: int, seconds: float = 12.0, start: float = 0.0, form: str = "wav", codec: str = "pcm_s16le"
) -> bytes:
    """A sound file."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=22_050)
        stream.layout = "mono"
        _mux_sound(container, stream, tone(seed, seconds, start))
    return out.getvalue()


def _encoded(
    spans: list[tuple[int, tuple[float, float]]], rate: int, change: Change, *, sound: bool, form: str
) -> bytes:
    times = [(seed, at) for seed, (start, end) in spans for at in np.arange(start, end, 1 / rate)]
    images = [change(moment(seed, float(at))) for seed, at in times]
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height = images[0].size
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, rate)
        stream.codec_context.qmin = stream.codec_context.qmax = 6
        heard = container.add_stream("aac", rate=22_050, layout="mono") if sound else None
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        container.mux(stream.encode(None))
        if heard is not None:
            _mux_sound(container, heard, tone(spans[0][0], len(images) / rate, spans[0][1][0]))
    return out.getvalue()


def _mux_sound(container: av.container.OutputContainer, stream: av.AudioStream, samples: np.ndarray) -> None:
    for at in range(0, samples.size, 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + 1024], format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = 22_050, at, Fraction(1, 22_050)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
