"""How the hot loops of this package are compiled: by Numba, on first use, kept on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Sizes, positions, counts."""

Nodes = NDArray[np.int32]
"""Node ids; the neighbours of v are `indices[indptr[v]:indptr[v + 1]]`."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile on first call for the types it is called with; its callers see the Python signature."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))


def inlined(function: F) -> F:
    """The same for small parts of a loop: always put in place of the call."""
    return cast(F, numba.njit(cache=True, nogil=True, forceinline=True)(function))
