"""What is compared with the bank: a medium's digests, its picture in every form, its moving picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cautery.core.fingerprints import Frame
from cautery.core.fingerprints.tracks import unpack
from cautery.core.hashlist import MIN_QUALITY
from cautery.identify.looking import FORMS
from cautery.identify.models import Media

SIZE = 32
ORIGINAL = "original"
Picture = tuple[str, bytes]
"""A form and the PDQ of the picture in it."""
_ODD = np.arange(16) % 2


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing, named by `key`; its `pictures` and `tracks` are all forms of it."""

    key: int
    sha256: str = ""
    sha1: str = ""
    md5: str = ""
    pictures: tuple[Picture, ...] = ()
    tracks: tuple[Sequence[Frame], ...] = ()


def asked(medium: Media) -> Asked:
    """A medium as the bank is asked for it; a picture too flat to be told from others has no PDQ here."""
    return Asked(medium.pk, medium.sha256, medium.sha1, medium.md5, pictures_of(medium), tracks_of(medium))


def pictures_of(medium: Media) -> tuple[Picture, ...]:
    """A medium's picture as it is, turned, mirrored and without its borders."""
    forms = bytes(medium.forms)
    hashes = [(form, forms[at * SIZE : (at + 1) * SIZE]) for at, form in enumerate(FORMS)]
    if medium.pdq:
        hashes.insert(0, (ORIGINAL, bytes(medium.pdq)))
    flat = medium.quality < MIN_QUALITY
    return tuple((form, bits) for form, bits in hashes if bits and (form.startswith("inner") or not flat))


def tracks_of(medium: Media) -> tuple[Sequence[Frame], ...]:
    """A medium's moving picture, whole and without its borders."""
    return tuple(unpack(bytes(track)) for track in (medium.track, medium.inner_track) if track)


def turned(pdq: bytes) -> list[bytes]:
    """A hash as it is, and about what it would be if its picture were turned or mirrored: nine in ten within 26 bits.

    Signs of the coefficients change with their frequencies, and rows become columns. For what only a hash is known of.
    """
    bits = np.unpackbits(np.frombuffer(pdq, np.uint8))[::-1].reshape(16, 16)
    mirrored, flipped = 1 - _ODD[None, :], 1 - _ODD[:, None]
    straight = [bits ^ (mirrored * across) ^ (flipped * down) for down in (0, 1) for across in (0, 1)]
    return [packed(form) for one in straight for form in (one, one.T)]


def packed(bits: NDArray[np.int64]) -> bytes:
    """The hash of coefficients' bits [16, 16]; the last is printed first."""
    return np.packbits(bits.ravel()[::-1].astype(np.uint8)).tobytes()
