"""A short run of the fuzzer; a long one: `python -m tests.core.fingerprints.fuzz --seconds 600`."""

from __future__ import annotations

import random
import time
from collections import Counter

from .fuzz import outcomes

NAMED = {
    "bomb", "crashed", "damaged", "empty", "encrypted", "memory", "not_an_image", "nothing_found", "read", "silent",
    "too_deep", "too_large", "too_many", "too_short", "too_slow", "too_small", "truncated", "unknown_codec",
    "unknown_type",
}  # fmt: skip


def test_every_broken_file_is_read_or_refused_by_name() -> None:
    counted = Counter(outcomes(random.Random(7), time.monotonic() + 4))  # noqa: S311 - not a secret
    assert set(counted) <= NAMED
    assert counted["read"]
    assert counted["crashed"] <= counted.total() / 20
