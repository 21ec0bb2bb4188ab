"""Everything there is before anybody acts: outlets, accounts, works, copies, decoys; a function of the seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from cautery.exercise.addresses import Address, locate_url, url_of
from cautery.exercise.draws import Draws, pick, weighted
from cautery.exercise.moments import DAY, HOUR
from cautery.exercise.naming import DECOY_STEMS, OUTLETS, handle_of, key_of
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.scenario import Provider, Scenario

UNITS = ("at", "be", "de", "es", "fi", "fr", "it", "nl", "pl", "pt", "ro", "se")
OLDEST = 45 * DAY
DECOY_WORKS = 100_000
VARIANT_FORMS = 2
ACCOUNTS_PER_ADMIN = 15


class Population:
    """All objects by id and by address. Returns are added to it while the world runs."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.draws = Draws(scenario.run.seed)
        self.objects: dict[str, WebObject] = {}
        self.by_address: dict[Address, WebObject] = {}
        self.by_owner: dict[str, list[WebObject]] = defaultdict(list)
        self.by_provider: dict[str, list[WebObject]] = {slug: [] for slug in scenario.providers}
        self.accounts: dict[str, list[WebObject]] = {slug: [] for slug in scenario.providers}
        self.reopened: Counter[str] = Counter()
        self._owners: dict[tuple[str, bool], list[WebObject]] = defaultdict(list)
        self._sorted: dict[str, int] = {}
        self.hosts = _hosts(scenario)
        self.works = _Works(scenario)
        for slug, count in _counts(scenario).items():
            self._populate(scenario.providers[slug], count)

    def add(self, thing: WebObject) -> None:
        """Makes a new object known by id, address and owner."""
        self.objects[thing.id] = thing
        self.by_address[thing.address] = thing
        self.by_provider[thing.provider].append(thing)
        if thing.owner is not None:
            self.by_owner[thing.owner].append(thing)

    def reopen(self, thing: WebObject, at: int) -> None:
        """Lets an object be up again at its place."""
        thing.open(at)
        self.reopened[thing.provider] += 1

    def newest_of(self, owner: str) -> list[WebObject]:
        """What an account posted, newest first."""
        posts = self.by_owner.get(owner, [])
        if self._sorted.get(owner) != len(posts):
            posts.sort(key=lambda post: (-post.appeared_at, post.id))
            self._sorted[owner] = len(posts)
        return posts

    def provider_of(self, host: str) -> str | None:
        """Whose a host is, None for a host of nobody here."""
        if host in self.hosts:
            return self.hosts[host]
        return "hostkit" if host.endswith(".hostkit.test") and "hostkit" in self.scenario.providers else None

    def resolve(self, url: str) -> WebObject | None:
        """The object that a URL leads to, however it is spelled."""
        address = locate_url(url, self.provider_of)
        return None if address is None else self.by_address.get(address)

    def outlet_accounts(self, slug: str) -> list[WebObject]:
        """The outlet's own accounts at a provider, from before the operation."""
        return [account for account in self.accounts.get(slug, []) if account.truth == PROPAGANDA]

    def admin_of(self, account: WebObject) -> str:
        """The handle of whoever runs an account; one person runs several, at several providers."""
        everyone = sum(map(len, self.accounts.values()))
        stem = account.handle.replace(".", "_").replace("-", "_").partition("_")[0]
        return f"{stem}_admin{int(self.draws.unit('admin', account.id) * max(1, everyone // ACCOUNTS_PER_ADMIN))}"

    def sites(self) -> Iterator[str]:
        """All hosts that lead to the web host, those of sites still to come with them."""
        yield from (site.address.key for site in self.accounts.get("hostkit", []) if site.kind == "site")
        yield from (outlet.next_domain for outlet in OUTLETS)

    def _populate(self, provider: Provider, count: int) -> None:
        accounts = min(count, max(2, round(self.scenario.content.accounts * count))) if provider.account_kinds else 0
        decoys = max(1, round(self.scenario.content.decoys * accounts)) if accounts > 1 else 0
        for number in range(accounts):
            account = self._account(provider, number, decoy=number >= accounts - decoys)
            self.add(account)
            self.accounts[provider.slug].append(account)
            self._owners[provider.slug, account.truth != PROPAGANDA].append(account)
        for number in range(accounts, count):
            self.add(self._content(provider, number))

    def _account(self, provider: Provider, number: int, *, decoy: bool) -> WebObject:
        key = f"{provider.slug}-{number}"
        kind_at, stem_at, truth_at, when, language_at, lag, deletes, work_at = self.draws.units("account", key)
        kind = weighted(kind_at, provider.account_kinds)
        truth = weighted(truth_at, self.scenario.content.decoy_truths) if decoy else PROPAGANDA
        outlet = OUTLETS[number] if number < len(OUTLETS) and not decoy else pick(stem_at, OUTLETS)
        stem = DECOY_STEMS[truth] if decoy else outlet.stem
        handle = handle_of(provider.slug, kind, stem, number)
        if kind == "site":
            handle = outlet.domain if number < len(OUTLETS) and not decoy else f"{handle}.hostkit.test"
        address = Address(provider.slug, kind, key_of(self.draws, provider.slug, kind, key, handle, number))
        appeared = self.scenario.start - HOUR - int(OLDEST * (0.2 + 0.8 * when))
        return WebObject(
            id=f"{provider.slug}-{number:05d}",
            address=address,
            url=url_of(address, handle),
            handle=handle,
            owner=None,
            truth=truth,
            origin="first",
            work=int(work_at * self.works.count),
            variant="original",
            medium="text",
            language=weighted(language_at, self.scenario.content.languages),
            appeared_at=appeared,
            listed_at=appeared + self.lag(lag),
            reachable_at=appeared,
            owner_deletes_at=self._deletes_at(deletes),
        )

    def _content(self, provider: Provider, number: int) -> WebObject:
        key = f"{provider.slug}-{number}"
        kind_at, owner_at, truth_at, when, language_at, lag, deletes, medium_at = self.draws.units("content", key)
        owner = self._owner(provider, owner_at, decoy=truth_at < self.scenario.content.decoys)
        truth = owner.truth if owner else self._truth(truth_at)
        handle = owner.handle if owner else f"user{int(owner_at * 10_000)}"
        kind = weighted(kind_at, provider.kinds)
        medium = "video" if kind == "video" else weighted(medium_at, provider.media)
        work, variant, origin = self.works.shown(key, medium, truth)
        address = Address(provider.slug, kind, key_of(self.draws, provider.slug, kind, key, handle, 100 + number))
        appeared = self._appeared(when, owner)
        return WebObject(
            id=f"{provider.slug}-{number:05d}",
            address=address,
            url=url_of(address, handle),
            handle=handle,
            owner=owner.id if owner else None,
            truth=truth,
            origin=origin,
            work=work,
            variant=variant,
            medium=medium,
            language=weighted(language_at, self.scenario.content.languages),
            appeared_at=appeared,
            listed_at=appeared + self.lag(lag),
            reachable_at=appeared if owner else appeared + self.lag(lag),
            owner_deletes_at=self._deletes_at(deletes),
        )

    def _owner(self, provider: Provider, unit: float, *, decoy: bool) -> WebObject | None:
        """An account of the right kind, where there are accounts: a few have much, most have little."""
        fitting = self._owners.get((provider.slug, decoy)) or self.accounts[provider.slug]
        return fitting[int(len(fitting) * unit**1.6)] if fitting else None

    def _truth(self, unit: float) -> str:
        decoys = self.scenario.content.decoys
        return weighted(unit / decoys, self.scenario.content.decoy_truths) if unit < decoys else PROPAGANDA

    def _appeared(self, unit: float, owner: WebObject | None) -> int:
        """Most objects are there before the operation, some appear while flags already arrive."""
        fresh = self.scenario.content.new_during_flags
        if unit < fresh:
            return self.scenario.start + int(unit / fresh * max(0, self.scenario.flag_hours - 2) * HOUR)
        earliest = owner.appeared_at if owner else self.scenario.start - OLDEST
        share = (unit - fresh) / (1 - fresh) if fresh < 1 else 0.0
        return earliest + int(share * (self.scenario.start - HOUR - earliest))

    def _deletes_at(self, unit: float) -> int | None:
        """When its author deletes it: after the last flags, for a small share."""
        share = self.scenario.content.owner_deletes
        if unit >= share:
            return None
        first = self.scenario.start + self.scenario.flag_hours * HOUR
        return first + int(unit / share * (self.scenario.end - first))

    def lag(self, unit: float) -> int:
        """Seconds until a provider's search shows a new page, from a number in [0, 1)."""
        mean = 60 * self.scenario.content.search_lag_minutes
        return int(min(3 * mean, mean * 2 * unit))


