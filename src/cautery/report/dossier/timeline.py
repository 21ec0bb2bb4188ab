"""The story of an item as lines in time: what happened, at which stage, who did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cautery.intake.models import Episode, Flag
from cautery.refer.models import Notice, Obstacle
from cautery.review.models import Assessment
from cautery.track.models import Probe
from cautery.watch.models import Sighting

STAGES = ("intake", "identify", "match", "review", "authorise", "refer", "track", "watch")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `what` and `word` are of a vocabulary; `text` may be what others wrote: plain text."""

    at: datetime
    stage: str
    what: str
    word: str = ""
    who: str = ""
    text: str = ""
    url: str = ""
    episode: int | None = None
    until: datetime | None = None
    count: int = 1
    other_item: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Probes of one episode, one after the other, that said the same."""

    verdict: str
    ground: str
    status: int
    first: datetime
    last: datetime
    count: int


def runs_of(probes: Sequence[Probe]) -> dict[int, list[Run]]:
    """Probes in the order of time, folded: by episode, one run for each change of verdict."""
    by_episode: dict[int, list[Probe]] = defaultdict(list)
    for probe in probes:
        by_episode[probe.tracking_id].append(probe)
    return {episode: [_run(list(group)) for _, group in groupby(rows, _said)] for episode, rows in by_episode.items()}


def _said(probe: Probe) -> tuple[str, int]:
    return probe.verdict, probe.status


def _run(probes: Sequence[Probe]) -> Run:
    first, last = probes[0], probes[-1]
    return Run(first.verdict, first.ground, first.status, first.at, last.at, len(probes))


def lines_of(
    flags: Sequence[Flag],
    episodes: Sequence[Episode],
    holds: Sequence[Obstacle],
    lineage: tuple[Sequence[Sighting], Sequence[Sighting]],
    runs: dict[int, list[Run]],
) -> list[Line]:
    """Everything in the order of time; at one moment, in the order of the flow."""
    lines = [*map(_flagged, flags), *map(_held, holds), *map(_came_from, lineage[0]), *map(_came_after, lineage[1])]
    for episode in episodes:
        lines += _episode(episode)
        lines += [_looked(episode, run) for run in runs.get(episode.pk, [])]
    return sorted(lines, key=lambda line: (line.at, STAGES.index(line.stage)))


def _flagged(flag: Flag) -> Line:
    who = flag.batch.unit.name if flag.batch.unit else "Cautery"
    return Line(flag.seen_at, "intake", "Flagged", who=who, text=flag.note, url=flag.url)


def _held(obstacle: Obstacle) -> Line:
    hold = obstacle.hold
    who, until = (hold.unit.name, hold.until) if hold is not None else ("", None)
    return Line(obstacle.at, "refer", "Investigation interest", who=who, until=until)


def _came_from(sighting: Sighting) -> Line:
    before = sighting.predecessor_id if sighting.predecessor_id != sighting.item_id else None
    return Line(
        sighting.at, "watch", "Sighted", word=sighting.way, who="Cautery", text=sighting.reason, other_item=before
    )


def _came_after(sighting: Sighting) -> Line:
    return Line(
        sighting.at,
        "watch",
        "Successor sighted",
        word=sighting.way,
        who="Cautery",
        text=sighting.reason,
        other_item=sighting.item_id,
    )


def _episode(episode: Episode) -> Iterator[Line]:
    number = episode.number
    yield Line(episode.opened_at, "intake", "Episode opened", word=episode.opened_by, episode=number, who="Cautery")
    capture = getattr(episode, "capture", None)
    if capture is not None:
        yield Line(
            capture.at,
            "identify",
            "Looked up",
            word=capture.verdict,
            text=capture.ground,
            episode=number,
            who="Cautery",
        )
    assessment: Assessment | None = getattr(episode, "assessment", None)
    if assessment is not None:
        yield from _decided(assessment, number)
    for notice in episode.notices.all():
        yield from _referred(notice, number)


def _decided(assessment: Assessment, number: int) -> Iterator[Line]:
    yield Line(
        assessment.decided_at,
        "review",
        "Decided",
        word=assessment.finding,
        who=_person(assessment.reviewer),
        text=assessment.reason,
        episode=number,
    )
    signature = getattr(assessment, "signature", None)
    if signature is not None:
        yield Line(
            signature.signed_at,
            "authorise",
            "Second person",
            word=signature.act,
            who=_person(signature.signer),
            text=signature.reason,
            episode=number,
        )


def _person(officer: object) -> str:
    unit = getattr(officer, "unit", None)
    return f"{officer}, {unit}" if unit else str(officer)


def _referred(notice: Notice, number: int) -> Iterator[Line]:
    to = notice.provider.name
    yield Line(notice.composed_at, "refer", "Notice composed", text=notice.reference, who="Cautery", episode=number)
    delivery = getattr(notice, "delivery", None)
    if delivery is not None and delivery.sent_at is not None:
        text = delivery.error or delivery.provider_ref
        yield Line(
            delivery.sent_at, "refer", "Notice sent", word=delivery.state, who=f"to {to}", text=text, episode=number
        )
        if delivery.received_at is not None:
            yield Line(delivery.received_at, "refer", "Notice received", who=to, episode=number)
    for answer in notice.answers.all():
        yield Line(answer.at, "track", "Answered", word=answer.answer, who=to, text=answer.reason, episode=number)


def _looked(episode: Episode, run: Run) -> Line:
    return Line(
        run.first,
        "track",
        "Probed",
        word=run.verdict,
        text=run.ground,
        who="Cautery",
        episode=episode.number,
        until=run.last if run.count > 1 else None,
        count=run.count,
    )
