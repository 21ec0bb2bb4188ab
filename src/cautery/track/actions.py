"""Write what came of notices: follow episodes, keep probes, answers and mail."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction

from cautery.channels.api import moment
from cautery.core.actors import Actor, Permission
from cautery.core.availability import DOWN, UNSURE, Verdict
from cautery.core.lifecycle import DeliveryState
from cautery.core.schedule import next_probe
from cautery.core.text import storable
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Channel
from cautery.ground.rows import executemany, select_in, update_many
from cautery.ground.times import read, stored
from cautery.intake.models import Episode
from cautery.intake.rules import known_object
from cautery.refer.models import Delivery
from cautery.track.models import Feed, Mail, Tracking
from cautery.track.queries import shown_mail

STANDING = frozenset({"removed", "disabled", "geo_blocked", "declined", "already_gone", "reinstated"})
"""Answers that say where the thing stands; the latest of them is the provider's word."""
ANSWERS = STANDING | {"impossible", "ceased", "clarification", "complaint"}
"""All that a provider can answer (docs/provider-desk.md)."""
DONE = frozenset({"removed", "disabled", "geo_blocked"})
AHEAD = timedelta(minutes=5)
ARRIVED = (DeliveryState.DELIVERED, DeliveryState.REJECTED)
FEED_EVERY = timedelta(minutes=5)
FEED_QUIET = timedelta(minutes=15)
BEFORE_T0 = timedelta(minutes=60)
CLOSING_TRIES = 3
SAVE_STANDING = (
    "UPDATE track_tracking SET verdict = %s, probed_at = %s, probes = %s, unsure_in_a_row = %s, last_up_at = %s, "
    "first_down_at = %s, down_verdict = %s, next_probe_at = %s, returned_at = %s, lease_owner = '', lease_until = 0 "
    "WHERE episode_id = %s"
)
SAVE_PROBE = "INSERT INTO track_probe (tracking_id, at, verdict, ground, status) VALUES (%s, %s, %s, %s, %s)"
ANSWERED_NOTICES = (
    "SELECT n.idempotency_key, n.id, n.reference, n.episode_id, d.received_at FROM refer_notice n "
    "JOIN refer_delivery d ON d.notice_id = n.id WHERE n.provider_id = %s AND n.idempotency_key IN ({})"
)
ANSWERS_BEFORE = "SELECT notice_id, answer, at FROM track_answer WHERE notice_id IN ({}) ORDER BY at, id"
SAVE_ANSWER = (
    "INSERT INTO track_answer (notice_id, answer, at, reason, received_at, source, details, remark) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (notice_id, answer, at) DO NOTHING"
)
SAVE_WORD = (
    "UPDATE track_tracking SET answer = %s, answered_at = %s, next_probe_at = CASE WHEN returned_at IS NULL "
    "AND first_down_at IS NULL THEN %s ELSE next_probe_at END "
    "WHERE episode_id = %s AND (answered_at IS NULL OR answered_at <= %s)"
)
INSERT_LINK = (
    "INSERT INTO track_outlink (item_id, identity, url, first_seen_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (item_id, identity) DO NOTHING"
)


@dataclass(slots=True)
class Standing:
    """Where an episode stands by our probes: what of its tracking a probe goes by and changes. Not a model: there are many."""

    episode_id: int
    item_id: int
    kind: str
    url: str
    referred_at: datetime | None
    probes: int
    unsure_in_a_row: int
    last_up_at: datetime | None
    first_down_at: datetime | None
    down_verdict: str
    verdict: str = ""
    answer: str = ""
    next_probe_at: datetime | None = None
    returned_at: datetime | None = None


def standings(keys: Sequence[int]) -> list[Standing]:
    """Where these episodes stand, in the order of their keys."""
    columns = ("episode_id", "item_id", "item__kind", "item__url", "referred_at", "probes", "unsure_in_a_row")
    later = ("down_verdict", "verdict", "answer")
    rows = Tracking.objects.filter(pk__in=keys).order_by("pk")
    return [Standing(*row) for row in rows.values_list(*columns, "last_up_at", "first_down_at", *later)]


@dataclass(frozen=True, slots=True)
class Looked:
    """One probe: what was judged, and where the page links."""

    standing: Standing
    verdict: Verdict
    ground: str
    status: int
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a provider, by the notice's idempotency key."""

    idempotency_key: str
    answer: str
    at: str
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def said_of(row: Mapping[str, Any]) -> Said:
    """An answer as a provider's API, mail or call gives it; what it holds is checked when it is kept."""
    key, answer, at, reason = (str(row.get(name) or "") for name in ("idempotency_key", "answer", "at", "reason"))
    return Said(key, answer, at, reason)