class _Works:
    """The outlet's works: which medium each is in, and which form of one an object shows."""

    def __init__(self, scenario: Scenario) -> None:
        self.draws = Draws(scenario.run.seed)
        self.copies = scenario.content.copies
        objects = objects_wanted(scenario)
        self.count = max(6, round(scenario.content.works_per_object * objects))
        videos = min(scenario.content.video_works, max(2, self.count // 4))
        pictures = max(2, (self.count - videos) * 6 // 10)
        self.by_medium = {
            "video": range(videos),
            "picture": range(videos, videos + pictures),
            "text": range(videos + pictures, max(self.count, videos + pictures + 2)),
        }
        self._shown: set[int] = set()

    def shown(self, key: str, medium: str, truth: str) -> tuple[int, str, str]:
        """Number of the work, variant and origin. The first object to show a work shows the original."""
        work_at, how_at, form, *_ = self.draws.units("work", key)
        work = pick(work_at**1.3, self.by_medium[medium])
        if truth == "mistake":
            return DECOY_WORKS + work, "original", "first"
        if work not in self._shown:
            self._shown.add(work)
            return work, "original", "first"
        how = "same" if medium == "text" else weighted(how_at, self.copies)
        return work, "original" if how == "same" else f"{how}#{int(form * VARIANT_FORMS)}", f"copy:{how}"


def objects_wanted(scenario: Scenario) -> int:
    """How many objects the flags are about."""
    shares = scenario.flags.units
    mean = sum((k + 1) * share for k, share in enumerate(shares)) / sum(shares)
    return max(len(scenario.providers), round(scenario.run.flags * (1 - scenario.flags.malformed) / mean))


def _counts(scenario: Scenario) -> dict[str, int]:
    """Objects by provider; rounding falls to the largest."""
    wanted = objects_wanted(scenario)
    counts = {slug: max(1, round(wanted * provider.share)) for slug, provider in scenario.providers.items()}
    largest = max(counts, key=lambda slug: counts[slug])
    counts[largest] = max(1, counts[largest] + wanted - sum(counts.values()))
    return counts


def _hosts(scenario: Scenario) -> dict[str, str]:
    hosts = {host: slug for slug, provider in scenario.providers.items() for host in provider.hosts if "*" not in host}
    if "hostkit" in scenario.providers:
        hosts |= {domain: "hostkit" for outlet in OUTLETS for domain in (outlet.domain, outlet.next_domain)}
    return hosts
