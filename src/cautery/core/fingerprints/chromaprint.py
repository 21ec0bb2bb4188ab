"""The sound of a file -> Chromaprint, where the extra `audio` is installed.

PyAV decodes to mono at 11,025 Hz in this process; ffmpeg from imageio-ffmpeg gets nothing but those samples through a
pipe, and gives one 32-bit number for each eighth of a second.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from cautery.core.errors import FileRefused

from .model import Fingerprint, Limits, Stopwatch

RATE = 11_025
ITEM_SECONDS = 4096 / 3 / RATE
"""Seconds between two numbers (Chromaprint's algorithm 2: frames of 4,096 samples, a third of a frame apart)."""
SHORTEST = 3.0
"""Seconds of sound below which Chromaprint gives nothing worth comparing."""
LONGEST = 4 * 3600.0


def wanted(container: Any) -> bool:
    """Whether there is sound, and Chromaprint is installed: without the extra, videos are read for their pictures alone."""
    return bool(container.streams.audio) and _ffmpeg() is not None


def read_sound(container: Any, limits: Limits) -> list[Fingerprint]:
    """Chromaprint of the first sound track: 8 hexadecimal digits an item; refuses with `no_decoder`, `damaged`, `too_short`."""
    program = _ffmpeg()
    if program is None:
        message = "Fingerprints of sound need the extra: pip install 'cautery[audio]'."
        raise FileRefused(message, reason="no_decoder")
    watch = Stopwatch()
    with container:
        samples = b"".join(_samples(container))
    if len(samples) < SHORTEST * RATE * 2:
        raise FileRefused(f"There are fewer than {SHORTEST:g} seconds of sound.", reason="too_short")
    items = _items(program, samples, limits)
    if not items.size or (items == items[0]).all():
        raise FileRefused("The sound is silence.", reason="silent")
    return [Fingerprint("chromaprint", items.astype(">u4").tobytes().hex(), "sound", _quality(items), ms=watch.lap())]


def numbers(value: str) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """The numbers uint32[items] of a Chromaprint fingerprint's value."""
    return np.frombuffer(bytes.fromhex(value), ">u4").astype(np.uint32)


def _samples(container: Any) -> Iterator[bytes]:
    """Mono 16-bit samples; what cannot be decoded is left out."""
    av = import_module("av")
    if not container.streams.audio or container.streams.audio[0].codec_context is None:
        return
    stream = container.streams.audio[0]
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    most = int(LONGEST * RATE)
    packets = container.demux(stream)
    while most > 0:
        try:
            for frame in next(packets).decode():
                for made in resampler.resample(frame):
                    most -= made.samples
                    yield made.to_ndarray().tobytes()
        except StopIteration:
            return
        except av.EOFError:
            return
        except (av.FFmpegError, ValueError, IndexError):
            continue


def _items(program: str, samples: bytes, limits: Limits) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    sound_in = ["-protocol_whitelist", "pipe", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    items_out = ["-f", "chromaprint", "-algorithm", "1", "-fp_format", "raw", "pipe:1"]
    command = [program, "-hide_banner", "-loglevel", "error", "-nostdin", *sound_in, *items_out]
    try:
        ran = subprocess.run(  # noqa: S603 - our own words; the file's samples come through the pipe
            command, input=samples, capture_output=True, timeout=limits.wall_seconds, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise FileRefused("Chromaprint does not take the sound.", reason="damaged") from error
    return np.frombuffer(ran.stdout[: len(ran.stdout) // 4 * 4], "<u4").astype(np.uint32)


def _quality(items: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> int:
    """0 to 100: how varied the sound is, as the share of items unlike the one before."""
    if items.size < 2:
        return 0
    return round(100 * float(np.mean(items[1:] != items[:-1])))


def _ffmpeg() -> str | None:
    try:
        module = import_module("imageio_ffmpeg")
    except ModuleNotFoundError:
        return None
    try:
        program: str = module.get_ffmpeg_exe()
    except RuntimeError:
        return None
    return program
