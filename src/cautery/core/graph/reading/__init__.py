"""Networks from files: an edge list in any dress, or GraphML. Bad lines are named and cost only themselves.

read_network(path) -> ReadNetwork          by what the file holds
read_labels(path, ids)                     one label a line: nodes that are protected, gone, seeds
read_pairs(path, ids)                      a label and a word a line: groups, providers
"""

from __future__ import annotations

from .columns import read_labels, read_pairs
from .files import ReadNetwork, read_network

__all__ = ["ReadNetwork", "read_labels", "read_network", "read_pairs"]
