"""Look at the domains under watch: what their registries say, what their front pages show, who registered a like one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings

from cautery.core.domains import TAKEN, DomainRecord, State, lookalikes
from cautery.core.domains.history import same_marks
from cautery.core.kinship import HANDLE_THRESHOLD, like_handles
from cautery.fetch import Fetcher, Request
from cautery.fetch.reading import Reader
from cautery.ground.rows import Earliest
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.track.models import Tracking
from cautery.watch.actions import TERM, Candidate, keep_leads, mark
from cautery.watch.domains.actions import Look, keep_looks, watch_domains
from cautery.watch.domains.asking.inquiry import Means, Seen, inquire, means, registries
from cautery.watch.domains.asking.services import is_stale, refresh
from cautery.watch.domains.looking import ANSWER_BYTES, Front, front, shown
from cautery.watch.memory import OVERLAP
from cautery.watch.models import DomainLook, Watch, Way, What
from cautery.watch.queries import LONG_ENOUGH, WORTH, Found
from cautery.watch.searching import ACTOR, position, sight_new

BATCH = 200
LIKE = 96
"""Like names asked for a watched domain, once a day: the same name under other endings, and numbered or renamed under its own."""
OLDER = timedelta(days=400)
"""A like name registered so long before the watch began is somebody else's."""
BY_THE_SAME, LATELY, LED, CERTIFIED = 0.97, 0.90, 0.90, 0.85
SIGHTED = 0.90
"""What a like name must be worth to be handed to a person as an item; the others stay leads."""


def begin_domains(now: datetime) -> int:
    """A watch on the domain of each site that was referred as such, on the decision that was signed."""
    since = datetime.fromtimestamp(max(0, position("domains")), tz=now.tzinfo)
    sites = Tracking.objects.filter(referred_at__gte=since - OVERLAP, item__kind="site", item__provider__contains=".")
    rows = list(sites.select_related("item", "episode__operation").order_by("pk"))
    own = {t.item.provider: t for t in rows if t.item.key.removeprefix("www.") == t.item.provider}
    known = set(Watch.objects.filter(what=What.DOMAIN, subject__in=own).values_list("subject", flat=True))
    new = {name: tracking for name, tracking in own.items() if name not in known}
    signed = dict(
        Notice.objects.filter(episode__in=[t.pk for t in new.values()]).values_list("episode_id", "signature_id")
    )
    watches = [_watch(name, t, signed[t.pk], now) for name, t in new.items() if t.pk in signed]
    watch_domains(watches, by=ACTOR, at=now)
    mark("domains", int(now.timestamp()))
    return len(watches)


def _watch(name: str, tracking: Tracking, signature: int, now: datetime) -> Watch:
    return Watch(
        what=What.DOMAIN,
        subject=name,
        signature_id=signature,
        item_id=tracking.item_id,
        by=ACTOR.name,
        began_at=now,
        expires_at=(tracking.episode.operation.ends_at or now) + TERM,
        next_look_at=now,
    )


def look_at_domains(fetcher: Fetcher, reader: Reader, now: datetime) -> int:
    """One batch of domains that are due: 1. ask registries, DNS, sites 2. read front pages 3. keep, with events 4. ask for like names."""
    if not settings.DOMAIN_ASKS:
        return 0
    due = list(
        Watch.objects.filter(next_look_at__lte=now, ended_at__isnull=True).order_by("next_look_at", "pk")[:BATCH]
    )
    if not due:
        return 0
    if is_stale(now):
        refresh(fetcher)
    first, using = _first_today(due, now), means(fetcher)
    seen = inquire([watch.subject for watch in due], using, now)
    pages = reader.each([Request(f"http://{watch.subject}/", max_bytes=ANSWER_BYTES) for watch in due], front)
    looks = [_look(watch, one, page) for watch, one, page in zip(due, seen, pages, strict=True)]
    keep_looks(looks, by=ACTOR, at=now)
    found = [one for look in looks for one in (*_led(look), *_certified(look))]
    for look in looks:
        if look.watch.pk in first and look.watch.may(Way.FEED):
            found += _like(look, using)
    hand_over(found, now)
    return len(due)


def _look(watch: Watch, seen: Seen, page: Front) -> Look:
    return Look(watch, shown(seen.record, page), seen.source, page.leads_to, seen.site)


