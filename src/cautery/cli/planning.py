"""What `cautery plan` does: read the files, plan, compare with the obvious, and say it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.core.errors import FileRefused, Refused, RowRefused
from cautery.core.graph import Assessment, Network, Plan, assess, dismantle
from cautery.core.graph.chart import svg, terminal
from cautery.core.graph.meaning import Meaning, Watch, by_obvious, meaning, to_watch
from cautery.core.graph.quotas import Quotas, hour_by_hour, within_quotas
from cautery.core.graph.reading import read_labels, read_network, read_pairs
from cautery.core.graph.reading.files import content_of, text_of
from cautery.core.graph.robustness import Robustness, robustness
from cautery.core.graph.task import TENTH
from cautery.core.graph.waves import Quota, Waves

Ids = NDArray[np.int64]
PLAN = "this plan"


@dataclass(frozen=True, slots=True)
class Files:
    """The files a plan is asked from; all but the first are optional."""

    network: Path
    protect: Path | None
    gone: Path | None
    group: Path | None
    provider: Path | None
    act_on: Path | None
    measure: Path | None
    per_provider: Path | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """A network with its labels, and what restricts a plan on it."""

    network: Network
    labels: list[str]
    problems: list[RowRefused]
    protected: Ids
    gone: Ids
    groups: Ids | None
    providers: Ids | None
    counted: Ids | None
    flags: Ids | None = None
    quotas: Mapping[int, Quota] = field(default_factory=dict)

    @property
    def open(self) -> NDArray[np.bool_]:
        """bool[n]: nodes that may be acted on."""
        flags = np.ones(self.network.n, np.bool_)
        flags[self.protected] = False
        flags[self.gone] = False
        return flags


def read(files: Files) -> Case:
    """Read all files; lines that cannot be taken are in `problems`, with their number."""
    found = read_network(files.network)
    problems, ids = found.problems, found.numbers
    nobody = np.empty(0, np.int64)
    protected = read_labels(files.protect, ids, problems) if files.protect else nobody
    if files.act_on:
        able = read_labels(files.act_on, ids, problems)
        protected = np.union1d(protected, np.setdiff1d(np.arange(found.network.n), able))
    if files.per_provider and not files.provider:
        raise Refused("--per-provider needs to know whose each node is: add --provider FILE.", reason="no_providers")
    providers, names = read_pairs(files.provider, ids, problems) if files.provider else (None, [])
    quotas = read_quotas(files.per_provider) if files.per_provider else {}
    return Case(
        network=found.network,
        labels=found.labels,
        problems=problems,
        protected=protected,
        gone=read_labels(files.gone, ids, problems) if files.gone else nobody,
        groups=read_pairs(files.group, ids, problems)[0] if files.group else None,
        providers=None if providers is None else np.where(providers < 0, len(names), providers),
        counted=read_labels(files.measure, ids, problems) if files.measure else None,
        quotas={number: quotas[name] for number, name in enumerate(names) if name in quotas},
    )


def read_quotas(file: Path) -> dict[str, Quota]:
    """`provider,number` a line: how many of a provider's nodes can be acted on in all; a line that is none is refused."""
    quotas = {}
    for line, row in enumerate(csv.reader(text_of(content_of(file), file)), 1):
        if not row or row[0].startswith("#"):
            continue
        if len(row) < 2 or not (row[1].strip().isascii() and row[1].strip().isdigit()):
            raise Refused(f"Line {line} of {file} has no provider and number.", reason="bad_quota", line=line)
        quotas[row[0].strip()] = Quota(in_all=int(row[1]))
    return quotas


