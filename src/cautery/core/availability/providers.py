"""What providers say that only they say: rules as data, `providers/*.toml`, each with its examples."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from cautery.core.errors import RulesInvalid
from cautery.core.wordings import lowered

from .verdicts import Judged, Observation, Verdict


@dataclass(frozen=True, slots=True)
class Rule:
    """One wording or one place a redirect leads to, and what it means."""

    verdict: Verdict
    says: re.Pattern[str] | None
    leads: re.Pattern[str] | None
    status: frozenset[int]
    example: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's name, its hosts and its rules, in the order in which they are tried."""

    name: str
    hosts: tuple[str, ...]
    rules: tuple[Rule, ...]


def by_provider(seen: Observation) -> Judged | None:
    """What the provider's own rules make of it; None where it has none that fit."""
    known = _provider(seen)
    if known is None:
        return None
    text = lowered(f"{seen.title} {seen.text}"[:4_000])
    for rule in known.rules:
        if rule.status and seen.status not in rule.status:
            continue
        if rule.leads is not None:
            if seen.final_url != seen.url and rule.leads.search(seen.final_url):
                return Judged(rule.verdict, f"{known.name} leads to {urlsplit(seen.final_url).path or '/'}")
        elif rule.says is not None and (found := rule.says.search(text)):
            return Judged(rule.verdict, f"{known.name} says “{found[0][:80]}”")
    return None


def _provider(seen: Observation) -> Provider | None:
    by_name, by_host = rules()
    if seen.provider and (found := by_name.get(seen.provider.lower())):
        return found
    host = (urlsplit(seen.url).hostname or "").removeprefix("www.")
    while host:
        if found := by_host.get(host):
            return found
        host = host.partition(".")[2]
    return None


@lru_cache(maxsize=1)
def rules() -> tuple[dict[str, Provider], dict[str, Provider]]:
    """All providers with rules, by name and by host."""
    folder = files(__package__).joinpath("providers")
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    read = [_read(entry.name, entry.read_text("utf-8")) for entry in entries if entry.name.endswith(".toml")]
    return {one.name: one for one in read}, {host: one for one in read for host in one.hosts}


def _read(file: str, text: str) -> Provider:
    try:
        data = tomllib.loads(text)
        rows = tuple(
            Rule(
                Verdict(row["verdict"]),
                re.compile(row["says"]) if "says" in row else None,
                re.compile(row["leads"]) if "leads" in row else None,
                frozenset(row.get("status", ())),
                row["example"],
            )
            for row in data["rules"]
        )
        return Provider(data["name"], tuple(data["hosts"]), rows)
    except (KeyError, ValueError, re.error) as error:
        raise RulesInvalid(f"{file}: {error}", reason="provider_rules", file=file) from error
