"""What pages say instead of their content: wordings in over forty languages, as data, by what they mean.

`languages/*.toml` holds patterns and examples by meaning. Meanings are read in the order of `MEANINGS`: whatever limits who
may look (country, sign-in, privacy, haste) stands before what says that a thing is gone, so that a page that says both is
never taken for a removal.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from cautery.core.errors import RulesInvalid
from cautery.core.wordings import Lowered, Wordings

from .verdicts import Verdict

MEANINGS: dict[str, Verdict] = {
    "unclear": Verdict.UNKNOWN,
    "by_owner": Verdict.DELETED_BY_OWNER,
    "by_country": Verdict.GEO_BLOCKED,
    "by_login": Verdict.LOGIN_WALL,
    "by_privacy": Verdict.PRIVATE,
    "by_haste": Verdict.RATE_LIMITED,
    "suspended": Verdict.SUSPENDED,
    "not_now": Verdict.UNKNOWN,
    "closed": Verdict.ACCOUNT_CLOSED,
    "hedged": Verdict.GONE,
    "removed": Verdict.REMOVED,
    "missing": Verdict.GONE,
    "unsaid": Verdict.UNKNOWN,
}
"""In the order in which they are believed.

`unclear`: gone or hidden, the page does not say which; `hedged`: gone, and perhaps removed; `unsaid`: not shown, without why.
"""
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was found on a page: its meaning, and the words."""

    meaning: str
    words: str

    @property
    def verdict(self) -> Verdict:
        """What the meaning amounts to."""
        return MEANINGS[self.meaning]


class Phrasebook:
    """All wordings of all languages as one list, searched at once."""

    def __init__(self, patterns: dict[str, list[str]]) -> None:
        self._names = list(MEANINGS)
        self._starts = [0, *accumulate(len(patterns.get(name, ())) for name in self._names)]
        self._wordings = Wordings(*(pattern for name in self._names for pattern in patterns.get(name, ())))

    def search(self, text: str) -> Phrase | None:
        """The first meaning, in order, that the text has; None when it has none."""
        found = self._wordings.find(Lowered(text))
        if found is None:
            return None
        place, words = found
        return Phrase(self._names[bisect_right(self._starts, place) - 1], words[:SHOWN])


def languages() -> dict[str, dict[str, Any]]:
    """The language files as they are, by name."""
    folder = files(__package__).joinpath("languages")
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8"))
        for entry in entries
        if entry.name.endswith(".toml")
    }


@lru_cache(maxsize=1)
def phrasebook() -> Phrasebook:
    """The book of all languages; read when it is first needed."""
    patterns: dict[str, list[str]] = {}
    for name, language in languages().items():
        unknown = set(language) - set(MEANINGS) - {"language", "examples"}
        if unknown:
            raise RulesInvalid(
                f"{name}.toml has {', '.join(sorted(unknown))}, which means nothing.", reason="meaning", file=name
            )
        for meaning in MEANINGS:
            patterns.setdefault(meaning, []).extend(language.get(meaning, ()))
    return Phrasebook(patterns)
