"""The press summary of an operation: one page, the figures of the full report and nothing beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import figures
from .document import Block, Document, KeyFigure, KeyFigures, Paragraph, Section
from .drawings import presence_chart
from .story import NOT_REMOVED

Report = Mapping[str, Any]


def press(report: Report) -> Document:
    """One page of A4. It names no provider, no outlet and no address."""
    operation = report["operation"]
    return Document(
        title=operation["name"],
        subtitle="Summary for the press",
        facts=(
            ("Notices sent from", figures.moment(operation["t0"])),
            ("As of", figures.moment(operation["ended_at"])),
        ),
        sections=(
            Section("What was done", (Paragraph(_done(report)), _figures(report))),
            Section("What was left online", _left(report)),
            Section("How sure this is", (Paragraph(_sure(report)),)),
        ),
        generated=report["generated_at"],
        note=report.get("note", ""),
    )


def _done(report: Report) -> str:
    flags, decisions = report["flags"], report["decisions"]
    return (
        f"{figures.count(len(flags['by_unit']))} units flagged {figures.count(flags['received'])} addresses, "
        f"{figures.count(report['items']['unique'])} items. An officer looked at each: {figures.count(decisions['confirmed'])} were "
        f"found to be terrorist content, {figures.count(decisions['dismissed'])} were not, among them journalism, research and art. A second "
        f"officer signed every notice; {figures.count(report['notices']['sent'])} went to "
        f"{figures.count(len(report['notices']['by_provider']))} providers. Whether an item was removed is for its provider to decide."
    )


def _figures(report: Report) -> Block:
    sent, outcomes, speed = report["notices"]["sent"], report["outcomes"], report["removal_time"]
    still = sum(outcomes[key] for key in NOT_REMOVED)
    median, day = figures.estimate(speed["median_s"]), figures.estimate(speed["share_24h"])
    return KeyFigures(
        (
            KeyFigure("Notices", figures.count(sent), "one an item"),
            KeyFigure("Removed by the provider", figures.count(outcomes["removed"]), _share(outcomes["removed"], sent)),
            KeyFigure(
                "Not removed",
                figures.count(still),
                f"{_share(still, sent)}; declined: {figures.count(outcomes['declined'])}",
            ),
            KeyFigure("Half removed after", median.text, median.detail),
            KeyFigure("Removed within 24 hours", day.text, day.detail),
            KeyFigure(
                "Seen to come back", figures.count(report["reemergence"]["returned_seen"]), "confirmed by an officer"
            ),
        )
    )


def _share(part: int, whole: int) -> str:
    return f"{figures.share(part / whole)} of notices" if whole else "no notice was sent"


def _left(report: Report) -> tuple[Block, ...]:
    presence, t0 = report["presence"], report["operation"]["t0"]
    after = presence["after"]
    text = (
        f"At the end {figures.count(after['up'])} of the notified items were seen online; the state of {figures.count(after['unknown'])} "
        "more could not be told. They are counted neither as removed nor as online."
    )
    return (presence_chart(presence["series"], t0), Paragraph(text)) if presence["series"] else (Paragraph(text),)


def _sure(report: Report) -> str:
    outcomes = report["outcomes"]
    return (
        "Removed means that our own check found the item gone and its page or provider says who removed it. Ranges are 95 % intervals. "
        f"Of {figures.count(outcomes['unknown'])} items no check could tell the state; {figures.count(outcomes['gone_other'])} went by their "
        "owner's hand or without a word. What nobody flagged is in none of these figures. The full report defines each of them."
    )
