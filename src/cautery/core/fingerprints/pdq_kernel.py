"""PDQ, the perceptual hash of pictures that hash-sharing lists use, from grey levels to 256 bits.

Written from the published description ("The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
algorithm", Meta, 2019). The steps:

    luma -> two box filters a dimension -> 64 x 64 samples -> 16 x 16 cosine coefficients -> above the median?

The filters and the sampling are linear, so they are folded into one 64 x n matrix a dimension, made once for each n
and kept. The picture is stored as it lies in the file: no downscaling beforehand, as in the reference that HMA and
python-threatexchange use (docs/decisions/0020).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cautery.core.errors import FileRefused

BITS = 256
MIN_SIDE = 5  # pixels; below this the description gives no hash

_SAMPLES = 64
_COEFFICIENTS = 16
_FILTERS = 2
_WINDOWS = 128
_BANDS = 8  # rows of samples computed together, so that each reads only its own part of the picture
_FULL_QUALITY = 90  # summed gradient, in percent of white, a ninetieth of which is one point of quality

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]
Size = tuple[int, int]


class Symmetry(StrEnum):
    """The eight ways a picture can be turned and mirrored; turns are clockwise."""

    ORIGINAL = "original"
    ROTATED_90 = "rotated_90"
    ROTATED_180 = "rotated_180"
    ROTATED_270 = "rotated_270"
    MIRRORED = "mirrored"
    FLIPPED = "flipped"
    TRANSPOSED = "transposed"
    TRANSVERSED = "transversed"


# (flipped top to bottom, mirrored left to right) -> what that is, and what it is transposed
_SYMMETRIES = {
    (False, False): (Symmetry.ORIGINAL, Symmetry.TRANSPOSED),
    (False, True): (Symmetry.MIRRORED, Symmetry.ROTATED_270),
    (True, False): (Symmetry.FLIPPED, Symmetry.ROTATED_90),
    (True, True): (Symmetry.ROTATED_180, Symmetry.TRANSVERSED),
}


@dataclass(frozen=True, slots=True)
class PdqHash:
    """256 bits in the order lists print them, and the quality, 0 (flat) to 100; matching below 50 is not advised."""

    bits: bytes
    quality: int

    def __post_init__(self) -> None:
        if len(self.bits) * 8 != BITS:
            raise ValueError(f"a PDQ hash has {BITS} bits, not {len(self.bits) * 8}")

    @property
    def hex(self) -> str:
        """64 hexadecimal digits."""
        return self.bits.hex()

    def distance(self, other: PdqHash) -> int:
        """Hamming distance in bits, 0 to 256; up to 31 is a match by convention."""
        return (int.from_bytes(self.bits) ^ int.from_bytes(other.bits)).bit_count()


def pdq(grey: Grey, size: Size | None = None) -> PdqHash:
    """Hash grey levels uint8[height, width]; refuses (`too_small`) a side under 5 pixels.

    `size` is (height, width) of the picture that `grey` was decoded from at a half, a quarter or an eighth: the filters
    are then those of the whole picture.
    """
    rows, columns = _samplers(grey, size)
    return _hash(_narrow(rows, grey) @ columns.T)


def pdq_dihedral(grey: Grey, size: Size | None = None) -> dict[Symmetry, PdqHash]:
    """Hash grey levels uint8[height, width] and their seven turned and mirrored forms; `size` and refusals as in `pdq`.

    Each is the hash of the turned picture itself. Changing signs in the coefficients of one transform would be
    cheaper but misses it by up to 30 bits, because filters of even width lean to one side.
    """
    rows, columns = _samplers(grey, size)
    rows_from_below, columns_from_right = _samplers(grey, size, reverse=True)
    forms = {}
    for flipped in (False, True):
        narrow = _narrow(rows_from_below if flipped else rows, grey)
        for mirrored in (False, True):
            samples = narrow @ (columns_from_right if mirrored else columns).T
            straight, transposed = _SYMMETRIES[flipped, mirrored]
            forms[straight] = _hash(samples)
            forms[transposed] = _hash(samples.T)
    return forms


def _samplers(grey: Grey, size: Size | None, *, reverse: bool = False) -> tuple[Floats, Floats]:
    height, width = size or grey.shape
    if min(height, width) < MIN_SIDE:
        message = f"The picture has a side under {MIN_SIDE} pixels."
        raise FileRefused(message, reason="too_small", width=width, height=height)
    return _folded(height, grey.shape[0], reverse), _folded(width, grey.shape[1], reverse)


@lru_cache(maxsize=256)
def _folded(size: int, left: int, reverse: bool) -> Floats:
    """float32[64, left]: the sampler of a line of `size` pixels, for that line averaged down to `left` pixels.

    Each pixel left stands for a run of whole ones, so it takes the sum of their weights; the last run may be shorter.
    """
    weights = _sampler(size)[:, ::-1] if reverse else _sampler(size)
    if left == size:
        return weights
    run = -(-size // left)
    folded = np.add.reduceat(weights, np.arange(0, size, run), axis=1)
    if folded.shape[1] != left:
        raise ValueError(f"{left} pixels are not {size} at a half, a quarter or an eighth")
    return np.asarray(folded, np.float32)


def _narrow(rows: Floats, grey: Grey) -> Floats:
    """float32[64, width]: the picture filtered and sampled from top to bottom, in bands so that memory stays small."""
    step = _SAMPLES // _BANDS
    narrow = np.empty((_SAMPLES, grey.shape[1]), np.float32)
    for first in range(0, _SAMPLES, step):
        band = rows[first : first + step]
        used = np.flatnonzero(band.any(axis=0))
        low, high = used[0], used[-1] + 1
        narrow[first : first + step] = band[:, low:high] @ grey[low:high].astype(np.float32)
    return narrow


@lru_cache(maxsize=64)
def _sampler(size: int) -> Floats:
    """float32[64, size]: filters a line of `size` pixels twice and reads it at 64 evenly spread pixels."""
    points = (2 * np.arange(_SAMPLES) + 1) * size // (2 * _SAMPLES)
    weights = np.zeros((_SAMPLES, size))
    weights[np.arange(_SAMPLES), points] = 1.0
    for _ in range(_FILTERS):
        weights = _through_box(weights)
    return weights.astype(np.float32)


def _through_box(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights on box-filtered pixels, rewritten as weights on the pixels themselves.

    The box of pixel i covers i + half - window up to i + half, cut at the edges and averaged over what is left.
    """
    size = weights.shape[1]
    window = (size + _WINDOWS - 1) // _WINDOWS
    half = (window + 2) // 2
    pixels = np.arange(size)
    start = np.clip(pixels + half - window, 0, size)
    stop = np.clip(pixels + half, 0, size)
    shares = (weights / (stop - start)).T
    change = np.zeros((size + 1, weights.shape[0]))
    np.add.at(change, start, shares)
    np.subtract.at(change, stop, shares)
    summed: NDArray[np.float64] = np.cumsum(change[:-1], axis=0)
    return summed.T


