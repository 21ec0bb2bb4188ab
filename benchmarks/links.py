"""Links a second on one core, beside tldextract + regular expressions and beside courlan, and memory over many links.

    python benchmarks/links.py [--seconds 4] [--links 1000000]

The list is mixed: the shared rows (3,458 object links, 2,882 profile links) where they are there, else made-up ones.
Each tool goes over the same list in one run; the ratio says more than the rate, which moves with the machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import courlan
import tldextract

from cautery.core.errors import LinkRefused
from cautery.core.links import identify

SHARED = Path(os.environ.get("CAUTERY_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "links"
MADE_UP = [
    "https://www.youtube.com/watch?v=jNQXAC9IVRw&list=PLbpi6ZahtOH6Ar_3GPy3workLJxI0Qv2l",
    "https://t.me/durov/42?single",
    "https://x.com/jack/status/20?s=20",
    "https://www.example.org/2020/01/02/some-title/?utm_source=x&id=7",
    "https://harbour.blogspot.co.uk/2019/01/tide.html?m=1",
]
_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_PATTERNS = {
    "youtube.com": re.compile(r"https?://(?:www\.|m\.)?youtube\.com/(?:watch\?.*?v=|shorts/|embed/)([\w-]{11})"),
    "youtu.be": re.compile(r"https?://youtu\.be/([\w-]{11})"),
    "t.me": re.compile(r"https?://t\.me/(?:s/)?(\w+)(?:/(\d+))?"),
    "twitter.com": re.compile(r"https?://(?:\w+\.)?twitter\.com/(\w+)(?:/status/(\d+))?"),
    "x.com": re.compile(r"https?://(?:\w+\.)?x\.com/(\w+)(?:/status/(\d+))?"),
    "vimeo.com": re.compile(r"https?://(?:\w+\.)?vimeo\.com/(?:video/)?(\d+)"),
}


def by_identify(url: str) -> object:
    """This library."""
    try:
        return identify(url).identity
    except LinkRefused as refused:
        return refused.reason


def by_tldextract(url: str) -> object:
    """The registrable domain, then one regular expression for six providers: the least anybody writes."""
    domain = _EXTRACT(url).top_domain_under_public_suffix
    pattern = _PATTERNS.get(domain)
    found = pattern.match(url) if pattern else None
    return (domain, found.groups()) if found else (domain, url)


def by_courlan(url: str) -> object:
    """courlan's cleaning and validation: no provider, no kind, no key."""
    return courlan.check_url(url)


def mixed_list() -> list[str]:
    """The links to measure with."""
    rows = [SHARED / "links.ndjson", SHARED / "profiles_sites.ndjson"]
    if not all(path.exists() for path in rows):
        return MADE_UP * 1_000
    return [json.loads(line)["url"] for path in rows for line in path.open(encoding="utf-8")]


def rate(tool: Callable[[str], object], urls: list[str], seconds: float) -> float:
    """Links a second, after one pass to warm up; processor time of this process."""
    for url in urls:
        tool(url)
    done, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for url in urls:
            tool(url)
        done += len(urls)
    return done / (time.process_time() - start)


def many(count: int) -> Iterator[str]:
    """Links that are all different, half of them on hosts that are all different."""
    for n in range(count):
        yield f"https://site{n}.example.org/page/{n}?utm_source=x" if n % 2 else f"https://t.me/channel_{n}/{n}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--links", type=int, default=1_000_000)
    options = parser.parse_args()
    urls = mixed_list()
    tools = {"cautery": by_identify, "tldextract + 6 regexes": by_tldextract, "courlan": by_courlan}
    rates = {name: rate(tool, urls, options.seconds) for name, tool in tools.items()}
    for name, links in rates.items():
        print(f"{name:24} {links:10,.0f} links/s   {links / rates['cautery']:5.2f} of cautery's rate")
    for url in many(100_000):
        identify(url)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for url in many(options.links):
        identify(url)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory after 100,000 links {before / 1024:.1f} MiB, after {options.links:,} more {after / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
