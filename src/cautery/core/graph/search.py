"""The search for an order: several beginnings, re-insertion at many scales, then moves while there is effort left.

Lower area under the curve of the largest component is better. Nothing here is exact; every step keeps the best found.
The order of the steps, and why: docs/planning.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .budget import Effort
from .kernel import Ints
from .starts import NOBODY, WALK, Score, by_betweenness, by_core, by_degree, by_influence, by_leaves, completed
from .task import HUNDREDTH, TENTH, Found, Task, first_within

SPLITS = 12
"""How many prefixes are kept, each in turn, while the rest is re-inserted."""

SAMPLES = ((64, 0.003), (64, 0.01), (32, 0.01), (32, 0.02), (16, 0.02), (16, 0.04), (8, 0.05))
"""Sources of sampled betweenness and the part taken at once, the finest that there is effort for."""

LARGE, VAST = 1_500_000, 6_000_000
"""Above so many links (twice the edges) a search begins with degree and influence, and with degree alone."""

CHAIN = 1_000
"""A chain more for every so many passes there is effort for."""

ROUND = 0.25
"""Of the effort left, what goes to the chains of one round."""

IDLE_MOVES = 200
"""A chain of a search by units ends after so many moves without a gain."""

NOISE = (0.0, 0.0, 0.02, 0.1, 0.3)
SLACK = 0.01
RESERVES = (0.0005, 0.002, 0.005)

Move = Callable[[Task, Found, Effort], Found]


def search(task: Task, effort: Effort) -> Found:
    """The best order found, down to a hundredth.

    Several chains of moves start from different beginnings, and the better half goes on, until one is left.
    """
    chains = sorted(_begin(task, effort), key=_area)
    width = int(min(len(chains), max(1.0, effort.room / (CHAIN * task.units))))
    chains = [_sweep(task, found, effort) for found in chains[:width]]
    while width > 1:
        round_effort = effort.part(ROUND)
        chains = [_improve(task, found, round_effort.part(1 / (width - at))) for at, found in enumerate(chains[:width])]
        chains.sort(key=_area)
        width = (width + 1) // 2
    return _improve(task, chains[0], effort)


def _begin(task: Task, effort: Effort) -> list[Found]:
    """The beginnings, each re-inserted behind its best split."""
    scores: list[Score] = [by_degree]
    if task.links.indices.size <= VAST:
        scores += [by_influence]
    if task.links.indices.size <= LARGE:
        scores += [by_core(), by_leaves(1), by_leaves(8)]
    found = [_started(task, by_degree, effort)]
    found += [_started(task, score, effort) for score in scores[1:] if effort.left]
    walks = effort.part(0.35)
    for sources, part in SAMPLES:
        if task.n > sources and WALK * sources * task.units * 0.6 / part <= walks.room:
            return [*found, _started(task, by_betweenness(sources, part, walks), effort)]
    return found


def _area(found: Found) -> float:
    return found.area


def _started(task: Task, score: Score, effort: Effort) -> Found:
    effort.spend(2 * task.units)
    return _split(task, completed(task, NOBODY, score, task.limit(HUNDREDTH)), effort)


def _split(task: Task, found: Found, effort: Effort) -> Found:
    """The best of keeping each of some prefixes and re-inserting the rest."""
    best = found
    count = found.order.size
    places = np.unique(np.linspace(0, 0.95 * count, SPLITS).astype(np.int64))
    for place in places if task.links.indices.size <= LARGE else places[:1]:
        effort.spend(task.units)
        tried = task.reinserted(found, np.array([place, count], np.int64))
        best = tried if tried.area < best.area else best
        if not effort.left:
            break
    return best


def _sweep(task: Task, found: Found, effort: Effort) -> Found:
    """Windows of a half down to a 64th of the order, each size twice, half a window apart."""
    for scale in range(1, 7) if found.order.size > 1 else ():
        width = found.order.size >> scale
        for offset in (0, width // 2):
            if width < 2 or not effort.left:
                return found
            effort.spend(task.units)
            found = task.reinserted(found, _edges(found.order.size, width, offset))
    return found


def _edges(count: int, width: int, offset: int) -> Ints:
    inner = np.arange(offset, count, width, dtype=np.int64)
    return np.unique(np.concatenate((np.zeros(1, np.int64), inner, np.full(1, count, np.int64))))


def windows(task: Task, found: Found, effort: Effort, passes: int = 4, widest: float = 0.7) -> Found:
    """Passes of windows of random width, from a few nodes up to a `widest` part of the order."""
    for _ in range(passes):
        count = found.order.size
        if count < 2 or not effort.left:
            break
        width = max(3, int(count * widest * 2 ** -(8 * task.rng.random())))
        edges = _edges(count, width, int(task.rng.integers(width)))
        effort.spend(task.units)
        found = task.reinserted(found, edges, float(task.rng.choice(NOISE)), SLACK)
    return found


def reserve(task: Task, found: Found, effort: Effort) -> Found:
    """Take more nodes in behind the order, so that windows across its end exchange some for others."""
    share = float(task.rng.choice(RESERVES))
    effort.spend(2 * task.units)
    return windows(task, completed(task, found.order, None, task.limit(share)), effort, widest=1.0)


def _anew(task: Task, kept: Found, score: Score | None, effort: Effort) -> Found:
    """Complete what was kept by a score, re-insert behind a random place, then windows."""
    effort.spend(3 * task.units)
    found = completed(task, kept.order, score, task.limit(HUNDREDTH))
    place = int(found.order.size * 0.8 * task.rng.random()) if task.rng.random() < 0.5 else 0
    edges = np.array([place, found.order.size], np.int64)
    return windows(task, task.reinserted(found, edges), effort, passes=8)


def prefix(score: Score | None) -> Move:
    """Keep a random prefix and find the rest anew."""

    def move(task: Task, found: Found, effort: Effort) -> Found:
        inside = first_within(found.levels, task.limit(TENTH))
        place = int(task.rng.integers(inside + 1))
        return _anew(task, Found(found.order[:place], found.levels[: place + 1], 0.0), score, effort)

    return move


def thinned(score: Score | None) -> Move:
    """Put a random part back and find others in its place."""

    def move(task: Task, found: Found, effort: Effort) -> Found:
        part = 0.4 * 2 ** -(5 * task.rng.random())
        kept = found.order[task.rng.random(found.order.size) > part]
        return _anew(task, Found(kept, found.levels[:1], 0.0), score, effort)

    return move


def around(task: Task, found: Found, effort: Effort) -> Found:
    """A prefix kept, and the rest by a coarse betweenness of what is left."""
    sources, part = int(task.rng.choice((8, 16, 32))), float(task.rng.choice((0.01, 0.02, 0.04)))
    return prefix(by_betweenness(sources, part, effort.part(0.3)))(task, found, effort)


@dataclass
class Arm:
    """A move, what it has gained and what that cost: the better its rate, the more often it is made."""

    move: Move
    gain: float = 0.0
    spent: float = 1.0

    def rate(self) -> float:
        """Area gained by unit of work, older gains fading."""
        return self.gain / self.spent


def _arms() -> list[Arm]:
    scored = (prefix(by_degree), prefix(by_influence), prefix(by_core()), prefix(by_leaves(2)), thinned(by_degree))
    return [Arm(move) for move in (windows, reserve, around, *scored)]


EXPLORE = 0.25
FADE = 0.98
TOLERANCE = 0.004


def _improve(task: Task, best: Found, effort: Effort) -> Found:
    """Moves one after the other; one is kept where the area is no larger. A quarter are made whatever their rate."""
    if best.order.size < 2:
        return best
    arms = _arms()
    now = best
    rounds, gained = 0, 0
    while effort.left and (effort.until is not None or rounds < gained + IDLE_MOVES):
        rounds += 1
        if rounds <= len(arms):
            arm = arms[rounds - 1]
        elif task.rng.random() < EXPLORE:
            arm = arms[int(task.rng.integers(len(arms)))]
        else:
            arm = max(arms, key=Arm.rate)
        trial = effort.part(1.0)
        found = task.cut(arm.move(task, now, trial), task.limit(HUNDREDTH))
        arm.gain = FADE * arm.gain + max(0.0, now.area - found.area)
        arm.spent = FADE * arm.spent + trial.spent
        if found.area <= now.area or found.area <= best.area * (1 + TOLERANCE * task.rng.random()):
            now = found
        if now.area < best.area:
            best, gained = now, rounds
    return best
