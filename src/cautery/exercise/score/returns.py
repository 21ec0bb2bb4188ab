"""What came back and how much of it the register holds; what it holds twice, not at all, or without cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from statistics import median

from cautery.exercise.score.books import SAME_PLACE, Books, Item, Opening, Return
from cautery.exercise.score.figures import Check, Figure, count, figure, nothing_of, share

OWN = frozenset({"watch", "probe"})


def return_figures(books: Books) -> dict[str, Figure]:
    """Returns found, how fast, by whom, with the right predecessor; what the watch showed that was none."""
    held = [(back, books.sighting(back)) for back in books.returns]
    found = [(back, *sighting) for back, sighting in held if sighting is not None]
    return {
        "returns_found_share": _found_share(books, found),
        "returns_found_by_own_means_share": share(sum(opening.opened_by in OWN for _, _, opening in found), len(held)),
        "return_detection_median_s": _detection(found, lambda back: back.reachable_at),
        "return_detection_any_page_median_s": _detection(found, lambda back: back.shown_at),
        **_lineage(books, found),
        "watch_precision": _precision(books),
        "reopened_wrongly": _reopened_wrongly(books),
    }


def register_figures(books: Books) -> tuple[dict[str, Figure], list[Check]]:
    """The register as a register: one item an object, every flagged object, nothing that is not there."""
    figures = {
        "duplicates_in_register": count(
            [item.id for items in books.items_of.values() for item in sorted(items, key=lambda item: item.id)[1:]],
            n=len(books.items),
        ),
        "missed_objects": count(
            [thing.id for thing in books.things.values() if thing.flagged and thing.id not in books.items_of],
            n=sum(thing.flagged for thing in books.things.values()),
        ),
        "unknown_items": count(
            [item_id for item_id in books.items if item_id not in books.thing_of], n=len(books.items)
        ),
    }
    checks = [nothing_of(name, figures[name]) for name in ("duplicates_in_register", "missed_objects")]
    return figures, checks


def _found_share(books: Books, found: list[tuple[Return, Item, Opening]]) -> Figure:
    ways = Counter(back.way for back in books.returns)
    by_way = Counter(back.way for back, _, _ in found)
    return share(
        len(found),
        len(books.returns),
        by_way={way: {"value": by_way[way] / n, "n": n} for way, n in sorted(ways.items())},
    )


def _detection(found: list[tuple[Return, Item, Opening]], since: Callable[[Return], float | None]) -> Figure:
    own = [(since(back), opening) for back, _, opening in found if opening.opened_by in OWN]
    delays = [opening.opened_at - shown for shown, opening in own if shown is not None]
    return figure(median(delays) if delays else None, n=len(delays))


def _lineage(books: Books, found: list[tuple[Return, Item, Opening]]) -> dict[str, Figure]:
    """How many name what they come after, and rightly; what came back at the same place comes after itself and is left out."""
    moved = [(back, opening.predecessor_item) for back, _, opening in found if back.way != SAME_PLACE]
    told = [(back, item) for back, item in moved if item is not None]
    right = [
        back for back, item in told if item in books.thing_of and books.thing_of[item].id == back.thing.predecessor
    ]
    named, rightly = (Counter(back.way for back in rows) for rows in ((back for back, _ in told), right))
    by_way = {way: {"value": rightly[way] / n, "n": n} for way, n in sorted(named.items())}
    alike = sum(_same_content(books, back, item) for back, item in told)
    return {
        "lineage_content_share": share(alike, len(told)),
        "lineage_named_share": share(len(told), len(moved)),
        "lineage_right_share": share(len(right), len(told), by_way=by_way),
    }


def _same_content(books: Books, back: Return, item: str) -> bool:
    """Whether the item named is the true predecessor, or shows the same work: of copies nobody can tell which was posted again."""
    named, true = books.thing_of.get(item), books.things.get(back.thing.predecessor or "")
    if named is None or true is None:
        return False
    accounts = {"account", "bot", "channel", "group", "site"} & {named.address[1], true.address[1]}
    return named.id == true.id or (not accounts and named.work is not None and named.work == true.work)


def _precision(books: Books) -> Figure:
    opened = [item for item in books.items.values() if any(one.opened_by == "watch" for one in item.openings)]
    returned = {back.thing.id for back in books.returns}
    true = sum(item.id in books.thing_of and books.thing_of[item.id].id in returned for item in opened)
    return share(true, len(opened))


def _reopened_wrongly(books: Books) -> Figure:
    """Second and later episodes of items must fall into second and later periods online, one each."""
    wrong = []
    for item in books.items.values():
        thing = books.thing_of.get(item.id)
        starts = [] if thing is None else [period.start for period in thing.periods[1:]]
        later = [opening.opened_at for opening in item.openings if opening.number > 1]
        last = max(later, default=0.0)
        if len(later) > sum(start <= last for start in starts):
            wrong.append(item.id)
    return count(wrong, n=sum(len(item.openings) > 1 for item in books.items.values()))
