"""Two items of one operation, each as far along as a test wants it, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cautery.core.actors import Actor
from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item, Merge, Operation
from cautery.refer.merging.actions import merge, unmerge
from tests import factories as make

OLD, NEW, THIRD = (f"https://www.youtube.com/@harbour-{name}" for name in ("old", "new", "third"))
Stage = Callable[[Operation, Provider, Episode], None]


def undecided(frame: Operation, host: Provider, episode: Episode) -> None:
    """Flagged, looked up, compared: it waits for a reviewer."""
    make.identified([episode], host=host)
    make.matched([episode])


def dismissed(frame: Operation, host: Provider, episode: Episode) -> None:
    """A reviewer dismissed it."""
    undecided(frame, host, episode)
    make.decided(frame, outcome="dismissed")


def confirmed(frame: Operation, host: Provider, episode: Episode) -> None:
    """A reviewer confirmed it; nobody has signed."""
    undecided(frame, host, episode)
    make.decided(frame)


def composed(frame: Operation, host: Provider, episode: Episode) -> None:
    """Signed, and its notice waits for T0."""
    confirmed(frame, host, episode)
    make.signed(frame)
    make.composed(host)


def sent(frame: Operation, host: Provider, episode: Episode) -> None:
    """Its notice was delivered."""
    composed(frame, host, episode)
    make.released(frame)
    assert make.sent(host) == 1


def item(frame: Operation, url: str, *stages: Stage, host: Provider | None = None) -> Episode:
    """The episode of an item taken so far."""
    (episode,) = make.flagged(frame, [url], key=url)
    for stage in stages:
        stage(frame, host or make.provider(), episode)
    episode.refresh_from_db()
    return episode


def reviewer() -> Actor:
    """Somebody who may merge."""
    return make.actor("merger", "review")


def leader() -> Actor:
    """Somebody who may settle a conflict."""
    return make.actor("leader", "lead")


def merged(source: Item, target: Item, *, at: datetime | None = None) -> Merge:
    """A person merges them."""
    return merge(source, target, reason="the channel was renamed", by=reviewer(), at=at or make.hours(30))


def undone(done: Merge) -> Merge:
    """A person undoes it."""
    return unmerge(done.pk, reason="it was another channel", by=reviewer(), at=make.hours(40))


def state(episode: Episode) -> str:
    """Where it stands now."""
    return Episode.objects.values_list("state", flat=True).get(pk=episode.pk)
