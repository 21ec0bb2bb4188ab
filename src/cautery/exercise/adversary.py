"""How things come back after T0: at the same place, elsewhere, altered, under a similar name, at a new domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cautery.exercise.addresses import Address, url_of
from cautery.exercise.draws import Draws
from cautery.exercise.naming import OUTLETS, key_of, successor_handle
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.population import Population
from cautery.exercise.scenario import Adversary, Scenario

MINUTE = 60
ALTERATIONS = ("recompressed", "resized", "cropped", "logo", "mirrored")
ALTERATION_FORMS = 10
TRIES = 60


@dataclass(frozen=True, slots=True)
class Return:
    """Something that will be up again. `way`: same_bytes, altered_bytes, same_place, successor or domain."""

    key: str
    way: str
    at: int
    of: str


def plan(thing: WebObject, number: int, gone_at: int, draws: Draws, figures: Adversary) -> Return | None:
    """What the adversary does about the removal that ended the numbered episode, if anything."""
    if thing.truth != PROPAGANDA:
        return None
    key = f"{thing.id}-r{number + 1}"
    way = _way(thing, draws.unit("return", key), figures)
    if way is None:
        return None
    delay = draws.lognormal("return after", key, figures.delay_median_minutes, figures.delay_sigma)
    delay = min(max(delay, figures.delay_min_minutes), figures.delay_max_minutes)
    return Return(key, way, gone_at + int(delay * MINUTE), thing.id)


def planned_move(population: Population) -> Return | None:
    """The move of the first outlet's site to its next domain: it happens whatever the host does."""
    scenario = population.scenario
    site = population.by_address.get(Address("hostkit", "site", OUTLETS[0].domain))
    if site is None or not scenario.adversary.domain_moves:
        return None
    hours = 1 + population.draws.exponential("domain", site.id, scenario.adversary.domain_move_mean_hours)
    return Return(f"{site.id}-moved", "domain", min(scenario.t0 + int(hours * 3600), scenario.end - 3600), site.id)


def _way(thing: WebObject, unit: float, figures: Adversary) -> str | None:
    ways = [("same_place", figures.same_place)]
    if thing.is_account:
        ways.append(("successor", figures.successor))
    else:
        ways += [("same_bytes", figures.same_bytes), ("altered_bytes", figures.altered_bytes)]
    for way, share in ways:
        unit -= share
        if unit < 0:
            return way
    return None


class Hand:
    """Makes what the adversary puts up, when its time has come."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.scenario: Scenario = population.scenario
        self.draws = population.draws

    def put_up(self, back: Return) -> WebObject:
        """The object that a return at another place makes; it is not yet part of the population."""
        lost = self.population.objects[back.of]
        match back.way:
            case "successor":
                return self._successor(lost, back)
            case "domain":
                return self._moved(lost, back)
        return self._posted_again(lost, back)

    def channel_for(self, back: Return) -> WebObject | None:
        """A channel still up at that time in which the return is announced; None where it is not."""
        certain = back.way == "domain"
        if not certain and not self.draws.happens("announced", back.key, self.scenario.adversary.announced):
            return None
        channels = self.population.outlet_accounts("courier") or [
            account for slug in self.population.accounts for account in self.population.outlet_accounts(slug)
        ]
        return self._first_up(channels, "announced in", back)

    def _first_up(self, accounts: list[WebObject], purpose: str, back: Return) -> WebObject | None:
        """The first account up at that moment, in an order of the return's own; never the one it is about."""
        for account in self._shuffled(accounts, purpose, back.key):
            if account.id != back.of and account.is_up(back.at):
                return account
        return None

    def _shuffled(self, accounts: list[WebObject], purpose: str, key: str) -> Iterator[WebObject]:
        for number in range(TRIES if accounts else 0):
            yield self.draws.choice(purpose, f"{key}/{number}", accounts)

    def _posted_again(self, lost: WebObject, back: Return) -> WebObject:
        owner = self._other_account(lost, back)
        handle = owner.handle if owner else f"reader{int(self.draws.unit('reader', back.key) * 100_000)}"
        variant = lost.variant if back.way == "same_bytes" else self._altered(back.key)
        number = 100_000 + int(self.draws.unit("number", back.key) * 800_000)
        while True:
            key = key_of(self.draws, lost.provider, lost.kind, f"{back.key}/{number}", handle, number)
            address = Address(lost.provider, lost.kind, key)
            if address not in self.population.by_address:
                return self._made(lost, back, address, handle, owner.id if owner else None, variant)
            number += 1

    def _other_account(self, lost: WebObject, back: Return) -> WebObject | None:
        others = [account for account in self.population.outlet_accounts(lost.provider) if account.id != lost.owner]
        return self._first_up(others, "posted by", back)

    def _altered(self, key: str) -> str:
        how, form, *_ = self.draws.units("altered", key)
        return f"{ALTERATIONS[int(how * len(ALTERATIONS))]}#{100 + int(form * ALTERATION_FORMS)}"

    def _successor(self, lost: WebObject, back: Return) -> WebObject:
        unit = self.draws.unit("successor", back.key)
        generation = 1
        while True:
            handle = successor_handle(lost.handle, lost.provider, lost.kind, generation, unit)
            address = Address(
                lost.provider,
                lost.kind,
                key_of(self.draws, lost.provider, lost.kind, f"{back.key}/{generation}", handle, 0),
            )
            taken = any(account.handle == handle for account in self.population.accounts[lost.provider])
            if not taken and address not in self.population.by_address:
                return self._made(lost, back, address, handle, None, lost.variant)
            generation += 1

    def _moved(self, lost: WebObject, back: Return) -> WebObject:
        domain = OUTLETS[0].next_domain
        return self._made(lost, back, Address("hostkit", "site", domain), domain, None, lost.variant)

    def _made(
        self, lost: WebObject, back: Return, address: Address, handle: str, owner: str | None, variant: str
    ) -> WebObject:
        listed = back.at + self.population.lag(self.draws.unit("listed", back.key))
        return WebObject(
            id=back.key,
            address=address,
            url=url_of(address, handle),
            handle=handle,
            owner=owner,
            truth=lost.truth,
            origin=f"return:{back.way}",
            work=lost.work,
            variant=variant,
            medium=lost.medium,
            language=lost.language,
            appeared_at=back.at,
            listed_at=listed,
            reachable_at=back.at if owner else listed,
            predecessor=lost.id,
        )
