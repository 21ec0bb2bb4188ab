"""Both books side by side: the world's objects and notices, the platform's items, and which item is which object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

Address = tuple[str, str, str]
PROPAGANDA = "propaganda"
SAME_PLACE = "same_place"
FOREVER = float("inf")
UNSIGNED = frozenset({"in_review", "confirmed", "dismissed", "signed"})


def moment(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 time; ValueError for one without an offset."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"a time without an offset: {text!r}")
    return parsed.timestamp()


@dataclass(frozen=True, slots=True)
class Period:
    """One time online, [start, end); `end` is infinite while it is up. `cause`: provider, owner, geo or None."""

    start: float
    end: float
    cause: str | None
    removed_by: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the world."""

    id: str
    url: str
    address: Address
    truth: str
    origin: str
    predecessor: str | None
    reachable_at: float | None
    flagged: bool
    periods: tuple[Period, ...]
    work: int | None = None
    """The specimen it shows; copies of one work have its number."""
    shown_at: float | None = None
    """When any page at all first showed it, watched or not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the provider's side received it; `received_wall` is wall time, the other times are simulated."""

    provider: str
    channel: str
    key: str
    object_id: str | None
    received_at: float
    received_wall: float
    times_received: int
    times_effective: int
    answer: str | None
    answered_at: float | None


@dataclass(frozen=True, slots=True)
class Opening:
    """An episode of a register item: `opened_by` is flag, watch or probe; `decision` confirmed, dismissed or None.

    `notice` is the idempotency key of the notice that reached a provider, `outcome` what the platform made of it.
    """

    number: int
    opened_at: float
    opened_by: str
    state: str
    decision: str | None
    outcome: str | None
    notice: str | None
    predecessor_item: str | None

    @property
    def referred(self) -> bool:
        """Whether it was confirmed and signed, so that a notice was made, sent or held."""
        return self.decision == "confirmed" and self.state not in UNSIGNED


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the platform's register."""

    id: str
    url: str
    address: Address
    openings: tuple[Opening, ...]

    def opened(self, since: float, before: float) -> Opening | None:
        """The first episode opened within [since, before)."""
        fitting = [opening for opening in self.openings if since <= opening.opened_at < before]
        return min(fitting, key=lambda opening: opening.opened_at, default=None)


@dataclass(frozen=True, slots=True)
class Return:
    """Something that came back: a period of an object. `reachable_at`: when any feed could first show it, or None.

    `shown_at`: when any page did, watched or not.
    """

    thing: Thing
    way: str
    start: float
    before: float
    reachable_at: float | None
    shown_at: float | None


@dataclass(frozen=True)
class Books:
    """The world's books, the report, and the register, matched.

    `shows_removed`: how a provider shows what it removed, read off any object that is gone by it now (an object's own
    `gone_shows_as` tells only how it is gone at the end, and it may have come back or gone otherwise since).
    """

    world: Mapping[str, Any]
    report: Mapping[str, Any]
    end: float
    things: Mapping[str, Thing]
    notices: tuple[Notice, ...]
    items: Mapping[str, Item]
    thing_of: Mapping[str, Thing] = field(repr=False)
    shows_removed: Mapping[str, str]

    @cached_property
    def items_of(self) -> Mapping[str, tuple[Item, ...]]:
        """Register items by object id."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item_id, thing in self.thing_of.items():
            found[thing.id].append(self.items[item_id])
        return {object_id: tuple(items) for object_id, items in found.items()}

    @cached_property
    def returns(self) -> tuple[Return, ...]:
        """Everything that came back by the end: objects of origin `return:WAY`, and later periods at the same place."""
        return tuple(one for thing in self.things.values() for one in _returns_of(thing) if one.start < self.end)

    def sighting(self, back: Return) -> tuple[Item, Opening] | None:
        """The item and the first episode that hold this return, None where the register has none."""
        held = [
            (item, opening)
            for item in self.items_of.get(back.thing.id, ())
            if (opening := item.opened(back.start, back.before)) is not None
        ]
        return min(held, key=lambda pair: pair[1].opened_at, default=None)


def open_books(world: Mapping[str, Any], report: Mapping[str, Any], register: Iterable[Mapping[str, Any]]) -> Books:
    """Read both; an item is an object's by provider, kind and key, or else by URL. KeyError: a field is missing."""
    end = moment(world["operation"]["ends_at"])
    things = {row["id"]: _thing(row, end) for row in world["objects"]}
    items = {str(row["item_id"]): _item(row) for row in register}
    by_address = {thing.address: thing for thing in things.values()}
    by_place = {_place(thing.url): thing for thing in things.values()}
    matched = {item.id: by_address.get(item.address) or by_place.get(_place(item.url)) for item in items.values()}
    return Books(
        world=world,
        report=report,
        end=end,
        things=things,
        notices=tuple(_notice(row) for row in world["deliveries"]),
        items=items,
        thing_of={item_id: thing for item_id, thing in matched.items() if thing is not None},
        shows_removed={
            row["provider"]: row["gone_shows_as"] for row in world["objects"] if row["gone_cause"] == "provider"
        },
    )


def _thing(row: Mapping[str, Any], end: float) -> Thing:
    reachable, shown = row["reachable_at"], row.get("shown_at", row["reachable_at"])
    return Thing(
        id=row["id"],
        url=row["url"],
        address=(row["provider"], row["kind"], row["key"]),
        truth=row["truth"],
        origin=row["origin"],
        predecessor=row["predecessor"],
        reachable_at=None if reachable is None else moment(reachable),
        flagged=bool(row["flagged_by"]),
        periods=tuple(_period(period, end) for period in row["episodes"]),
        work=row.get("work"),
        shown_at=None if shown is None else moment(shown),
    )


def _period(row: Mapping[str, Any], end: float) -> Period:
    """A period; one that ends after the operation is up to its end."""
    until = FOREVER if row["to"] is None else moment(row["to"])
    if until > end:
        return Period(moment(row["from"]), FOREVER, None, None)
    return Period(moment(row["from"]), until, row["cause"], row["removed_by"])


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(
        provider=row["provider"],
        channel=row["channel"],
        key=row["idempotency_key"],
        object_id=row["object"],
        received_at=moment(row["received_at"]),
        received_wall=row["received_wall"],
        times_received=row["times_received"],
        times_effective=row["times_effective"],
        answer=row["answer"],
        answered_at=None if row["answered_at"] is None else moment(row["answered_at"]),
    )


def _item(row: Mapping[str, Any]) -> Item:
    openings = tuple(
        Opening(
            number=episode["number"],
            opened_at=moment(episode["opened_at"]),
            opened_by=episode["opened_by"],
            state=episode["state"],
            decision=episode["decision"],
            outcome=episode["outcome"],
            notice=episode.get("idempotency_key"),
            predecessor_item=_word(episode["predecessor_item_id"]),
        )
        for episode in row["episodes"]
    )
    return Item(str(row["item_id"]), row["url"], (row["provider"], row["kind"], row["key"]), openings)


def _place(url: str) -> str:
    """A URL without its scheme and closing slash: an outlet's own site has no provider that both books name alike."""
    return url.partition("://")[2].rstrip("/")


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _returns_of(thing: Thing) -> Iterable[Return]:
    for number, period in enumerate(thing.periods):
        later = thing.periods[number + 1].start if number + 1 < len(thing.periods) else FOREVER
        if number > 0:
            yield Return(thing, SAME_PLACE, period.start, later, period.start, period.start)
        elif thing.origin.startswith("return:"):
            way = thing.origin.removeprefix("return:")
            yield Return(thing, way, period.start, later, thing.reachable_at, thing.shown_at)
