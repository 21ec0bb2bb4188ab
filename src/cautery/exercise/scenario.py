"""The figures of a rehearsal, read from scenario.toml and from the file that overrides it."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from cautery.exercise.moments import DAY, HOUR, from_iso

T = TypeVar("T")
DEFAULT = Path(__file__).with_name("scenario.toml")
EFFECTS = ("removed", "geo_blocked")
GONE_AS = ("410_reason", "404_reason", "404_plain", "451_reason", "451_geo", "200_text", "login_redirect")
SHARES = {
    "accounts", "altered_bytes", "announced", "claimed_but_up", "declined", "decoys", "defanged", "error_share",
    "flags_until", "garbage_share", "hang_share", "hang_taken", "holds", "known", "late", "malformed",
    "new_during_flags", "owner_deletes", "plain", "removed", "review_error", "same_bytes", "same_place", "share",
    "signature_refused", "successor", "t0",
}  # fmt: skip


TYPES: dict[str, tuple[type[Any], ...]] = {
    "bool": (bool,),
    "dict": (dict,),
    "float": (int, float),
    "int": (int,),
    "list": (list,),
    "str": (str,),
}


class ScenarioError(ValueError):
    """A scenario that does not hold; the message names the figure."""


@dataclass(frozen=True, slots=True)
class Operation:
    """When things happen."""

    slug: str
    name: str
    starts_at: str
    flags_until: float
    t0: float


@dataclass(frozen=True, slots=True)
class Flags:
    """How units flag."""

    malformed: float
    units: list[float]
    plain: float
    defanged: float
    late: float
    late_after_hours: float
    late_mean_hours: float
    holds: float


@dataclass(frozen=True, slots=True)
class PeopleFigures:
    """How often people are wrong."""

    review_error: float
    signature_refused: float


@dataclass(frozen=True, slots=True)
class Content:
    """What there is to see."""

    decoys: float
    decoy_truths: dict[str, float]
    accounts: float
    works_per_object: float
    video_works: int
    known: float
    new_during_flags: float
    copies: dict[str, float]
    languages: dict[str, float]
    owner_deletes: float
    search_lag_minutes: float


@dataclass(frozen=True, slots=True)
class Adversary:
    """What comes back."""

    same_bytes: float
    altered_bytes: float
    same_place: float
    successor: float
    announced: float
    delay_median_minutes: float
    delay_sigma: float
    delay_min_minutes: float
    delay_max_minutes: float
    domain_moves: bool
    domain_move_mean_hours: float


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; scenario.toml says what each figure means."""

    name: str
    kind: str
    hosts: list[str]
    share: float
    kinds: dict[str, float]
    media: dict[str, float]
    languages: list[str]
    home_state: str
    max_batch: int
    removed: float
    removal_minutes: float
    gone_as: str
    account_kinds: dict[str, float] = field(default_factory=dict)
    rdap_handles: list[str] = field(default_factory=list)
    channel: str = "api"
    effect: str = "removed"
    rate_per_minute: int = 0
    declined: float = 0.0
    claimed_but_up: float = 0.0
    sigma: float = 0.8
    rounds_minutes: float = 0.0
    ack_minutes: float = 0.0
    burst_every_minutes: float = 0.0
    burst_minutes: float = 0.0
    error_share: float = 0.0
    error_minutes: float = 0.0
    hang_share: float = 0.0
    hang_taken: float = 0.5
    garbage_share: float = 0.0
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What the launcher asks for; a world's books belong to one run."""

    seed: int
    flags: int
    providers: int
    days: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """All figures of one rehearsal. `providers` are those taking part, in the file's order; shares add up to one."""

    run: Run
    operation: Operation
    flags: Flags
    people: PeopleFigures
    content: Content
    adversary: Adversary
    providers: dict[str, Provider]

    def tables(self) -> dict[str, Any]:
        """The figures that people go by, as tables."""
        desks = {slug: p.rounds_minutes for slug, p in self.providers.items() if p.channel == "portal"}
        return {name: dataclasses.asdict(getattr(self, name)) for name in ("run", "operation", "people")} | {
            "desks": desks
        }

    @property
    def identity(self) -> str:
        """Tells this run from any other: what was asked for, and a digest of all figures."""
        figures = blake2b(repr(self).encode(), digest_size=8).hexdigest()
        return f"seed {self.run.seed}, {self.run.flags} flags, {self.run.days} days, figures {figures}"

    @property
    def start(self) -> int:
        """When the operation starts, in seconds since 1970."""
        return from_iso(self.operation.starts_at)

    @property
    def t0(self) -> int:
        """When the notices go out."""
        return self.start + round(self.operation.t0 * self.run.days * DAY)

    @property
    def end(self) -> int:
        """When the operation is over."""
        return self.start + self.run.days * DAY

    @property
    def flag_hours(self) -> int:
        """In how many hourly batches units flag before T0."""
        return max(1, int(self.operation.flags_until * self.run.days * DAY / HOUR))