def follow(episodes: Sequence[Episode], *, at: datetime) -> int:
    """Start tracking episodes, from what the look-up saw. Episodes come with item, operation and capture."""
    rows = [_tracking(episode, at) for episode in episodes]
    with transaction.atomic():
        Tracking.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        links = [(e.item_id, url) for e in episodes if hasattr(e, "capture") for url in e.capture.links]
        save_links(links, at)
    return len(rows)


def _tracking(episode: Episode, at: datetime) -> Tracking:
    seen = getattr(episode, "capture", None)
    t0 = episode.operation.t0
    first = t0 - BEFORE_T0 if t0 is not None and t0 - BEFORE_T0 > at else at
    up = seen if seen is not None and seen.verdict == Verdict.UP else None
    return Tracking(
        episode=episode,
        item_id=episode.item_id,
        verdict=seen.verdict if seen else Verdict.UNKNOWN,
        probed_at=seen.at if seen else None,
        last_up_at=up.at if up else None,
        next_probe_at=first,
    )


def save_links(links: Sequence[tuple[int, str]], at: datetime) -> None:
    """Keep which objects pages link to; a link seen before keeps its first time."""
    found = [(item, link) for item, url in links if (link := known_object(url)) is not None]
    moment = stored(at)
    executemany(INSERT_LINK, [(item, link.identity, link.canonical_url, moment) for item, link in found])


def record_probes(looks: Sequence[Looked], *, by: Actor, at: datetime) -> int:
    """Keep a batch of probes and what follows from each, in one transaction."""
    for look in looks:
        _apply(look.standing, look.verdict, at)
    moment = stored(at)
    rows = [{"episode": k.standing.episode_id, "verdict": k.verdict.value, "status": k.status} for k in looks]
    with transaction.atomic():
        executemany(SAVE_STANDING, [_standing_row(look.standing, moment) for look in looks])
        executemany(
            SAVE_PROBE,
            [(r["episode"], moment, r["verdict"], k.ground[:200], k.status) for r, k in zip(rows, looks, strict=True)],
        )
        save_links([(k.standing.item_id, url) for k in looks for url in k.links], at)
        record(Event.TRACK_PROBES_RECORDED, by=by, at=at, subject="probes", facts={"probes": len(looks)}, rows=rows)
    return len(looks)


def _standing_row(s: Standing, moment: object) -> tuple[object, ...]:
    """The parameters of SAVE_STANDING."""
    times = stored(s.last_up_at), stored(s.first_down_at)
    after = stored(s.next_probe_at), stored(s.returned_at), s.episode_id
    return (s.verdict, moment, s.probes, s.unsure_in_a_row, *times, s.down_verdict, *after)


def _apply(standing: Standing, verdict: Verdict, at: datetime) -> None:
    """What one probe changes.

    - Down for the first time since its notice: that is its first-down. A later probe may say better why.
    - Up: last-up - and, if it had been down after its notice, it is back; what went and came before that is no return.
    - Up after a wall that asked to sign in, where the provider said that it had removed it: it is back, too. That it was down
      we never saw: the old episode stays unknown.
    - Could not tell: nothing but the next look.
    """
    behind_a_wall = standing.verdict == Verdict.LOGIN_WALL and standing.answer == "removed"
    standing.probes += 1
    if verdict is Verdict.UP and behind_a_wall and standing.first_down_at is None and standing.referred_at is not None:
        standing.returned_at, standing.next_probe_at = at, None
        return
    standing.verdict = verdict.value
    standing.unsure_in_a_row = standing.unsure_in_a_row + 1 if verdict in UNSURE else 0
    if verdict in DOWN:
        standing.first_down_at = standing.first_down_at or at
        if standing.down_verdict in {"", Verdict.GONE}:
            standing.down_verdict = verdict.value
    elif verdict is Verdict.UP:
        if standing.first_down_at is None or standing.referred_at is None:
            standing.last_up_at, standing.first_down_at, standing.down_verdict = at, None, ""
        else:
            standing.returned_at, standing.next_probe_at = at, None
            return
    standing.next_probe_at = next_probe(
        at,
        referred_at=standing.referred_at,
        verdict=verdict,
        kind=standing.kind,
        unsure_in_a_row=standing.unsure_in_a_row,
        down_since=standing.first_down_at,
        sparse=settings.DEPTH == "line",
    )


