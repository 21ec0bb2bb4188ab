"""Where to draw each node so that what is linked lies together: springs along links, everything else pushed apart.

The push is worked out on a mesh: nodes are spread over the cells around them, the field of all of them is one convolution
(FFT), and each node reads it where it stands. So a step costs O(n + m + g^2 log g) for g x g cells, whatever the crowding
(particle-mesh method, Hockney and Eastwood 1988; forces as in Fruchterman and Reingold 1991). The beginning is a walk's slow
modes, which lays the large parts of a network apart before the first step. No draw of it is random twice: the same network
is laid out the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from .kernel import Floats, Ints
from .network import Network

Places = NDArray[np.float64]
"""float64[n, 2]."""

CELLS = 256
STEPS = 120
MODES = 40
"""Steps of the walk before the beginning is taken."""
PUSH, SPRING, PULL = 0.02, 0.3, 0.02
"""How strongly all others push a node, its links draw it, and the middle does."""
GOLDEN = np.pi * (3 - np.sqrt(5))


def layout(network: Network, steps: int = STEPS) -> Places:
    """Places of all nodes, float64[n, 2], within a circle of radius 1; nodes without links stand in rings around the others."""
    linked = np.flatnonzero(network.degree > 0)
    places = np.zeros((network.n, 2))
    share = np.sqrt(linked.size / max(network.n, 1))
    inner = 0.0
    if linked.size:
        number = np.full(network.n, -1, np.int64)
        number[linked] = np.arange(linked.size)
        rows = np.repeat(np.arange(network.n), network.degree)
        ends = (number[rows], number[network.indices])
        places[linked] = _forced(csr_array((np.ones(rows.size), ends), shape=(linked.size,) * 2), steps)
        inner = max(0.35, float(share))
        places[linked] *= inner
    alone = np.flatnonzero(network.degree == 0)
    places[alone] = _rings(alone.size, inner)
    return places


def _rings(count: int, inner: float) -> Places:
    """Points spread evenly over the ring between `inner` and 1 (a sunflower's)."""
    turn = np.arange(count)
    begin = min(inner + 0.05, 0.97) if inner else 0.0
    radius = np.sqrt(begin**2 + (1 - begin**2) * (turn + 0.5) / max(count, 1))
    return np.stack((radius * np.cos(turn * GOLDEN), radius * np.sin(turn * GOLDEN)), axis=1)


@dataclass(frozen=True, eq=False)
class _Mesh:
    """The kernel of the push, transformed: what one node does to the cells around it, in x and in y."""

    across: NDArray[np.complex128]
    up: NDArray[np.complex128]

    @classmethod
    def of(cls, cells: int) -> _Mesh:
        """A push that falls with the distance; twice the cells, so that nothing wraps around."""
        far = np.fft.fftfreq(2 * cells, 1 / (2 * cells))
        x, y = np.meshgrid(far, far, indexing="ij")
        square = x**2 + y**2
        square[0, 0] = np.inf
        return cls(np.fft.rfft2(x / (square + 0.5)), np.fft.rfft2(y / (square + 0.5)))


def _forced(matrix: csr_array, steps: int) -> Places:
    """Springs and pushes from the walk's slow modes on, in ever smaller steps; within a circle of radius 1."""
    n = matrix.shape[0]
    degree: Floats = matrix.sum(axis=1)
    cells = CELLS if n > CELLS else 64
    mesh = _Mesh.of(cells)
    places = _begun(matrix, degree)
    heavy = np.sqrt(degree)
    heavy = heavy / heavy.sum()
    for step in range(steps):
        reach = 0.1 * (1 - step / steps) + 0.001
        beside = (matrix @ places) / degree[:, None]
        force = PUSH * _pushed(places, heavy, mesh, cells) + SPRING * (beside - places) - PULL * places
        size = np.linalg.norm(force, axis=1, keepdims=True)
        places = places + force / np.maximum(size, 1e-12) * np.minimum(size, reach)
    return _within(places)


def _begun(matrix: csr_array, degree: Floats) -> Places:
    """Two slow modes of a walk over the network, made round: near in the walk, near on the page."""
    n = matrix.shape[0]
    rng = np.random.default_rng(0)
    modes: Places = rng.standard_normal((n, 2))
    walk = diags_array(1 / degree) @ matrix
    for _ in range(MODES):
        modes = 0.5 * (modes + walk @ modes)
        modes -= (degree @ modes) / degree.sum()
        modes, _ = np.linalg.qr(modes)
    ranks: Ints = np.argsort(np.argsort(modes, axis=0, kind="stable"), axis=0, kind="stable")
    begun: Places = (ranks + 0.5) / n * 2 - 1 + rng.normal(0, 1e-3, (n, 2))
    return begun


def _pushed(places: Places, weights: Floats, mesh: _Mesh, cells: int) -> Places:
    """What all nodes together do to each: the field of their weights, read where each stands."""
    low = places.min(axis=0)
    width = max(float((places.max(axis=0) - low).max()), 1e-9) * 1.001
    at = (places - low) / width * (cells - 1)
    cell = at.astype(np.int64)
    part = at - cell
    corners = [(i, j) for i in (0, 1) for j in (0, 1)]
    shares = [np.abs(1 - i - part[:, 0]) * np.abs(1 - j - part[:, 1]) for i, j in corners]
    wide = 2 * cells
    where = [(cell[:, 0] + i) * wide + cell[:, 1] + j for i, j in corners]
    mass = np.zeros(wide * wide)
    for place, share in zip(where, shares, strict=True):
        mass += np.bincount(place, share * weights, minlength=wide * wide)
    field = np.fft.rfft2(mass.reshape(wide, wide))
    felt = np.empty_like(places)
    for axis, kernel in enumerate((mesh.across, mesh.up)):
        flat = np.fft.irfft2(field * kernel, s=(wide, wide)).ravel()
        felt[:, axis] = sum(share * flat[place] for place, share in zip(where, shares, strict=True))
    return felt * (cells - 1) / width


def _within(places: Places) -> Places:
    """Around the middle, the outermost hundredth drawn in: one node far out must not make the rest a dot."""
    places = places - np.median(places, axis=0)
    radius = np.linalg.norm(places, axis=1, keepdims=True)
    most = max(float(np.quantile(radius, 0.99)), 1e-12)
    drawn: Places = places / np.maximum(radius, most)
    return drawn
