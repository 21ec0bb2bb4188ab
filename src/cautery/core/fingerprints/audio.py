"""A sound file -> Chromaprint."""

from __future__ import annotations

from typing import BinaryIO

from . import chromaprint
from .model import Found, Limits
from .video import open_container


def read(stream: BinaryIO, limits: Limits) -> Found:
    """Chromaprint of the sound; refuses with `no_decoder` (an extra is not installed), `damaged`, `too_short`, `silent`."""
    container = open_container(stream)
    found = Found()
    if container.duration:
        found.facts["seconds"] = round(container.duration / 1_000_000, 3)
    found.prints = chromaprint.read_sound(container, limits)
    return found.checked()
