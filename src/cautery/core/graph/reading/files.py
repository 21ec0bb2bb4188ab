"""A network from a file: what it holds decides how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import FileRefused, RowRefused
from ..network import Network
from .edge_list import edge_list
from .graphml import graphml

GZIP = b"\x1f\x8b"
LARGEST = 4 << 30
"""Bytes; ten million edges of long labels are a quarter of it."""


@dataclass(frozen=True, eq=False)
class ReadNetwork:
    """The network, the label of each node, the number of each label, and the lines that were refused."""

    network: Network
    labels: list[str]
    numbers: dict[str, int]
    problems: list[RowRefused]


def read_network(path: Path) -> ReadNetwork:
    """Read GraphML or an edge list; `FileRefused` where there is nothing to read as either."""
    content = content_of(path)
    edges = graphml(content) if content.lstrip()[:1] == b"<" else edge_list(text_of(content, path))
    if not edges.numbers:
        hint = f" The first problem: {edges.problems[0].message}" if edges.problems else ""
        raise FileRefused(f"{path} holds no link between two nodes.{hint}", reason="no_edges")
    ends = np.frombuffer(edges.ends, np.int64).reshape(-1, 2) if edges.ends else np.empty((0, 2), np.int64)
    weights = np.frombuffer(edges.weights, np.float64) if edges.weights else np.empty(0)
    network = Network.from_edges(ends, weights, len(edges.numbers))
    return ReadNetwork(network, list(edges.numbers), edges.numbers, edges.problems)


def content_of(path: Path) -> bytes:
    """The bytes of a file, without a mark of their order."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileRefused(f"{path} is larger than {LARGEST >> 30} GiB.", reason="too_large")
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.", reason="unreadable") from error
    if content.startswith(GZIP):
        raise FileRefused(f"{path} is compressed; unpack it first.", reason="compressed")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace").encode()
    return content.removeprefix(b"\xef\xbb\xbf")


def text_of(content: bytes, path: Path) -> list[str]:
    """The lines of a text; bytes that are no UTF-8 stay visible (`\\xff`). `FileRefused` where it is no text."""
    if b"\0" in content[:4096]:
        raise FileRefused(f"{path} is no text.", reason="not_text")
    return content.decode("utf-8", errors="backslashreplace").splitlines()
