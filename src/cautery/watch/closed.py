"""What must not be seen further stays out of what the watch says: the address and the name of a closed item, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cautery.intake.models import Item
from cautery.intake.queries import members, roots
from cautery.review.models import Quarantine
from cautery.watch.memory import HANDLES, handle_of

CLOSED = "(closed to view)"
"""What stands in the place of an address or a name that must not be seen further."""
SHORTEST = 4
"""Letters of a name that is looked for in a text; a shorter one is in too many words."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The items that are closed to view, by key, and the words that would lead to them."""

    items: frozenset[int] = frozenset()
    words: re.Pattern[str] | None = None

    def __contains__(self, item: object) -> bool:
        return item in self.items

    def say(self, text: str) -> str:
        """The text, without what would lead to a closed item."""
        return text if self.words is None else self.words.sub(CLOSED, text)

    def about(self, text: str, items: Iterable[int | None]) -> str:
        """A reason that speaks of these items: nothing of it where one of them is closed."""
        return CLOSED if any(item in self.items for item in items) else self.say(text)


def closed_to_view() -> Closed:
    """All that is closed now, whatever item of an object it was said of. Two statements where nothing is."""
    shut = list(Quarantine.objects.values_list("item_id", flat=True))
    if not shut:
        return Closed()
    items = list(members(roots(shut).values()))
    rows = list(Item.objects.filter(pk__in=items).values_list("url", "identity", "provider", "kind", "key"))
    words: set[str] = set()
    for url, identity, provider, kind, key in rows:
        words |= {url, url.partition("://")[2].rstrip("/"), identity, key}
        words |= {handle_of(provider, kind, key), provider} if kind == "site" else set()
        words |= {handle_of(provider, kind, key)} if kind in HANDLES else set()
    telling = sorted((word for word in words if len(word) >= SHORTEST), key=lambda word: (-len(word), word))
    said = rf"(?<!\w)(?:https?://)?(?:{'|'.join(map(re.escape, telling))})(?!\w)"
    return Closed(frozenset(items), re.compile(said, re.IGNORECASE) if telling else None)
