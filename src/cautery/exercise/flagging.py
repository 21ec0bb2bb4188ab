"""Who flags what and when: the rows that units hand in, and the holds they ask for. A function of run and seed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from cautery.exercise.draws import pick, weighted
from cautery.exercise.moments import HOUR, to_iso
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.people import FlagRow
from cautery.exercise.population import UNITS, Population
from cautery.exercise.spellings import MALFORMED, spelled

STRIDE = 5  # coprime with twelve units, so that the units that flag one object differ


@dataclass(frozen=True, slots=True)
class _Flag:
    thing: WebObject
    seen_at: int


class Flagging:
    """All flags before T0 by (unit, hour), flags of what came back by unit, and holds by unit."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.scenario = population.scenario
        self.draws = population.draws
        self._rows: dict[tuple[int, int], list[_Flag]] = defaultdict(list)
        self._malformed: dict[tuple[int, int], list[str]] = defaultdict(list)
        self._late: dict[int, list[_Flag]] = defaultdict(list)
        self._holds: dict[int, list[str]] = defaultdict(list)
        self._plan_flags()
        self._plan_malformed()
        self._plan_holds()

    def flags_for(self, unit_index: int, hour_index: int) -> list[FlagRow]:
        """The batch that a unit hands in after that hour: everything it saw until the hour began."""
        rows = [self._row(flag, unit_index) for flag in self._rows.get((unit_index, hour_index), [])]
        seen = to_iso(self.scenario.start + hour_index * HOUR - 1)
        rows += [FlagRow(0, url, seen, "en", None) for url in self._malformed.get((unit_index, hour_index), [])]
        return _numbered(rows)

    def late_flags(self, unit_index: int, now_from: float, now_to: float) -> list[FlagRow]:
        """What a unit saw of things that came back, from `now_from` up to but without `now_to`."""
        seen = [flag for flag in self._late.get(unit_index, []) if now_from <= flag.seen_at < now_to]
        seen.sort(key=lambda flag: (flag.seen_at, flag.thing.id))
        return _numbered([self._row(flag, unit_index) for flag in seen])

    def holds_for(self, unit_index: int) -> list[str]:
        """The addresses that a unit asks the others to leave alone."""
        return self._holds.get(unit_index, [])

    def came_back(self, thing: WebObject, reachable_at: int, key: str) -> None:
        """Lets a unit see something that came back, in the scenario's share of the cases; `key` names the return."""
        figures = self.scenario.flags
        if not self.draws.happens("late flag", key, figures.late):
            return
        mean = figures.late_mean_hours * HOUR
        wait = figures.late_after_hours * HOUR + self.draws.exponential("late flag after", key, mean)
        unit = int(self.draws.unit("late flag by", key) * len(UNITS))
        self._late[unit].append(_Flag(thing, reachable_at + int(wait)))

    def sent_by(self, now: int) -> tuple[int, int]:
        """Rows handed in by now, and how many of them are no address."""
        hours = (now - self.scenario.start) // HOUR
        good = sum(len(flags) for (_, hour), flags in self._rows.items() if hour < hours)
        malformed = sum(len(urls) for (_, hour), urls in self._malformed.items() if hour < hours)
        return good + malformed, malformed

    def late_sent_by(self, now: int) -> list[tuple[int, WebObject]]:
        """What units handed in of things that came back, unit and object; they hand in every full hour after T0, and at the end."""
        handed_in = now if now >= self.scenario.end else now - (now - self.scenario.t0) % HOUR
        return [(unit, flag.thing) for unit, flags in self._late.items() for flag in flags if flag.seen_at < handed_in]

    def _row(self, flag: _Flag, unit: int) -> FlagRow:
        key = f"{flag.thing.id}/{unit}"
        url = spelled(flag.thing, key, self.draws, self.scenario.flags)
        return FlagRow(0, url, to_iso(flag.seen_at), flag.thing.language, flag.thing.id)

    def _plan_flags(self) -> None:
        for thing, count in self._counts():
            first_unit, *_ = self.draws.units("flag", thing.id)
            for number in range(count):
                unit = (int(first_unit * len(UNITS)) + number * STRIDE) % len(UNITS)
                hour, seen_at = self._seen(thing, unit)
                self._rows[unit, hour].append(_Flag(thing, seen_at))
                thing.flagged_by.append(f"unit-{UNITS[unit]}")

    def _counts(self) -> list[tuple[WebObject, int]]:
        """How many units flag each object; trimmed so that the rows add up to the flags of the run."""
        shares = dict(enumerate(self.scenario.flags.units, start=1))
        things = list(self.population.objects.values())
        counts = [weighted(self.draws.unit("flagged by", thing.id), shares) for thing in things]
        missing = self.scenario.run.flags - self._malformed_count() - sum(counts)
        step = 1 if missing > 0 else -1
        while missing:
            before = missing
            for index in range(0, len(counts), 3):
                if missing and 1 <= counts[index] + step <= len(UNITS):
                    counts[index] += step
                    missing -= step
            if missing == before:
                break
        return list(zip(things, counts, strict=True))

    def _seen(self, thing: WebObject, unit: int) -> tuple[int, int]:
        """The hour in which a unit hands it in, and when it saw it."""
        start, hours = self.scenario.start, self.scenario.flag_hours
        earliest = max(0, -(-(thing.appeared_at - start) // HOUR) + 1)
        hour_at, second, *_ = self.draws.units("seen", f"{thing.id}/{unit}")
        hour = min(hours - 1, earliest + int(hour_at * max(1, hours - earliest)))
        seen = start + (hour - 1) * HOUR + int(second * HOUR)
        return hour, max(seen, min(thing.appeared_at, start + hour * HOUR))

    def _malformed_count(self) -> int:
        return round(self.scenario.run.flags * self.scenario.flags.malformed)

    def _plan_malformed(self) -> None:
        for number in range(self._malformed_count()):
            unit_at, hour_at, which, *_ = self.draws.units("malformed", number)
            place = int(unit_at * len(UNITS)), int(hour_at * self.scenario.flag_hours)
            self._malformed[place].append(pick(which, MALFORMED))

    def _plan_holds(self) -> None:
        """A unit that flagged an account holds it, for a small share of the outlet's accounts; at least one is held."""
        accounts = [
            account
            for slug in self.population.accounts
            for account in self.population.outlet_accounts(slug)
            if account.kind != "site" and account.truth == PROPAGANDA and account.flagged_by
        ]
        accounts.sort(key=lambda account: self.draws.unit("hold", account.id))
        share = self.scenario.flags.holds
        count = max(1, round(share * len(accounts))) if share else 0
        for account in accounts[:count]:
            unit = UNITS.index(account.flagged_by[0].removeprefix("unit-"))
            self._holds[unit].append(account.url)


def _numbered(rows: list[FlagRow]) -> list[FlagRow]:
    return [FlagRow(line, row.url, row.seen_at, row.language, row.object_id) for line, row in enumerate(rows, start=1)]
