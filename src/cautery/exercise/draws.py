"""Random draws keyed by purpose and object: the same seed gives the same answer, whatever happened before."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
SCALE = 2.0**-64


def draw(seed: int, purpose: str, key: object) -> float:
    """A number in [0, 1) that depends on the seed, the purpose and the key, and on nothing else."""
    digest = blake2b(f"{seed}\x1f{purpose}\x1f{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") * SCALE


class Draws:
    """All draws of one world."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def unit(self, purpose: str, key: object) -> float:
        """A number in [0, 1)."""
        return draw(self.seed, purpose, key)

    def units(self, purpose: str, key: object) -> tuple[float, ...]:
        """Eight independent numbers in [0, 1) for the price of one draw."""
        digest = blake2b(f"{self.seed}\x1f{purpose}\x1f{key}".encode(), digest_size=64).digest()
        return tuple(value * SCALE for value in struct.unpack(">8Q", digest))

    def happens(self, purpose: str, key: object, share: float) -> bool:
        """True in this share of the keys."""
        return self.unit(purpose, key) < share

    def choice(self, purpose: str, key: object, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return pick(self.unit(purpose, key), options)

    def exponential(self, purpose: str, key: object, mean: float) -> float:
        """An exponential time, in the unit of its mean."""
        return -mean * math.log1p(-self.unit(purpose, key))

    def lognormal(self, purpose: str, key: object, median: float, sigma: float) -> float:
        """A log-normal time with this median, in its unit (Box and Muller, 1958)."""
        first, second, *_ = self.units(purpose, key)
        normal = math.sqrt(-2.0 * math.log1p(-first)) * math.cos(2.0 * math.pi * second)
        return median * math.exp(sigma * normal)

    def token(self, purpose: str, key: object, length: int, alphabet: str) -> str:
        """A word of this length, spelled in the alphabet."""
        digest = blake2b(f"{self.seed}\x1f{purpose}\x1f{key}".encode(), digest_size=64).digest()
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(alphabet))
            letters.append(alphabet[index])
        return "".join(letters)


def pick(unit: float, options: Sequence[T]) -> T:
    """The option that a number in [0, 1) points at."""
    return options[int(unit * len(options))]


def weighted(unit: float, weights: Mapping[T, float]) -> T:
    """The option that a number in [0, 1) points at, by weight; the weights need not add up to one."""
    left = unit * sum(weights.values())
    option = next(iter(weights))
    for option, weight in weights.items():
        left -= weight
        if left < 0:
            return option
    return option