def note_referred(*, at: datetime) -> int:
    """Tell the trackings of notices just delivered when the provider received them, and look soon."""
    with transaction.atomic():
        # Two short questions: asked as one join, SQLite walks every delivery there is.
        waiting = list(
            Tracking.objects.filter(referred_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:5_000]
        )
        sent = Delivery.objects.filter(notice__episode__in=waiting, state__in=ARRIVED, sent_at__isnull=False)
        new = list(sent.values_list("notice__episode_id", "received_at", "sent_at", "provider_id", "channel"))
        start_feeds({provider for *_, provider, channel in new if channel == Channel.API}, at)
        trackings = Tracking.objects.select_related("item").in_bulk([episode for episode, *_ in new])
        for episode, received, left, _, _ in new:
            tracking = trackings[episode]
            tracking.referred_at = received or left
            tracking.next_probe_at = next_probe(
                at,
                referred_at=tracking.referred_at,
                verdict=Verdict.UP,
                kind=tracking.item.kind,
                unsure_in_a_row=0,
                sparse=settings.DEPTH == "line",
            )
        update_many(list(trackings.values()), ["referred_at", "next_probe_at"])
    return len(new)


def start_feeds(providers: set[int], at: datetime) -> None:
    """Read the answers feeds of providers that have notices of ours now; a feed begun or quiet is read soon."""
    Feed.objects.bulk_create((Feed(provider_id=pk, cursor="", due_at=at) for pk in providers), ignore_conflicts=True)
    Feed.objects.filter(provider_id__in=providers, due_at__gt=at + FEED_EVERY).update(due_at=at + FEED_EVERY)


def read_all_feeds(at: datetime) -> None:
    """At the end of an operation every feed is read once more."""
    Feed.objects.update(due_at=at)


@dataclass(slots=True)
class _Heard:
    """One answer to a notice of the provider's own: what was said, when by their clock, and what of the notice it goes by."""

    said: Said
    at: datetime
    notice_id: int
    reference: str
    episode_id: int
    received_at: datetime | None
    remark: str = ""


def keep_answers(said: Sequence[Said], *, provider_id: int, source: str, by: Actor, at: datetime) -> list[str]:
    """Keep a provider's answers to its own notices; what could not be taken, in words. An answer heard before adds nothing."""
    heard, problems = _own_answers(said, provider_id)
    if not heard:
        return problems
    with transaction.atomic():
        before = _answers_before({answer.notice_id for answer in heard})
        new = [one for one in heard if (one.notice_id, one.said.answer, one.at) not in before]
        _remark(new, before, at)
        executemany(SAVE_ANSWER, [_answer_row(one, source, at) for one in new])
        _apply_answers([one for one in new if one.said.answer in STANDING], at)
        if new:
            facts = {"answers": len(new), "source": source}
            record(
                Event.TRACK_ANSWERS_RECEIVED,
                by=by,
                at=at,
                subject=f"provider:{provider_id}",
                facts=facts,
                rows=[{"reference": n.reference, "answer": n.said.answer, "at": n.at.isoformat()} for n in new],
            )
    return problems


def _own_answers(said: Sequence[Said], provider_id: int) -> tuple[list[_Heard], list[str]]:
    """Those that are about notices of the provider and hold, each once; and of the others what is wrong."""
    keys = sorted({storable(one.idempotency_key, 64) for one in said})
    notices = {key: rest for key, *rest in select_in(ANSWERED_NOTICES, keys, before=[provider_id])}
    heard: dict[tuple[str, str, datetime], _Heard] = {}
    problems: list[str] = []
    for one in said:
        when, notice = moment(one.at), notices.get(one.idempotency_key)
        if notice is None or when is None or one.answer not in ANSWERS:
            wrong = "no such notice" if notice is None else "malformed answer"
            problems.append(f"{storable(one.idempotency_key, 40)}: {wrong}")
            continue
        pk, reference, episode, received = notice
        received_at = None if received is None else read(received)
        heard[one.idempotency_key, one.answer, when] = _Heard(one, when, pk, reference, episode, received_at)
    return list(heard.values()), problems


def _answers_before(notices: Collection[int]) -> dict[tuple[int, str, datetime], None]:
    """Notice, answer and time of all that was answered to these notices, the oldest first."""
    rows = select_in(ANSWERS_BEFORE, sorted(notices))
    return dict.fromkeys((notice, answer, read(when)) for notice, answer, when in rows)


