"""What a provider makes of a notice: a pure function of its figures, the seed, the object and when the notice came."""

from __future__ import annotations

from dataclasses import dataclass

from cautery.exercise.draws import Draws
from cautery.exercise.scenario import Provider

MINUTE = 60
LEAST_DELAY = 30
DECLINED_BECAUSE = (
    "The content is reporting on the events, in our reading.",
    "We could not find the content described at this address.",
    "The account holder has shown that the material is used for teaching.",
    "Our rules allow this content; we ask for an order under the law of our home state.",
)
REMOVED_BECAUSE = "The content breaks our rules on terrorist content."
GEO_BECAUSE = "Access from the territories named was blocked on your notice."
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What will happen. `gone_at` None: the page stays. `answer` None: silence."""

    answer: str | None = None
    answered_at: int | None = None
    gone_at: int | None = None
    reason: str = ""


def decide(provider: Provider, draws: Draws, key: str, received_at: int) -> Outcome:
    """The outcome of the first notice about one episode; `key` names object and episode."""
    unit = draws.unit("outcome", key)
    removed = (1 - provider.declined) * provider.removed
    handled = _handled_at(provider, draws, key, received_at)
    answered = handled if provider.rounds_minutes else handled + 5 + int(draws.unit("answer lag", key) * 5 * MINUTE)
    if unit < provider.declined:
        return Outcome("declined", answered, None, draws.choice("declined because", key, DECLINED_BECAUSE))
    if unit < provider.declined + removed:
        return Outcome(provider.effect, answered, handled, GEO_BECAUSE if geo_blocks(provider) else REMOVED_BECAUSE)
    if unit < provider.declined + removed + provider.claimed_but_up:
        return Outcome("removed", answered, None, REMOVED_BECAUSE)
    return Outcome()


def already_gone(provider: Provider, draws: Draws, key: str, received_at: int) -> Outcome:
    """The outcome of a notice about something that is not there any more."""
    found = received_at + MINUTE + int(draws.unit("already gone", key) * 9 * MINUTE)
    return Outcome("already_gone", _round(provider, found), None, "We found nothing at this address.")


def geo_blocks(provider: Provider) -> bool:
    """Whether this provider only blocks access from some countries."""
    return provider.effect == "geo_blocked"


def _handled_at(provider: Provider, draws: Draws, key: str, received_at: int) -> int:
    delay = draws.lognormal("removal", key, provider.removal_minutes * MINUTE, provider.sigma)
    return _round(provider, received_at + max(LEAST_DELAY, int(delay)))


def _round(provider: Provider, at: int) -> int:
    """The next round of the staff, for a provider that works in rounds."""
    step = int(provider.rounds_minutes * MINUTE)
    return -(-at // step) * step if step else at
