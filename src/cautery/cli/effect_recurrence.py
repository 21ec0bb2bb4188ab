"""How often again, from a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cautery.cli import effect_columns as columns
from cautery.cli.effect_columns import Table
from cautery.cli.effect_survival import regression, told
from cautery.cli.effect_words import plain, shown
from cautery.core.effect import MeanCumulative, mean_cumulative, spells
from cautery.core.effect.chart import Curve, step_chart
from cautery.core.effect.cox import cox
from cautery.core.effect.estimate import deviate
from cautery.core.errors import FileRefused

SUBJECT = ("subject", "id", "account", "unit", "patient", "engine", "handle", "channel")
TIME = ("stop", "time", "days", "t", "end", "day", "hours")
EVENT = ("event", "status", "returned", "recurrence", "no.", "no", "observed", "d")
START = ("start", "entry", "tstart", "begin")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    columns: dict[str, str]
    covariates: tuple[str, ...]
    times: tuple[float, ...]
    each: bool
    level: float


def recurrence(table: Table, asked: Asked) -> tuple[dict[str, Any], str]:
    """The figures, and the mean cumulative function as SVG."""
    given = asked.columns
    subject, time = table.need(given["subject"], SUBJECT, "--subject"), table.need(given["time"], TIME, "--time")
    event, start = table.need(given["event"], EVENT, "--event"), table.column(given["start"], START)
    readers: dict[str, Any] = {subject: columns.word, time: columns.number, event: columns.number}
    readers |= {start: columns.number} if start else {}
    readers |= {table.column(name, ()): columns.word for name in (given["group"], given["strata"]) if name}
    readers |= {table.column(name, ()): columns.optional for name in asked.covariates if name not in readers}
    rows = {name: np.array(values) for name, values in table.read(readers).items()}
    try:
        return _estimated(rows, asked, subject, time, event, start)
    except ValueError as error:
        raise FileRefused(f"It cannot be estimated: {error}.", reason="not_estimable") from error


def _estimated(
    rows: dict[str, Any], asked: Asked, subject: str, time: str, event: str, start: str
) -> tuple[dict[str, Any], str]:
    if start:
        begins, ends, happened, order = rows[start], rows[time], rows[event], np.arange(rows[time].size)
    else:
        begins, ends, happened, order = spells(rows[time], rows[event], rows[subject], once=not asked.each)
    whose = rows[subject][order]
    group = asked.columns["group"]
    labels = rows[group][order].astype(str) if group else np.full(ends.size, "all")
    found: dict[str, Any] = {"estimator": "mean cumulative function", "groups": {}}
    curves = []
    for name in np.unique(labels):
        mine = labels == name
        mean = mean_cumulative(begins[mine], ends[mine], happened[mine], whose[mine])
        found["groups"][str(name)] = {
            "subjects": mean.subjects,
            "events": mean.events,
            "mean": {f"{t:g}": plain(mean.at(t, asked.level)) | {"error": mean.error(t)} for t in asked.times},
        }
        curves.append(_curve(str(name), mean, asked.level))
    if asked.covariates:
        x = np.column_stack([rows[name][order].astype(float) for name in asked.covariates])
        strata = rows[asked.columns["strata"]][order] if asked.columns["strata"] else None
        seen = (begins < ends) & np.isfinite(x).all(axis=1)
        fit = cox(
            ends[seen],
            happened[seen] > 0,
            x[seen],
            names=asked.covariates,
            start=begins[seen],
            strata=None if strata is None else strata[seen],
            clusters=whose[seen],
        )
        found["andersen_gill"] = told(fit, asked.level)
    return found, step_chart(curves, title="Returns a subject, on average", x=time, y="mean number of returns")


def _curve(name: str, mean: MeanCumulative, level: float) -> Curve:
    reach = np.exp(deviate(level) * np.sqrt(mean.variance) / np.maximum(mean.mean, 1e-12))
    return Curve(
        name,
        mean.times.tolist(),
        mean.mean.tolist(),
        (mean.mean / reach).tolist(),
        (mean.mean * reach).tolist(),
        start=0.0,
    )


def in_words(found: dict[str, Any]) -> str:
    """What a person reads."""
    lines = [found["estimator"]]
    for name, group in found["groups"].items():
        lines.append(f"{name}: {group['subjects']:,} subjects, {group['events']:,} returns")
        lines += [
            f"  mean by {time}: {shown(value)}, error {value['error']:.4f}" for time, value in group["mean"].items()
        ]
    return "\n".join(lines + regression(found.get("andersen_gill")))
