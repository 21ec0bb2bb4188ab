"""Whether the report's estimates hold the truth: presence inside its band, removal times inside their intervals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from cautery.exercise.score.books import Books, moment
from cautery.exercise.score.figures import Figure, figure, share
from cautery.exercise.score.outcomes import period_of

HOUR = 3600.0


def effect_figures(books: Books) -> dict[str, Figure]:
    """Presence in its band; median and one-hour share in their intervals."""
    times = removal_times(books)
    told = books.report["removal_time"]
    return {
        "presence_inside_band_share": _presence(books),
        "true_removal_median_s": figure(quantile(times, 0.5), n=len(times)),
        "true_removal_share_1h": figure(removed_by(times, HOUR), n=len(times)),
        "median_inside_interval": _inside("median_s", told, quantile(times, 0.5), len(times)),
        "share_1h_inside_interval": _inside("share_1h", told, removed_by(times, HOUR), len(times)),
    }


def removal_times(books: Books) -> list[tuple[float, bool]]:
    """For each notice the time followed (seconds) and whether it ended in removal by the provider."""
    times = []
    for notice in books.notices:
        thing = books.things.get(notice.object_id or "")
        period = None if thing is None else period_of(notice, thing)
        if period is not None and period.cause == "provider" and period.end >= notice.received_at:
            times.append((period.end - notice.received_at, True))
        else:
            times.append((books.end - notice.received_at, False))
    return times


def curve(times: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Share removed by each removal time, by the product-limit estimator (Kaplan and Meier, 1958)."""
    ordered = sorted(times, key=lambda time: (time[0], not time[1]))
    left, steps = 1.0, []
    for rank, (time, removed) in enumerate(ordered):
        if removed:
            left *= 1 - 1 / (len(ordered) - rank)
            steps.append((time, 1 - left))
    return steps


def removed_by(times: Sequence[tuple[float, bool]], limit: float) -> float | None:
    """The share removed within `limit` seconds, None without notices."""
    if not times:
        return None
    return max((reached for time, reached in curve(times) if time <= limit), default=0.0)


def quantile(times: Sequence[tuple[float, bool]], part: float) -> float | None:
    """The time by which this part is removed, None where it never is."""
    return next((time for time, reached in curve(times) if reached >= part - 1e-12), None)


def _inside(name: str, told: Mapping[str, Any], true: float | None, n: int) -> Figure:
    low, high = told[name]["low"], told[name]["high"]
    known = true is not None and low is not None
    inside = float(known and low <= true and (high is None or true <= high))
    return figure(inside if known else None, n=n, true=true, told=told[name])


def _presence(books: Books) -> Figure:
    begun, over = _online(books)
    series = books.report["presence"]["series"]
    outside = []
    for point in series:
        at = moment(point["at"])
        up = bisect_right(begun, at) - bisect_right(over, at)
        if not point["up"] <= up <= point["up"] + point["unknown"]:
            outside.append({"at": point["at"], "true": up, "up": point["up"], "unknown": point["unknown"]})
    return share(len(series) - len(outside), len(series), outside=outside[:10])


def _online(books: Books) -> tuple[list[float], list[float]]:
    """Sorted beginnings and ends of all times online of the objects that items with a notice stand for."""
    periods = [
        period
        for item_id, thing in books.thing_of.items()
        if any(opening.referred for opening in books.items[item_id].openings)
        for period in thing.periods
    ]
    return sorted(period.start for period in periods), sorted(period.end for period in periods)
