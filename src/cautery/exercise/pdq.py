"""PDQ of a picture (Facebook, 2019), as the world computes it for the list of known content.

The platform has its own in `core.fingerprints`; this one is apart on purpose, so that the two can disagree.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
SIDE = 64
BLOCK = 16
PASSES = 2
COSINES = np.sqrt(2.0 / SIDE) * np.cos(
    np.pi / 2 / SIDE * np.arange(1, BLOCK + 1)[:, None] * (2 * np.arange(SIDE)[None, :] + 1)
)


def pdq_hex(data: bytes) -> str:
    """64 hexadecimal digits; the first bit of the transform is the last of the number."""
    image = np.asarray(Image.open(BytesIO(data)).convert("RGB"), dtype=np.float32) @ LUMA
    rows, columns = image.shape
    for _ in range(PASSES):
        image = _box(_box(image, _window(columns), axis=1), _window(rows), axis=0)
    small = image[_middles(rows)][:, _middles(columns)]
    transform = (COSINES @ small @ COSINES.T).ravel()
    bits = transform > np.partition(transform, BLOCK * BLOCK // 2 - 1)[BLOCK * BLOCK // 2 - 1]
    return "".join(f"{byte:02x}" for byte in np.packbits(bits[::-1]))


def _window(length: int) -> int:
    return -(-length // (2 * SIDE))


def _middles(length: int) -> NDArray[np.intp]:
    return ((np.arange(SIDE) + 0.5) * length / SIDE).astype(np.intp)


def _box(image: NDArray[np.float32], window: int, *, axis: int) -> NDArray[np.float32]:
    """Mean over a sliding window that is cut off at the edges."""
    length = image.shape[axis]
    sums = np.concatenate([np.zeros_like(np.take(image, [0], axis)), np.cumsum(image, axis, dtype=np.float64)], axis)
    places = np.arange(length)
    last = np.minimum(places + window // 2 + 1, length)
    first = np.maximum(places - (window - 1 - window // 2), 0)
    shape = [-1, 1] if axis == 0 else [1, -1]
    means = (np.take(sums, last, axis) - np.take(sums, first, axis)) / (last - first).reshape(shape)
    return np.asarray(means, dtype=np.float32)
