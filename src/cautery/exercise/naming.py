"""Names in the world: outlets, handles, display names, domains, and keys as each provider spells them."""

from __future__ import annotations

import string
from dataclasses import dataclass

from cautery.exercise.draws import Draws

URLSAFE = string.ascii_letters + string.digits + "-_"
ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
WORDS = ("media", "news", "voice", "daily", "radio", "press")
DECOY_STEMS = {
    "journalism": "daypaper",
    "research": "campus",
    "art": "cabaret",
    "public_debate": "witness",
    "mistake": "rowing",
    "education": "school",
    "counter_terrorism": "helpline",
}
SEPARATORS = {"agora": ".", "hostkit": "-"}
SUCCESSOR_FORMS = ("{stem}_{rest}_2", "{stem}{rest}", "x_{stem}{rest}", "{stem}_{rest}x", "{stem}__{rest}")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A fictional outlet: its name as the specimens spell it, the stem of its handles, its domain and the next one."""

    name: str
    stem: str
    domain: str
    next_domain: str


OUTLETS = (
    Outlet("Grey Harbour", "harbour", "greyharbour.test", "greyharbour-online.test"),
    Outlet("Paper Lantern", "lantern", "paperlantern.test", "paperlantern-online.test"),
    Outlet("Ninth Lighthouse", "beacon", "ninthlighthouse.test", "ninthlighthouse-online.test"),
)


def handle_of(provider: str, kind: str, stem: str, number: int) -> str:
    """The handle of the numbered account of a provider: at most 20 letters, as the narrowest provider allows."""
    word = WORDS[number % len(WORDS)]
    if kind == "bot":
        return f"{stem}_{number}_bot"
    return f"{stem}{SEPARATORS.get(provider, '_')}{word}{number}"


def successor_handle(handle: str, provider: str, kind: str, generation: int, unit: float) -> str:
    """A handle like the one that is gone; `generation` keeps the third apart from the second."""
    separator = SEPARATORS.get(provider, "_")
    bare = handle.removesuffix("_bot")
    stem, _, rest = bare.partition(separator)
    form = SUCCESSOR_FORMS[int(unit * len(SUCCESSOR_FORMS))].replace("_", separator)
    similar = form.format(stem=stem, rest=rest + ("" if generation == 1 else str(generation)))
    return f"{similar}_bot" if kind == "bot" else similar


def display_name(handle: str) -> str:
    """`harbour_media12` -> `Harbour Media12`."""
    return " ".join(part.capitalize() for part in handle.replace("_", " ").replace(".", " ").replace("-", " ").split())


def key_of(draws: Draws, provider: str, kind: str, key: str, handle: str, number: int) -> str:
    """The key of a new object as its provider spells it; `key` makes it its own, `number` counts in the account."""
    match provider, kind:
        case "courier", "post":
            return f"{handle}/{number}"
        case "courier", "group":
            return draws.token("key", key, 16, URLSAFE)
        case "hostkit", "page":
            return f"{handle}/news/item-{number}.html"
        case _, "account" | "channel" | "bot" | "site" | "group":
            return handle
        case "chirp", _:
            return "1" + draws.token("key", key, 18, string.digits)
        case "agora", _:
            return "2" + draws.token("key", key, 14, string.digits)
        case "cloudlet", _:
            return draws.token("key", key, 24, URLSAFE)
        case "dropfile", _:
            return draws.token("key", key, 10, LOWER)
        case "pastely", _:
            return draws.token("key", key, 8, ALNUM)
    return draws.token("key", key, 11, URLSAFE)
