"""The search of each provider: accounts and titles that hold the words, newest first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape

from cautery.exercise.moments import to_iso
from cautery.exercise.objects import WebObject
from cautery.exercise.providers.pages import KEPT, Pages
from cautery.exercise.state import State

MOST = 50
FRESH = 100
GONE = 32
QUESTIONS = 256
"""Questions whose hits are kept, for each index."""
RESULTS = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Search: {words}</title>\n</head>\n'
    "<body>\n<ol>\n{results}</ol>\n</body>\n</html>\n"
)
RESULT = '<li><a href="{url}">{title}</a> <span>{handle}</span> <time datetime="{at}">{at}</time></li>\n'


@dataclass(slots=True)
class _Index:
    """One line of text an object, newest first; `starts` says where each line begins."""

    things: list[WebObject]
    text: str
    starts: list[int]
    held: dict[tuple[str, ...], list[WebObject]] = field(default_factory=dict)
    """What holds all of these words and is not gone, for the questions that were asked: they are asked again and again."""

    def holding(self, words: tuple[str, ...]) -> list[WebObject]:
        """All that hold all of these words, the longest of which comes first; some that are gone may be left out."""
        if words not in self.held:
            if len(self.held) == QUESTIONS:
                self.held.clear()
            self.held[words] = list(self._look(words))
        return self.held[words]

    def up(self, words: tuple[str, ...], now: int, most: int) -> list[WebObject]:
        """The newest of them that are up and listed. When many were gone, they are not looked at the next time."""
        hits, found, gone = self.holding(words), list[WebObject](), 0
        for thing in hits:
            if len(found) == most:
                break
            if not thing.is_up(now):
                gone += thing.appeared_at <= now
            elif thing.listed_at <= now:
                found.append(thing)
        if gone > GONE:
            self.held[words] = [thing for thing in hits if thing.is_up(now) or thing.appeared_at > now]
        return found

    def _look(self, words: tuple[str, ...]) -> Iterator[WebObject]:
        place = self.text.find(words[0])
        while place >= 0:
            number = bisect_right(self.starts, place) - 1
            end = self.starts[number + 1]
            line = self.text[self.starts[number] : end]
            if all(word in line for word in words):
                yield self.things[number]
            place = self.text.find(words[0], end)


EMPTY = _Index([], "", [0])


class Search:
    """Finds by words.

    A provider's index is in two parts, so that something new does not cost a new index of everything: `old`, and the
    few things that have come since, which are all newer (returns are added in the order of time).
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self.state = state
        self.pages = pages
        self._result = lru_cache(maxsize=KEPT)(self._written)
        self._old: dict[str, _Index] = {}
        self._fresh: dict[str, _Index] = {}
        self._reopened: Counter[str] = Counter()

    def page(self, provider: str, query: str) -> str:
        """The answer to `/search?q=`: links, newest first, at most fifty."""
        results = "".join([self._result(thing.id) for thing in self.find(provider, query)])
        return RESULTS.format(words=escape(query), results=results)

    def _written(self, object_id: str) -> str:
        thing = self.state.population.objects[object_id]
        return RESULT.format(
            url=escape(thing.url),
            title=self.pages.text(thing)[0],
            handle=escape(thing.handle),
            at=to_iso(thing.appeared_at),
        )

    def find(self, provider: str, query: str) -> list[WebObject]:
        """What is up, listed and has all the words in its title or its account's name."""
        words, now = tuple(sorted(query.lower().split(), key=len, reverse=True)), self.state.now
        if not words:
            return []
        found: list[WebObject] = []
        for index in self._indexes(provider):
            found += index.up(words, now, MOST - len(found))
        return found

    def _indexes(self, provider: str) -> tuple[_Index, _Index]:
        """What is new and what is old, made again as far as something was added."""
        things = self.state.population.by_provider[provider]
        old, fresh = self._old.get(provider, EMPTY), self._fresh.get(provider, EMPTY)
        if len(things) - len(old.things) > FRESH:
            old = self._old[provider] = self._made(things)
        if len(things) != len(old.things) + len(fresh.things):
            fresh = self._fresh[provider] = self._made(things[len(old.things) :])
        if self._reopened[provider] != self.state.population.reopened[provider]:
            self._reopened[provider] = self.state.population.reopened[provider]
            for index in (fresh, old):
                index.held.clear()
        return fresh, old

    def _made(self, things: list[WebObject]) -> _Index:
        newest = sorted(things, key=lambda thing: (-thing.appeared_at, thing.id))
        lines = [f"{thing.handle} {unescape(self.pages.text(thing)[0])}\n".lower() for thing in newest]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        return _Index(newest, "".join(lines), starts)