def _answer_row(one: _Heard, source: str, at: datetime) -> tuple[object, ...]:
    """The parameters of SAVE_ANSWER."""
    reason, details = storable(one.said.reason, 2_000), json.dumps(dict(one.said.details))
    return (one.notice_id, one.said.answer, stored(one.at), reason, stored(at), source, details, one.remark)


def _remark(answers: Sequence[_Heard], before: Iterable[tuple[int, str, datetime]], at: datetime) -> None:
    """Say what is odd about answers: a time before receipt or ahead of ours, a word against an earlier one."""
    standing = {notice: answer for notice, answer, _ in before if answer in STANDING}
    for one in sorted(answers, key=lambda one: one.at):
        answer, earlier = one.said.answer, standing.get(one.notice_id, "")
        if one.at > at + AHEAD:
            one.remark = "in_future"
        elif one.received_at is not None and one.at < one.received_at:
            one.remark = "before_receipt"
        elif answer in STANDING and _contradict(earlier, answer):
            one.remark = "contradicts"
        if answer in STANDING:
            standing[one.notice_id] = answer


def _contradict(earlier: str, later: str) -> bool:
    """Whether the later word denies the earlier: done and declined. What is reinstated was removed before."""
    return (earlier in DONE and later == "declined") or (earlier == "declined" and later == "already_gone")


def _apply_answers(answers: Sequence[_Heard], at: datetime) -> None:
    """The latest word stands on the tracking, unless a later one does, and is checked by a probe at once."""
    latest = {one.episode_id: one for one in sorted(answers, key=lambda one: one.at)}
    now = stored(at)
    rows = [(one.said.answer, stored(one.at), now, episode, stored(one.at)) for episode, one in latest.items()]
    executemany(SAVE_WORD, rows)


def move_cursor(feed: Feed, cursor: str, due_at: datetime) -> None:
    """Note how far a feed was read and when to read on."""
    Feed.objects.filter(pk=feed.pk).update(cursor=cursor, due_at=due_at)


def keep_mail(raw: bytes, *, by: Actor, at: datetime) -> bool:
    """Keep a message before anything is read in it; False when the same one came before."""
    with transaction.atomic():
        mail, made = Mail.objects.get_or_create(
            digest=sha256(raw).hexdigest(), defaults={"raw": raw, "received_at": at}
        )
        if made:
            record(
                Event.TRACK_MAIL_RECEIVED,
                by=by,
                at=at,
                subject=f"mail:{mail.pk}",
                facts={"digest": mail.digest, "bytes": len(raw)},
            )
    return made


def mark_read(
    mail: Mail, *, sender: str, meaning: str, problem: str, at: datetime, references: Sequence[str] = ()
) -> None:
    """Note what a message was, and which notices it is about."""
    Mail.objects.filter(pk=mail.pk).update(
        sender=storable(sender, 300),
        meaning=meaning,
        problem=storable(problem, 200),
        read_at=at,
        references=list(references),
    )


def look_now(items: Sequence[int], *, at: datetime) -> int:
    """Somebody flagged these items again while we think them down: look at once."""
    return (
        Tracking.objects.filter(item_id__in=items, first_down_at__isnull=False, returned_at=None)
        .filter(probed_at__lt=at)
        .update(next_probe_at=at)
    )


def look_again(episodes: Collection[int], *, at: datetime) -> int:
    """Something shows these though our last look did not see them up: look at once."""
    return Tracking.objects.filter(pk__in=episodes, returned_at=None).update(next_probe_at=at) if episodes else 0


def look_at_all(now: datetime, *, unsure_only: bool = False) -> int:
    """At the end of an operation everything tracked in it is looked at once more; how many are due."""
    ended = Tracking.objects.filter(episode__operation__ends_at__lte=now, returned_at=None)
    if unsure_only:
        return ended.filter(verdict__in=UNSURE, unsure_in_a_row__lt=CLOSING_TRIES).update(next_probe_at=now)
    return ended.exclude(probed_at__gte=now).update(next_probe_at=now)


def settle_mail(mail: int, *, by: Actor, at: datetime) -> bool:
    """A person has dealt with a message that waited for one; False when somebody had before."""
    by.require(Permission.TRACK_MAIL_READ)
    with transaction.atomic():
        settled = shown_mail(by=by).filter(pk=mail, settled_at=None).update(settled_by=by.name, settled_at=at)
        if settled:
            record(Event.TRACK_MAIL_SETTLED, by=by, at=at, subject=f"mail:{mail}", facts={})
    return bool(settled)
