"""What the report says, from the top: decided once here, shown by html.py and pdf.py.

In short -> What was done -> What came of it -> How soon -> What was left online -> What came back
         -> what it amounted to (amounts.py: causes, parts, returns, before and after, links, unseen) -> What the plan promised
         -> How this was recorded -> Counts in detail -> How to read this -> Definitions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import figures
from .amounts import effect_sections
from .document import (
    Block,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Section,
    Table,
    Tables,
)
from .drawings import outcome_chart, presence_chart, removal_chart
from .guide import guide
from .lineage import lineage_chart
from .plan import plan_section

OUTCOMES = (
    ("removed", "Removed"),
    ("gone_other", "Gone otherwise"),
    ("geo_blocked", "Geo-blocked"),
    ("claimed_but_up", "Claimed, still up"),
    ("declined", "Declined"),
    ("unanswered", "Unanswered"),
    ("unknown", "Unknown"),
)

NOT_REMOVED = ("claimed_but_up", "declined", "geo_blocked", "unanswered")

SPEEDS = (
    ("median_s", "Half removed after"),
    ("p90_s", "Nine in ten after"),
    ("share_1h", "Within 1 hour"),
    ("share_24h", "Within 24 hours"),
)

Report = Mapping[str, Any]


def story(report: Report) -> Document:
    """The whole document; KeyError where the report lacks a key of its schema."""
    operation = report["operation"]
    return Document(
        title=operation["name"],
        subtitle="What was done, and what it amounted to",
        facts=_facts(report),
        sections=(
            Section("In short", _summary(report)),
            Section("What was done", _done(report)),
            Section("What came of it", _outcomes(report)),
            Section("How soon it was removed", _speed(report)),
            Section("What was left online", _presence(report)),
            Section("What came back", _returns(report)),
            *effect_sections(report),
            *plan_section(report),
            Section("How this was recorded", _custody(report)),
            *_detail(report),
            Section("How to read this", guide()),
            Section("Definitions", _definitions(report)),
        ),
        generated=report["generated_at"],
        note=report.get("note", ""),
    )


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    operation = report["operation"]
    return (
        ("Operation", operation["slug"]),
        ("Started", figures.moment(operation["started_at"])),
        ("Notices sent from (T0)", figures.moment(operation["t0"])),
        ("Ended", figures.moment(operation["ended_at"])),
        ("Report made", figures.moment(report["generated_at"])),
    )


def _as_of(report: Report) -> str:
    """The moment the counts of the report are of."""
    return f"as of {figures.moment(report['operation']['ended_at'] or report['generated_at'])}"


def _summary(report: Report) -> tuple[Block, ...]:
    sent, outcomes = report["notices"]["sent"], report["outcomes"]
    speed, back = report["removal_time"], report["reemergence"]
    median, hour = figures.estimate(speed["median_s"]), figures.estimate(speed["share_1h"])
    noticed = figures.estimate(back["median_detection_s"]).text
    still = sum(outcomes[key] for key in NOT_REMOVED)
    return (
        Paragraph(_opening(report)),
        KeyFigures(
            (
                KeyFigure("Notices sent", figures.count(sent), f"to {_providers(report)}, one for each item"),
                KeyFigure(
                    "Removed",
                    figures.count(outcomes["removed"]),
                    f"{_of(outcomes['removed'], sent)}, found by our own check",
                ),
                KeyFigure(
                    "Not removed",
                    figures.count(still),
                    f"{_of(still, sent)}; {_many(outcomes['unknown'], 'more is', 'more are')} of unknown state",
                ),
                KeyFigure("Half removed after", median.text, median.detail),
                KeyFigure("Removed within 1 hour", hour.text, hour.detail),
                KeyFigure(
                    "Came back, seen",
                    figures.count(back["returned_seen"]),
                    f"half of them noticed within {noticed}" if back["returned_seen"] else "no return was seen",
                ),
            )
        ),
        Paragraph(f"Counts are {_as_of(report)}. Ranges are 95 % intervals. Every figure is defined at the end."),
    )


def _opening(report: Report) -> str:
    flags, items, decisions = report["flags"], report["items"], report["decisions"]
    text = (
        f"{_many(len(flags['by_unit']), 'unit')} flagged {_many(flags['received'], 'address', 'addresses')}, "
        f"which came to {_many(items['unique'], 'item')}. Officers confirmed {figures.count(decisions['confirmed'])} "
        f"and dismissed {figures.count(decisions['dismissed'])}; {figures.count(decisions['held'])} were held. "
    )
    sent = report["notices"]["sent"]
    if not sent:
        return text + "No notice was sent."
    return text + (
        f"After a second person had signed, {_many(sent, 'notice')} went to {_providers(report)}. From T0, at "
        f"{figures.moment(report['operation']['t0'])}, every provider's first batch started within "
        f"{figures.duration(report['notices']['spread_s'] or 0)} of the others."
    )


def _done(report: Report) -> tuple[Block, ...]:
    flags, decisions, notices, precision = (report[name] for name in ("flags", "decisions", "notices", "precision"))
    rows = (
        ("Flags received", flags["received"], "flags", "flags.received"),
        ("Flags rejected", flags["rejected"], "flags", "flags.rejected"),
        ("Items", report["items"]["unique"], "items", "items.unique"),
        ("Known content, same bytes", report["matches"]["exact"], "matches", "matches.exact"),
        ("Known content, near copy", report["matches"]["perceptual"], "matches", "matches.perceptual"),
        ("Known content, part of a known video", report["matches"]["video"], "matches", "matches.video"),
        ("Confirmed by an officer", decisions["confirmed"], "items", "decisions.confirmed"),
        ("Dismissed by an officer", decisions["dismissed"], "items", "decisions.dismissed"),
        ("Held for an investigation", decisions["held"], "episodes", "decisions.held"),
        ("Holds for an investigation", report["deconfliction"]["holds"], "holds", "deconfliction.holds"),
        ("Items such a hold met", report["deconfliction"]["hits"], "items", "deconfliction.hits"),
        ("Notices sent", notices["sent"], "notices", "notices.sent"),
        ("Notices complained of", precision["complained"], "notices", "precision.complained"),
        ("Notices overturned or withdrawn", precision["overturned"], "notices", "precision.overturned"),
        ("Content reinstated", precision["reinstated"], "notices", "precision.reinstated"),
    )
    steps = Table(
        f"From flag to notice, {_as_of(report)}",
        (Column("Step", "name"), Column("Count", "number"), Column("Unit", "word"), Column("What is counted", "text")),
        tuple(
            (Cell(label), Cell(figures.count(value)), Cell(*_unit(report, key, unit)), Cell(_meaning(report, key)))
            for label, value, unit, key in rows
        ),
    )
    return (steps,)


def _outcomes(report: Report) -> tuple[Block, ...]:
    outcomes = report["outcomes"]
    by_provider: Mapping[str, Mapping[str, int]] = outcomes["by_provider"]
    if not by_provider:
        return (Paragraph("No notice was sent, so there is no outcome to report."),)
    rows = [_outcome_row(slug, counts) for slug, counts in _largest_first(by_provider)]
    columns = (
        Column("Provider", "name"),
        Column("Notices", "number"),
        *(Column(label, "number") for _, label in OUTCOMES),
        Column("Share removed", "number"),
    )
    table = Table(
        f"Items by outcome at each provider, {_as_of(report)}",
        columns,
        (*rows, _outcome_row("All", outcomes)),
        total=True,
    )
    explained = Paragraph(
        "Removed means that our own check, not the provider's word, found the item gone. An item blocked in some "
        "countries only is not counted as removed, and an item whose state could not be told stays unknown."
    )
    return (outcome_chart(_largest_first(by_provider), OUTCOMES), table, explained)


def _outcome_row(name: str, counts: Mapping[str, Any]) -> tuple[Cell, ...]:
    whole = sum(counts[key] for key, _ in OUTCOMES)
    parts = tuple(Cell(figures.count(counts[key])) for key, _ in OUTCOMES)
    return (
        Cell(name),
        Cell(figures.count(whole)),
        *parts,
        Cell(figures.share(counts["removed"] / whole) if whole else "–"),
    )


def _largest_first(by_provider: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    """Providers by number of notices, then by name."""
    return sorted(by_provider.items(), key=lambda entry: (-sum(entry[1][key] for key, _ in OUTCOMES), entry[0]))


def _speed(report: Report) -> tuple[Block, ...]:
    speed = report["removal_time"]
    by_provider: Mapping[str, Mapping[str, Any]] = speed["by_provider"]
    if not by_provider:
        return (Paragraph("No notice was sent, so there is no removal to time."),)
    known = [slug for slug, _ in _largest_first(report["outcomes"]["by_provider"]) if slug in by_provider]
    ordered = [(slug, by_provider[slug]) for slug in dict.fromkeys((*known, *sorted(by_provider)))]
    rows = [(Cell(slug), *(figures.estimate(found[key]) for key, _ in SPEEDS)) for slug, found in ordered]
    table = Table(
        f"Time from notice to removal at each provider, with 95 % intervals, {_as_of(report)}",
        (Column("Provider", "name"), *(Column(label, "number") for _, label in SPEEDS)),
        (*rows, (Cell("All"), *(figures.estimate(speed[key]) for key, _ in SPEEDS))),
        total=True,
    )
    methods = Paragraph(
        f"{_meaning(report, 'removal_time.median_s')} {_methods(speed[key] for key, _ in SPEEDS)}".strip()
    )
    return (removal_chart(ordered, speed), table, *_by_word(speed, _as_of(report)), methods)


def _by_word(speed: Mapping[str, Any], as_of: str) -> tuple[Block, ...]:
    """The same for each kind, language and instrument, where there is more than one."""
    tables = []
    for key, word in (("by_kind", "Kind"), ("by_language", "Language"), ("by_instrument", "Instrument")):
        groups: Mapping[str, Mapping[str, Any]] = speed.get(key, {})
        largest = sorted(groups.items(), key=lambda entry: (-entry[1]["median_s"]["n"], entry[0]))
        rows = tuple(
            (
                Cell(name if key == "by_language" else figures.named(name)),
                Cell(figures.count(found["median_s"]["n"])),
                *(figures.estimate(found[one]) for one, _ in SPEEDS),
            )
            for name, found in largest
        )
        columns = (Column(word, "name"), Column("Notices", "number"), *(Column(label, "number") for _, label in SPEEDS))
        caption = f"Time from notice to removal by {word.lower()}, with 95 % intervals, {as_of}"
        if len(rows) > 1:
            tables.append(Table(caption, columns, rows))
    return tuple(tables)


def _methods(estimates: Iterable[Mapping[str, Any]]) -> str:
    """How the figures were estimated, each way named once."""
    ways = dict.fromkeys(figure["method"] for figure in estimates if figure["method"])
    return f"Method: {'. '.join(ways)}." if ways else ""


def _presence(report: Report) -> tuple[Block, ...]:
    presence = report["presence"]
    rows = (_measure("Before the notices", presence["before"]), _measure("At the end", presence["after"]))
    table = Table(
        "Online before and after, in items",
        (
            Column("Moment", "name"),
            Column("As of", "word"),
            Column("Seen up", "number"),
            Column("State unknown", "number"),
            Column("Online, between", "number"),
        ),
        rows,
    )
    blocks = (table, Paragraph(_change(presence["before"], presence["after"])))
    if not presence["series"]:
        return blocks
    return (presence_chart(presence["series"], report["operation"]["t0"]), *blocks)


def _measure(label: str, measured: Mapping[str, Any]) -> tuple[Cell, ...]:
    up, unknown = measured["up"], measured["unknown"]
    between = f"{figures.count(up)} to {figures.count(up + unknown)}"
    return (
        Cell(label),
        *map(Cell, (figures.moment(measured["at"]), figures.count(up), figures.count(unknown), between)),
    )


def _change(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """By how much presence fell, as the range the unknowns allow."""
    if before["up"] == 0:
        return "Nothing was seen up before the notices, so no change can be stated."
    least = 1 - (after["up"] + after["unknown"]) / before["up"]
    most = 1 - after["up"] / (before["up"] + before["unknown"])
    if least < 0:
        return "The unknowns leave open whether fewer items are online than before."
    if before["unknown"] == after["unknown"] == 0:
        return f"Presence fell by {figures.share(most)}; no item's state was unknown."
    return (
        f"Presence fell by at least {figures.share(least)} and at most {figures.share(most)}: the range is what the "
        "items of unknown state leave open."
    )


def _returns(report: Report) -> tuple[Block, ...]:
    back = report["reemergence"]
    noticed = figures.estimate(back["median_detection_s"])
    if not back["returned_seen"]:
        return (Paragraph("Nothing that had been removed was seen to come back."),)
    ways = _breakdown("Returns seen, by the way they came back", "Way", "Returns", back["by_way"])
    interval = f" ({noticed.detail})" if noticed.detail else ""
    text = (
        f"{_many(back['returned_seen'], 'return')} of removed content {_was(back['returned_seen'])} seen. "
        f"Time until a return was noticed, half of all: {noticed.text}{interval}. "
        f"{_meaning(report, 'reemergence.median_detection_s')}"
    )
    return (Paragraph(text.strip()), *((Tables((ways,)),) if ways.rows else ()), *_lineage(report))


def _lineage(report: Report) -> tuple[Block, ...]:
    """Who came after whom, in words and as a picture."""
    told = report.get("lineage")
    chart = lineage_chart(told, report["operation"]["ended_at"]) if told else None
    if told is None or chart is None:
        return ()
    lived = (
        f"; half of those that went again lived {figures.duration(told['median_life_s'])} or less"
        if told["median_life_s"]
        else ""
    )
    return (
        Paragraph(
            f"{_many(told['links'], 'item')} came after another, in {_many(told['families'], 'line')} of up to "
            f"{told['generations']} generations{lived}."
        ),
        *((_generations(told["by_generation"]),) if told.get("by_generation") else ()),
        chart,
    )


def _generations(told: Sequence[Mapping[str, Any]]) -> Table:
    """Whether what came back lived as long as what it came after."""
    rows = tuple(
        (
            Cell("First known" if one["generation"] == 0 else f"{one['generation']} after it"),
            Cell(figures.count(one["items"])),
            Cell(figures.count(one["gone"])),
            Cell("–" if one["median_life_s"] is None else figures.duration(one["median_life_s"])),
            Cell("" if one["first"] is None else figures.moment(one["first"])),
        )
        for one in told
    )
    heads = (Column("Items", "number"), Column("Seen down", "number"), Column("Half of these lived", "number"))
    columns = (Column("Generation", "name"), *heads, Column("First of it seen", "word"))
    return Table("How long each generation lived, from when it was known until it was first seen down", columns, rows)


def _custody(report: Report) -> tuple[Block, ...]:
    custody, run = report["custody"], report["run"]
    verified = (
        "verified: every entry was read again and follows from the one before"
        if custody["verified"]
        else "NOT VERIFIED: do not rely on this report before the log has been examined"
    )
    rows: tuple[tuple[str, Cell], ...] = (
        ("Entries in the log", Cell(figures.count(custody["entries"]))),
        ("Head of the log", Cell(custody["head"] or "none", code=bool(custody["head"]))),
        ("State of the log", Cell(verified)),
        ("Software", Cell(f"cautery {run['version']}")),
        ("Seed of the rehearsal", Cell("none" if run["seed"] is None else str(run["seed"]))),
    )
    if run["wall_s"] is not None:
        rows += (("Time the run took", Cell(figures.duration(run["wall_s"]))),)
    if run["peak_rss_mb"] is not None:
        rows += (("Memory at most", Cell(f"{run['peak_rss_mb']:,.0f} MiB")),)
    text = (
        "Each flag, decision, signature, notice and check is recorded in an append-only log in which every entry "
        "commits to the one before it. Whoever holds the head printed here can later show that nothing before it was "
        "changed."
    )
    table = Table(
        f"Custody, {_as_of(report)}",
        (Column("Record", "name"), Column("Value", "text")),
        tuple((Cell(label), value) for label, value in rows),
    )
    return (Paragraph(text), table)


def _detail(report: Report) -> tuple[Section, ...]:
    """The counts again, divided by unit, reason, kind, provider, purpose and instrument, where there are any."""
    flags, decisions, notices = report["flags"], report["decisions"], report["notices"]
    breakdowns = (
        _breakdown("Flags by unit", "Unit", "Flags", flags["by_unit"], named=False),
        _breakdown("Flags rejected, by reason", "Reason", "Flags", flags["by_reason"]),
        _breakdown("Items by kind", "Kind", "Items", report["items"]["by_kind"]),
        _breakdown("Items by provider", "Provider", "Items", report["items"]["by_provider"], named=False),
        _breakdown("Decisions by protected purpose", "Purpose", "Items", decisions["by_purpose"]),
        _breakdown("Notices by instrument", "Instrument", "Notices", notices["by_instrument"]),
    )
    filled = tuple(table for table in breakdowns if table.rows)
    return (Section("Counts in detail", (Tables(filled),)),) if filled else ()


def _definitions(report: Report) -> tuple[Block, ...]:
    definitions: Mapping[str, Mapping[str, str]] = report["definitions"]
    if not definitions:
        return (Paragraph("The report came without definitions."),)
    table = Table(
        "Figures of report.json",
        (Column("Figure", "name"), Column("Unit", "word"), Column("Definition", "text")),
        tuple(
            (Cell(name, code=True), Cell(entry["unit"]), Cell(entry["definition"]))
            for name, entry in sorted(definitions.items())
        ),
    )
    return (table,)


def _breakdown(caption: str, what: str, unit: str, counts: Mapping[str, int], *, named: bool = True) -> Table:
    """Counts by a word, largest first, with their sum; no rows where there is nothing."""
    entries = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    rows = tuple((Cell(figures.named(word) if named else word), Cell(figures.count(value))) for word, value in entries)
    total = (Cell("All"), Cell(figures.count(sum(counts.values()))))
    columns = (Column(what, "name"), Column(unit, "number"))
    return Table(caption, columns, (*rows, total) if len(rows) > 1 else rows, total=len(rows) > 1)


def _meaning(report: Report, key: str) -> str:
    entry = report["definitions"].get(key)
    return entry["definition"] if entry else ""


def _unit(report: Report, key: str, otherwise: str) -> tuple[str]:
    entry = report["definitions"].get(key)
    return (entry["unit"] if entry else otherwise,)


def _providers(report: Report) -> str:
    return _many(len(report["notices"]["by_provider"]), "provider")


def _many(number: int, one: str, several: str | None = None) -> str:
    return f"{figures.count(number)} {one if number == 1 else several or one + 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _of(part: int, whole: int) -> str:
    return f"{figures.share(part / whole)} of notices" if whole else "no notices"
