"""The dossier of an outlet: what is its own and on what ground, where it is still up, what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.lifecycle import Outcome
from cautery.intake.models import Episode, Item, Operation
from cautery.refer.models import Notice
from cautery.report.kinds.sheet import Figure, Kind, Part, Sheet, Table, Value
from cautery.report.measures.cases import NOT_SAID, Case, cases
from cautery.report.outlets import Outlet, known_outlets, outlet_items
from cautery.report.presence import curve, looks_of
from cautery.review.care.queries import closed_items
from cautery.track.models import Tracking
from cautery.watch.closed import CLOSED, closed_to_view
from cautery.watch.models import Sighting

ROWS = 60
"""Lines a table of the page shows; the data have them all."""
ROLES: tuple[tuple[str, frozenset[str]], ...] = (
    ("Accounts", frozenset({"account", "profile", "user", "page"})),
    ("Channels and groups", frozenset({"channel", "group", "community", "server", "playlist"})),
    ("Bots", frozenset({"bot"})),
    ("Sites", frozenset({"site", "domain", "website"})),
    ("Apps", frozenset({"app"})),
)

Rows = Sequence[Mapping[str, Any]]


def outlet(name: str, brands: Sequence[str], operation: Operation | None, *, by: Actor, at: datetime) -> dict[str, Any]:
    """One page of an outlet, over all operations or one. NotFound where nothing in the register belongs to it."""
    by.require(Permission.INTAKE_ITEM_READ)
    found = outlet_items(name, brands)
    rows = _rows(found, operation)
    if not rows:
        there = ", ".join(known_outlets()[:20])
        hint = f"Outlets the bank names: {there}." if there else "Give the words of its handles with --brand."
        raise NotFound(f"Nothing in the register belongs to an outlet {name!r}.", hint=hint)
    items = [row["item"] for row in rows]
    done = cases(Notice.objects.filter(item__in=items, **({"operation": operation} if operation else {})))
    return Sheet(
        "outlet",
        name,
        "Outlet dossier",
        {
            "Brand words": ", ".join(brands) or "its name alone",
            "Operation": operation.slug if operation else "all",
            "As of": at.isoformat(),
        },
        (
            Part("In short", (_short(name, rows),), _figures(rows, done)),
            _online(items, done, at),
            Part("What is its own", tables=_own(rows)),
            Part("What was done", tables=[_actions(done)]),
            _lineage(items),
            Part("How it was found", (_HOW,), tables=[_grounds(rows)]),
        ),
        at,
        note="For officers: this page names accounts and addresses.",
        data={"items": rows},
    ).as_dict()


_HOW = (
    "Nobody hands in a list of an outlet's accounts. `label`: the item holds known content that the bank labels with the outlet, the same bytes or a "
    "near copy. `brand`: its handle, title or address carries the outlet's name or a given brand word, spaced, cased and numbered in any way. "
    "`ownership`: its owner was found by one of these, or owns what is labelled. Others share an outlet's films, so a label says what an "
    "item shows and not whose it is; an admin is named where a page names one. Each is a ground to look, not a finding."
)


def _rows(found: Outlet, operation: Operation | None) -> list[dict[str, Any]]:
    """A row for each object, with its grounds; those dismissed everywhere are left out, they were found not to be referable."""
    episodes = Episode.objects.filter(item__in=list(found.found))
    if operation is not None:
        episodes = episodes.filter(operation=operation)
    wanted = set(episodes.exclude(state="dismissed").values_list("item_id", flat=True))
    wanted -= closed_items(wanted)
    fields = ("pk", "provider", "kind", "key", "owner", "url", "first_flagged_at")
    languages = dict(episodes.exclude(capture__language="").values_list("item_id", "capture__language"))
    authors = dict(episodes.exclude(capture__author="").values_list("item_id", "capture__author"))
    rows = Item.objects.filter(pk__in=wanted, merged_into=None).order_by("provider", "kind", "pk").values_list(*fields)
    closed = closed_to_view()
    return [
        {
            "item": pk,
            "provider": provider,
            "kind": kind,
            "key": closed.say(key),
            "owner": closed.say(owner),
            "url": closed.say(url),
            "first_flagged_at": flagged.isoformat(),
            "language": languages.get(pk) or NOT_SAID,
            "author": closed.say(authors.get(pk) or ""),
            "grounds": sorted(found.found[pk]),
        }
        for pk, provider, kind, key, owner, url, flagged in rows
    ]


def _short(name: str, rows: Rows) -> str:
    providers = Counter(row["provider"] for row in rows)
    return f"{len(rows):,} items of {len(providers)} providers were found for {name}: {_list(providers)}."


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.most_common())


def _figures(rows: Rows, done: Sequence[Case]) -> list[Figure]:
    outcomes = Counter(case.outcome for case in done)
    seen = Counter(row["language"] for row in rows if row["language"] != NOT_SAID)
    return [
        Figure("items", "Items", len(rows), "items", "Objects found for it and not dismissed."),
        Figure(
            "languages",
            "Languages",
            _list(seen) or None,
            "items",
            "As pages say it; items that show none are not in it.",
        ),
        Figure("notices", "Notices", len(done), "notices", "That reached their provider."),
        Figure(
            "removed",
            "Removed",
            outcomes[Outcome.REMOVED],
            "notices",
            "Seen gone by our own check, by the provider's hand.",
        ),
        Figure(
            "unknown",
            "State unknown",
            outcomes[Outcome.UNKNOWN],
            "notices",
            "No check could tell; not counted as removed.",
        ),
        Figure(
            "admins",
            "Names pages give as author",
            len({r["author"] for r in rows if r["author"]}),
            "names",
            "Names, not people.",
        ),
    ]


def _online(items: Sequence[int], done: Sequence[Case], at: datetime) -> Part:
    received = [case.received for case in done if case.received is not None]
    if not received:
        return Part("Where it is online", ("No notice reached a provider, so its presence was not followed.",))
    found = curve(looks_of(Tracking.objects.filter(item__in=items)), min(received), at)
    series = found["series"][:: max(1, len(found["series"]) // 200)]
    after = found["after"]
    text = f"At the end {after['up']:,} of its followed items were seen online, and the state of {after['unknown']:,} could not be told."
    return Part("Where it is online", (text,), presence=[*series, after])


def _own(rows: Rows) -> list[Table]:
    known = frozenset().union(*(kinds for _, kinds in ROLES))
    parts = [(title, [row for row in rows if row["kind"] in kinds]) for title, kinds in ROLES]
    parts.append(("Content", [row for row in rows if row["kind"] not in known]))
    columns: tuple[tuple[str, Kind], ...] = (
        ("Provider", "name"),
        ("Kind", "word"),
        ("Key", "text"),
        ("Owner", "text"),
        ("Language", "word"),
        ("Ground", "text"),
    )
    return [
        Table(f"{title}: {len(own):,}{_shown(own)}", columns, [_line(row) for row in own[:ROWS]])
        for title, own in parts
        if own
    ]


def _shown(rows: Rows) -> str:
    return f", the first {ROWS} shown; the data have all" if len(rows) > ROWS else ""


def _line(row: Mapping[str, Any]) -> list[Value]:
    language = "" if row["language"] == NOT_SAID else row["language"]
    return [row["provider"], row["kind"], row["key"], row["owner"], language, ", ".join(row["grounds"])]


def _actions(done: Sequence[Case]) -> Table:
    counts = Counter((case.provider, case.instrument, str(case.outcome)) for case in done)
    lines: list[list[Value]] = [
        [a, b, c.replace("_", " "), n]
        for (a, b, c), n in sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1]))
    ]
    columns: tuple[tuple[str, Kind], ...] = (
        ("Provider", "name"),
        ("Instrument", "word"),
        ("Outcome", "word"),
        ("Notices", "number"),
    )
    return Table("Notices by outcome", columns, lines)


def _lineage(items: Sequence[int]) -> Part:
    rows = Sighting.objects.filter(predecessor__in=items).select_related("item", "predecessor").order_by("at", "pk")
    closed = closed_to_view()
    lines: list[list[Value]] = [
        [
            s.predecessor.key if s.predecessor else "",
            CLOSED if s.item_id in closed else s.item.key,
            s.item.provider,
            s.get_way_display(),
            s.at.date().isoformat(),
        ]
        for s in rows
    ]
    columns: tuple[tuple[str, Kind], ...] = (
        ("Was", "name"),
        ("Came back as", "text"),
        ("Provider", "word"),
        ("Noticed by", "text"),
        ("On", "word"),
    )
    return Part(
        "What came after what",
        (f"{len(lines):,} sightings of what may succeed its items; a person confirms each before anything is sent.",),
        tables=[Table(f"Successors{_shown([{}] * len(lines))}", columns, lines[:ROWS])],
    )


def _grounds(rows: Rows) -> Table:
    counts = Counter(" and ".join(row["grounds"]) for row in rows)
    return Table("Items by ground", (("Ground", "name"), ("Items", "number")), counts.most_common())
