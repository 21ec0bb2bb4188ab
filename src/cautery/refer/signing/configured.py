"""The signing settings this installation has (docs/settings.md)."""

from __future__ import annotations

from pathlib import Path

from cautery.core.errors import SettingInvalid
from cautery.refer.signing.keys import Token
from cautery.refer.signing.office import SigningSettings
from cautery.settings.environment import Environment


def signing_settings(environment: Environment) -> SigningSettings:
    """What signs here. SettingInvalid where the secret cannot be read or the token is not `library.so:token`."""
    secret = _secret(environment.optional_path("CAUTERY_SIGNING_SECRET"))
    return SigningSettings(
        key=environment.optional_path("CAUTERY_SIGNING_KEY"),
        passphrase=secret,
        token=_token(environment, secret),
        timestamp_url=environment.text("CAUTERY_TSA_URL"),
    )


def _secret(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return file.read_bytes().rstrip(b"\r\n")
    except OSError as wrong:
        raise SettingInvalid(
            f"{file} cannot be read.",
            setting="CAUTERY_SIGNING_SECRET",
            reason="signing",
            hint="A file with the secret alone.",
        ) from wrong


def _token(environment: Environment, secret: bytes | None) -> Token | None:
    named = environment.text("CAUTERY_SIGNING_TOKEN")
    if not named:
        return None
    library, _, token = named.rpartition(":")
    if not library or not token:
        raise SettingInvalid(
            f"CAUTERY_SIGNING_TOKEN is {named!r}.",
            setting="CAUTERY_SIGNING_TOKEN",
            reason="signing",
            hint="As library.so:token.",
        )
    return Token(Path(library), token, environment.text("CAUTERY_SIGNING_LABEL"), (secret or b"").decode())
