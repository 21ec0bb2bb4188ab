"""The world as it stands: who received what, what is up, what comes back. Time only goes forward, in `settle`.

    notice --receive--> delivery --decide--> an end of the episode, an answer
                                               |                     |
    settle(now):   gone --adversary.plan--> back --> a new object    `--> the provider's answers, or a mail

Nothing here asks what time it is or in which order things came: a removal is written down with its moment when the
notice arrives, and pages compare that moment with the clock. After a kill the same deliveries are played again.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cautery.exercise import adversary, outcomes
from cautery.exercise.adversary import Hand, Return
from cautery.exercise.books import Books, Delivery, Refusal
from cautery.exercise.flagging import Flagging
from cautery.exercise.media import Media
from cautery.exercise.objects import WebObject
from cautery.exercise.outcomes import Outcome
from cautery.exercise.population import Population
from cautery.exercise.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one notice of a call; `error` says why it was rejected."""

    status: str
    delivery: Delivery | None = None
    error: str | None = None


class State:
    """All that changes while the world runs. One thread writes; reading by URL is safe from another."""

    def __init__(self, scenario: Scenario, books: Books, media: Media) -> None:
        self.scenario = scenario
        self.books = books
        self.population = Population(scenario)
        self.media = media
        for thing in self.population.objects.values():
            media.register(thing)
        self.draws = self.population.draws
        self.flagging = Flagging(self.population)
        self.hand = Hand(self.population)
        self.deliveries: dict[tuple[str, str], Delivery] = {}
        self.feeds: dict[str, list[Delivery]] = {slug: [] for slug in scenario.providers}
        self.announcements: dict[str, list[tuple[int, WebObject]]] = defaultdict(list)
        self.taken: dict[tuple[str, int], int] = defaultdict(int)
        self.removed = 0
        self.returned = 0
        self.now = scenario.start
        self._deciding: dict[tuple[str, int], Delivery] = {}
        self._returns: dict[str, Return] = {}
        self._due: list[tuple[int, str, str, str]] = []
        self._begin()
        self._replay()

    def truth(self, url: str) -> tuple[str, str] | None:
        """Id of the object that a URL leads to, and what it truly is; None for a URL of nobody here."""
        thing = self.population.resolve(url)
        return None if thing is None else (thing.id, thing.truth)

    def receive(
        self,
        provider: str,
        notices: Sequence[Mapping[str, Any]],
        *,
        call: str,
        channel: str = "api",
        mail: str | None = None,
    ) -> list[Receipt]:
        """Takes a call's notices, durably, and answers in their order. `call` names the call in the refusals."""
        wall = time.time()
        with self.books.transaction():
            receipts = [self._receive(provider, notice, channel, mail, wall) for notice in notices]
            self._write_rejected(provider, notices, receipts, call)
        return receipts

    def refuse(self, provider: str, status: int, why: str, call: str, notices: int) -> None:
        """Writes down a call that was not taken."""
        self.books.refuse(Refusal(provider, self.now, status, why, call, notices))

    def settle(self, now: int) -> None:
        """Lets everything happen that is due by now, in order of time."""
        while self._due and self._due[0][0] <= now:
            at, kind, key, provider = heapq.heappop(self._due)
            match kind:
                case "answer":
                    self.feeds[provider].append(self.deliveries[provider, key])
                case "gone":
                    self._gone(self.population.objects[key], at)
                case "back":
                    self._back(self._returns[key])
        self.now = now

    def advance(self, now: int) -> None:
        """Moves the clock, durably."""
        self.settle(now)
        self.books.remember("now", str(now))

    def _begin(self) -> None:
        move = adversary.planned_move(self.population)
        if move is not None:
            self._schedule_return(move)

    def _replay(self) -> None:
        """Plays the books again: the same deliveries at the same moments lead to the same state."""
        for delivery in self.books.deliveries():
            self.settle(delivery.received_at)
            self._take(delivery)
        self.settle(int(self.books.setting("now") or self.scenario.start))

    def _receive(
        self, provider: str, notice: Mapping[str, Any], channel: str, mail: str | None, wall: float
    ) -> Receipt:
        key, url = notice.get("idempotency_key"), notice.get("url")
        if not (isinstance(key, str) and key and isinstance(url, str) and url):
            return Receipt("rejected", error="malformed")
        known = self.deliveries.get((provider, key))
        if known is not None:
            known.times_received += 1
            self.books.received_again(known)
            return Receipt("duplicate", known)
        thing = self.population.resolve(url)
        if thing is None or thing.provider != provider or thing.appeared_at > self.now:
            return Receipt("rejected", error="unknown_object")
        reference = str(notice.get("reference", ""))
        delivery = Delivery(provider, channel, key, reference, thing.id, mail, self.now, wall)
        self.books.add_delivery(delivery)
        self._take(delivery)
        return Receipt("received", delivery)

    def _write_rejected(
        self, provider: str, notices: Sequence[Mapping[str, Any]], receipts: Sequence[Receipt], call: str
    ) -> None:
        for why in ("malformed", "unknown_object"):
            urls = [str(n.get("url")) for n, receipt in zip(notices, receipts, strict=True) if receipt.error == why]
            if urls:
                self.books.refuse(Refusal(provider, self.now, 200, why, call, len(urls), tuple(urls[:5])))

    def _take(self, delivery: Delivery) -> None:
        """Works out what a delivery leads to and schedules it."""
        self.deliveries[delivery.provider, delivery.idempotency_key] = delivery
        self.taken[delivery.provider, delivery.received_at // 60] += 1
        thing = self.population.objects[delivery.object_id]
        number = thing.number_at(delivery.received_at) or 0
        first = self._deciding.setdefault((thing.id, number), delivery)
        if first is delivery:
            delivery.times_effective += 1
            self._answer(delivery, self._decide(thing, number, delivery))
        elif first.answer is not None and first.answered_at is not None:
            later = max(first.answered_at, delivery.received_at + 60)
            self._answer(delivery, Outcome(first.answer, later, None, first.reason))

    def _decide(self, thing: WebObject, number: int, delivery: Delivery) -> Outcome:
        """What the provider does about this episode; ends it where that is a removal."""
        provider = self.scenario.providers[delivery.provider]
        key, received = f"{thing.id}/{number}", delivery.received_at
        episode = thing.episodes[number]
        if episode.over(received):
            return outcomes.already_gone(provider, self.draws, key, received)
        outcome = outcomes.decide(provider, self.draws, key, received)
        if outcome.gone_at is None:
            return outcome
        if episode.over(outcome.gone_at):
            return Outcome("already_gone", outcome.answered_at, None, "The author had deleted it.")
        episode.end, episode.removed_by = outcome.gone_at, delivery.idempotency_key
        episode.cause = "geo" if outcomes.geo_blocks(provider) else "provider"
        self._schedule(outcome.gone_at, "gone", thing.id, thing.provider)
        return outcome

    def _answer(self, delivery: Delivery, outcome: Outcome) -> None:
        if outcome.answer is None or outcome.answered_at is None:
            return
        delivery.answer, delivery.answered_at, delivery.reason = outcome.answer, outcome.answered_at, outcome.reason
        self._schedule(outcome.answered_at, "answer", delivery.idempotency_key, delivery.provider)

    def _gone(self, thing: WebObject, at: int) -> None:
        self.removed += 1
        number = thing.number_at(at) or 0
        if thing.episodes[number].cause == "geo" or at < self.scenario.t0:
            return
        back = adversary.plan(thing, number, at, self.draws, self.scenario.adversary)
        if back is not None:
            self._schedule_return(back)

    def _back(self, back: Return) -> None:
        """Something is up again: the same object, or a new one that people, channels and searches can find."""
        self.returned += 1
        if back.way == "same_place":
            thing = self.population.objects[back.of]
            self.population.reopen(thing, back.at)
            self.flagging.came_back(thing, back.at, back.key)
            return
        thing = self.hand.put_up(back)
        self.population.add(thing)
        self.media.register(thing)
        channel = self.hand.channel_for(back) if back.way in {"successor", "domain"} else None
        if channel is not None:
            self.announcements[channel.id].append((back.at, thing))
        page = channel.id if channel is not None else thing.owner
        thing.reachable_at = back.at if page is not None and self._noticed(page) else thing.listed_at
        self.flagging.came_back(thing, back.at if page is not None else thing.listed_at, back.key)

    def _noticed(self, page: str) -> bool:
        """Whether a notice about it has come: whoever acts watches what they decided on, not what they found lawful or never saw."""
        return any((page, number) in self._deciding for number in range(len(self.population.objects[page].episodes)))

    def _schedule_return(self, back: Return) -> None:
        self._returns[back.key] = back
        self._schedule(back.at, "back", back.key, "")

    def _schedule(self, at: int, kind: str, key: str, provider: str) -> None:
        heapq.heappush(self._due, (at, kind, key, provider))
