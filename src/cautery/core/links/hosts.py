"""Host names: the registrable part, whether the public can reach it, and whether it imitates another."""

from __future__ import annotations

import ipaddress
import unicodedata
from functools import lru_cache

import ada_url
from publicsuffixlist import PublicSuffixList

OTHER_ROOTS = frozenset({"bit", "eth", "i2p", "loki", "onion", "test"})
"""Last labels the public suffix list does not know but people reach: other networks, and the rehearsal's `test`."""

PRIVATE_LAST_LABELS = frozenset(
    {"corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "private"}
)
PRIVATE_SUFFIXES = ("home.arpa", "in-addr.arpa", "ip6.arpa")

LOOKALIKES = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ғ": "f", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l",
        "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w",
        "х": "x", "у": "y", "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
        "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ո": "n", "օ": "o", "ս": "u", "հ": "h", "ց": "g", "զ": "q", "ı": "i",
        "ɑ": "a", "ɡ": "g", "ɩ": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ᴏ": "o",
    }
)  # fmt: skip
"""Letters that print like a Latin letter; the ones met in hosts that imitate, after Unicode's confusables."""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=32_768)
def registrable(host: str) -> str:
    """The part of a host somebody registered (`a.b.co.uk` -> `b.co.uk`); the host itself where there is none.

    Host in ASCII form and lower case. Private suffixes of the public suffix list count (`x.github.io` is its own).
    """
    if host.startswith("[") or host.replace(".", "").isdigit():
        return host
    found = _suffixes().privatesuffix(host)
    if found is not None:
        return str(found)
    if _suffixes().publicsuffix(host) is not None:
        return host
    return ".".join(host.split(".")[-2:])


def in_ascii(host: str) -> str:
    """A host as it is asked for: lower case, other scripts as `xn--...`; empty where it cannot be a host."""
    return host.lower() if host.isascii() else str(ada_url.idna.encode(host.lower()).decode())


def known_suffix(host: str) -> bool:
    """Whether the host ends in a suffix that is in use, so that a bare word with a dot may be an address."""
    last = host.rpartition(".")[2]
    return last in OTHER_ROOTS or _suffixes().publicsuffix(host) is not None


@lru_cache(maxsize=32_768)
def not_public(host: str) -> bool:
    """Whether the host is one that only a machine or a network of its own can reach."""
    address = _ip(host)
    if address is not None:
        mapped = getattr(address, "ipv4_mapped", None)
        return not (mapped or address).is_global
    last = host.rpartition(".")[2]
    return "." not in host or last in PRIVATE_LAST_LABELS or host.endswith(PRIVATE_SUFFIXES)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if not (host.startswith("[") or host[-1:].isdigit()):
        return None
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


@lru_cache(maxsize=8_192)
def host_flags(host: str) -> tuple[str, ...]:
    """What is odd about a host in ASCII form: `ip`, `onion`, `idn`, `mixed_script`, `homoglyph`."""
    if _ip(host) is not None:
        return ("ip",)
    if host.endswith(".onion"):
        return ("onion",)
    if "xn--" not in host:
        return ()
    shown = ada_url.idna.decode(host)
    labels = shown.split(".")
    flags = ["idn"]
    if any(len(_scripts(label)) > 1 for label in labels):
        flags.append("mixed_script")
    if any(_imitates(label, labels[-1]) for label in labels):
        flags.append("homoglyph")
    return tuple(flags)


def looks_like(host: str) -> str:
    """The ASCII host that a host with foreign letters would be read as (`xn--...` -> `paypal.com`)."""
    return _skeleton(ada_url.idna.decode(host))


def _skeleton(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.translate(LOOKALIKES)


def _imitates(label: str, last: str) -> bool:
    if label.isascii() or not _skeleton(label).isascii() or not any(ord(c) in LOOKALIKES for c in label):
        return False
    # A word of one script under a name of the same script is a word of that language, not an imitation.
    return _scripts(label) != _scripts(last)


def _scripts(label: str) -> frozenset[str]:
    return frozenset(unicodedata.name(c, "?").split(" ")[0] for c in label if c.isalpha()) - {"CJK", "HIRAGANA"}
