"""A video file -> PDQ of its frames with their times, whole and without the video's borders, and its sound.

Every frame is decoded, `frames.PER_SECOND` of them are hashed from the luma they are stored with, and those in which
something changed are kept. Borders are those of the video, not of one frame: the smallest box that holds the
content of all frames so far, so that a dark scene does not move it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from cautery.core.errors import FileRefused

from . import chromaprint
from .borders import Box, content_box
from .frames import PER_SECOND, Moment, kept
from .kinds import HEAD, file_type
from .model import Fingerprint, Found, Limits, Problem, Stopwatch
from .pdq_kernel import MIN_SIDE, Grey, Size, pdq

SMALL = 320
"""Pixels the longer side of a frame keeps at least while its borders are not known yet."""
PLANES_OF_LUMA = frozenset(
    {"gray", "nv12", "nv21", "yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p"}
)
"""Pixel formats whose first plane is grey levels of eight bits."""
SETTLING = 100
"""Frames looked at before the first is hashed without borders: 20 seconds."""
MAX_DIMENSION = 16_384
DAMAGE_BORNE = 200
"""Packets in a row that cannot be decoded before a video counts as broken off."""


def read(stream: BinaryIO, limits: Limits) -> Found:
    """PDQ of the frames (`frame`, and `inner_frame` where the video has borders) and Chromaprint of the sound.

    Refuses with `no_decoder` (PyAV is not installed), `damaged`, `truncated`, `too_large`, `nothing_found`.
    """
    container = open_container(stream)
    found = Found()
    with container:
        if container.streams.video:
            _read_pictures(container, found, limits)
        sound = chromaprint.wanted(container)
    if sound:
        stream.seek(0)
        found.prints += _sound(stream, found, limits)
    return found.checked()


def open_container(stream: BinaryIO) -> Any:
    """A PyAV container, held to the format its first bytes show: a playlist that names other files is never followed."""
    av = decoder()
    stream.seek(0)
    kind = file_type(stream.read(HEAD))
    stream.seek(0)
    try:
        return av.open(stream, format=kind.container, options={"protocol_whitelist": ""})
    except (av.FFmpegError, ValueError, OverflowError) as error:
        reason = "truncated" if isinstance(error, av.EOFError) else "damaged"
        raise FileRefused(f"The container cannot be read: {_words(error)}", reason=reason) from error


def decoder() -> Any:
    """PyAV; refuses with `no_decoder` where it is not installed."""
    try:
        return import_module("av")
    except ModuleNotFoundError as error:
        message = "Reading video and sound needs PyAV: pip install 'cautery[exercise]'."
        raise FileRefused(message, reason="no_decoder") from error


def _read_pictures(container: Any, found: Found, limits: Limits) -> None:
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise FileRefused("The video is in a code nothing here decodes.", reason="unknown_codec")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > limits.pixels or max(width, height) > MAX_DIMENSION:
        raise FileRefused("The video's frames are too large.", reason="too_large", width=width, height=height)
    stream.codec_context.thread_count = 1
    rate = float(stream.average_rate or 0)
    found.facts |= {"codec": stream.codec_context.name, "width": width, "height": height, "fps": round(rate, 3)}
    track = _Track()
    for one in kept(track.hashed(_sampled(container, stream, found), limits.frames)):
        found.prints.append(Fingerprint("pdq", one.hash.hex, "frame", one.hash.quality, one.at, ms=one.ms))
    inner = list(kept(track.inner()))
    if inner:
        found.facts["inner"] = track.edges()
        for one in inner:
            found.prints.append(Fingerprint("pdq", one.hash.hex, "inner_frame", one.hash.quality, one.at, ms=one.ms))
    found.facts["seconds"] = round(track.seconds, 3)


def _sampled(container: Any, stream: Any, found: Found) -> Iterator[tuple[float, Any]]:
    """(seconds, frame) at most `PER_SECOND` times a second; what cannot be decoded is named and passed over."""
    due, last, start = -math.inf, 0.0, None
    for frame in _frames(container, stream, found):
        at = frame.time if frame.time is not None else last + 1 / PER_SECOND
        start = at if start is None else start
        last = at - start
        if last >= due or last < due - 2 / PER_SECOND:
            due = last + 1 / PER_SECOND - 1e-3
            yield last, frame


def _frames(container: Any, stream: Any, found: Found) -> Iterator[Any]:
    av = decoder()
    broken = 0
    packets = container.demux(stream)
    while broken < DAMAGE_BORNE:
        try:
            packet = next(packets)
            for frame in packet.decode():
                broken = 0
                yield frame
        except StopIteration:
            return
        except (
            av.FFmpegError,
            ValueError,
            IndexError,
        ) as error:  # IndexError: a stream that was not there at the start
            broken += 1
            if broken == 1:
                found.problems.append(Problem("", "damaged", f"Some of the video cannot be decoded: {_words(error)}"))
            if isinstance(error, MemoryError | av.EOFError):
                return


@dataclass
class _Track:
    """The frames of one video: hashed whole as they come, kept small until the borders are known."""

    box: Box | None = None
    shape: Size = (0, 0)
    seconds: float = 0.0
    _waiting: list[tuple[float, Grey]] = field(default_factory=list)
    _inner: list[Moment] = field(default_factory=list)
    _times: int = 1

    def hashed(self, frames: Iterator[tuple[float, Any]], most: int) -> Iterator[Moment]:
        watch = Stopwatch()
        for at, frame in islice(frames, most):
            self.seconds = at
            grey = _luma(frame)
            if min(grey.shape) >= MIN_SIDE:
                self._look(at, grey)
                yield Moment(round(at, 3), pdq(grey), watch.lap())

    def inner(self) -> Iterator[Moment]:
        """The frames without borders; none where the video has no borders worth it."""
        self._settle()
        yield from self._inner

    def edges(self) -> list[int]:
        """Left, top, right and bottom of the content, in pixels of the video."""
        box = self.box or Box(0, 0, 0, 0)
        return [edge * self._times for edge in (box.left, box.top, box.right, box.bottom)]

    def _look(self, at: float, grey: Grey) -> None:
        times = max(1, max(grey.shape) // SMALL)
        small = _averaged(grey, times)
        if small.shape != self.shape or times != self._times:
            self._settle()
            self.shape, self.box, self._times = (small.shape[0], small.shape[1]), None, times
        content = content_box(small)
        if content is not None:
            self.box = content if self.box is None else self.box.union(content)
        self._waiting.append((at, small))
        if len(self._waiting) >= SETTLING:
            self._settle()

    def _settle(self) -> None:
        """Hash what waits, now that its borders are known."""
        watch = Stopwatch()
        if self.box is not None and self.box.worth(*self.shape):
            for at, small in self._waiting:
                inner = self.box.crop(small)
                height, width = inner.shape
                if min(height, width) >= MIN_SIDE:
                    made = pdq(inner, (height * self._times, width * self._times))
                    self._inner.append(Moment(round(at, 3), made, watch.lap()))
        self._waiting.clear()


def _luma(frame: Any) -> Grey:
    """Grey levels uint8[height, width] of a frame, as stored where that can be had."""
    held = frame if frame.format.name in PLANES_OF_LUMA else frame.reformat(format="gray")
    plane = held.planes[0]
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return lines[: frame.height, : frame.width]


def _averaged(grey: Grey, times: int) -> Grey:
    """Blocks of `times` by `times` pixels as one; what is left over at the right and below is dropped."""
    height, width = grey.shape[0] // times, grey.shape[1] // times
    if times == 1 or not height or not width:
        return grey.copy()
    blocks = grey[: height * times, : width * times].reshape(height, times, width, times)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32) + 0.5).astype(np.uint8)


def _sound(stream: BinaryIO, found: Found, limits: Limits) -> list[Fingerprint]:
    """The sound's fingerprint; where it has none that is a problem of the sound, not of the pictures."""
    try:
        return chromaprint.read_sound(open_container(stream), limits)
    except FileRefused as refused:
        if refused.reason != "no_decoder" or not found.prints:
            found.problems.append(Problem("sound", refused.reason, refused.message))
        return []


def _words(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