def _cosine_basis() -> Floats:
    """float32[16, 64]: the cosine transform's rows 1 to 16; row 0, the mean, says nothing about structure."""
    frequency = np.arange(1, _COEFFICIENTS + 1)[:, None]
    place = 2 * np.arange(_SAMPLES)[None, :] + 1
    basis = np.sqrt(2 / _SAMPLES) * np.cos(np.pi / (2 * _SAMPLES) * frequency * place)
    return np.asarray(basis, np.float32)


_BASIS = _cosine_basis()


def _hash(samples: Floats) -> PdqHash:
    """A bit is set where its coefficient lies above the lower median; the last coefficient is printed first."""
    coefficients = (_BASIS @ samples @ _BASIS.T).ravel()
    middle = (coefficients.size - 1) // 2
    above = coefficients > np.partition(coefficients, middle)[middle]
    return PdqHash(np.packbits(above[::-1]).tobytes(), _quality(samples))


def _quality(samples: Floats) -> int:
    """0 to 100: the sum of steps between neighbouring samples, each in whole percent of white."""
    down = np.trunc(np.diff(samples, axis=0) * (100 / 255))
    across = np.trunc(np.diff(samples, axis=1) * (100 / 255))
    return min(100, int((np.abs(down).sum() + np.abs(across).sum()) / _FULL_QUALITY))
