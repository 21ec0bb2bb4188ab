"""Fingerprint x index -> distances, and a verdict with its reason.

HammingIndex.build(hashes) / open(path) / add / add_many / remove / search(queries, radius) -> Hits
TextIndex.build(texts) / add / remove / search(texts) -> Likenesses
verdict(distance, radius) -> Match | NoMatch

The indexes are loaded when they are first asked for: Numba takes half a second, which most processes never need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .bits import RADIUS
from .verdict import Match, NoMatch, verdict

if TYPE_CHECKING:
    from .index import HammingIndex, Hits
    from .text import Likenesses, TextIndex

__all__ = ["RADIUS", "HammingIndex", "Hits", "Likenesses", "Match", "NoMatch", "TextIndex", "verdict"]

_LATER = {"HammingIndex": "index", "Hits": "index", "Likenesses": "text", "TextIndex": "text"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
