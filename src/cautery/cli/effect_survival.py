"""How soon, from a table: which estimator its columns ask for, and its figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.cli import effect_columns as columns
from cautery.cli.effect_columns import Table
from cautery.cli.effect_words import finite, plain, shown
from cautery.core.effect import Inspected, SurvivalCurve, aalen_johansen, kaplan_meier
from cautery.core.effect.chart import Curve, step_chart
from cautery.core.effect.cox import cox
from cautery.core.effect.gray import gray_test
from cautery.core.effect.logrank import log_rank
from cautery.core.errors import FileRefused

Floats = NDArray[np.float64]
TIME = ("time", "duration", "stop", "days", "hours", "t", "futime", "etime", "age", "survival", "lifetime")
EVENT = ("status", "event", "observed", "death", "dead", "removed", "ev", "etype", "cause", "fstat", "delta")
ENTRY = ("entry", "ageentry", "start", "entered", "first_seen", "truncation")
LEFT = ("left", "l", "lower", "last_seen_up", "last_up", "last_up_at")
RIGHT = ("right", "r", "upper", "first_seen_down", "first_down", "first_down_at")
ORIGIN = ("origin", "referred_at", "notified_at", "sent_at", "first_seen", "began_at")
UNITS = {"seconds": 1.0, "minutes": 60.0, "hours": 3_600.0, "days": 86_400.0}
FEW = 10
"""With fewer at risk, one event moves a product-limit curve by more than a tenth."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    columns: dict[str, str]
    covariates: tuple[str, ...]
    happened: str
    times: tuple[float, ...]
    begin: float | None
    unit: str
    scale: str
    level: float


def survival(table: Table, asked: Asked) -> tuple[dict[str, Any], str]:
    """The figures, and the curve as SVG. `FileRefused` where the columns do not make sense together."""
    if asked.unit and asked.unit not in UNITS:
        raise FileRefused(f"{asked.unit!r} is no unit.", reason="unit", hint=f"There are: {', '.join(UNITS)}.")
    if asked.scale not in {"log", "log-log"}:
        raise FileRefused(f"{asked.scale!r} is no scale.", reason="scale", hint="There are: log, log-log.")
    given = asked.columns
    left, right = table.column(given["left"], LEFT), table.column(given["right"], RIGHT)
    try:
        if left and right and not given["time"]:
            return _inspected(table, asked, left, right)
        return _durations(table, asked)
    except ValueError as error:
        raise FileRefused(f"It cannot be estimated: {error}.", reason="not_estimable") from error


def _inspected(table: Table, asked: Asked, left: str, right: str) -> tuple[dict[str, Any], str]:
    """Seen only at looks: (last seen going on, first seen over]."""
    if asked.columns["entry"] or asked.begin is not None or asked.covariates:
        hint = "Leave out --entry, --from and --covariates, or give moments with --time and --event."
        raise FileRefused(
            "Of looks before and after there is no estimate with entry or covariates here.",
            reason="not_together",
            hint=hint,
        )
    origin = table.column(asked.columns["origin"], ORIGIN)
    group = asked.columns["group"]
    wanted = {left: columns.begin, right: columns.end}
    if origin:
        wanted[origin] = columns.moment
    if group:
        wanted[table.column(group, ())] = columns.word  # type: ignore[assignment]  # a reader of words among readers of numbers
    read = table.read(wanted)
    started = np.array(read[origin]) if origin else np.zeros(len(read[left]))
    lefts, rights = np.maximum(np.array(read[left]) - started, 0.0), np.array(read[right]) - started
    if not origin and len(lefts) and lefts.max() > 1e8:
        raise ValueError("left and right are times of day; name the column in which the clock starts with --origin")
    good = lefts <= rights
    for line, fine in zip(table.lines, good, strict=True):
        if not fine:
            table.refuse(line, right, "it ends before it begins")
    labels = np.array(read[group])[good] if group else np.full(int(good.sum()), "all")
    unit = asked.unit or ("seconds" if origin else "")
    members = {str(name): labels == name for name in np.unique(labels)}
    cases = {name: Inspected(lefts[good][one], rights[good][one]) for name, one in members.items()}
    groups = {name: _looked(case, asked, unit) for name, case in cases.items()}
    curves = [_npmle_curve(name, case) for name, case in cases.items()]
    title = "Share not yet over, by Turnbull's estimator"
    return {"estimator": "turnbull", "unit": unit, "groups": groups}, step_chart(
        curves, title=title, x=f"time {unit}".strip(), y="share", top=1.0
    )


def _looked(case: Inspected, asked: Asked, unit: str) -> dict[str, Any]:
    shares = {f"{time:g}": plain(case.share(time, asked.level)) for time in asked.times}
    within = {name: plain(case.share(time, asked.level)) for name, time in _within(unit).items()}
    return {
        "n": case.n,
        "median": plain(case.median(asked.level)),
        "p90": plain(case.quantile(0.9, asked.level)),
        "over_by": shares,
        "over_within": within,
    }


