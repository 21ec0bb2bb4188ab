"""Fingerprint x index -> distances, and a verdict with its reason.

HammingIndex.build(hashes) / add / add_many / remove / search(queries, radius) -> Hits
verdict(distance, radius) -> Match | NoMatch
"""

from __future__ import annotations

from .index import RADIUS, HammingIndex, Hits
from .verdict import Match, NoMatch, verdict

__all__ = ["RADIUS", "HammingIndex", "Hits", "Match", "NoMatch", "verdict"]
