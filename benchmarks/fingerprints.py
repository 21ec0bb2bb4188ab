"""Fingerprints and search, on one core: `OPENBLAS_NUM_THREADS=1 python benchmarks/fingerprints.py`.

Pictures are made here (smooth colour patches, JPEG at quality 85), hashes are uniform. Times are medians.
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from cautery.core.compare import HammingIndex
from cautery.core.fingerprints import dihedral, exact, image, luma

SIZES = ((320, 240), (550, 550), (1600, 1004), (4000, 3000))
STORED = (10_000, 100_000, 1_000_000)
QUERIES = 20


def median_ms(work: Callable[[], object], times: int = 25) -> float:
    """Median wall time in milliseconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def jpeg(size: tuple[int, int]) -> bytes:
    """A specimen picture as a JPEG file."""
    rng = np.random.default_rng(7)
    patches = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = rng.integers(0, 24, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(patches) // 2 + grain).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def fingerprints() -> None:
    """Time decoding and hashing by size of picture."""
    print(f"{'JPEG':>12} {'bytes':>10} {'exact ms':>9} {'decode ms':>10} {'PDQ ms':>8} {'all eight ms':>13}")
    for size in SIZES:
        data = jpeg(size)
        timings = [median_ms(lambda make=make, data=data: make(data)) for make in (exact, luma, image, dihedral)]
        name = f"{size[0]}x{size[1]}"
        print(
            f"{name:>12} {len(data):>10,} {timings[0]:>9.2f} {timings[1]:>10.2f} {timings[2]:>8.2f} {timings[3]:>13.2f}"
        )


def search() -> None:
    """Time search at radius 31 and addition by size of index."""
    rng = np.random.default_rng(7)
    queries = rng.integers(0, 256, (QUERIES, 32), dtype=np.uint8)
    print(f"{'stored':>12} {'search ms/query':>16} {'add one ms':>11}")
    for stored in STORED:
        index = HammingIndex.build(rng.integers(0, 256, (stored, 32), dtype=np.uint8))
        found = median_ms(lambda index=index: index.search(queries), 5) / QUERIES
        added = median_ms(lambda index=index: index.add(queries[0]))
        print(f"{stored:>12,} {found:>16.3f} {added:>11.4f}")


if __name__ == "__main__":
    print(f"BLAS threads: {os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}. PDQ includes decoding.")
    fingerprints()
    print()
    search()
