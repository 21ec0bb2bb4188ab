"""How often the true presence lies inside the report's band: many small worlds, each looked at as the worker looks.

    .venv/bin/python benchmarks/presence.py [--seeds 200] [--items 2000] [--returns 0.05]

A world has four providers of different speed. Things go at the provider's time or by their author, and some are up again at the same
place; then they wait to be seen, get a notice of their own and go again, or are deleted before anybody saw. When to look is asked of
core/schedule, as the worker does; every look is up to a quarter of an hour late, one in twenty says nothing. The report's own code gets
the looks that told something. Printed: the share of hourly moments at which the true number up lay inside the band, for the whole, each
provider, and the worst of the worlds; beside it how wide the band was, and how often the number last seen up was right.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import tempfile
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

os.environ.update(CAUTERY_DATA=tempfile.mkdtemp(prefix="cautery-presence-"), DJANGO_SETTINGS_MODULE="cautery.settings")

import django
import numpy as np

django.setup()

from cautery.core.availability import Verdict  # noqa: E402
from cautery.core.effect import LEVEL  # noqa: E402
from cautery.core.schedule import next_probe  # noqa: E402
from cautery.report.presence import Looks, by_part, curve  # noqa: E402

T0 = datetime(2027, 3, 2, 20, 24, tzinfo=UTC)
END = T0 + timedelta(hours=96)
HOUR = 3600.0
PROVIDERS = {"quick": 0.7, "steady": 3.0, "slow": 9.0, "deaf": 24.0}
"""Median hours to removal."""
NEVER = {"quick": 0.03, "steady": 0.06, "slow": 0.15, "deaf": 0.4}
OWNER, SILENT, LATE_S = 0.02, 0.05, 900.0


@dataclass(slots=True)
class Life:
    """One thing: when it is up (seconds from T0, each from and until), and its looks that told something."""

    provider: str
    spells: list[tuple[float, float]]
    looks: list[tuple[float, bool]]

    def up_at(self, at: float) -> bool:
        """Whether it is up."""
        return any(since <= at < until for since, until in self.spells)


def lived(rng: random.Random, provider: str, returns: float) -> Life:
    """A thing from before its notice until the end, and the looks at it."""
    life = Life(provider, [], [])
    since, notice, end = -1e9, 0.0, (END - T0).total_seconds()
    before = rng.uniform(-30, -8) * HOUR, rng.uniform(-1.05, -1) * HOUR
    life.looks += [(at, True) for at in before if rng.random() > SILENT]
    while True:
        gone = _gone(rng, provider, since, notice)
        life.spells.append((since, gone))
        back = gone + rng.lognormvariate(math.log(5), 1.2) * HOUR if rng.random() < returns else math.inf
        again = back + rng.expovariate(1 / 12) * HOUR if rng.random() < 0.2 else math.inf
        if math.isfinite(back):
            life.spells.append((back, again))
        seen = _look(rng, life, notice, end)
        if seen is None:
            return life
        life.spells.pop()
        since, notice = back, seen + rng.uniform(0.5, 2) * HOUR


def _gone(rng: random.Random, provider: str, since: float, notice: float) -> float:
    """When it goes after this notice: by the provider, or by its author, or never."""
    acts = math.inf if rng.random() < NEVER[provider] else notice
    acts += rng.lognormvariate(math.log(PROVIDERS[provider]), 1.0) * HOUR
    deletes = max(since, notice) + rng.uniform(-6, 96) * HOUR if rng.random() < OWNER else math.inf
    return max(since + 1, min(acts, deletes))


def _look(rng: random.Random, life: Life, notice: float, end: float) -> float | None:
    """Look at it from its notice on, as the schedule says, until it is seen up again (when), or to the end, when all are looked at."""
    at, unsure, down = notice, 0, None
    while at <= end:
        told = rng.random() > SILENT
        up = life.up_at(at)
        if told:
            life.looks.append((at, up))
            if up and down is not None:
                return at
            down = None if up else at if down is None else down
        unsure = 0 if told else unsure + 1
        verdict = Verdict.UNKNOWN if not told else Verdict.UP if up else Verdict.REMOVED
        due = next_probe(
            T0 + timedelta(seconds=at),
            referred_at=T0 + timedelta(seconds=notice),
            verdict=verdict,
            kind="post",
            unsure_in_a_row=unsure,
            down_since=None if down is None else T0 + timedelta(seconds=down),
        )
        at = (due - T0).total_seconds() + rng.uniform(0, LATE_S)
    if rng.random() > SILENT:
        life.looks.append((end, life.up_at(end)))
    return None


def looks_of(lives: list[Life]) -> Looks:
    """As the report reads them from the register."""
    rows = [(item, int(T0.timestamp() + at), up) for item, life in enumerate(lives) for at, up in life.looks]
    rows.sort(key=lambda row: row[:2])
    owners = np.array([row[0] for row in rows], np.int64)
    items = np.arange(len(lives), dtype=np.int64)
    firsts, ends = (np.searchsorted(owners, items, side=side).astype(np.int64) for side in ("left", "right"))
    times, up = (np.array([row[place] for row in rows]) for place in (1, 2))
    return Looks(items, firsts, ends, times.astype(np.int64), up.astype(np.bool_))


@dataclass(slots=True)
class Held:
    """Moments looked at, those inside, how wide the band was in all, and those that the number last seen up would have hit."""

    moments: int = 0
    inside: int = 0
    width: float = 0.0
    naive: int = 0
    worst: float = 1.0
    worlds: int = 0
    good: int = 0

    def take(self, lives: list[Life], at: list[datetime], up: list[int], unknown: list[int]) -> None:
        """A world's curve against what was true."""
        before = self.inside
        begun, over = (sorted(spell[end] for life in lives for spell in life.spells) for end in (0, 1))
        turned = sorted(change for life in lives for change in _changes(life))
        for moment, low, wide in zip(at, up, unknown, strict=True):
            seconds = (moment - T0).total_seconds()
            true = bisect_right(begun, seconds) - bisect_right(over, seconds)
            seen = sum(by for _, by in turned[: bisect_right(turned, (seconds, 1))])
            self.inside += low <= true <= low + wide
            self.naive += seen == true
            self.width += wide / len(lives)
        self.moments += len(at)
        rate = (self.inside - before) / len(at)
        self.worst, self.worlds, self.good = min(self.worst, rate), self.worlds + 1, self.good + (rate >= LEVEL)


