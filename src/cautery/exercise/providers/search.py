"""The search of each provider: accounts and titles that hold the words, newest first."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from html import escape, unescape

from cautery.exercise.moments import to_iso
from cautery.exercise.objects import WebObject
from cautery.exercise.providers.pages import Pages
from cautery.exercise.state import State

MOST = 50
FRESH = 100
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


EMPTY = _Index([], "", [0])


class Search:
    """Finds by words.

    A provider's index is in two parts, so that something new does not cost a new index of everything: `old`, and the
    few things that have come since, which are all newer (returns are added in the order of time).
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self.state = state
        self.pages = pages
        self._old: dict[str, _Index] = {}
        self._fresh: dict[str, _Index] = {}

    def page(self, provider: str, query: str) -> str:
        """The answer to `/search?q=`: links, newest first, at most fifty."""
        found = self.find(provider, query)
        results = "".join(
            RESULT.format(
                url=escape(thing.url),
                title=self.pages.text(thing)[0],
                handle=escape(thing.handle),
                at=to_iso(thing.appeared_at),
            )
            for thing in found
        )
        return RESULTS.format(words=escape(query), results=results)

    def find(self, provider: str, query: str) -> list[WebObject]:
        """What is up, listed and has all the words in its title or its account's name."""
        words = sorted(query.lower().split(), key=len, reverse=True)
        if not words:
            return []
        found: list[WebObject] = []
        for index in self._indexes(provider):
            self._find(index, words, found)
        return found

    def _find(self, index: _Index, words: list[str], found: list[WebObject]) -> None:
        """Adds what fits, looking for the longest word first."""
        now = self.state.now
        place = index.text.find(words[0])
        while place >= 0 and len(found) < MOST:
            number = bisect_right(index.starts, place) - 1
            thing, end = index.things[number], index.starts[number + 1]
            line = index.text[index.starts[number] : end]
            if thing.listed_at <= now and thing.is_up(now) and all(word in line for word in words):
                found.append(thing)
            place = index.text.find(words[0], end)

    def _indexes(self, provider: str) -> tuple[_Index, _Index]:
        """What is new and what is old, made again as far as something was added."""
        things = self.state.population.by_provider[provider]
        old, fresh = self._old.get(provider, EMPTY), self._fresh.get(provider, EMPTY)
        if len(things) - len(old.things) > FRESH:
            old = self._old[provider] = self._made(things)
        if len(things) != len(old.things) + len(fresh.things):
            fresh = self._fresh[provider] = self._made(things[len(old.things) :])
        return fresh, old

    def _made(self, things: list[WebObject]) -> _Index:
        newest = sorted(things, key=lambda thing: (-thing.appeared_at, thing.id))
        lines = [f"{thing.handle} {unescape(self.pages.text(thing)[0])}\n".lower() for thing in newest]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        return _Index(newest, "".join(lines), starts)