def load(run: Run, override: Path | None = None) -> Scenario:
    """The default figures with those of the override in their place; ScenarioError names what does not hold."""
    figures = _read(DEFAULT)
    if override is not None:
        figures = _merged(figures, _read(override), "")
    _check_run(run, len(figures["providers"]))
    providers = {
        slug: _built(Provider, {**row, "slug": slug}, f"providers.{slug}")
        for slug, row in list(figures["providers"].items())[: run.providers]
    }
    for slug, provider in providers.items():
        _check_provider(slug, provider)
    total = sum(provider.share for provider in providers.values())
    if total <= 0:
        raise ScenarioError("providers: their shares add up to nothing")
    return Scenario(
        run=run,
        operation=_built(Operation, figures["operation"], "operation"),
        flags=_built(Flags, figures["flags"], "flags"),
        people=_built(PeopleFigures, figures["people"], "people"),
        content=_built(Content, figures["content"], "content"),
        adversary=_built(Adversary, figures["adversary"], "adversary"),
        providers={slug: dataclasses.replace(p, share=p.share / total) for slug, p in providers.items()},
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: {error}") from error


def _merged(base: dict[str, Any], over: dict[str, Any], place: str) -> dict[str, Any]:
    """`over` laid on `base`; weights are replaced as a whole, only optional figures of a provider may be new."""
    merged = dict(base)
    for key, value in over.items():
        name = f"{place}{key}"
        known = base.get(key)
        if isinstance(known, dict) and isinstance(value, dict) and not (place and _is_weights(known)):
            merged[key] = _merged(known, value, f"{name}.")
        elif key in base or place.count(".") == 2:
            merged[key] = value
        else:
            raise ScenarioError(f"{name}: no such figure")
    return merged


def _is_weights(table: dict[str, Any]) -> bool:
    return all(isinstance(value, float) for value in table.values())


def _built(shape: type[T], row: Any, place: str) -> T:
    if not isinstance(row, dict):
        raise ScenarioError(f"{place}: not a table")
    fields = {f.name: f for f in dataclasses.fields(shape)}  # type: ignore[arg-type]
    for key, value in row.items():
        if key not in fields:
            raise ScenarioError(f"{place}.{key}: no such figure")
        _check_value(f"{place}.{key}", key, value, str(fields[key].type))
    try:
        return shape(**row)
    except TypeError as error:
        raise ScenarioError(f"{place}: {error}") from error


def _check_value(place: str, key: str, value: Any, declared: str) -> None:
    kinds = TYPES[declared.partition("[")[0]]
    if not isinstance(value, kinds) or (isinstance(value, bool) and declared != "bool"):
        raise ScenarioError(f"{place}: {value!r} is not of type {declared}")
    if key in SHARES and not 0 <= value <= 1:
        raise ScenarioError(f"{place}: {value!r} is not a share between 0 and 1")
    if isinstance(value, int | float) and value < 0:
        raise ScenarioError(f"{place}: {value!r} is negative")
    if declared.startswith("dict") and not all(
        isinstance(weight, int | float) and weight >= 0 for weight in value.values()
    ):
        raise ScenarioError(f"{place}: not weights: {value!r}")


def _check_run(run: Run, known: int) -> None:
    for name, value, most in (
        ("flags", run.flags, 10_000_000),
        ("providers", run.providers, known),
        ("days", run.days, 365),
    ):
        if not 1 <= value <= most:
            raise ScenarioError(f"{name}: {value} is not between 1 and {most}")


def _check_provider(slug: str, provider: Provider) -> None:
    choices = (("effect", EFFECTS), ("gone_as", GONE_AS), ("channel", ("api", "mail", "portal")))
    for name, options in choices:
        if getattr(provider, name) not in options:
            raise ScenarioError(
                f"providers.{slug}.{name}: {getattr(provider, name)!r} is not one of {', '.join(options)}"
            )
    if provider.channel == "portal" and provider.rounds_minutes < 1:
        raise ScenarioError(f"providers.{slug}.rounds_minutes: at least 1, for staff that looks at the provider desk")
    if provider.max_batch < 1:
        raise ScenarioError(f"providers.{slug}.max_batch: at least 1")
