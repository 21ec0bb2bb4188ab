"""Where things lie at the nine providers: from an object to its URL, and from any of its URLs to the object.

| provider | kind | normal URL | other URLs that lead to it |
| --- | --- | --- | --- |
| vidora | video | `vidora.test/watch?v=KEY` (11 letters) | `m.vidora.test`, `vidora.test/v/KEY`, `vido.test/KEY` |
| vidora | account | `vidora.test/@HANDLE` | `m.vidora.test` |
| courier | channel, bot | `courier.test/HANDLE` (bots end in `bot`) | `courier.test/s/HANDLE`, `cour.test` |
| courier | group | `courier.test/+KEY` (invitation, 16 letters) | `courier.test/joinchat/KEY`, `cour.test` |
| courier | post | `courier.test/HANDLE/123` (key `HANDLE/123`) | `courier.test/s/HANDLE/123`, `cour.test` |
| chirp | account | `chirp.test/HANDLE` | `mobile.chirp.test` |
| chirp | post | `chirp.test/HANDLE/status/KEY` | `mobile.chirp.test`, `chirp.test/i/status/KEY` |
| agora | account | `agora.test/HANDLE` | `m.agora.test` |
| agora | group | `agora.test/groups/KEY` | `m.agora.test` |
| agora | post | `agora.test/HANDLE/posts/KEY` | `m.agora.test`, `agora.test/story.php?owner=HANDLE&id=KEY` |
| lumigram | account | `lumigram.test/HANDLE/` | |
| lumigram | image, video | `lumigram.test/p/KEY/`, `lumigram.test/reel/KEY/` (11 letters) | |
| cloudlet | file | `cloudlet.test/file/d/KEY/view` (24 letters) | without `/view`, `cloudlet.test/open?id=KEY` |
| cloudlet | folder | `cloudlet.test/folders/KEY` | |
| dropfile | file | `dropfile.test/f/KEY` (10 letters) | `dropfile.test/f/KEY/NAME`, `dl.dropfile.test/d/KEY` |
| pastely | paste | `pastely.test/KEY` (8 letters) | `pastely.test/raw/KEY` |
| hostkit | site | `https://NAME.hostkit.test/`, an outlet's own domain (key: the host) | |
| hostkit | page | `https://NAME.hostkit.test/PATH` (key: host and path) | |

The platform's rules for these places (rules/*.toml) were written apart from this file; a test holds both together.
Handles and hosts are the same in upper and lower case, keys are not. Queries and fragments not named here mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


class Address(NamedTuple):
    """What names one object in the whole world."""

    provider: str
    kind: str
    key: str


def url_of(address: Address, handle: str) -> str:
    """The normal URL of an object; `handle` is its account's, or its own."""
    provider, kind, key = address
    return NORMAL[provider, kind].format(key=key, handle=handle)


NORMAL = {
    ("vidora", "video"): "https://vidora.test/watch?v={key}",
    ("vidora", "account"): "https://vidora.test/@{key}",
    ("courier", "channel"): "https://courier.test/{key}",
    ("courier", "bot"): "https://courier.test/{key}",
    ("courier", "group"): "https://courier.test/+{key}",
    ("courier", "post"): "https://courier.test/{key}",
    ("chirp", "account"): "https://chirp.test/{key}",
    ("chirp", "post"): "https://chirp.test/{handle}/status/{key}",
    ("agora", "account"): "https://agora.test/{key}",
    ("agora", "group"): "https://agora.test/groups/{key}",
    ("agora", "post"): "https://agora.test/{handle}/posts/{key}",
    ("lumigram", "account"): "https://lumigram.test/{key}/",
    ("lumigram", "image"): "https://lumigram.test/p/{key}/",
    ("lumigram", "video"): "https://lumigram.test/reel/{key}/",
    ("cloudlet", "file"): "https://cloudlet.test/file/d/{key}/view",
    ("cloudlet", "folder"): "https://cloudlet.test/folders/{key}",
    ("dropfile", "file"): "https://dropfile.test/f/{key}",
    ("pastely", "paste"): "https://pastely.test/{key}",
    ("hostkit", "site"): "https://{key}/",
    ("hostkit", "page"): "https://{key}",
}


