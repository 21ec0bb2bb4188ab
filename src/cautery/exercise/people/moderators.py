"""Scripted moderators of providers without an API: in rounds they look at the platform's provider desk and answer there.

They speak to the API of the desk with a key of their own. Looking is safe to repeat, and so is answering: how many answers
of a provider were posted is noted after the platform has them, and the same answer again adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cautery.exercise.people.client import PlatformClient, PlatformRefused
from cautery.exercise.people.notes import Notes

PAGE = 1000
SAID = ("idempotency_key", "answer", "at", "reason")
Take = Callable[[str, Sequence[Mapping[str, Any]]], int]
Answers = Callable[[str, int], Sequence[Mapping[str, Any]]]


class Moderators:
    """`keys` of the desk by provider; `take` receives what they saw, `answers` gives theirs from the n-th on."""

    def __init__(
        self, keys: Mapping[str, str], take: Take, answers: Answers, notes: Notes, client: PlatformClient
    ) -> None:
        self._keys = keys
        self._take = take
        self._answers = answers
        self._notes = notes
        self._client = client

    def round(self, provider: str) -> bool:
        """Look, then post what is decided by now; True when there was anything new."""
        looked = self.look(provider)
        return self._post(provider) or looked

    def look(self, provider: str) -> bool:
        """Take in what waits without an answer; whether any of it is new."""
        return sum(self._take(provider, page) for page in self._open_notices(provider)) > 0

    def look_at_all(self) -> None:
        """The last look of every provider's moderators."""
        for provider in self._keys:
            self.look(provider)

    def _open_notices(self, provider: str) -> Iterator[list[dict[str, Any]]]:
        after: str | None = ""
        while after is not None:
            path = f"/provider/notices?state=open&limit={PAGE}&after={after}"
            page = self._client.get(path, self._keys[provider])
            yield page["notices"]
            after = page["next"]

    def _post(self, provider: str) -> bool:
        note = f"desk:{provider}"
        posted = int(self._notes.get(note) or 0)
        new = self._answers(provider, posted)
        for start in range(0, len(new), PAGE):
            said = [{name: answer[name] for name in SAID} for answer in new[start : start + PAGE]]
            told = self._client.post("/provider/answers", self._keys[provider], {"answers": said})
            if told["problems"]:
                raise PlatformRefused("POST", "/provider/answers", 200, str(told["problems"][:3]))
        self._notes.add({note: str(posted + len(new))})
        return bool(new)
