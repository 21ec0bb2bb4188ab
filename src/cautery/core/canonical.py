"""Canonical JSON (RFC 8785): one byte string per value, so that two people hash the same thing."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 over the canonical bytes, in hex."""
    return sha256(canonical(value)).hexdigest()
