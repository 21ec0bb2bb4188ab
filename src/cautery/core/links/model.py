"""What a link turned out to be: plain frozen values, shared by every module of the library."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """One web object, as its address shows it.

    `url` is what a browser would open; `provider` a slug (the registrable domain where no rule file knows the site);
    `key` the object's id within provider and `space`; `owner` the key of the account, channel or site it belongs to,
    when the address shows it; `via` says through what the address led here (`redirect:facebook`, `mirror:invidious`).
    """

    url: str
    provider: str
    kind: str
    key: str
    owner: str | None
    canonical_url: str
    via: str | None = None
    space: str = ""
    """Where kinds share one series of ids (a picture and a film of one photo network), the name of that series."""
    host_flags: tuple[str, ...] = ()
    """What is odd about the host: `homoglyph`, `mixed_script`, `idn`, `credentials`, `ip`, `port`, `onion`."""
    shortener: bool = False
    original: str | None = None
    """Of an archive's copy: the address that was copied."""

    @property
    def identity(self) -> str:
        """One string per object, however its address was spelled."""
        return f"{self.provider}:{self.space or self.kind}:{self.key}"

    def as_dict(self) -> dict[str, Any]:
        """The fields and the identity, ready for JSON."""
        return {name: getattr(self, name) for name in LINK_FIELDS} | {"identity": self.identity}


LINK_FIELDS = tuple(field.name for field in fields(Link))


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a text: `text[start:end]` as it was written (code points), and the address it means."""

    start: int
    end: int
    text: str
    url: str
    defanged: bool
