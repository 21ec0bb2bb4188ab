"""Keyed randomness for specimens: the same (seed, key) gives the same numbers, whatever was made before."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *key: object) -> np.random.Generator:
    """A generator of its own for this key, independent of every other key."""
    text = ":".join(str(part) for part in (seed, *key))
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest()))
