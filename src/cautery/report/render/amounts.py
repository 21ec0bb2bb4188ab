"""What it amounted to, told: causes, presence by part, returns, before and after, where links lead, what nobody found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import figures
from .document import Block, Cell, Column, Paragraph, Section, Table

Report = Mapping[str, Any]

CAUSES = (
    ("provider", "Removed by the provider"),
    ("owner", "Deleted by its owner"),
    ("geo_blocked", "Hidden by country"),
    ("unknown", "Gone, by whom is unknown"),
)
_PARTS = (("by_provider", "Provider"), ("by_kind", "Kind"), ("by_language", "Language"), ("by_outlet", "Outlet"))


def effect_sections(report: Report) -> tuple[Section, ...]:
    """The sections of a report that has them; older data have none."""
    effect = report.get("effect")
    if effect is None:
        return ()
    return (
        Section("Who took it down", _causes(report, effect["causes"])),
        Section("What was left online, by part", _parts(report)),
        Section("How often it came back", _returns(report, effect["returns"])),
        Section("Before and after", _before_and_after(report, effect["before_and_after"])),
        Section("Where the links lead", _displaced(report, effect["displacement"])),
        Section("What nobody found", _unseen(report, effect["unseen"])),
    )


def _meaning(report: Report, key: str) -> str:
    entry = report["definitions"].get(key)
    return entry["definition"] if entry else ""


def _causes(report: Report, causes: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = tuple(
        (
            Cell(label),
            Cell(figures.count(causes[key]["seen"])),
            *(figures.estimate(causes[key][at]) for at in ("share_1h", "share_24h", "share_72h")),
        )
        for key, label in CAUSES
    )
    table = Table(
        "Share of all notices, by cause and time since receipt, with 95 % intervals",
        (
            Column("Cause", "name"),
            Column("Seen", "number"),
            Column("Within 1 hour", "number"),
            Column("Within 24 hours", "number"),
            Column("Within 72 hours", "number"),
        ),
        rows,
    )
    return (Paragraph(_meaning(report, "effect.causes")), table)


def _parts(report: Report) -> tuple[Block, ...]:
    parts = report["presence"].get("by_part", {})
    tables = [_part_table(word, parts[key]) for key, word in _PARTS if parts.get(key)]
    note = (
        ""
        if parts.get("by_outlet")
        else " No entry of the bank that matched names an outlet, so outlets are not told apart."
    )
    return (Paragraph(_meaning(report, "presence.by_part") + note), *tables)


def _part_table(word: str, parts: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            Cell(name if word == "Language" else figures.named(name)),
            Cell(figures.count(band["items"])),
            Cell(figures.count(max(band["up"]))),
            Cell(figures.count(band["up"][-1])),
            Cell(figures.count(band["unknown"][-1])),
            Cell(f"{figures.count(band['up'][-1])} to {figures.count(band['up'][-1] + band['unknown'][-1])}"),
        )
        for name, band in parts.items()
    )
    heads = ("Items", "Seen up at most", "Seen up at the end", "State unknown", "Online, between")
    columns = (Column(word, "name"), *(Column(head, "number") for head in heads))
    return Table(f"Items online at the end, by {word.lower()}, in items", columns, rows)


def _returns(report: Report, returns: Mapping[str, Any]) -> tuple[Block, ...]:
    named = [*sorted(returns["by_provider"].items()), ("All", returns)]
    rows = tuple(
        (
            Cell(name),
            Cell(figures.count(found["by_24h"]["n"])),
            *(figures.estimate(found[key]) for key in ("by_24h", "by_72h")),
        )
        for name, found in named
    )
    heads = ("Objects seen down", "Returns an object, by 24 hours", "By 72 hours")
    table = Table(
        "Returns of removed objects, with 95 % intervals",
        (Column("Provider", "name"), *(Column(head, "number") for head in heads)),
        rows,
        total=True,
    )
    loose = returns["unattributed"]
    text = f"{_meaning(report, 'effect.returns')} Returns that belong to no removed object of this table: {figures.count(loose)}."
    return (Paragraph(text), table)


def _before_and_after(report: Report, found: Mapping[str, Any]) -> tuple[Block, ...]:
    if found["reason"]:
        return (Paragraph(f"Not estimated: {found['reason']}. {_meaning(report, 'effect.before_and_after')}"),)
    labels = (
        ("level", "Jump at T0"),
        ("slope", "Change of slope"),
        ("average", "Below what was to be expected, on average (counterfactual)"),
    )
    rows = tuple(
        (Cell(label), figures.estimate(found[key]), Cell(found[key]["unit"]), Cell(found[key]["method"]))
        for key, label in labels
    )
    table = Table(
        f"{figures.count(found['items'])} items already seen {found['hours_before']} hours before T0",
        (Column("Figure", "name"), Column("Value", "number"), Column("Unit", "word"), Column("Method", "text")),
        rows,
    )
    caution = (
        "No comparison series was at hand, so what would have gone anyway is judged from the hours before alone. Days of action are "
        "chosen at peaks; part of a fall may be the way back from one."
    )
    return (Paragraph(_meaning(report, "effect.before_and_after")), table, Paragraph(caution))


def _displaced(report: Report, found: Mapping[str, Any]) -> tuple[Block, ...]:
    counts = f"{figures.count(found['links_before'])} links first seen before T0, {figures.count(found['links_after'])} after."
    if found["reason"]:
        return (Paragraph(f"Not estimated: {found['reason']}. {counts}"),)
    rows = tuple(
        (Cell(place), *(figures.estimate(shift[key]) for key in ("before", "after", "change")))
        for place, shift in found["by_destination"].items()
    )
    table = Table(
        "Out-links by destination, as shares, with 95 % intervals",
        (Column("Destination", "name"), *(Column(head, "number") for head in ("Before T0", "After T0", "Change"))),
        rows,
    )
    return (Paragraph(f"{_meaning(report, 'effect.displacement')} {counts}"), table)


def _unseen(report: Report, found: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = (
        (Cell("At least (Chao)"), figures.estimate(found["chao"]), Cell(found["chao"]["method"])),
        (Cell("Log-linear model"), figures.estimate(found["loglinear"]), Cell(_model(found))),
    )
    table = Table(
        "Confirmed objects that no unit had flagged by T0, with 95 % intervals",
        (Column("Estimate", "name"), Column("Items", "number"), Column("Method", "text")),
        rows,
    )
    text = (
        f"{figures.count(found['lists'])} units had flagged {figures.count(found['seen'])} confirmed objects. "
        f"{_meaning(report, 'effect.unseen')} Where units follow the same sources, the true number is larger than either figure."
    )
    return (Paragraph(text), table)


def _model(found: Mapping[str, Any]) -> str:
    return f"{found['loglinear']['method']}; lists that hang together: {found['model']}" if found["model"] else ""
