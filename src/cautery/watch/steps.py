"""Pull what is down: notice what is up again, read what pages still up announce. A sighting re-enters at intake.

searching.py asks the providers' own search, tracing.py says what each late thing comes after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cautery.core.kinship import Traits
from cautery.core.lifecycle import EpisodeState
from cautery.ground.rows import Earliest
from cautery.intake.models import Flag, Item, Operation
from cautery.intake.queries import members
from cautery.intake.rules import known_object
from cautery.track.actions import look_now
from cautery.track.models import OutLink, Tracking
from cautery.watch.actions import Candidate, mark, reopen_returned
from cautery.watch.ending import end_watches
from cautery.watch.memory import HANDLES, Memory, best_account, handle_of
from cautery.watch.models import Watch, Way
from cautery.watch.queries import no_returns
from cautery.watch.searching import ACTOR, BATCH, position, sight_new

ANNOUNCED = 0.6
"""What a new link on a page of the outlet is worth by itself."""


def end_over(now: datetime) -> int:
    """Watches whose time is over, and those on what was dismissed since, end."""
    return end_watches(now, by=ACTOR)


next_end = Earliest(lambda: Watch.objects.filter(ended_at__isnull=True), "expires_at")
"""When the next watch is over; what is dismissed is seen when a person decides, as that writes to the register."""


def notice_returns(now: datetime) -> int:
    """Things that were down and that a probe saw up: the next episode of each."""
    back = list(
        Tracking.objects.filter(returned_at__isnull=False, episode__state=EpisodeState.REFERRED)
        .exclude(no_returns())
        .select_related("episode__operation")
        .order_by("pk")[:BATCH]
    )
    by_operation: dict[Operation, list[Tracking]] = {}
    for tracking in back:
        by_operation.setdefault(tracking.episode.operation, []).append(tracking)
    for operation, trackings in by_operation.items():
        reopen_returned(operation, trackings, by=ACTOR, at=now)
    return len(back)


def look_at_reflagged(now: datetime) -> int:
    """Items a unit flagged again while our last probe saw them down: probe now."""
    seen = position("flags")
    new = list(Flag.objects.filter(pk__gt=seen).order_by("pk").values_list("pk", "item_id")[: BATCH * 10])
    if new:
        look_now(list(members({item for _, item in new})), at=now)
        mark("flags", new[-1][0])
    return len(new)


def read_announcements(memory: Memory, now: datetime) -> int:
    """Objects that tracked pages began to link to after T0: what is up announces where the rest has gone."""
    seen = position("out_links")
    new = list(OutLink.objects.filter(pk__gt=seen).select_related("item").order_by("pk")[: BATCH * 5])
    if not new:
        return 0
    trackings = {
        t.item_id: t
        for t in Tracking.objects.filter(item__in={n.item_id for n in new}).select_related("episode__operation")
    }
    memory.refresh(now)
    have = set(Item.objects.filter(identity__in={n.identity for n in new}).values_list("identity", flat=True))
    by_operation: dict[Operation, list[Candidate]] = {}
    for link in (link for link in new if link.identity not in have):
        tracking = trackings.get(link.item_id)
        operation = tracking.episode.operation if tracking else None
        if (
            tracking is not None
            and operation is not None
            and operation.t0 is not None
            and link.first_seen_at > operation.t0
        ):
            by_operation.setdefault(operation, []).append(_announced(link, tracking))
    for operation, candidates in by_operation.items():
        sight_new(operation, _with_kin(candidates, memory, now), now)
    mark("out_links", new[-1].pk)
    return len(new)


def _announced(link: OutLink, tracking: Tracking) -> Candidate:
    before = tracking.history.filter(at__lt=link.first_seen_at).order_by("-at").first()
    since = "which did not link there before" if before is not None else "when it was first looked at"
    reason = f"linked from {link.item.url[:200]}, {since}"
    return Candidate(
        link.url,
        link.identity,
        Way.OUT_LINK,
        ANNOUNCED,
        reason[:300],
        None,
        before.at if before is not None else None,
    )


def _with_kin(candidates: Sequence[Candidate], memory: Memory, now: datetime) -> list[Candidate]:
    """The same, each account with the one decided on that its name is most like, if any is."""
    found = []
    for candidate in candidates:
        link = known_object(candidate.url)
        kin = None
        if link is not None and link.kind in HANDLES:
            handle = handle_of(link.provider, link.kind, link.key)
            kin = best_account(memory, link.provider, link.kind, Traits(handle=handle), now.timestamp(), Way.OUT_LINK)
        if kin is not None:
            before, like = kin
            item = Item.objects.filter(pk=before.pk).first()
            reason, watch = f"{like.reason}; {candidate.reason}"[:300], before.watch_id
            candidate = replace(candidate, score=min(1.0, like.score), reason=reason, predecessor=item, watch_id=watch)
        found.append(candidate)
    return found
