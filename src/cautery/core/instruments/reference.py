"""Reference numbers: `CTY-202611-0000123-7K`, never the same twice.

    OFFICE - YEAR and MONTH - SERIAL - CHECK

The serial is a row's own number in the register, which the database gives once; the office tells registers apart, so that two
of them never give one number. The check (ISO 7064, MOD 97-10 over letters as numbers) finds a mistyped one. Papers that go with an
order carry its number with a letter: `.../I` its first information, `.../C` the copy to the home authority.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from cautery.core.errors import Refused

_OFFICE = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_REFERENCE = re.compile(r"([A-Z][A-Z0-9]{1,9})-(\d{6})-(\d{7,})-(\d\d)(?:/([A-Z]))?")


def reference(office: str, at: datetime, serial: int, *, paper: str = "") -> str:
    """The reference of a row of the register. Refused for an office that is not 2 to 10 capitals and digits."""
    if not _OFFICE.fullmatch(office) or serial < 0 or (paper and not re.fullmatch("[A-Z]", paper)):
        raise Refused(f"{office!r}, {serial} make no reference.", reason="reference")
    body = f"{office}-{at:%Y%m}-{serial:07d}"
    return f"{body}-{_check(body):02d}" + (f"/{paper}" if paper else "")


def serial_of(text: str) -> int:
    """The serial of a reference as typed. Refused `mistyped` when its check does not hold."""
    found = _REFERENCE.fullmatch(text.strip().upper().replace(" ", ""))
    if found is None:
        raise Refused(f"{text[:60]!r} is no reference.", reason="not_a_reference")
    if int(found[4]) != _check(f"{found[1]}-{found[2]}-{found[3]}"):
        raise Refused(f"{text[:60]!r} is mistyped: its check does not hold.", reason="mistyped")
    return int(found[3])


def file_name(text: str) -> str:
    """A reference as the name of a file; Refused where it is empty or starts with a dot."""
    if not text or text.startswith("."):
        raise Refused("A notice without a reference has no file.", reason="not_a_reference")
    return quote(text, safe="")


def _check(body: str) -> int:
    """ISO 7064 MOD 97-10: letters as 10 to 35."""
    digits = "".join(str(int(letter, 36)) for letter in body if letter.isalnum())
    return 98 - int(digits + "00") % 97
