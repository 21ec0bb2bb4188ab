"""A video file -> PDQ of its frames with their times, whole and without the video's borders, and its sound.

Every frame is decoded, `frames.PER_SECOND` of them are hashed at a reduced size with the whole frame's filters, and those
in which something changed are kept. Borders are those of the video, not of one frame: the smallest box that holds the
content of all frames so far, so that a dark scene does not move it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, BinaryIO

import numpy as np

from cautery.core.errors import FileRefused

from . import chromaprint
from .borders import Box, content_box
from .frames import PER_SECOND, Moment, kept
from .kinds import HEAD, file_type
from .model import Fingerprint, Found, Limits, Problem, Stopwatch
from .pdq_kernel import MIN_SIDE, Grey, pdq

SIDE = 256
"""Pixels the longer side of a frame has when it is hashed."""
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
    if inner and track.box is not None:
        found.facts["inner"] = [track.box.left, track.box.top, track.box.right, track.box.bottom]
        found.facts["inner_of"] = list(reversed(track.shape))
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
        except (av.FFmpegError, ValueError) as error:
            broken += 1
            if broken == 1:
                found.problems.append(Problem("", "damaged", f"Some of the video cannot be decoded: {_words(error)}"))
            if isinstance(error, MemoryError | av.EOFError):
                return


@dataclass
class _Track:
    """The frames of one video: hashed whole as they come, kept small until the borders are known."""

    box: Box | None = None
    shape: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    _waiting: list[tuple[float, Grey, tuple[int, int]]] = field(default_factory=list)
    _inner: list[Moment] = field(default_factory=list)
    _scaler: Any = None

    def hashed(self, frames: Iterator[tuple[float, Any]], most: int) -> Iterator[Moment]:
        watch = Stopwatch()
        for number, (at, frame) in enumerate(frames):
            if number >= most:
                return
            grey, size = self._small(frame)
            self.seconds = at
            if min(grey.shape) >= MIN_SIDE:
                self._look(at, grey, size)
                yield Moment(round(at, 3), pdq(grey), watch.lap())

    def inner(self) -> Iterator[Moment]:
        """The frames without borders; none where the video has no borders worth it."""
        self._settle()
        yield from self._inner

    def _small(self, frame: Any) -> tuple[Grey, tuple[int, int]]:
        """The frame's luma at `SIDE` pixels, and the size it had."""
        shrink = max(1.0, max(frame.width, frame.height) / SIDE)
        width, height = max(1, round(frame.width / shrink)), max(1, round(frame.height / shrink))
        small = frame.reformat(width=width, height=height, format="gray", interpolation="AREA")
        plane = small.planes[0]
        lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        return np.ascontiguousarray(lines[:height, :width]), (frame.height, frame.width)

    def _look(self, at: float, grey: Grey, size: tuple[int, int]) -> None:
        if grey.shape != self.shape:
            self._settle()
            self.shape, self.box = (grey.shape[0], grey.shape[1]), None
        content = content_box(grey)
        if content is not None:
            self.box = content if self.box is None else self.box.union(content)
        self._waiting.append((at, grey, size))
        if len(self._waiting) >= SETTLING:
            self._settle()

    def _settle(self) -> None:
        """Hash what waits, now that its borders are known."""
        watch = Stopwatch()
        if self.box is not None and self.box.worth(*self.shape):
            for at, grey, _ in self._waiting:
                inner = self.box.crop(grey)
                if min(inner.shape) >= MIN_SIDE:
                    self._inner.append(Moment(round(at, 3), pdq(inner), watch.lap()))
        self._waiting.clear()


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
