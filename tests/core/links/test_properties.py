"""What holds for any input: an answer or a refusal, in time that grows with the length and no faster."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cautery.core.errors import LinkRefused
from cautery.core.links import RULES, Provider, Ruleset, find_links, identify
from cautery.core.links.shapes import Shape

PROVIDERS = Ruleset.load(RULES).providers
SECONDS_PER_LETTER = 2e-6
"""Of one pattern. A pattern that backtracks takes thousands of times as long on the strings below."""

LENGTH = 3_000
PIECES = [
    "a",
    "0",
    "-",
    "_",
    "/",
    ".",
    "a-",
    "/a",
    "-0",
    "a/",
    "aA0",
    "s/",
    "%41",
    "=",
    ":",
    "é",
    "ё",
    "/@a",
    "--",
    "0_",
]


def _patterns(provider: Provider) -> set[re.Pattern[str]]:
    def of(shape: Shape) -> list[re.Pattern[str] | None]:
        return [shape.path, shape.hosts, shape.fragment, *(pattern for _, pattern, _ in shape.query)]

    return {pattern for _, shape in provider.shapes for pattern in of(shape) if pattern is not None}


def _beginning(pattern: str) -> str:
    """The fixed word a pattern begins with, so that a hostile string gets past it."""
    found = re.match(r"/?(?:[A-Za-z0-9_]|\\\.)*", pattern)
    return found[0].replace("\\", "") if found else ""


@pytest.mark.parametrize("provider", [pytest.param(p, id=p.file) for p in PROVIDERS if p.shapes])
def test_no_pattern_takes_long_on_a_hostile_string(provider: Provider) -> None:
    for pattern in _patterns(provider):
        for piece in PIECES:
            hostile = _beginning(pattern.pattern) + "/" + piece * (LENGTH // len(piece)) + "\x00"
            taken = min(_time(pattern, hostile) for _ in range(2))
            assert taken < SECONDS_PER_LETTER * LENGTH, (pattern.pattern, piece)


def _time(pattern: re.Pattern[str], text: str) -> float:
    start = time.perf_counter()
    pattern.fullmatch(text)
    return time.perf_counter() - start


HOSTS = st.sampled_from(sorted({host for provider in PROVIDERS for host in provider.hosts}))
WORDS = st.text(alphabet="abcXYZ019-_.~@:+!$%/?=&#é中", max_size=60)


@given(host=HOSTS, rest=WORDS)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_address_of_a_known_host_is_identified_or_refused(host: str, rest: str) -> None:
    with contextlib.suppress(LinkRefused):
        link = identify(f"https://{host}/{rest}")
        assert link.key
        assert link.provider


@given(host=HOSTS, rest=WORDS)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_canonical_address_is_the_same_object(host: str, rest: str) -> None:
    try:
        link = identify(f"https://{host}/{rest}")
    except LinkRefused:
        return
    assert identify(link.canonical_url).identity == link.identity


@given(st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_gives_an_answer_or_a_reason(text: str) -> None:
    with contextlib.suppress(LinkRefused):
        assert identify(text).key


@given(st.text(alphabet="htps:/.[]()<>@abcdotDOT xX#?\n中éهя，。", max_size=300))
@settings(max_examples=600, deadline=None)
def test_what_is_found_stands_where_it_says(text: str) -> None:
    end = 0
    for found in find_links(text):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        end = found.end
