"""The report's three charts, with their content in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import charts, figures
from .document import Chart

MOST_ROWS = 30  # providers a chart shows, the largest first; the tables have them all


def outcome_chart(by_provider: Sequence[tuple[str, Mapping[str, int]]], outcomes: Sequence[tuple[str, str]]) -> Chart:
    """Each provider's notices by outcome, as shares of a whole."""
    title = "Outcome of the notices at each provider, in shares"
    bars = [charts.Bar(slug, tuple(counts[key] for key, _ in outcomes)) for slug, counts in by_provider[:MOST_ROWS]]
    described = "; ".join(
        f"{bar.name}: {figures.share(bar.parts[0] / sum(bar.parts))} removed of {figures.count(sum(bar.parts))}"
        for bar in bars
        if sum(bar.parts)
    )
    kinds = [(f"out-{key.replace('_', '-')}", label) for key, label in outcomes]
    return Chart(title, described, charts.shares(bars, kinds, title, described))


def removal_chart(by_provider: Sequence[tuple[str, Mapping[str, Any]]], everywhere: Mapping[str, Any]) -> Chart:
    """Each provider's median time to removal with its interval."""
    title = "Time until half of the notified items were removed, with 95 % intervals"
    named = [*by_provider[:MOST_ROWS], ("All", everywhere)]
    spans = [charts.Span(slug, *(found["median_s"][end] for end in ("value", "low", "high"))) for slug, found in named]
    described = "; ".join(f"{slug}: {_said(found['median_s'])}" for slug, found in named)
    return Chart(title, described, charts.spans(spans, title, described))


def presence_chart(series: Sequence[Mapping[str, Any]], t0: str | None) -> Chart:
    """Items up over the operation with the band of those whose state is unknown."""
    title = "Items online over the operation (UTC), with the band of unknown state"
    ordered = sorted(series, key=lambda entry: figures.epoch(entry["at"]))
    points = [charts.PresencePoint(figures.epoch(entry["at"]), entry["up"], entry["unknown"]) for entry in ordered]
    described = " ".join(
        f"{figures.moment(entry['at'])}: {figures.count(entry['up'])} seen up, "
        f"{figures.count(entry['unknown'])} unknown."
        for entry in (ordered[0], ordered[-1])
    )
    mark = (figures.epoch(t0), "T0: notices sent") if t0 else None
    return Chart(title, described, charts.presence(points, mark, title, described))


def _said(figure: Mapping[str, Any]) -> str:
    cell = figures.estimate(figure)
    return f"{cell.text} ({cell.detail})" if cell.detail else cell.text
