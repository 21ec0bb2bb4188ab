"""Pictures and videos by the name under which pages show them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from cautery.exercise.objects import WebObject
from cautery.exercise.specimens import Specimens
from cautery.exercise.specimens.pictures import PNG_EVERY

KEPT = 4096
"""Pictures and videos kept in memory, about 20 kB each."""


class Media:
    """Names of specimens: the same bytes have the same name everywhere, and after a restart."""

    def __init__(self, specimens: Specimens) -> None:
        self.specimens = specimens
        self._names: dict[tuple[str, int, str], str] = {}
        self._specimen: dict[str, tuple[str, int, str]] = {}
        self.bytes_of = lru_cache(maxsize=KEPT)(self._made)

    def register(self, thing: WebObject) -> None:
        """Makes what an object shows available by name."""
        shown = (thing.medium, thing.work, thing.variant)
        if thing.medium != "text" and shown not in self._names:
            name = f"{sha256(repr(shown).encode()).hexdigest()[:20]}.{_ending(*shown)}"
            self._names[shown] = name
            self._specimen[name] = shown

    def name(self, thing: WebObject) -> str | None:
        """`3f9c....jpg`, None for an object of text alone."""
        return self._names.get((thing.medium, thing.work, thing.variant))

    def read(self, name: str) -> tuple[bytes, str] | None:
        """Bytes and media type, None for a name of nothing."""
        shown = self._specimen.get(name)
        if shown is None:
            return None
        data = self.bytes_of(*shown)
        return data, self.specimens.mime(data)

    def _made(self, medium: str, work: int, variant: str) -> bytes:
        return self.specimens.video(work, variant) if medium == "video" else self.specimens.picture(work, variant)


def _ending(medium: str, work: int, variant: str) -> str:
    if medium == "video":
        return "mp4"
    return "png" if variant == "original" and work % PNG_EVERY == 0 else "jpg"
