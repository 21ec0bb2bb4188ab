"""An object of the world: one thing at one address, and its times online."""

from __future__ import annotations

from dataclasses import dataclass, field

from cautery.exercise.addresses import Address

ACCOUNTS = frozenset({"account", "channel", "group", "bot", "site"})
PROPAGANDA = "propaganda"


@dataclass(slots=True)
class Episode:
    """One time online, from `start` until `end` (None: not known to end). An end may lie in the future."""

    start: int
    end: int | None = None
    cause: str | None = None
    removed_by: str | None = None

    def over(self, now: int) -> bool:
        """Whether it has ended by now."""
        return self.end is not None and self.end <= now


@dataclass(slots=True)
class WebObject:
    """What a provider shows at one address.

    `owner` is the id of the account it belongs to, `handle` that account's name. `listed_at` is when the provider's
    search begins to show it, `reachable_at` when anything (search, the owner's page, an announcement) does.
    `medium` is "text", "picture" or "video"; `work` and `variant` name the specimen.
    """

    id: str
    address: Address
    url: str
    handle: str
    owner: str | None
    truth: str
    origin: str
    work: int
    variant: str
    medium: str
    language: str
    appeared_at: int
    listed_at: int
    reachable_at: int
    owner_deletes_at: int | None = None
    predecessor: str | None = None
    episodes: list[Episode] = field(default_factory=list)
    flagged_by: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open(self.appeared_at)

    @property
    def provider(self) -> str:
        """The provider's slug."""
        return self.address.provider

    @property
    def kind(self) -> str:
        """Account, channel, post and so on."""
        return self.address.kind

    @property
    def is_account(self) -> bool:
        """Whether it is a place that other objects belong to."""
        return self.address.kind in ACCOUNTS

    def open(self, at: int) -> None:
        """Begins an episode; its author may already be bound to delete it."""
        deletes = self.owner_deletes_at
        if deletes is not None and deletes > at:
            self.episodes.append(Episode(at, deletes, "owner"))
        else:
            self.episodes.append(Episode(at))

    def number_at(self, now: int) -> int | None:
        """The index of the last episode begun by now, None before the first."""
        last = len(self.episodes) - 1
        if self.episodes[last].start <= now:  # nearly always: asked before anything else, for every hit of a search
            return last
        for number in range(last - 1, -1, -1):
            if self.episodes[number].start <= now:
                return number
        return None

    def episode_at(self, now: int) -> Episode | None:
        """The last episode begun by now."""
        number = self.number_at(now)
        return None if number is None else self.episodes[number]

    def is_up(self, now: int) -> bool:
        """Whether its page shows it now."""
        number = self.number_at(now)
        if number is None:
            return False
        end = self.episodes[number].end
        return end is None or end > now
