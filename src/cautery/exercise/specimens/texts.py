"""Specimen texts: sentences put together from grammar.toml, marked as specimens, the same for the same work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from cautery.exercise.specimens.keyed import generator

LANGUAGES = ("en", "fr", "de", "es", "ar", "ru")
TRUTHS = (
    "propaganda",
    "journalism",
    "research",
    "art",
    "public_debate",
    "education",
    "counter_terrorism",
    "mistake",
)
LINES = (5, 8)


@cache
def grammar() -> Mapping[str, Any]:
    """The grammar as read from grammar.toml."""
    return tomllib.loads(files(__package__).joinpath("grammar.toml").read_text(encoding="utf-8"))


def outlet_of(seed: int, work: int) -> str:
    """The fictional outlet that a work belongs to."""
    return _one(grammar()["outlets"], generator(seed, "outlet", work))


def text_of(seed: int, work: int, language: str, truth: str) -> tuple[str, str]:
    """Title and body of a work in one language; ValueError for a language or truth that the grammar lacks."""
    if language not in LANGUAGES or truth not in TRUTHS:
        raise ValueError(f"no specimen text for language={language!r} truth={truth!r}")
    words = grammar()[language]
    kind = words[truth]
    rng = generator(seed, "text", work, language, truth)
    outlet = outlet_of(seed, work)

    def filled(template: str) -> str:
        return template.format(
            n=work,
            m=int(rng.integers(2, 90)),
            outlet=outlet,
            place=_one(words["place"], rng),
            topic=_one(words["topic"], rng),
            season=_one(words["season"], rng),
        )

    lines = rng.permutation(len(words["line"]))[: int(rng.integers(*LINES))]
    sentences = [
        _one(kind["opening"], rng),
        *(words["line"][index] for index in lines),
        _one(kind["detail"], rng),
        words["closing"],
    ]
    return filled(_one(kind["title"], rng)), " ".join(filled(sentence) for sentence in sentences)


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
