"""Which items belong to an outlet: by what known content is labelled, by the words of its brand, and by who owns what.

Nobody hands in a list of an outlet's accounts. Three grounds, each named in the dossier and none a finding of guilt:

    label       the item holds known content that the bank labels with the outlet (same bytes or a near copy)
    brand       its handle, title or link carries the outlet's name, however it is spaced, cased or numbered
    ownership   its owner is an account found by one of these, or owns something found by label
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cautery.intake.models import Item
from cautery.match.models import BankEntry, Match
from cautery.report.presence import object_of

SHORTEST = 5
"""Letters and digits a brand must have to be looked for in handles and titles: a shorter one is in too many words."""


@dataclass(slots=True)
class Outlet:
    """An outlet and the objects (item ids) found for it, each with its grounds."""

    name: str
    found: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, items: Iterable[int], ground: str) -> None:
        """These are the outlet's by `ground`."""
        for item in items:
            self.found[item].add(ground)


def folded(text: str) -> str:
    """Letters and digits alone, without case or accents: `The Ninth-Lantern_4` -> `theninthlantern4`."""
    plain = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)).casefold())


def known_outlets() -> list[str]:
    """The outlets the bank names, in the order of the alphabet."""
    named = BankEntry.objects.filter(negative=False).exclude(outlet="")
    return sorted(set(named.values_list("outlet", flat=True)))


def labelled() -> dict[int, set[str]]:
    """The outlets of each object that holds labelled known content; one statement."""
    rows = Match.objects.filter(entry__negative=False, entry__quarantined_at=None).exclude(entry__outlet="")
    found: dict[int, set[str]] = defaultdict(set)
    for item, outlet in rows.values_list(object_of("episode__item"), "entry__outlet").distinct():
        found[item].add(outlet)
    return found


def outlet_items(name: str, brands: Iterable[str] = ()) -> Outlet:
    """The objects of an outlet: those labelled, those that carry its name or one of `brands`, those it owns."""
    outlet = Outlet(name)
    words = {folded(word) for word in (name, *brands)} - {""}
    matches = Match.objects.filter(entry__in=_entries(words), entry__quarantined_at=None)
    outlet.add(matches.values_list(object_of("episode__item"), flat=True).distinct(), "label")
    rows = list(
        Item.objects.filter(merged_into=None).values_list(
            "pk", "provider", "kind", "key", "owner", "episodes__capture__title"
        )
    )
    long = tuple(word for word in words if len(word) >= SHORTEST)
    for pk, _, _, key, owner, title in rows:
        spelled = folded(f"{key} {owner} {title or ''}")
        if any(word in spelled for word in long):
            outlet.found[pk].add("brand")
    _own(outlet, {row[0]: (row[1], row[2], row[3], row[4]) for row in rows})
    return outlet


def _entries(words: Iterable[str]) -> list[int]:
    """Entries of the bank whose outlet is one of these words, or whose label begins with one."""
    rows = BankEntry.objects.filter(negative=False).values_list("pk", "outlet", "label")
    return [pk for pk, outlet, label in rows if folded(outlet) in words or folded(label).startswith(tuple(words))]


def _own(outlet: Outlet, rows: Mapping[int, tuple[str, str, str, str]]) -> None:
    """Owners of what is labelled, and everything they or found accounts own. One step each way: no chains of acquaintance."""
    owners = {(rows[pk][0], rows[pk][3]) for pk, why in outlet.found.items() if "label" in why and pk in rows}
    owners |= {(rows[pk][0], rows[pk][2]) for pk in outlet.found if pk in rows}
    owners = {owner for owner in owners if owner[1]}
    for pk, (provider, _, key, owner) in rows.items():
        if (provider, key) in owners or (provider, owner) in owners:
            outlet.found[pk].add("ownership")