@dataclass(frozen=True, eq=False)
class Outcome:
    """A plan, what it achieves beside others, and what it would mean."""

    case: Case
    plan: Plan
    budget: int | None
    others: dict[str, Assessment]
    acted: Ids
    means: Meaning
    watch: Watch
    sure: Robustness | None
    hours: Waves | None

    @property
    def curves(self) -> dict[str, Ids]:
        """By name, the largest component from nothing removed on."""
        largest = np.array([self.plan.scores.largest])
        named = {PLAN: self.plan.curve} | {name: other.curve for name, other in self.others.items()}
        return {name: np.concatenate((largest, curve)) for name, curve in named.items()}

    def as_dict(self) -> dict[str, Any]:
        """For programs; nodes by their labels."""
        named = self.named
        means, watch = self.means, self.watch
        return {
            "nodes": self.case.network.n,
            "links": self.case.network.links,
            "problems": [
                {"line": p.fields["line"], "reason": p.reason, "message": p.message} for p in self.case.problems
            ],
            "plan": self.plan.scores.as_dict(),
            "others": {name: other.scores.as_dict() for name, other in self.others.items()},
            "order": named(self.plan.order),
            "curve": self.plan.curve.tolist(),
            "simultaneous": {f"{share:g}": named(nodes) for share, nodes in self.plan.simultaneous.items()},
            "reached": {f"{share:g}": done for share, done in self.plan.reached.items()},
            "budget": self.budget,
            "acted_on": named(self.acted),
            "left": {name: self._left(curve) for name, curve in self.curves.items()},
            "meaning": {name: getattr(means, name) for name in type(means).__slots__},
            "returning": dict(zip(named(watch.returning), watch.joined.tolist(), strict=True)),
            "bridging": dict(zip(named(watch.bridging), watch.beside.tolist(), strict=True)),
            "robustness": None if self.sure is None else _sure(self.sure),
            "hours": None if self.hours is None else [named(hour) for hour in self.hours.hours],
            "seed": self.plan.seed,
        }

    def named(self, nodes: Ids) -> list[str]:
        """The labels of nodes."""
        return [self.case.labels[node] for node in nodes]

    def _left(self, curve: Ids) -> int:
        return int(curve[min(self.acted.size, curve.size - 1)])

    def text(self, shown: int) -> str:
        """For people."""
        lines = [*self._problems(shown), *self._table(), "", terminal(self.curves, self.plan.scores.n), ""]
        for share, nodes in self.plan.simultaneous.items():
            done = "" if self.plan.reached[share] else " (not reached: too much is protected)"
            lines.append(
                f"At one moment, to bring the largest component under {share:.0%}: {nodes.size:,} nodes{done}."
            )
        lines += ["", f"First {min(shown, self.acted.size)} of {self.acted.size:,} to act on:"]
        lines += [f"  {label}" for label in self.named(self.acted[:shown])]
        lines += [
            "",
            *self._meaning(),
            f"To watch after: {', '.join(self.named(self.watch.bridging[:5])) or 'nobody'}.",
        ]
        lines += (
            ["", *_sure_text(self.sure)]
            if self.sure
            else ["How sure this is: --draws 20 plans again with links unseen."]
        )
        if self.hours is not None:
            lines += [
                "",
                f"Hours needed: {len(self.hours.hours)}; first: {self.hours.hours[0].size if self.hours.hours else 0} nodes.",
            ]
        return "\n".join((*lines, "", "This is advice: people choose, and their choice and reasons are kept."))

    def _problems(self, shown: int) -> list[str]:
        problems = self.case.problems
        if not problems:
            return []
        more = [f"... and {len(problems) - shown:,} more; --json has all."] if len(problems) > shown else []
        return [f"{len(problems):,} lines could not be taken:", *(p.message for p in problems[:shown]), *more, ""]

    def _table(self) -> list[str]:
        network = self.case.network
        after = f"left after {self.acted.size:,}"
        rows = [f"{network.n:,} nodes, {network.links:,} links; largest component {self.plan.scores.largest:,}."]
        rows.append(f"{'':24}{'to 10 %':>10}{'to 1 %':>10}{'area %':>10}{after:>20}")
        scores = {PLAN: self.plan.scores} | {name: other.scores for name, other in self.others.items()}
        for name, curve in self.curves.items():
            one = scores[name]
            rows.append(f"{name:24}{_count(one.n10):>10}{_count(one.n1):>10}{one.a10:>10.2f}{self._left(curve):>20,}")
        return rows

    def _meaning(self) -> list[str]:
        means = self.means
        return [
            f"Acting on these {means.removed:,}: largest component {means.weak:.1%} of all, {means.strong:.1%} with direction;",
            f"  {means.volume_lost:.1%} of the volume lost, {means.volume_inside:.1%} still inside that component;",
            f"  reach from the most followed {means.reached_before:.1%} -> {means.reached:.1%}.",
        ]


