"""Keep the index of words, the tallies and the counts in step with the register; save readers' views."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.searching import indexed
from cautery.ground.rows import executemany
from cautery.ground.times import stored
from cautery.identify.models import Capture
from cautery.intake.models import Item
from cautery.intake.queries import members, roots
from cautery.report.models import SavedView, Searchable, Tallied, Unindexed
from cautery.report.register.words import host_of, outlet_of, words_of

BATCH = 2_000
NAME, QUERY, VIEWS = 100, 2_000, 100
TALLY = (
    "INSERT INTO report_tally (kind, provider, name, items, first_flagged_at, last_flagged_at) VALUES (%s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (kind, provider, name) DO UPDATE SET items = report_tally.items + excluded.items, "
    "last_flagged_at = CASE WHEN excluded.last_flagged_at > report_tally.last_flagged_at "
    "THEN excluded.last_flagged_at ELSE report_tally.last_flagged_at END"
)


def index_waiting(limit: int = BATCH) -> int:
    """Index the next items that wait, and count those that are new; how many."""
    with transaction.atomic():
        keys = list(Unindexed.objects.order_by("item_id").values_list("item_id", flat=True)[:limit])
        if not keys:
            return 0
        standing = set(roots(keys).values())
        family = members(standing)
        items = Item.objects.in_bulk([*family])
        known = set(Searchable.objects.filter(item__in=items).values_list("item_id", flat=True))
        _count([item for pk, item in items.items() if pk not in known])
        texts = _texts(items, family)
        rows = [Searchable(item_id=pk, text=texts.get(pk, "")) for pk in items]
        Searchable.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["item"], update_fields=["text"], batch_size=400
        )
        Unindexed.objects.filter(item_id__in=keys).delete()
    return len(keys)


def _texts(items: Mapping[int, Item], family: Mapping[int, int]) -> dict[int, str]:
    """By the item that stands for an object: what can be searched of it and of all that was merged into it."""
    parts: dict[int, list[str]] = defaultdict(list)
    for pk, root in family.items():
        parts[root].append(words_of(items[pk]))
    pages = Capture.objects.filter(episode__item__in=[*family]).order_by("episode_id")
    newest = {
        family[item]: f"{title} {text}" for item, title, text in pages.values_list("episode__item_id", "title", "text")
    }
    return {root: " ".join([*lines, indexed(newest.get(root, ""))]) for root, lines in parts.items()}


def _count(new: Sequence[Item]) -> None:
    counted: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], datetime] = {}
    last: dict[tuple[str, str, str], datetime] = {}
    for item in new:
        outlet, host = outlet_of(item), host_of(item.url)
        for key in ((Tallied.OUTLET.value, item.provider, outlet), (Tallied.DOMAIN.value, "", host[:300])):
            if key[2]:
                counted[key] += 1
                first[key] = min(first.get(key, item.first_flagged_at), item.first_flagged_at)
                last[key] = max(last.get(key, item.first_flagged_at), item.first_flagged_at)
    executemany(TALLY, [(*key, n, stored(first[key]), stored(last[key])) for key, n in sorted(counted.items())])


def save_view(name: str, query: str, *, by: Actor, at: datetime) -> None:
    """Keep the address of a list for this reader under a name; the same name again replaces it."""
    by.require(Permission.INTAKE_ITEM_READ)
    name = name.strip()
    if not by.officer_id or not name or len(name) > NAME or len(query) > QUERY or "\0" in name + query:
        raise Refused("A view needs a name of up to 100 characters.", reason="view", name=name[:NAME])
    with transaction.atomic():
        mine = SavedView.objects.filter(officer_id=by.officer_id)
        if mine.count() >= VIEWS and not mine.filter(name=name).exists():
            raise Refused(f"More than {VIEWS} views cannot be kept.", reason="views", name=name)
        SavedView.objects.update_or_create(
            officer_id=by.officer_id, name=name, defaults={"query": query, "saved_at": at}
        )


def forget_view(pk: int, *, by: Actor) -> None:
    """Forget a view of this reader."""
    by.require(Permission.INTAKE_ITEM_READ)
    if by.officer_id:
        SavedView.objects.filter(pk=pk, officer_id=by.officer_id).delete()
