"""Keep the index of words, the tallies and the counts in step with the register; save readers' views."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.core.searching import indexed
from cautery.ground.rows import executemany
from cautery.ground.times import stored
from cautery.identify.models import Capture
from cautery.intake.actions import receive_all
from cautery.intake.models import Item, Operation
from cautery.intake.queries import members, roots
from cautery.report.models import SavedView, Searchable, Tallied, Unindexed
from cautery.report.register.bulk import NEEDED, Act, BulkPlan
from cautery.report.register.words import host_of, outlet_of, words_of
from cautery.review.actions import HoldRequest, hold_many
from cautery.review.pictures.queries import texts_by_item
from cautery.sources.base import Row
from cautery.watch.actions import Asked, begin_watch
from cautery.watch.models import What

BATCH = 2_000
NAME, PLACE, QUERY, VIEWS = 100, 40, 2_000, 100
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
            rows, update_conflicts=True, unique_fields=["item"], update_fields=["text"], batch_size=BATCH
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
    for pk, text in texts_by_item(family).items():
        parts[family[pk]].append(indexed(text))
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


def save_view(name: str, query: str, *, by: Actor, at: datetime, place: str = "register") -> None:
    """Keep the address of a list (`place`) for this reader under a name; the same name again replaces it."""
    by.require(Permission.INTAKE_ITEM_READ)
    name = name.strip()
    if (
        not by.officer_id
        or not name
        or len(name) > NAME
        or len(query) > QUERY
        or len(place) > PLACE
        or "\0" in name + query + place
    ):
        raise Refused("A view needs a name of up to 100 characters.", reason="view", name=name[:NAME])
    with transaction.atomic():
        mine = SavedView.objects.filter(officer_id=by.officer_id)
        if mine.count() >= VIEWS and not mine.filter(place=place, name=name).exists():
            raise Refused(f"More than {VIEWS} views cannot be kept.", reason="views", name=name)
        SavedView.objects.update_or_create(
            officer_id=by.officer_id, place=place, name=name, defaults={"query": query, "saved_at": at}
        )


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person adds to an act on many: its reason or ground, who agreed, and until when."""

    reason: str = ""
    seconded_by: str = ""
    until: datetime | None = None


def act_on_many(plan: BulkPlan, digest: str, said: Particulars, *, by: Actor, at: datetime) -> int:
    """Do what the preview showed, whole or not at all, in one transaction with the entries of each action; how many it changed.

    `MovedMeanwhile` where the plan is no longer the one that was shown.
    """
    by.require(NEEDED[plan.act])
    if plan.digest != digest:
        raise MovedMeanwhile("The items changed since they were shown. Look at them again.", reason="plan")
    if not plan.able:
        raise Refused("There is nothing it would change.", reason="items")
    with transaction.atomic():
        if plan.act is Act.WATCH:
            _watch(plan, said, by, at)
        elif plan.operation is not None and plan.act is Act.HOLD:
            _hold(plan, plan.operation, said, by, at)
        elif plan.operation is not None:
            _assign(plan, plan.operation, said, by, at)
    return len(plan.able)


def _watch(plan: BulkPlan, said: Particulars, by: Actor, at: datetime) -> None:
    if said.until is None or said.until <= at:
        raise Refused("A watch needs an end that is to come.", reason="until")
    identities = dict(Item.objects.filter(pk__in=[line.item for line in plan.able]).values_list("pk", "identity"))
    for line in plan.able:
        asked = Asked(What.ITEM, identities[line.item], said.reason, said.seconded_by, said.until)
        begin_watch(asked, asker=by.name, by=by, at=at)


def _hold(plan: BulkPlan, operation: Operation, said: Particulars, by: Actor, at: datetime) -> None:
    if said.until is None or said.until <= at or not said.reason.strip():
        raise Refused("An interest needs its reason, and an end that is to come.", reason="until")
    wanted = [HoldRequest(line.url, said.reason.strip(), said.until) for line in plan.able]
    refused = [row for row in hold_many(operation, wanted, by=by, at=at) if row.status == "refused"]
    if refused:
        raise Refused(f"Not recorded: {refused[0].detail}. Nothing was changed.", reason="hold")


def _assign(plan: BulkPlan, operation: Operation, said: Particulars, by: Actor, at: datetime) -> None:
    rows = [Row(number, line.url, at, note=said.reason.strip()) for number, line in enumerate(plan.able, 1)]
    got = receive_all(rows, operation=operation, key=f"desk-{plan.digest[:40]}", source="desk", by=by, at=at)
    if got.rejected:
        raise Refused(f"Not taken: {got.rejections[0].message} Nothing was changed.", reason="rejected")


def forget_view(pk: int, *, by: Actor) -> None:
    """Forget a view of this reader."""
    by.require(Permission.INTAKE_ITEM_READ)
    if by.officer_id:
        SavedView.objects.filter(pk=pk, officer_id=by.officer_id).delete()
