"""Search by Hamming distance, beside FAISS in the same run: `python benchmarks/index.py [hashes ...]` (1 M if none is named).

One thread. Half the queries are stored hashes with up to 31 bits changed, half are new. Every answer is compared with
FAISS flat's. `clustered`: half uniform, a quarter families of about 200 near-duplicates, a quarter of 20 flat pictures.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from cautery.core.compare import HammingIndex

QUERIES = 2_000
PEER_QUERIES = 100
RADIUS = 31
Hashes = NDArray[np.uint8]


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The shortest wall time of some runs in seconds, and the last answer."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - start)
    return min(taken), answer


def changed(hashes: Hashes, most: int, rng: np.random.Generator) -> Hashes:
    """Each hash with 0 to `most` of its bits flipped."""
    flips = np.zeros((len(hashes), 256), np.uint8)
    counts = rng.integers(0, most + 1, len(hashes))
    for row, count in zip(flips, counts, strict=True):
        row[rng.choice(256, count, replace=False)] = 1
    return hashes ^ np.packbits(flips, axis=1)


def clustered(n: int, rng: np.random.Generator) -> Hashes:
    """A mix of uniform hashes, families of copies and flat pictures."""
    families = rng.integers(0, 256, (max(1, n // 800), 32), dtype=np.uint8)[rng.integers(0, max(1, n // 800), n // 4)]
    flat = rng.integers(0, 256, (20, 32), dtype=np.uint8)[rng.integers(0, 20, n // 4)]
    near = np.concatenate([families, flat])
    few = rng.integers(0, 256, (2, len(near), 32), dtype=np.uint8)
    near ^= few[0] & few[1] & np.uint8(0b10010001)  # about 24 bits of 256
    hashes = np.concatenate([near, rng.integers(0, 256, (n - len(near), 32), dtype=np.uint8)])
    rng.shuffle(hashes)
    return hashes


def same(ours: Any, peer: tuple[Any, Any, Any]) -> bool:
    """Whether both found the same hashes at the same distances."""
    limits, distances, ids = peer
    for q in range(len(limits) - 1):
        mine = slice(ours.limits[q], ours.limits[q + 1])
        theirs = slice(limits[q], limits[q + 1])
        found = sorted(zip(distances[theirs].astype(int), ids[theirs], strict=True))
        if found != list(zip(ours.distances[mine], ours.ids[mine], strict=True)):
            return False
    return True


def flat(hashes: Hashes) -> faiss.IndexBinaryFlat:
    """FAISS's scan."""
    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    return index


def ranged(index: Any, queries: Hashes) -> tuple[float, Any]:
    """FAISS's time in seconds, and its answer; its radius is the first distance that is too far."""
    return best(lambda: index.range_search(queries, RADIUS + 1), 2)


def multihash(hashes: Hashes) -> faiss.IndexBinaryMultiHash:
    """FAISS's own multi-index hashing, exact at radius 31: 16 tables of 16 bits, one bit flipped in each."""
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = 1
    index.add(hashes)
    return index


def search(name: str, hashes: Hashes, rng: np.random.Generator, *, with_multihash: bool) -> HammingIndex:
    """Print one line of figures; the index that was made."""
    n = len(hashes)
    queries = np.concatenate(
        [
            changed(hashes[rng.integers(0, n, QUERIES // 2)], RADIUS, rng),
            rng.integers(0, 256, (QUERIES // 2, 32), dtype=np.uint8),
        ]
    )
    rng.shuffle(queries)
    built, index = best(lambda: HammingIndex.build(hashes), 1)
    index.search(queries[:10])
    ours, _ = best(lambda: index.search(queries))
    singly, _ = best(lambda: [index.search(query[None, :]) for query in queries[:200]])
    some = queries[:PEER_QUERIES]
    flat_s, answer = ranged(flat(hashes), some)
    exact = same(index.search(some), answer)
    multi_s = ranged(multihash(hashes), some)[0] if with_multihash else np.nan
    ms = ours / len(queries) * 1e3
    flat_ms, multi_ms = flat_s / len(some) * 1e3, multi_s / len(some) * 1e3
    print(
        f"{name:>16} {n:>11,} {built:>8.1f} {ms:>9.4f} {singly / 200 * 1e3:>9.4f} {flat_ms:>10.3f} {multi_ms:>10.3f} {flat_ms / ms:>7.0f}x"
        f" {multi_ms / ms:>7.0f}x {'yes' if exact else 'NO':>6} {index.nbytes / n:>8.1f}",
        flush=True,
    )
    return index


RESIDENT = """
import sys, numpy as np
from pathlib import Path
from cautery.core.compare import HammingIndex
held = lambda: int(Path("/proc/self/statm").read_text().split()[1]) * 4096
HammingIndex.build(np.zeros((2_000, 32), np.uint8)).search(np.zeros((2, 32), np.uint8))
before = held()
index = HammingIndex.open(sys.argv[1])
index.check()
index.search(np.random.default_rng(1).integers(0, 256, (2_000, 32), dtype=np.uint8))
print((held() - before) / len(index), held() / len(index))
"""


def change(index: HammingIndex, rng: np.random.Generator) -> None:
    """Adding and opening, with a folder."""
    n = len(index)
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "index")
        reading = [sys.executable, "-c", RESIDENT, str(Path(folder) / "index")]
        grown, whole = map(float, subprocess.run(reading, capture_output=True, check=True, text=True).stdout.split())
        opened_s, opened = best(lambda: HammingIndex.open(Path(folder) / "index"), 1)
        new = rng.integers(0, 256, (300, 32), dtype=np.uint8)
        opened.search(new[:1])
        taken = []
        for hash_ in new:
            start = time.perf_counter()
            id_ = opened.add(hash_)
            found = opened.search(hash_[None, :], 0).ids
            taken.append(time.perf_counter() - start)
            if id_ not in found:
                raise SystemExit("a hash that was added was not found")
        durable_s, _ = best(opened.flush, 1)
        opened.close()
    print(
        f"{n:,} hashes: opened in {opened_s * 1e3:.1f} ms; one added and found: median {np.median(taken) * 1e3:.3f} ms, "
        f"slowest of 300 {max(taken) * 1e3:.2f} ms; on the disk {durable_s * 1e3:.1f} ms later.\n"
        f"Resident in a reader, every page touched: {grown:.1f} bytes a hash ({whole:.1f} with Python, NumPy and Numba)."
    )


def main(sizes: list[int]) -> None:
    """All figures for each size."""
    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(7)
    HammingIndex.build(rng.integers(0, 256, (2_000, 32), dtype=np.uint8)).search(np.zeros((2, 32), np.uint8))
    print(
        f"{'hashes':>16} {'stored':>11} {'build s':>8} {'ms/query':>9} {'one by one':>10} {'flat ms':>9} {'multihash':>10}"
        f" {'/ flat':>8} {'/ multi':>8} {'exact':>6} {'B/hash':>8}"
    )
    for n in sizes:
        search("clustered", clustered(n, rng), rng, with_multihash=False)
        index = search("uniform", rng.integers(0, 256, (n, 32), dtype=np.uint8), rng, with_multihash=n <= 1_000_000)
        change(index, rng)


if __name__ == "__main__":
    main([int(float(text)) for text in sys.argv[1:]] or [1_000_000])