def _within(unit: str) -> dict[str, float]:
    """An hour and a day in the unit of the table; nothing where it is not known."""
    return {name: seconds / UNITS[unit] for name, seconds in (("1 h", 3_600.0), ("24 h", 86_400.0))} if unit else {}


def _npmle_curve(name: str, case: Inspected) -> Curve:
    ends = case.fit.right
    known = np.isfinite(ends)
    left = 1 - np.cumsum(case.fit.mass)
    return Curve(name, ends[known].tolist(), left[known].tolist())


def _durations(table: Table, asked: Asked) -> tuple[dict[str, Any], str]:
    """Moments known, or known to lie beyond the end of observation."""
    given = asked.columns
    time = table.need(given["time"], TIME, "--time")
    event = table.need(given["event"], EVENT, "--event")
    entry = table.column(given["entry"], ENTRY)
    readers: dict[str, Any] = {time: columns.number, event: columns.codes(table, event, asked.happened)}
    readers |= {entry: columns.number} if entry else {}
    readers |= {table.column(name, ()): columns.word for name in (given["group"], given["cluster"]) if name}
    readers |= {table.column(name, ()): columns.optional for name in asked.covariates if name not in readers}
    read = table.read(readers)
    ends, codes = np.array(read[time], np.float64), np.array(read[event], np.int64)
    starts = np.array(read[entry], np.float64) if entry else np.full(ends.shape, -np.inf)
    good = (starts < ends) & (ends >= 0)
    for line, fine in zip(table.lines, good, strict=True):
        if not fine:
            table.refuse(line, time, "it ends before it is seen for the first time")
    rows = {name: np.array(values)[good] for name, values in read.items()}
    data = _Data(ends[good], codes[good], starts[good] if entry else None)
    labels = rows[given["group"]] if given["group"] else np.full(data.ends.size, "all")
    found, curves = _by_group(data, labels, asked)
    if asked.covariates:
        cluster = rows[given["cluster"]] if given["cluster"] else None
        found["cox"] = _cox(data, {name: rows[name].astype(float) for name in asked.covariates}, cluster, asked.level)
    causes = found["estimator"] == "aalen-johansen"
    title = "Share over by each cause" if causes else "Share not yet over, by Kaplan and Meier"
    return found, step_chart(curves, title=title, x=f"{time} {asked.unit}".strip(), y="share", top=1.0)


@dataclass(frozen=True, slots=True)
class _Data:
    ends: Floats
    codes: NDArray[np.int64]
    starts: Floats | None

    def part(self, mask: NDArray[np.bool_], begin: float | None) -> _Data:
        """Some of the rows; those over before `begin` are not of the question, the others are at risk from then."""
        mask = mask if begin is None else mask & (self.ends > begin)
        starts = None if self.starts is None else self.starts[mask]
        if begin is not None:
            starts = np.maximum(begin, np.full(int(mask.sum()), -np.inf) if starts is None else starts)
        return _Data(self.ends[mask], self.codes[mask], starts)


def _by_group(data: _Data, labels: NDArray[Any], asked: Asked) -> tuple[dict[str, Any], list[Curve]]:
    several = data.codes.max(initial=0) > 1
    parts = {str(name): data.part(labels == name, asked.begin) for name in np.unique(labels)}
    found: dict[str, Any] = {
        "estimator": "aalen-johansen" if several else "kaplan-meier",
        "unit": asked.unit,
        "groups": {},
    }
    curves = []
    for name, part in parts.items():
        if several:
            found["groups"][name], drawn = _incidence(name, part, asked)
        else:
            curve = kaplan_meier(part.ends, part.codes > 0, part.starts)
            found["groups"][name], drawn = _curve(name, curve, asked)
        curves += drawn
    if len(parts) > 1 and several:
        tests = {
            str(cause): gray_test(data.ends, data.codes, labels, int(cause))
            for cause in np.unique(data.codes[data.codes > 0])
        }
        found["gray"] = {cause: {"chi2": value, "p": p} for cause, (value, p) in tests.items()}
    elif len(parts) > 1:
        value, p = log_rank(data.ends, data.codes > 0, labels, data.starts)
        found["log_rank"] = {"chi2": value, "p": p}
    return found, curves


def _curve(name: str, curve: SurvivalCurve, asked: Asked) -> tuple[dict[str, Any], list[Curve]]:
    scale: Any = asked.scale
    low, high = curve.limits(scale, asked.level)
    said = {
        "n": curve.n,
        "events": int(curve.events.sum()),
        "median": plain(curve.median(scale, asked.level)),
        "survival": {f"{time:g}": _at(curve, time, low, high) for time in asked.times},
    }
    thin = curve.at_risk < FEW
    early = thin & (curve.survival > 0) if curve.times.size else thin
    if (
        curve.times.size
        and curve.survival[-1] <= 0
        and float(curve.times[int(np.argmin(curve.survival))]) < float(curve.times[-1])
    ):
        fallen = float(curve.times[int(np.argmax(curve.survival <= 0))])
        later = curve.times[curve.at_risk >= FEW]
        since = float(later[later > fallen][0]) if (later > fallen).any() else math.nan
        said["warning"] = (
            f"the curve falls to 0 at {fallen:g}, where almost nobody was at risk yet; ask for --from {since:g}"
        )
    elif early.any() and curve.at_risk[0] < FEW:
        said["warning"] = (
            f"fewer than {FEW} were at risk at first ({int(curve.at_risk[0])} at {curve.times[0]:g}); consider --from"
        )
    return said, [Curve(name, curve.times.tolist(), curve.survival.tolist(), low.tolist(), high.tolist())]


