"""How the hot loops of this package are compiled: by Numba, on first use, kept on disk for the next process.

Numba is loaded when the first kernel is called, so that whoever only imports this package does not wait for it. Where
nothing was compiled yet and little is to be done, `once` runs a loop as it stands in Python: the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from importlib import import_module
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Sizes, positions, counts."""

Nodes = NDArray[np.int32]
"""Node ids; the neighbours of v are `indices[indptr[v]:indptr[v + 1]]`."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

P = ParamSpec("P")
R = TypeVar("R")

SMALL = 40_000
"""Nodes and ends of links up to which a loop over them is as well run in Python, once: some tenths of a second."""

_SCALARS: dict[Any, str] = {int: "int64", float: "float64", bool: "boolean"}
_ROWS: dict[Any, str] = {Ints: "int64", Nodes: "int32", Floats: "float64", Flags: "boolean"}

_as_written: ContextVar[bool] = ContextVar("as_written", default=False)


class Kernel(Generic[P, R]):
    """A function that is compiled once, for the types its annotations say; in other kernels it stands for its compiled self."""

    def __init__(self, function: Callable[P, R], **options: object) -> None:
        update_wrapper(self, function)
        self.function = function
        self.options = options
        self.loaded = False

    @cached_property
    def compiled(self) -> Any:
        """Numba's dispatcher; without a cache where there is no folder that can be written."""
        numba = import_module("numba")
        self.loaded = True
        takes = tuple(
            _typed(hint, numba.types) for name, hint in get_type_hints(self.function).items() if name != "return"
        )
        try:
            return numba.njit(takes, cache=True, nogil=True, **self.options)(self.function)
        except RuntimeError:
            return numba.njit(takes, nogil=True, **self.options)(self.function)

    @property
    def _numba_type_(self) -> object:
        return import_module("numba").typeof(self.compiled)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if _as_written.get():
            return self.function(*args, **kwargs)
        return cast(R, self.compiled(*args, **kwargs))

    def once(self, work: int, *args: P.args, **kwargs: P.kwargs) -> R:
        """The same, as it stands in Python where so much `work` is little and the kernel was not needed before."""
        if self.loaded or work > SMALL:
            return self(*args, **kwargs)
        token = _as_written.set(True)
        try:
            return self.function(*args, **kwargs)
        finally:
            _as_written.reset(token)


def _typed(hint: Any, types: Any) -> Any:
    """Numba's type of an annotation: arrays of this module are contiguous rows, whole numbers have 64 bits."""
    if hint in _SCALARS:
        return getattr(types, _SCALARS[hint])
    if hint in _ROWS:
        return getattr(types, _ROWS[hint])[::1]
    fields = get_type_hints(hint)
    return types.NamedTuple([_typed(fields[name], types) for name in hint._fields], hint)


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Compile on first call."""
    return Kernel(function)


def inlined(function: Callable[P, R]) -> Kernel[P, R]:
    """The same for small parts of a loop: always put in place of the call."""
    return Kernel(function, forceinline=True)