def _changes(life: Life) -> Iterator[tuple[float, int]]:
    """When a look saw it otherwise than the one before: 1 up, -1 down."""
    before = False
    for at, up in life.looks:
        if up != before:
            yield at, 1 if up else -1
        before = up


def world(seed: int, items: int, returns: float, held: dict[str, Held]) -> None:
    """One world: the whole by `curve`, the providers by `by_part`, as in the report."""
    rng = random.Random(seed)
    names = list(PROVIDERS)
    lives = [lived(rng, names[number % len(names)], returns) for number in range(items)]
    looks = looks_of(lives)
    series = curve(looks, T0, END)["series"]
    at = [datetime.fromisoformat(point["at"]) for point in series]
    held["all"].take(lives, at, [p["up"] for p in series], [p["unknown"] for p in series])
    parts = by_part(looks, {"by_provider": {n: [life.provider] for n, life in enumerate(lives)}}, T0, END)
    at = [datetime.fromisoformat(moment) for moment in parts["at"]]
    for name, band in parts["by_provider"].items():
        held[name].take([life for life in lives if life.provider == name], at, band["up"], band["unknown"])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument(
        "--returns", type=float, default=0.05, help="share of removals after which it is up again there"
    )
    asked = parser.parse_args()
    began = time.process_time()
    held = {name: Held() for name in ("all", *PROVIDERS)}
    for seed in range(asked.seeds):
        world(seed, asked.items, asked.returns, held)
    print(
        f"{asked.seeds} worlds of {asked.items:,} items, {asked.returns:.0%} up again; {time.process_time() - began:.0f} s of CPU"
    )
    print(
        f"{'':<8}{'moments inside':>15}{'worlds with 95 % inside':>25}{'worst world':>13}{'mean width':>12}{'last seen hits':>16}"
    )
    for name, one in held.items():
        wide, naive = one.width / one.moments, one.naive / one.moments
        print(
            f"{name:<8}{one.inside / one.moments:>15.2%}{one.good / one.worlds:>25.1%}{one.worst:>13.1%}{wide:>12.1%}{naive:>16.1%}"
        )


if __name__ == "__main__":
    main()
