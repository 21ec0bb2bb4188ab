"""What comes after what: late things, once their pages are read, weighed against all that was decided on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F

from cautery.core.availability import Verdict
from cautery.core.kinship import HANDLE_THRESHOLD, Traits, about_of, habit_of, said_in, weigh
from cautery.ground.rows import chunks
from cautery.identify.models import Capture
from cautery.intake.models import Episode, OpenedBy
from cautery.intake.rules import known_object
from cautery.watch.actions import Traced, mark, trace
from cautery.watch.memory import AT_ONCE, HANDLES, Known, Memory, downs, handle_of, media_of
from cautery.watch.models import Sighting, Way
from cautery.watch.searching import ACTOR, BATCH, position

TRACED = (OpenedBy.FLAG, OpenedBy.WATCH)
"""What was up again at the same place comes after itself, and needs no weighing."""
NEARLY = 0.12
"""How much worse than the best may be what is weighed by its text as well."""
ELSEWHERE, FOLLOWED, STILL_UP = 0.04, 0.01, 0.05
"""What it costs a candidate to be at another provider, to have been followed by another thing already, to be up still."""


def trace_lineage(memory: Memory, now: datetime) -> int:
    """What came in after T0, once its page is read: what it comes after, by all that is known of both."""
    seen = position("late")
    late = Episode.objects.filter(
        pk__gt=seen, operation__t0__isnull=False, opened_at__gt=F("operation__t0"), opened_by__in=TRACED, weighed=None
    )
    waiting = list(late.order_by("pk").values_list("pk", flat=True)[: BATCH * 10])
    ready = list(
        late.filter(capture__isnull=False, pk__lte=waiting[-1]).select_related(
            "item", "operation", "capture", "sighting_row"
        )
        if waiting
        else ()
    )[:BATCH]
    if ready:
        memory.refresh(now)
        trace(_traced(ready, memory), by=ACTOR, at=now)
    done = {episode.pk for episode in ready}
    left = min((pk for pk in waiting if pk not in done), default=None)
    if left is None and waiting:
        mark("late", waiting[-1])
    elif left is not None and left - 1 > seen:
        mark("late", left - 1)
    return len(ready)


def _traced(late: Sequence[Episode], memory: Memory) -> list[Traced]:
    """Each with the best of all it may come after; two equal ones: the one that nothing else came after yet."""
    media = media_of([episode.pk for episode in late])
    news = [_traits(episode, media.get(episode.pk, []), memory) for episode in late]
    fields = [
        [k for k in memory.before(e.item.provider, e.item.kind, new) if k.pk not in (e.item_id, e.item.merged_into_id)]
        for e, new in zip(late, news, strict=True)
    ]
    fields = _with_texts(news, fields, [episode.opened_at.timestamp() for episode in late])
    down = downs({known.pk for field in fields for known in field})
    followed = Counter(_followed({known.pk for field in fields for known in field}))
    found = []
    for episode, new, field in zip(late, news, fields, strict=True):
        best = _best(episode, new, field, down, followed, memory.habits)
        if best.predecessor is None and new.media & memory.files.keys():
            watch = memory.files[min(new.media & memory.files.keys())]
            best = Traced(episode, Way.COPY, None, 1.0, "the bytes of a file that is under watch", watch)
        found.append(best)
        if best.predecessor is not None:
            followed[best.predecessor] += 1
            before = memory.things[best.predecessor].traits.handle
            if before and new.handle:
                memory.habits[habit_of(before, new.handle)[0]] += 1
    return found


def _with_texts(news: Sequence[Traits], fields: Sequence[Sequence[Known]], at: Sequence[float]) -> list[list[Known]]:
    """The same; what is nearly as good as the best with what its page says, which tells apart what has one title."""
    near: dict[int, None] = {}
    for new, field, moment in zip(news, fields, at, strict=True):
        scores = {known.episode: weigh(known.traits, new, moment).score for known in field} if len(field) > 1 else {}
        best = max(scores.values(), default=0.0)
        near |= {episode: None for episode, score in scores.items() if score >= best - NEARLY and episode}
    said: dict[int, frozenset[int]] = {}
    for some in chunks(near, AT_ONCE):
        rows = Capture.objects.filter(episode__in=some).values_list("episode_id", "text")
        said |= {episode: said_in(text) for episode, text in rows}
    return [
        [replace(k, traits=replace(k.traits, said=said[k.episode])) if k.episode in said else k for k in field]
        for field in fields
    ]


def _traits(episode: Episode, media: Sequence[str], memory: Memory) -> Traits:
    item, page = episode.item, episode.capture
    account = item.kind in HANDLES
    traits = Traits(
        handle=handle_of(item.provider, item.kind, item.key) if account else "",
        name=(page.author or page.title) if account else "",
        title="" if account else page.title,
        owner=item.owner or ("" if account else page.author),
        media=frozenset(media),
        said=frozenset() if account else said_in(page.text),
    )
    if not account:
        return traits
    links = {link.identity for url in page.links if (link := known_object(url)) is not None}
    about = about_of(page.about, item.key, page.title, page.author)
    return memory.telling(replace(traits, links=frozenset(links), about=about))


def _best(
    episode: Episode,
    new: Traits,
    field: Sequence[Known],
    down: Mapping[int, tuple[datetime | None, str]],
    followed: Mapping[int, int],
    habits: Counter[str],
) -> Traced:
    at, all_habits = episode.opened_at.timestamp(), max(1, habits.total())
    shares = {habit: n / all_habits for habit, n in habits.items()}
    scored = []
    for known in field:
        moment, verdict = down.get(known.pk, (None, Verdict.UNKNOWN))
        old = replace(known.traits, down_at=moment.timestamp() if moment else None)
        like = weigh(old, new, at, shares)
        here = (known.provider, known.kind) == (episode.item.provider, episode.item.kind)
        worth = like.score + (0 if here else -ELSEWHERE) - FOLLOWED * min(3, followed.get(known.pk, 0))
        worth -= STILL_UP if verdict == Verdict.UP else 0
        scored.append((worth, known, like))
    best = max(scored, key=lambda row: row[0], default=None)
    if best is None or best[2].score < HANDLE_THRESHOLD:
        return Traced(episode, Way.LIKENESS)
    _, known, like = best
    way = Way.COPY if known.traits.media & new.media else Way.LIKENESS
    return Traced(episode, way, known.item_id, round(min(1.0, like.score), 3), like.reason, known.watch_id)


def _followed(items: set[int]) -> list[int]:
    """The predecessors among these that something was sighted after, once for each such thing."""
    rows = Sighting.objects.filter(predecessor__in=items).exclude(way=Way.SAME_PLACE)
    return list(rows.values_list("predecessor_id", flat=True)) if items else []
