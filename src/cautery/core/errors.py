"""The one tree of errors.

CauteryError                    something the caller can be told, with fields, never prose alone
|- Refused                      the input is not what it should be; the caller can mend it
|  |- LinkRefused               not a web object (reason: empty, scheme, private_address, credentials ...)
|  |- FileRefused               bytes that cannot be decoded or are hostile (reason: truncated, bomb, too_large ...)
|  |- RowRefused                one row of a list, with its line
|  |- RulesInvalid              a rule file that does not hold (file, place, reason)
|  `- FetchRefused              an address, a redirect or an answer the fetcher must not or could not accept
|- NotAllowed                   the actor may not do this (permission)
|- MovedMeanwhile               somebody else moved it first; read again
|- NotFound                     no such object, or not one the actor may see
|- TamperFound                  the custody log does not verify (entry, reason)
|- SettingInvalid               a setting that cannot be right (setting, reason, hint)
`- Unreachable                  a service did not answer in time; trying later may help
"""

from __future__ import annotations

from typing import Any, ClassVar


class CauteryError(Exception):
    """Root of the tree. `fields` carry what a door shows; `code` is stable and for programs."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class Refused(CauteryError):
    """The input is not what it should be; `reason` is a stable word."""

    code = "refused"

    def __init__(self, message: str, *, reason: str, **fields: Any) -> None:
        super().__init__(message, reason=reason, **fields)
        self.reason = reason


class LinkRefused(Refused):
    """The text is not a web object that can be referred."""

    code = "link_refused"


class FileRefused(Refused):
    """The bytes cannot be decoded safely."""

    code = "file_refused"


class RowRefused(Refused):
    """One row of a list cannot be taken; the rest goes on."""

    code = "row_refused"


class RulesInvalid(Refused):
    """A rule file does not hold what it must."""

    code = "rules_invalid"


class FetchRefused(Refused):
    """The fetcher must not open this, or could not accept what came back."""

    code = "fetch_refused"


class NotAllowed(CauteryError):
    """The actor lacks the permission."""

    code = "not_allowed"


class NotFound(CauteryError):
    """No such object, or not one the actor may see."""

    code = "not_found"


class MovedMeanwhile(CauteryError):
    """Somebody else moved the row first."""

    code = "moved_meanwhile"


class TamperFound(CauteryError):
    """The custody log does not verify."""

    code = "tamper_found"


class SettingInvalid(CauteryError):
    """A setting cannot be right; `hint` says how to mend it."""

    code = "setting_invalid"


class Unreachable(CauteryError):
    """A service did not answer in time."""

    code = "unreachable"
