"""What must be set together for signing in at an identity provider: in production half of it stops the start."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from cautery.core.errors import SettingInvalid
from cautery.settings.environment import Environment

NEEDED = {
    "CAUTERY_OIDC_ISSUER": ("CAUTERY_OIDC_CLIENT", "CAUTERY_OIDC_SECRET", "CAUTERY_OIDC_CLAIM"),
    "CAUTERY_OIDC_CLIENT": ("CAUTERY_OIDC_ISSUER",),
    "CAUTERY_SAML_METADATA": (
        "CAUTERY_SAML_ATTRIBUTE",
        "CAUTERY_SAML_ENTITY",
        "CAUTERY_SAML_ISSUER",
        "CAUTERY_SAML_KEY",
    ),
}
"""A setting, and those that mean nothing without it."""
FILES = ("CAUTERY_OIDC_SECRET", "CAUTERY_SAML_KEY", "CAUTERY_SAML_METADATA")


def check_elsewhere(environment: Environment) -> None:
    """`SettingInvalid` for half of an identity provider, a file that is not there, an address that is not https, a missing part."""
    for needed, others in NEEDED.items():
        lonely = [name for name in others if environment.text(name)]
        if lonely and not environment.text(needed):
            raise SettingInvalid(
                f"{lonely[0]} is set, and {needed} is not.", setting=needed, reason="half", hint=f"Set {needed} too."
            )
    for name in FILES:
        value = environment.text(name)
        if value and not _usable(value):
            hint = "Name a file that is there" + (", or an https address." if name == "CAUTERY_SAML_METADATA" else ".")
            raise SettingInvalid(f"{name} is {value!r}.", setting=name, reason="file", hint=hint)
    if environment.text("CAUTERY_SAML_METADATA") and find_spec("lxml") is None:
        raise SettingInvalid(
            "Signing in by SAML needs a part that is not installed.",
            setting="CAUTERY_SAML_METADATA",
            reason="missing",
            hint="pip install 'cautery[saml]'",
        )


def _usable(value: str) -> bool:
    return value.startswith("https://") or Path(value).is_file()
