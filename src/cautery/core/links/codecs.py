"""Ids that sites write in two ways, brought to one; a rule asks for one by name (`decode = { short = "base58_uuid" }`).

`base58_uuid`    PeerTube's short ids are its UUIDs in base 58 (the alphabet of the `short-uuid` library).
`media_code`     Instagram's short codes are its media numbers in base 64, most significant first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

_BASE58 = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def base58_uuid(text: str) -> str:
    """The UUID a short id stands for; the text itself where it stands for none."""
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    return str(UUID(int=number)) if number < 1 << 128 else text


def media_code(text: str) -> str:
    """The short code of a decimal media number."""
    number, code = int(text), ""
    while number:
        number, digit = divmod(number, 64)
        code = _BASE64[digit] + code
    return code


CODECS: Mapping[str, Callable[[str], str]] = {"base58_uuid": base58_uuid, "media_code": media_code}
