"""Text from outside as both databases take it."""

from __future__ import annotations

import re

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
"""A short name, as addresses and lists have it."""


def storable(text: str, limit: int) -> str:
    """`text` up to `limit` characters; NUL and lone surrogates, which no database keeps, become replacement characters."""
    return text[:limit].encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