def planned(
    case: Case,
    budget: int | None,
    seconds: float | None,
    seed: int,
    draws: int,
    per_hour: int | None,
    plan: Plan | None = None,
) -> Outcome:
    """Plan on a case, unless the plan is given, and judge it."""
    if per_hour is not None and case.providers is None:
        raise Refused("--per-hour needs to know whose each node is: add --provider FILE.", reason="no_providers")
    plan = plan or dismantle(
        case.network, budget, case.protected, case.groups, seconds, seed, gone=case.gone, counted=case.counted
    )
    acted = plan.simultaneous[TENTH] if budget is None else plan.chosen
    hours = None
    if case.providers is not None and (case.quotas or per_hour is not None):
        acted, hours = _taken(case, plan, int(acted.size if budget is None else budget), seconds, seed, per_hour)
    obvious = dict(by_obvious(case.network, case.open))
    if case.flags is not None:
        nodes = np.flatnonzero(case.open)
        obvious["most flagged first"] = nodes[np.argsort(-case.flags[nodes], kind="stable")]
    others = {
        name: assess(case.network, order, case.groups, gone=case.gone, counted=case.counted)
        for name, order in obvious.items()
    }
    away = np.union1d(acted, case.gone).astype(np.int64)
    return Outcome(
        case=case,
        plan=plan,
        budget=budget,
        others=others,
        acted=acted,
        means=meaning(case.network, away),
        watch=to_watch(case.network, away),
        sure=robustness(case.network, plan.simultaneous[TENTH], case.protected, case.groups, draws=draws, seed=seed)
        if draws
        else None,
        hours=hours,
    )


def _taken(
    case: Case, plan: Plan, size: int, seconds: float | None, seed: int, per_hour: int | None
) -> tuple[Ids, Waves | None]:
    """What the providers take of a plan of this size, planned again where a quota cuts; and hour by hour, where that is asked."""
    providers = np.zeros(case.network.n, np.int64) if case.providers is None else case.providers
    given = (case.protected, case.groups, seconds, seed)
    if per_hour is None:
        return within_quotas(
            case.network, Quotas(providers, case.quotas), size, *given, gone=case.gone, first=plan
        ), None
    limits = {int(who): Quota(per_hour, case.quotas.get(int(who), Quota()).in_all) for who in np.unique(providers)}
    hours = hour_by_hour(case.network, Quotas(providers, limits), size, *given, gone=case.gone)
    return hours.order, hours


def write(outcome: Outcome, chart: Path | None, order: Path | None) -> None:
    """Write the chart and the order where they are wanted; `FileRefused` where they cannot be."""
    try:
        if chart is not None:
            title = f"Largest component of {outcome.case.network.n:,} nodes"
            chart.write_text(svg(outcome.curves, outcome.plan.scores.n, title), encoding="utf-8")
        if order is not None:
            order.write_text("".join(f"{label}\n" for label in outcome.named(outcome.plan.order)), encoding="utf-8")
    except OSError as error:
        raise FileRefused(f"{error.filename} cannot be written: {error.strerror}.", reason="unwritable") from error


def _count(number: int | None) -> str:
    return "never" if number is None else f"{number:,}"


def _sure(sure: Robustness) -> dict[str, Any]:
    spans = {name: getattr(sure, name) for name in ("needed", "left", "overlap")}
    return {
        "draws": sure.draws,
        "missing": list(sure.missing),
        "always": int(sure.always.size),
        **{name: {"median": s.median, "low": s.low, "high": s.high} for name, s in spans.items()},
    }


def _sure_text(sure: Robustness) -> list[str]:
    low, high = sure.missing
    return [
        f"With {low:.0%} to {high:.0%} of the links unseen, {sure.draws} draws (median, 95 %):",
        f"  nodes needed {sure.needed.median:,.0f} ({sure.needed.low:,.0f} to {sure.needed.high:,.0f})",
        f"  largest component then left {sure.left.median:.1%} ({sure.left.low:.1%} to {sure.left.high:.1%})",
        f"  overlap with this plan {sure.overlap.median:.0%} ({sure.overlap.low:.0%} to {sure.overlap.high:.0%})",
        f"  in every draw's set {sure.always.size:,} nodes",
    ]
