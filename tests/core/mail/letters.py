"""Mails made up for tests, as bytes."""

from __future__ import annotations

from email.header import Header


def raw(body: str = "", *, charset: str = "utf-8", kind: str = "plain", **headers: str) -> bytes:
    """One message; header names with `_` for `-`. A header that is given as empty is left out."""
    fields = {
        "From": "Desk <desk@provider.example>",
        "To": "referrals@unit.example",
        "Message-ID": "<1@provider.example>",
        "Date": "Mon, 15 Jun 2026 08:00:00 +0200",
        "MIME-Version": "1.0",
        "Content-Type": f"text/{kind}; charset={charset}",
        "Content-Transfer-Encoding": "8bit",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {_ascii(value)}" for name, value in fields.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body.encode(charset)


def _ascii(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8").encode()


ANSWER = {"In_Reply_To": "<n1@unit.example>", "References": "<n1@unit.example>"}
