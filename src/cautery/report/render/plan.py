"""The part of the report on the plan made at the release: what it promised, and what our probes saw of it after T0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import charts, figures
from .document import Cell, Chart, Column, Paragraph, Section, Table

NAMES = {
    "plan": "The plan's accounts",
    "most flagged": "As many, most flagged",
    "most connected": "As many, most connected",
    "all signed": "All that was signed",
}
KINDS = (
    ("out-claimed-but-up", "still connected"),
    ("out-unknown", "cannot be told"),
    ("out-removed", "cut off or gone"),
)


def plan_section(report: Mapping[str, Any]) -> tuple[Section, ...]:
    """Nothing where no plan was kept."""
    plan = report.get("plan")
    if not plan:
        return ()
    return (Section("What the plan promised", (_opening(plan), _chart(plan), _table(plan), _closing())),)


def _opening(plan: Mapping[str, Any]) -> Paragraph:
    ours = plan["sets"]["plan"]
    last = ours["seen"][-1]
    return Paragraph(
        f"From the register as of {figures.moment(plan['as_of'])}, {figures.count(plan['nodes'])} accounts, channels and sites "
        f"with {figures.count(plan['links'])} links between them, a plan named {figures.count(ours['size'])} to act on together; "
        f"{figures.count(plan['protected'])} were not to be acted on. Were exactly those gone, it said, "
        f"{figures.share(ours['promised']['largest'])} of all would still be connected with each other. At the end "
        f"{figures.count(last['down'])} of them were down and not followed by another, so that {_between(last['largest'])} were."
    )


def _between(span: Mapping[str, float]) -> str:
    low, high = figures.share(span["low"]), figures.share(span["high"])
    return low if low == high else f"{low} to {high}"


def _chart(plan: Mapping[str, Any]) -> Chart:
    title = "Accounts still connected with each other, as promised and as seen at the end"
    nodes = plan["nodes"] - plan["gone_before"]
    bars = []
    for name, found in plan["sets"].items():
        said, seen = found["promised"]["largest"], found["seen"][-1]["largest"]
        bars += [_bar(f"{name}, said", said, said, nodes), _bar(f"{name}, seen", seen["low"], seen["high"], nodes)]
    described = "; ".join(f"{bar.name}: {bar.parts[0]} of {nodes}" for bar in bars)
    return Chart(title, described, charts.shares(bars, KINDS, title, described))


def _bar(name: str, low: float, high: float, nodes: int) -> charts.Bar:
    least, most = round(low * nodes), round(high * nodes)
    return charts.Bar(name, (least, most - least, nodes - most))


def _table(plan: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            Cell(NAMES.get(name, name)),
            Cell(figures.count(found["size"])),
            Cell(figures.count(found["seen"][-1]["down"])),
            Cell(figures.share(found["promised"]["largest"])),
            *(Cell(_between(seen["largest"])) for seen in (found["seen"][0], found["seen"][-1])),
            Cell(figures.share(found["promised"]["reach"])),
            Cell(_between(found["seen"][-1]["reach"])),
        )
        for name, found in plan["sets"].items()
    )
    columns = (
        Column("Set", "name"),
        Column("Accounts", "number"),
        Column("Down at the end", "number"),
        Column("Connected, promised", "number"),
        Column("Seen first", "number"),
        Column("Seen at the end", "number"),
        Column("Reach, promised", "number"),
        Column("Reach, seen at the end", "number"),
    )
    return Table("What each set promised, and what our probes saw of it", columns, rows)


def _closing() -> Paragraph:
    return Paragraph(
        "Connected: the largest group of accounts joined by links. Reach: accounts to be got to along links from the twenty with "
        "most flags. Each row takes only its own set away, so rows can be compared although everything signed was acted on. A "
        "range is what our probes could not tell. One operation is one case: it does not show which set is better."
    )
