"""The figures of the library against the shared rows: `python -m tests.core.links.score [--misses NAME]`."""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from cautery.core.errors import LinkRefused
from cautery.core.links import Link, Ruleset, find_links, identify
from cautery.core.links.address import parse
from cautery.core.links.hosts import registrable
from cautery.core.links.refang import refang
from tests.shared import shared


@dataclass
class Score:
    """A share of rows that came out right, and what did not."""

    right: float
    rows: int
    misses: list[str] = field(default_factory=list)


def rows(name: str) -> list[dict[str, Any]]:
    with shared(name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def link_of(url: str) -> Link | None:
    try:
        return identify(url)
    except LinkRefused:
        return None


def is_url(url: str) -> bool:
    return bool(re.match(r"(?i)(?:https?:)?//|[\w.-]+\.[a-z]{2,}(?:/|$)", url))


def macro(outcomes: dict[str, list[bool]], misses: list[str]) -> Score:
    share = sum(sum(group) / len(group) for group in outcomes.values()) / max(len(outcomes), 1)
    return Score(share, sum(map(len, outcomes.values())), misses)


def captured_ids(row: dict[str, Any]) -> list[str]:
    """The value of the row that names the object: `id` where there is one."""
    captured = row.get("captured") or {}
    if "id" in captured:
        return [str(captured["id"])]
    named = [
        str(value) for name, value in captured.items() if name.endswith("id") or name in {"vanity", "user", "slug"}
    ]
    return named or [str(value) for value in captured.values()]


def provider_score(*, embeds: bool = True) -> Score:
    """`embeds` leaves out the pages of other sites that only show a provider's player (nothing captured)."""
    outcomes: dict[str, list[bool]] = defaultdict(list)
    misses = []
    for row in rows("links/links_focus.ndjson"):
        link = link_of(row["url"]) if is_url(row["url"]) else None
        ruled = link is not None and any(True for _ in Ruleset.default().named(link.provider))
        if not is_url(row["url"]) or (embeds and row.get("captured") is None and not ruled):
            continue
        good = link is not None and link.provider == row["provider"]
        outcomes[row["provider"]].append(good)
        if not good:
            misses.append(f"{row['provider']}: {row['url']} -> {link and link.provider}")
    return macro(outcomes, misses)


def key_score(*, fold: bool) -> Score:
    outcomes: dict[str, list[bool]] = defaultdict(list)
    misses = []
    for row in rows("links/links_focus.ndjson"):
        ids = captured_ids(row)
        if not is_url(row["url"]) or not ids:
            continue
        link = link_of(row["url"])
        key = unquote(link.key) if link else ""
        held = [(unquote(i).lower() in key.lower()) if fold else (unquote(i) in key) for i in ids]
        good = link is not None and all(held)
        outcomes[row["provider"]].append(good)
        if not good:
            misses.append(f"{row['provider']}: {row['url']} wants {ids} -> {link and link.identity}")
    return macro(outcomes, misses)


def telegram_score() -> Score:
    right, total, misses = 0, 0, []
    for row in rows("links/telegram_links_tdlib.ndjson"):
        if "object_key" not in row or "%FF" in row["url"]:
            continue
        total += 1
        link = link_of(row["url"])
        expected = row["object_key"].split(":", 1)[1]
        good = link is not None and link.provider == "telegram" and link.key == expected
        right += good
        if not good:
            misses.append(f"{row['url']} wants {row['object_key']} -> {link and link.identity}")
    return Score(right / total, total, misses)


def telegram_rejects() -> Score:
    wanted = [row["url"] for row in rows("links/telegram_links_tdlib.ndjson") if not row["recognised"]]
    misses = [f"{url} -> {link.identity}" for url in wanted if (link := link_of(url)) is not None]
    return Score(1 - len(misses) / len(wanted), len(wanted), misses)


def groups_score(*, focus: bool | None = None, urls_only: bool = True) -> Score:
    right, total, misses = 0, 0, []
    for row in rows("links/equivalent_urls_ytdlp.ndjson"):
        if row["review"] or (focus is not None and row["focus"] != focus):
            continue
        urls = [url for url in row["urls"] if is_url(url)] if urls_only else row["urls"]
        if len(urls) < 2:
            continue
        total += 1
        found = {link.identity if (link := link_of(url)) else None for url in urls}
        keys = {(link.provider, link.key) if (link := link_of(url)) else None for url in urls}
        good = len(found) == 1 and len(keys) == 1 and None not in found
        right += good
        if not good:
            misses.append(f"{row['provider']}: {row['urls']} -> {found}")
    return Score(right / total, total, misses)


SAME = ("3fbif9S3WmtTP8gGsC5HBd", "+/video/")
"""Parts of rows that do name the object of another row: a short id of a UUID, a second address of one film."""


def false_merges(pairs: int = 100_000, seed: int = 7) -> Score:
    """Random pairs of rows of one extractor with different captured parts: none may share an identity."""
    by_class: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows("links/links.ndjson"):
        link = link_of(row["url"])
        parts = captured_ids(row)
        if link is not None and parts and not set(parts) & set(SAME):
            by_class[row["extractor"]].append((json.dumps(parts), link.identity))
    everything = [(name, *row) for name, group in by_class.items() for row in group]
    near = [(name, a, b) for name, group in by_class.items() for a in group for b in group if a[0] < b[0]]
    draw = random.Random(seed)  # noqa: S311
    misses = sorted({f"{name}: {a} / {b}" for name, a, b in near if a[1] == b[1]})
    far = 0
    for _ in range(pairs):
        a, b = draw.sample(everything, 2)
        if a[0] != b[0] and a[1] != b[1] and a[2] == b[2]:
            far += 1
            misses.append(f"{a} / {b}")
    return Score(1 - len(misses) / (pairs + len(near)), pairs + len(near), misses)


def profile_score() -> Score:
    right, total, misses = 0, 0, []
    for row in rows("links/profiles_sites.ndjson"):
        link = link_of(row["url"])
        ruled = link is not None and any(True for _ in Ruleset.default().named(link.provider))
        if not ruled or link is None:
            continue
        total += 1
        account = str(row["account"]).lower()
        shown = f"{link.key}/{link.owner or ''}".lower() if link.kind != "page" else (link.owner or "").lower()
        good = account in shown.split("/") or account in re.split(r"[/:@.=&]", shown)
        right += good
        if not good:
            misses.append(f"{row['site']}: {row['url']} wants {account} -> {link.identity} owner {link.owner}")
    return Score(right / max(total, 1), total, misses)


def other_parsers_score() -> Score:
    right, total, misses = 0, 0, []
    for row in rows("links/links_other_parsers.ndjson"):
        if not row.get("provider"):
            continue
        total += 1
        link = link_of(row["url"])
        good = link is not None and link.provider == row["provider"] and str(row.get("id") or "") in link.key
        right += good
        if not good:
            misses.append(f"{row['provider']} {row.get('id')}: {row['url']} -> {link and link.identity}")
    return Score(right / total, total, misses)


FRONTEND_SLUGS = {
    "stackoverflow": "stackexchange",
    "youtubemusic": "youtube",
    "sendfiles": "",
    "textstorage": "",
}


def frontend_score() -> Score:
    right, total, misses = 0, 0, []
    for row in rows("links/alternative_frontends.ndjson"):
        stands_for = FRONTEND_SLUGS.get(row["stands_for"].lower(), row["stands_for"].lower())
        if not stands_for:
            continue
        total += 1
        link = link_of(row["url"])
        good = link is not None and link.provider == stands_for
        right += good
        if not good:
            misses.append(f"{row['frontend']}: {row['url']} wants {stands_for} -> {link and link.provider}")
    return Score(right / total, total, misses)


def unknown_score() -> Score:
    """Rows of sites without a rule file: never given to another provider, and the same key with tracking added."""
    right, total, misses = 0, 0, []
    for row in rows("links/links.ndjson"):
        link = link_of(row["url"])
        if link is None or row.get("provider") or not row["url"].startswith("http"):
            continue
        total += 1
        before, mark, after = row["url"].partition("#")
        joint = "&" if "?" in before else "?"
        again = link_of(before + joint + "utm_source=feed&fbclid=IwAR0&utm_medium=x" + mark + after)
        own = link.provider == registrable(parse(row["url"]).host)
        named = row["extractor"].split(":")[0].lower()
        known = any(True for _ in Ruleset.default().named(link.provider))
        good = (own or known) and again is not None and again.identity == link.identity
        right += good
        if not good or (known and link.provider not in named):
            misses.append(f"{'' if good else 'BAD '}{row['extractor']}: {row['url']} -> {link.identity}")
    return Score(right / total, total, misses)


def whatwg_score() -> Score:
    """Every web address of urltestdata without a base: read as ada reads it, or refused as ada refuses it."""
    right, total, misses = 0, 0, []
    for row in json.loads(shared("urls/whatwg/urltestdata.json").read_text(encoding="utf-8")):
        if not isinstance(row, dict) or row.get("base") or not re.match(r"(?i)\s*https?://", row["input"]):
            continue
        total += 1
        try:
            address = parse(row["input"])
            good = not row.get("failure") and address.scheme + ":" == row["protocol"]
            good = good and (address.host == row["hostname"].rstrip(".") and address.raw_path == row["pathname"])
            got = address.href
        except LinkRefused as refused:
            good = bool(row.get("failure")) or refused.reason == "private_address"
            got = refused.reason
        right += good
        if not good:
            misses.append(f"{row['input']!r} wants {row.get('href', 'failure')} -> {got}")
    return Score(right / total, total, misses)


def refang_score() -> Score:
    cases = [row for row in rows("urls/refang_cases.ndjson") if row["op"] == "refang"]
    misses = [
        f"{r['input']!r} wants {r['expected']!r} -> {got!r}"
        for r in cases
        if (got := refang(r["input"])) != r["expected"]
    ]
    return Score(1 - len(misses) / len(cases), len(cases), misses)


def _text_cases() -> Iterator[tuple[str, list[str]]]:
    for row in rows("urls/twittertext_conformance.ndjson"):
        if row["suite"] == "extract" and row["test"] in {"urls", "urls_with_indices", "tco_urls_with_params"}:
            yield row["text"], [e["url"] if isinstance(e, dict) else e for e in row["expected"]]
    for row in rows("urls/linkify_cases.ndjson"):
        yield row["text"], row["expected"]


def text_score() -> Score:
    hits = extra = missing = total = 0
    misses = []
    for text, expected in _text_cases():
        total += 1
        found = [link.text for link in find_links(text)]
        left = list(expected)
        for url in found:
            if url in left:
                left.remove(url)
                hits += 1
            else:
                extra += 1
        missing += len(left)
        if found != expected:
            misses.append(f"{text!r} wants {expected} -> {found}")
    return Score(2 * hits / (2 * hits + extra + missing), total, misses)


def suffix_score() -> Score:
    cases = [row for row in rows("urls/psl_cases.ndjson") if row["registrable"] and row["input"].isascii()]
    misses = [
        f"{r['input']} -> {got}" for r in cases if (got := registrable(r["input"].lower())) != r["registrable"].lower()
    ]
    return Score(1 - len(misses) / len(cases), len(cases), misses)


FIGURES: dict[str, tuple[Callable[[], Score], float]] = {
    "provider": (provider_score, 0.97),
    "provider-all": (lambda: provider_score(embeds=False), 0.0),
    "key": (lambda: key_score(fold=False), 0.95),
    "key-folded": (lambda: key_score(fold=True), 0.95),
    "telegram": (telegram_score, 0.98),
    "telegram-rejects": (telegram_rejects, 1.0),
    "groups": (groups_score, 0.95),
    "groups-all": (lambda: groups_score(urls_only=False), 0.0),
    "groups-focus": (lambda: groups_score(focus=True), 0.95),
    "false-merges": (false_merges, 1.0),
    "profiles": (profile_score, 0.95),
    "other-parsers": (other_parsers_score, 0.95),
    "frontends": (frontend_score, 0.5),
    "unknown": (unknown_score, 1.0),
    "whatwg": (whatwg_score, 0.99),
    "refang": (refang_score, 0.98),
    "text-f1": (text_score, 0.98),
    "suffixes": (suffix_score, 1.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", default="", help="print what one figure missed")
    chosen = parser.parse_args().misses
    for name, (figure, wanted) in FIGURES.items():
        if not chosen or chosen == name:
            score = figure()
            print(f"{name:18} {score.right:8.4f}  wanted {wanted:.2f}  rows {score.rows}")  # noqa: T201
            if chosen:
                print("\n".join(score.misses))  # noqa: T201


if __name__ == "__main__":
    main()
