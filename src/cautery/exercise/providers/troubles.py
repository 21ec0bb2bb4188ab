"""When a provider's notice API fails, by its figures.

Keyed by what a call is about and by simulated time, never by the number of calls or by wall time: a platform that was
killed and calls again meets the same troubles as one that was not.
"""

from __future__ import annotations

from dataclasses import dataclass

from cautery.exercise.scenario import Provider
from cautery.exercise.state import State

MINUTE = 60
CALM_AFTER_T0 = 10 * MINUTE
ERRORS = (500, 502, 503)


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer to this call; `taken`: the notices were taken all the same."""

    taken: bool


class Troubles:
    """The troubles of one provider."""

    def __init__(self, state: State, provider: Provider) -> None:
        self.state = state
        self.provider = provider

    def in_burst(self) -> bool:
        """Whether the whole API answers 503 now: in a window of every stretch of time, but not right after T0."""
        stretch, length = (
            int(minutes * MINUTE) for minutes in (self.provider.burst_every_minutes, self.provider.burst_minutes)
        )
        scenario, now = self.state.scenario, self.state.now
        if not stretch or scenario.t0 <= now < scenario.t0 + CALM_AFTER_T0:
            return False
        number, place = divmod(now - scenario.start, stretch)
        begins = int(self.state.draws.unit("burst", self._key(str(number))) * max(1, stretch - length))
        return begins <= place < begins + length

    def error(self, call: str) -> int | None:
        """A 5xx status for this call now and for some minutes; None when all is well."""
        if not self._happens("error", call, self.provider.error_share):
            return None
        began, _ = self._began("error", call)
        if self.state.now >= began + self.provider.error_minutes * MINUTE:
            return None
        return self.state.draws.choice("error status", self._key(call), ERRORS)

    def hang(self, call: str) -> Hang | None:
        """Whether this call gets no answer, which happens to a call once."""
        if not self._happens("hang", call, self.provider.hang_share) or not self._began("hang", call)[1]:
            return None
        return Hang(self.state.draws.happens("hang taken", self._key(call), self.provider.hang_taken))

    def garbage(self, call: str) -> bool:
        """Whether this call is answered with something that is no JSON, which happens to a call once."""
        return self._happens("garbage", call, self.provider.garbage_share) and self._began("garbage", call)[1]

    def _happens(self, kind: str, call: str, share: float) -> bool:
        return share > 0 and self.state.draws.happens(kind, self._key(call), share)

    def _began(self, kind: str, call: str) -> tuple[int, bool]:
        return self.state.books.trouble(self.provider.slug, kind, call, self.state.now)

    def _key(self, call: str) -> str:
        return f"{self.provider.slug}/{call}"