def _first_today(due: Sequence[Watch], now: datetime) -> set[int]:
    """Those not yet looked at on this day."""
    seen = DomainLook.objects.filter(watch__in=due, until__gte=now.replace(hour=0, minute=0, second=0, microsecond=0))
    return {watch.pk for watch in due} - set(seen.values_list("watch_id", flat=True))


def _led(look: Look) -> Iterator[Found]:
    """Where a front page led, unless that is where things are sold."""
    if look.leads_to and look.record.state is not State.ON_SALE and look.watch.may(Way.DOMAIN):
        like = like_handles(look.watch.subject.partition(".")[0], look.leads_to.partition(".")[0])
        score = max(LED, like.score) if like.score >= HANDLE_THRESHOLD else LED - 0.01
        yield Found(look.watch, look.leads_to, score, f"{look.watch.subject} leads to {look.leads_to}")


def _certified(look: Look) -> Iterator[Found]:
    """Other names its certificate is for: whoever runs the one runs the others."""
    certificate, name = look.site.certificate, look.watch.subject
    if certificate is None or not look.watch.may(Way.DOMAIN):
        return
    for other in certificate.others(name):
        like = like_handles(name.partition(".")[0], other.partition(".")[0])
        score = max(LED, like.score) if like.score >= HANDLE_THRESHOLD else CERTIFIED
        yield Found(look.watch, other, score, f"the certificate of {name} is for {other} too")


def _like(look: Look, using: Means) -> Iterator[Found]:
    """Names like a watched domain that somebody has, asked of their registries."""
    name, _, zone = look.watch.subject.partition(".")
    if len(name) < LONG_ENOUGH:
        return
    made = (one for one in lookalikes(look.watch.subject) if one.way == "other TLD" or one.domain.endswith(f".{zone}"))
    names = list(islice(made, LIKE))
    records = registries([one.domain for one in names], using)
    for one in names:
        record = records.get(one.domain)
        if record is not None and record.state in TAKEN and (found := _worth(look, record, one.way)) is not None:
            yield found


def _worth(look: Look, other: DomainRecord, way: str) -> Found | None:
    """What a like name that somebody has is worth: by the same marks, registered lately; none where it is far older."""
    watch = look.watch
    reason = f"{other.domain} is like {watch.subject}: {way}"
    if same_marks(look.record, other):
        return Found(watch, other.domain, BY_THE_SAME, f"{reason}; registered by the same marks")
    if other.created is None:
        return Found(watch, other.domain, min(WORTH[way], LATELY - 0.01), reason)
    if other.created < watch.began_at - OLDER:
        return None
    reason = f"{reason}; registered on {other.created:%Y-%m-%d}"
    own = look.record.created
    lately = other.created >= watch.began_at and (own is None or other.created > own)
    return Found(watch, other.domain, LATELY if lately else min(WORTH[way], LATELY - 0.01), reason)


def hand_over(found: Sequence[Found], now: datetime) -> None:
    """Keep the names as leads; those worth most go to a person as items, in the operation of the watch."""
    if not found:
        return
    keep_leads(found, source="domain watch", by=ACTOR, at=now)
    strong = [one for one in found if one.score >= SIGHTED and one.watch.item_id is not None]
    frames = dict(
        Notice.objects.filter(signature__in=[one.watch.signature_id for one in strong]).values_list(
            "signature_id", "episode__operation"
        )
    )
    operations = Operation.objects.in_bulk(frames.values())
    items = {
        watch.pk: watch.item
        for watch in Watch.objects.filter(pk__in=[one.watch.pk for one in strong]).select_related("item")
    }
    for one in strong:
        operation = operations.get(frames.get(one.watch.signature_id or 0, 0))
        if operation is not None:
            url = f"https://{one.domain}/"
            candidate = Candidate(
                url,
                f"{one.domain}:site:{one.domain}",
                Way.DOMAIN,
                one.score,
                one.reason,
                items[one.watch.pk],
                watch_id=one.watch.pk,
            )
            sight_new(operation, [candidate], now)


def observe(watch: Watch, record: DomainRecord, source: str, now: datetime) -> list[str]:
    """Keep an answer somebody else obtained (WHOIS text, an RDAP file); the events, in words."""
    return [event.said for event in keep_looks([Look(watch, record, source)], by=ACTOR, at=now)]


next_domain = Earliest(lambda: Watch.objects.filter(next_look_at__isnull=False, ended_at__isnull=True), "next_look_at")
"""When the next domain is due to be looked at."""