def locate(provider: str, host: str, path: str, query: str) -> Address | None:
    """The object that a request names, None for a page of the provider's own or of nobody."""
    parts = [part for part in path.split("/") if part]
    return LOCATE[provider](host, parts, query)


def locate_url(url: str, provider_of: Callable[[str], str | None]) -> Address | None:
    """The same for a written URL; `provider_of` says whose a host is."""
    try:
        split = urlsplit(url.strip())
        host = (split.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return None
    provider = provider_of(host)
    return None if provider is None else locate(provider, host, split.path, split.query)


def _first(query: str, name: str) -> str | None:
    values = parse_qs(query).get(name)
    return values[0] if values else None


def _named(provider: str, kind: str, key: str | None) -> Address | None:
    return Address(provider, kind, key) if key else None


def _vidora(host: str, parts: list[str], query: str) -> Address | None:
    match parts:
        case [key] if host == "vido.test":
            return Address("vidora", "video", key)
        case ["watch"]:
            return _named("vidora", "video", _first(query, "v"))
        case ["v", key]:
            return Address("vidora", "video", key)
        case [handle] if handle.startswith("@"):
            return _named("vidora", "account", handle[1:].lower())
    return None


def _courier(_host: str, parts: list[str], _query: str) -> Address | None:
    match parts[1:] if parts[:1] == ["s"] else parts:
        case ["joinchat", key]:
            return Address("courier", "group", key)
        case [name] if name.startswith("+"):
            return _named("courier", "group", name[1:])
        case [handle]:
            handle = handle.lower()
            return Address("courier", "bot" if handle.endswith("bot") else "channel", handle)
        case [handle, number] if number.isdigit():
            return Address("courier", "post", f"{handle.lower()}/{number}")
    return None


def _chirp(_host: str, parts: list[str], _query: str) -> Address | None:
    match parts:
        case [handle]:
            return Address("chirp", "account", handle.lower())
        case [_, "status", key]:
            return Address("chirp", "post", key)
    return None


def _agora(_host: str, parts: list[str], query: str) -> Address | None:
    match parts:
        case ["story.php"]:
            return _named("agora", "post", _first(query, "id"))
        case ["groups", key]:
            return Address("agora", "group", key)
        case [handle]:
            return Address("agora", "account", handle.lower())
        case [_, "posts", key]:
            return Address("agora", "post", key)
    return None


def _lumigram(_host: str, parts: list[str], _query: str) -> Address | None:
    match parts:
        case ["p", key]:
            return Address("lumigram", "image", key)
        case ["reel", key]:
            return Address("lumigram", "video", key)
        case [handle]:
            return Address("lumigram", "account", handle.lower())
    return None


def _cloudlet(_host: str, parts: list[str], query: str) -> Address | None:
    match parts:
        case ["open"]:
            return _named("cloudlet", "file", _first(query, "id"))
        case ["file", "d", key] | ["file", "d", key, "view"]:
            return Address("cloudlet", "file", key)
        case ["folders", key]:
            return Address("cloudlet", "folder", key)
    return None


def _dropfile(_host: str, parts: list[str], _query: str) -> Address | None:
    match parts:
        case ["f", key] | ["f", key, _] | ["d", key]:
            return Address("dropfile", "file", key)
    return None


def _pastely(_host: str, parts: list[str], _query: str) -> Address | None:
    match parts:
        case ["raw", key] | [key]:
            return Address("pastely", "paste", key)
    return None


def _hostkit(host: str, parts: list[str], _query: str) -> Address | None:
    if host == "hostkit.test":
        return None
    return Address("hostkit", "page", "/".join([host, *parts])) if parts else Address("hostkit", "site", host)


LOCATE: dict[str, Callable[[str, list[str], str], Address | None]] = {
    "agora": _agora,
    "chirp": _chirp,
    "cloudlet": _cloudlet,
    "courier": _courier,
    "dropfile": _dropfile,
    "hostkit": _hostkit,
    "lumigram": _lumigram,
    "pastely": _pastely,
    "vidora": _vidora,
}