def _at(curve: SurvivalCurve, time: float, low: Floats, high: Floats) -> dict[str, Any]:
    place = int(np.searchsorted(curve.times, time, side="right")) - 1
    sides = (finite(float(low[place])), finite(float(high[place]))) if place >= 0 else (1.0, 1.0)
    return {"value": curve.at(time), "low": sides[0], "high": sides[1], "reason": None}


def _incidence(name: str, part: _Data, asked: Asked) -> tuple[dict[str, Any], list[Curve]]:
    found = aalen_johansen(part.ends, part.codes, part.starts)
    said = {
        str(cause): {
            "events": int((part.codes == cause).sum()),
            "over_by": {f"{t:g}": plain(one.at(t, asked.level)) for t in asked.times},
        }
        for cause, one in found.items()
    }
    curves = [
        Curve(f"{name}: {cause}", one.times.tolist(), one.share.tolist(), start=0.0) for cause, one in found.items()
    ]
    return {"n": part.ends.size, "causes": said}, curves


def _cox(data: _Data, covariates: dict[str, Floats], cluster: NDArray[Any] | None, level: float) -> dict[str, Any]:
    names, x = tuple(covariates), np.column_stack(list(covariates.values()))
    whole = np.isfinite(x).all(axis=1)
    starts = None if data.starts is None else data.starts[whole]
    clusters = None if cluster is None else cluster[whole]
    fit = cox(data.ends[whole], data.codes[whole] > 0, x[whole], names=names, start=starts, clusters=clusters)
    return told(fit, level) | {"left_out": int((~whole).sum())}


def told(fit: Any, level: float) -> dict[str, Any]:
    """A Cox regression as JSON: each covariate with its ratio, and whether its effect keeps in time."""
    value, p = fit.likelihood_ratio
    checks, wald = fit.proportionality(), fit.p_values()
    return {
        "n": fit.n,
        "events": fit.events,
        "likelihood_ratio": {"chi2": value, "p": p},
        "covariates": {
            name: {
                "coefficient": float(fit.coefficients[place]),
                "error": float(fit.errors[place]),
                "p": float(wald[place]),
                "ratio": plain(fit.ratio(name, level)),
                "proportional": {"chi2": checks[name][0], "p": checks[name][1]},
            }
            for place, name in enumerate(fit.names)
        },
    }


def in_words(found: dict[str, Any]) -> str:
    """What a person reads."""
    lines = [f"{found['estimator']}{', ' + found['unit'] if found['unit'] else ''}"]
    for name, group in found["groups"].items():
        lines.append(f"{name}: {group['n']:,} cases" + (f", {group['events']:,} events" if "events" in group else ""))
        lines += [f"  {key}: {shown(group[key])}" for key in ("median", "p90") if key in group]
        for key in ("survival", "over_by", "over_within"):
            lines += [f"  {key.replace('_', ' ')} {time}: {shown(value)}" for time, value in group.get(key, {}).items()]
        for cause, said in group.get("causes", {}).items():
            lines.append(f"  cause {cause}: {said['events']:,} events")
            lines += [f"    over by {time}: {shown(value)}" for time, value in said["over_by"].items()]
        if "warning" in group:
            lines.append(f"  beware: {group['warning']}")
    if "log_rank" in found:
        lines.append(f"log-rank: {found['log_rank']['chi2']:.4f}, p {found['log_rank']['p']:.6f}")
    lines += [
        f"Gray, cause {cause}: {test['chi2']:.4f}, p {test['p']:.6f}" for cause, test in found.get("gray", {}).items()
    ]
    return "\n".join(lines + regression(found.get("cox")))


def regression(fit: dict[str, Any] | None) -> list[str]:
    """The lines of a Cox regression; none where there is none."""
    if fit is None:
        return []
    lines = [
        f"Cox regression: {fit['n']:,} rows, {fit['events']:,} events, likelihood ratio {fit['likelihood_ratio']['chi2']:.2f}"
    ]
    for name, one in fit["covariates"].items():
        changes = "; its effect changes with time" if one["proportional"]["p"] < 0.05 else ""
        lines.append(
            f"  {name}: {one['coefficient']:.6f} ({one['error']:.6f}), ratio {shown(one['ratio'])}, p {one['p']:.4f}{changes}"
        )
    return lines
