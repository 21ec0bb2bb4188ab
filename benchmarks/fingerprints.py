"""Fingerprints of pictures beside a plain peer, on one core: `python benchmarks/fingerprints.py`.

The peer is what a straightforward Python program does: Pillow decodes to RGB, SciPy filters the luma twice, and a cosine
transform gives the bits, all at the picture's full size (pdqhash itself has no wheel for Linux). The stored figure for pdqhash with
Pillow, taken on another machine, is 17 ms a picture over the pictures of shared/data/media; it is printed beside, not as a ratio.
CPU time, so that a busy machine does not tell. Pictures: shared/data/media where it is there, and specimens made here.
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from PIL import Image
from scipy import fft, ndimage

from cautery.core.fingerprints import Decoders, PdqHash, dihedral, exact, image, luma, pdq

SIZES = ((320, 240), (1600, 1004), (4000, 3000))
STORED_MS = 17.0
SHARED = Path(os.environ.get("CAUTERY_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "media"
TIMES = 7


def cpu_ms(work: Callable[[], object]) -> float:
    """Median CPU time in milliseconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


def peer(data: bytes) -> PdqHash:
    """PDQ as the description reads, with Pillow and SciPy."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    grey = np.asarray(picture, np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    for axis in (0, 1):
        window = max(1, -(-grey.shape[axis] // 128))
        for _ in range(2):
            grey = ndimage.uniform_filter1d(grey, window, axis=axis, mode="nearest")
    rows, columns = (((2 * np.arange(64) + 1) * side) // 128 for side in grey.shape)
    coefficients = fft.dctn(grey[np.ix_(rows, columns)], norm="ortho")[1:17, 1:17]
    return PdqHash(np.packbits((coefficients > np.median(coefficients)).ravel()[::-1]).tobytes(), 0)


def jpeg(size: tuple[int, int]) -> bytes:
    """A specimen picture as a JPEG file."""
    rng = np.random.default_rng(7)
    patches = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = rng.integers(0, 24, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(patches) // 2 + grain).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def pictures() -> None:
    """JPEG to PDQ with decoding, ours and the peer's."""
    cases = {f"{width} x {height}": [jpeg((width, height))] for width, height in SIZES}
    listed = [path.read_bytes() for path in sorted(SHARED.rglob("*.jp*g"))]
    if listed:
        cases[f"{len(listed)} of shared"] = listed
    print(f"{'JPEG':>14} {'exact':>7} {'decode':>7} {'PDQ':>7} {'all 8':>7} {'peer':>7} {'ratio':>6} {'off by':>7}")
    for name, files in cases.items():
        each = [cpu_ms(lambda make=make, files=files: [make(data) for data in files]) / len(files) for make in MAKERS]
        off = max(image(data).distance(pdq(luma(data))) for data in files)
        print(f"{name:>14}" + "".join(f"{ms:>8.2f}" for ms in each) + f"{each[-1] / each[2]:>6.1f}x {off:>4} bits")
    print(
        f"ms a picture. 'off by': reduced decoding against full. pdqhash + Pillow, stored: {STORED_MS} ms over shared's pictures."
    )


MAKERS = (exact, luma, image, dihedral, peer)


def children() -> None:
    """What the child process adds to a picture."""
    data = jpeg(SIZES[0])
    with Decoders(1) as decoders:
        decoders.read(data)
        start = time.perf_counter()
        for _ in range(200):
            decoders.read(data)
        through = (time.perf_counter() - start) * 5
    start = time.perf_counter()
    for _ in range(200):
        dihedral(data)
    print(
        f"\n320 x 240 through a child: {through:.2f} ms; all eight forms here: {(time.perf_counter() - start) * 5:.2f} ms (wall)"
    )


if __name__ == "__main__":
    pictures()
    children()
