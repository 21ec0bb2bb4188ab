"""When two items turn out to be one object: which of their episodes stands.

One episode of each side, of the same operation or both live; what becomes of the pair:

    source          target          becomes
    undecided       anything        the source's is set aside: nobody sees the same object twice
    decided         undecided       the target's is set aside, unless it is for another addressee
    dismissed       dismissed       both stay, as record
    dismissed       confirmed       conflict: what was not sent yet is set aside until a person has settled it
    confirmed       confirmed       another addressee or instrument: both go on
                                    both sent: conflict; one sent: the other is set aside
                                    neither sent: the earlier stands, the later is set aside
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cautery.core.lifecycle import UNSENT, EpisodeState

UNDECIDED = frozenset({EpisodeState.FLAGGED, EpisodeState.IDENTIFIED, EpisodeState.IN_REVIEW})
FINDINGS = "findings"
NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an episode stands. `left`: a notice left the house, or may have; `addressee` None where nobody is known."""

    episode: int
    state: EpisodeState
    decided_at: datetime | None = None
    instrument: str = ""
    addressee: int | None = None
    left: bool = False

    @property
    def undecided(self) -> bool:
        """Whether no person has said anything of it yet."""
        return self.state in UNDECIDED

    @property
    def waits(self) -> bool:
        """Whether it can still be kept from leaving."""
        return self.state in UNSENT and not self.left


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a pair: the episode to set aside, and what a person has to settle (`findings`, `notices`)."""

    aside: int | None = None
    conflict: str = ""


def decide(source: Standing, target: Standing) -> Outcome:
    """What becomes of two episodes that turned out to be of one object."""
    if source.undecided:
        return Outcome(source.episode)
    if target.undecided:
        return Outcome() if _elsewhere(source, target) else Outcome(target.episode)
    dismissed = {EpisodeState.DISMISSED} & {source.state, target.state}
    if dismissed:
        if source.state == target.state:
            return Outcome()
        confirmed = target if source.state is EpisodeState.DISMISSED else source
        return Outcome(confirmed.episode if confirmed.waits else None, FINDINGS)
    if _elsewhere(source, target) or source.instrument != target.instrument:
        return Outcome()
    if source.left and target.left:
        return Outcome(conflict=NOTICES)
    if source.left or target.left:
        return Outcome(target.episode if source.left else source.episode)
    return Outcome(_later(source, target).episode)


def _elsewhere(source: Standing, target: Standing) -> bool:
    """Whether each has its own addressee, both known."""
    return None not in {source.addressee, target.addressee} and source.addressee != target.addressee


def _later(source: Standing, target: Standing) -> Standing:
    """The one decided later; of two decided at one moment, the source's."""
    if source.decided_at is None or target.decided_at is None:
        return source
    return target if target.decided_at > source.decided_at else source
