"""Rows for tests, made through the platform's own actions, so that no test lives in a state that cannot be.

The functions follow the flow: each takes what the one before it answers, and says `at` what time it happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from cautery.authorise.actions import Signing, claim_decisions, sign_many, turn_key
from cautery.authorise.models import Act, Signature
from cautery.channels.base import Done, Taken
from cautery.core.actors import Actor, Permission, system
from cautery.core.availability import Judged, Verdict
from cautery.core.lifecycle import EpisodeState
from cautery.core.pages import Page
from cautery.directory.actions import import_directory, set_password
from cautery.directory.models import Officer, Provider
from cautery.directory.queries import actor_of
from cautery.identify.actions import Findings, Seen, record_findings
from cautery.identify.looking import Look
from cautery.identify.models import Media
from cautery.intake.actions import create_operation, receive_all
from cautery.intake.models import Episode, Operation
from cautery.match.actions import Known, import_known, record_matches
from cautery.match.models import BankEntry, Match
from cautery.refer.actions import compose_many, record_sending, take_batch
from cautery.refer.models import Notice
from cautery.review.actions import Decision, claim_episodes, decide_many
from cautery.sources.base import Row
from cautery.track.actions import Looked, Said, follow, keep_answers, note_referred, record_probes, standings
from cautery.track.models import Tracking

START = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)
PASSWORD = "specimen pass phrase"
SYSTEM = system("test", *Permission)
UNITS = (("fr-pharos", "Pharos", "FR"), ("de-meldestelle", "Meldestelle", "DE"))


def hours(number: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=number)


def officer(username: str, *roles: str, unit: str = "fr-pharos", password: str | None = None) -> Officer:
    """An officer with roles, and the units there are; without a password they cannot sign in."""
    row = {
        "id": str(uuid5(NAMESPACE_URL, username)),
        "username": username,
        "name": username.title(),
        "unit": unit,
        "roles": list(roles),
    }
    units = [{"slug": slug, "name": name, "state": state} for slug, name, state in UNITS]
    import_directory({"units": units, "officers": [row]}, by=SYSTEM, at=START)
    if password is not None:
        set_password(username, password, by=SYSTEM, at=START)
    return Officer.objects.select_related("unit").get(username=username)


def actor(username: str, *roles: str, unit: str = "fr-pharos") -> Actor:
    """The actor of an officer with these roles."""
    return actor_of(officer(username, *roles, unit=unit))


def provider(slug: str = "youtube", **fields: object) -> Provider:
    """A provider that takes notices over its API."""
    row = {
        "slug": slug,
        "name": slug.title(),
        "kind": "video",
        "channel": "api",
        "api_base": "https://api.example",
        "max_batch": 1_000,
    }
    import_directory({"providers": [row | fields]}, by=SYSTEM, at=START)
    return Provider.objects.get(slug=slug)


def operation(slug: str = "summer", *, t0: datetime | None = None) -> Operation:
    """An operation of four days."""
    return create_operation(
        slug,
        slug.title(),
        starts_at=START,
        t0=t0 or hours(24),
        ends_at=max(hours(96), t0 or START),
        by=SYSTEM,
        at=START,
    )


def flagged(
    frame: Operation,
    urls: Sequence[str],
    *,
    by: Actor | None = None,
    at: datetime = START,
    key: str = "list",
    note: str = "",
) -> list[Episode]:
    """Flag links; the live episodes of their items, in the order of the items."""
    by = by or actor("flagger", "flag")
    rows = (Row(line, url, note=note) for line, url in enumerate(urls, 1))
    got = receive_all(rows, operation=frame, key=key, source="api", by=by, at=at)
    found = Episode.objects.filter(item__flags__batch_id=got.batch_id, operation=frame).distinct()
    return list(found.select_related("item", "operation").order_by("item_id"))


def identified(
    episodes: Sequence[Episode],
    *,
    title: str = "A specimen",
    text: str = "Harmless words.",
    host: Provider | None = None,
    image: bytes = b"specimen",
    at: datetime | None = None,
) -> None:
    """Their pages were seen up, with one medium; `host` answers for them."""
    sha = sha256(image).hexdigest()
    judged, page = Judged(Verdict.UP, "200, the page shows"), Page(title, text, "en", "someone", (), ())
    found = Findings(
        seen=[Seen(e, Look(judged, 200, e.item.url, page), (sha,)) for e in episodes],
        media={sha: Media(sha256=sha, mime="image/png", size=len(image), pdq=bytes(32), quality=80)},
        hosting={e.item_id: (host, "url") for e in episodes} if host else {},
    )
    record_findings(found, by=SYSTEM, at=at or hours(1))


def matched(
    episodes: Sequence[Episode], *, label: str = "", image: bytes = b"specimen", at: datetime | None = None
) -> None:
    """They were compared with known content; with a `label`, each was found to hold it."""
    matches = []
    if label:
        sha = sha256(image).hexdigest()
        import_known([Known(1, label, "image", "test list", sha256=sha)], by=SYSTEM, at=START)
        entry, media = BankEntry.objects.get(label=label), Media.objects.get(sha256=sha)
        matches = [Match(episode=e, entry=entry, media=media, kind="exact", distance=0) for e in episodes]
    record_matches([e.pk for e in episodes], matches, by=SYSTEM, at=at or hours(1))


def decided(
    frame: Operation,
    *,
    outcome: str = "confirmed",
    reason: str = "It calls for the act.",
    limit: int = 500,
    by: Actor | None = None,
    at: datetime | None = None,
) -> list[int]:
    """A reviewer claims what waits and decides it; the episodes."""
    by = by or actor("reviewer", "review")
    keys = claim_episodes(frame, limit, by=by)
    confirmed = outcome == "confirmed"
    words = {"limbs": ["a"]} if confirmed else {"protected_purpose": "journalism"}
    decide_many([Decision(key, outcome, reason, **words) for key in keys], by=by, at=at or hours(2))
    return keys


def signed(
    frame: Operation,
    *,
    act: str = "sign",
    reason: str = "",
    limit: int = 500,
    by: Actor | None = None,
    at: datetime | None = None,
) -> None:
    """A second person signs, or refuses, what waits."""
    by = by or actor("signer", "sign", unit="de-meldestelle")
    keys = claim_decisions(frame, limit, by=by)
    sign_many([Signing(key, act, reason) for key in keys], by=by, at=at or hours(3))


def composed(host: Provider, *, at: datetime | None = None) -> list[Notice]:
    """Every signed episode gets its notice to `host`, and is followed."""
    waiting = Signature.objects.filter(act=Act.SIGN, assessment__episode__state=EpisodeState.SIGNED).select_related(
        "assessment__episode__item", "assessment__episode__operation", "assessment__reviewer__unit"
    )
    signatures = list(waiting)
    compose_many(signatures, {s.assessment.episode.item_id: host for s in signatures}, by=SYSTEM, at=at or hours(4))
    episodes = Episode.objects.filter(state=EpisodeState.COMPOSED, tracking=None).select_related(
        "operation", "item", "capture"
    )
    follow(list(episodes), at=at or hours(4))
    return list(Notice.objects.filter(signature__in=signatures))


def released(frame: Operation, *, at: datetime | None = None) -> None:
    """Two leaders turn their keys."""
    for name in ("leader", "second leader"):
        turn_key(frame, by=actor(name, "lead"), at=at or hours(5))


def sent(host: Provider, *, at: datetime | None = None) -> int:
    """All that is due to `host` leaves and arrives; how many notices."""
    now = at or hours(24)
    batch = take_batch(host, 10_000, "worker:test", now)
    taken = [Taken(d.notice.idempotency_key, now, f"case-{d.pk}") for d in batch]
    record_sending(batch, Done(taken), by=SYSTEM, at=now)
    note_referred(at=now)
    return len(taken)


def answered(
    notices: Sequence[Notice], answer: str = "removed", *, reason: str = "", at: datetime | None = None
) -> None:
    """The provider answers."""
    now = at or hours(25)
    by_host: dict[int, list[Said]] = {}
    for notice in notices:
        by_host.setdefault(notice.provider_id, []).append(Said(notice.idempotency_key, answer, now.isoformat(), reason))
    for host, said in by_host.items():
        keep_answers(said, provider_id=host, source="api", by=SYSTEM, at=now)


def probed(episodes: Sequence[int], verdict: Verdict = Verdict.REMOVED, *, at: datetime | None = None) -> None:
    """Our own probe of these episodes said `verdict`."""
    status = {Verdict.UP: 200, Verdict.GONE: 404, Verdict.GEO_BLOCKED: 451}.get(verdict, 410)
    trackings = Tracking.objects.filter(pk__in=episodes).select_related("item")
    looks = [Looked(s, verdict, f"{status}, as the test says", status) for s in standings([t.pk for t in trackings])]
    record_probes(looks, by=SYSTEM, at=at or hours(26))
