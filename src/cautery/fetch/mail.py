"""Mail out, by SMTP, within the same guard as every fetch; mail in, from an IMAP mailbox or a Maildir."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from cautery.core.addresses import refusal
from cautery.core.errors import SettingInvalid, Unreachable
from cautery.fetch.hosts import HostMap

TIMEOUT_S = 20.0
BOX_BYTES = 33_554_432
"""What is taken of one message. A longer one is kept by its beginning, and stays flagged in its mailbox for a person."""

BEGINNING = 262_144
AT_ONCE = 500
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailFailed(Exception):
    """Why a message did not go; `sent` when the far side may have taken it."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Postman:
    """Posts messages through `relay` (host:port), or straight to `mail.<domain>` of the addressee.

    STARTTLS is used where the server offers it; `tls_required` refuses a server that does not, or whose certificate does
    not hold. A relay on loopback needs none.
    """

    def __init__(self, hosts: HostMap, relay: str, *, tls_required: bool = False) -> None:
        self._hosts = hosts
        self._relay = relay
        self._tls_required = tls_required

    def post(self, sender: str, to: str, raw: bytes) -> str:
        """Hand the message over; what the server said to it. `MailFailed` says whether it may have been taken all the same."""
        address, port = self._place(to.rpartition("@")[2])
        handed = False
        said = ""
        try:
            with smtplib.SMTP(address, port, timeout=TIMEOUT_S) as server:
                handed = True
                self._secure(server, address)
                said = _hand_over(server, sender, to, raw)
        except smtplib.SMTPResponseException as error:
            if not said:  # a server that has said 250 may take its leave as it likes
                raise MailFailed(f"{type(error).__name__}: {error}"[:200], sent=False) from error
        except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
            if not said:
                raise MailFailed(type(error).__name__, sent=handed) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailFailed(f"{type(error).__name__}: {error}"[:200], sent=False) from error
        return said

    def _secure(self, server: smtplib.SMTP, address: str) -> None:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            context = ssl.create_default_context()
            if not self._tls_required:
                # Between mail hosts a certificate that does not hold is still better than none at all.
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            server.starttls(context=context)
            server.ehlo()
        elif self._tls_required and address not in LOOPBACK:
            raise MailFailed("the server offers no TLS", sent=False)

    def _place(self, domain: str) -> tuple[str, int]:
        if self._relay:
            host, _, port = self._relay.rpartition(":")
            return host, int(port)
        host = f"mail.{domain}"
        mapped = self._hosts.find(host)
        if mapped is not None:
            return mapped
        try:
            address = str(socket.getaddrinfo(host, 25, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError) as error:
            raise MailFailed(f"{host}: {error}", sent=False) from error
        if refusal(address) is not None:
            raise MailFailed(f"{host} leads to an address that is not public", sent=False)
        return address, 25


def _hand_over(server: smtplib.SMTP, sender: str, to: str, raw: bytes) -> str:
    """One message, step by step, so that the server's own words to it are kept."""
    code, words = server.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, words, sender)
    code, words = server.rcpt(to)
    if code not in {250, 251}:
        raise smtplib.SMTPDataError(code, words)
    code, words = server.data(raw)
    if code != 250:
        raise smtplib.SMTPDataError(code, words)
    return f"{code} {words.decode('utf-8', 'replace')}"[:200]


Keep = Callable[[bytes], object]


class Box(Protocol):
    """Where mail waits: each message is kept before it is marked as taken, so that none is lost between the two."""

    def take(self, keep: Keep) -> int:
        """Hand every new message to `keep`; how many there were."""


@dataclass(frozen=True, slots=True)
class MaildirBox:
    """A Maildir. What was kept goes from `new` to `cur` as seen; a message too long to keep whole is flagged as well."""

    folder: Path

    def take(self, keep: Keep) -> int:
        """Hand over what lies in `new`, oldest name first."""
        try:
            waiting = sorted(path for path in (self.folder / "new").iterdir() if path.is_file())[:AT_ONCE]
            for path in waiting:
                self._take_one(path, keep)
        except OSError as error:
            raise Unreachable(f"The Maildir {self.folder} cannot be read: {error}", url=str(self.folder)) from error
        return len(waiting)

    def _take_one(self, path: Path, keep: Keep) -> None:
        size = path.stat().st_size
        with path.open("rb") as stream:
            keep(cut(stream.read(BOX_BYTES if size <= BOX_BYTES else BEGINNING), size))
        flags = "S" if size <= BOX_BYTES else "FS"
        path.rename(self.folder / "cur" / f"{path.name.partition(':')[0]}:2,{flags}")


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox on an IMAP server, over TLS; plain only on loopback."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    plain: bool = False
    context: ssl.SSLContext | None = None

    def take(self, keep: Keep) -> int:
        """Hand over what is unseen; each is marked as seen once it is kept, a message too long is flagged as well."""
        try:
            with self._connect() as server:
                server.login(self.user, self.password)
                _done(server.select(f'"{self.folder}"'))
                unseen = _done(server.uid("SEARCH", "UNSEEN"))
                numbers = [number.decode() for number in (unseen[0] or b"").split()][:AT_ONCE]
                for number in numbers:
                    self._take_one(server, number, keep)
                return len(numbers)
        except (imaplib.IMAP4.error, OSError) as error:
            raise Unreachable(
                f"The mailbox at {self.host} cannot be read: {error}", url=f"imaps://{self.host}"
            ) from error

    def _connect(self) -> imaplib.IMAP4:
        if self.plain:
            return imaplib.IMAP4(self.host, self.port, TIMEOUT_S)
        context = self.context or ssl.create_default_context()
        return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT_S)

    def _take_one(self, server: imaplib.IMAP4, number: str, keep: Keep) -> None:
        sizes = _done(server.uid("FETCH", number, "(RFC822.SIZE)"))
        size = int((sizes[0] or b"0").rpartition(b"RFC822.SIZE ")[2].split(b")")[0].split()[0])
        part = "BODY.PEEK[]" if size <= BOX_BYTES else f"BODY.PEEK[]<0.{BEGINNING}>"
        parts = _done(server.uid("FETCH", number, f"({part})"))
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if raw is None:
            raise imaplib.IMAP4.error(f"message {number} has no body")
        keep(cut(raw, size if size > BOX_BYTES else len(raw)))
        _done(server.uid("STORE", number, "+FLAGS", r"(\Seen)" if size <= BOX_BYTES else r"(\Seen \Flagged)"))


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(str(data[0] if data else status))
    return data


def cut(raw: bytes, size: int) -> bytes:
    """What is kept of a message: all of it, or its beginning under a line that says how long it was."""
    return raw if len(raw) >= size else b"X-Cautery-Truncated: %d\r\n" % size + raw


def open_box(place: str, password_file: Path | None, *, rehearsal: bool = False) -> Box:
    """The box at `place`: a Maildir's folder, or `imaps://user@host[:port]/FOLDER` with its password in a file."""
    parts = urlsplit(place)
    if parts.scheme not in {"imap", "imaps"}:
        folder = Path(place)
        if not all((folder / name).is_dir() for name in ("cur", "new", "tmp")):
            raise _invalid("not_a_maildir", f"{place} is no Maildir.", "A folder with cur, new and tmp in it.")
        return MaildirBox(folder)
    plain = parts.scheme == "imap"
    if plain and not (rehearsal and parts.hostname in LOOPBACK):
        raise _invalid("no_tls", "The mailbox must be read over TLS.", "Write imaps:// instead of imap://.")
    if not parts.hostname or not parts.username or password_file is None:
        raise _invalid("incomplete", "The mailbox needs a host, a user and a password file.", "imaps://user@host/INBOX")
    password = password_file.read_text(encoding="utf-8").strip()
    folder_name = unquote(parts.path.strip("/")) or "INBOX"
    return ImapBox(
        parts.hostname, parts.port or (143 if plain else 993), unquote(parts.username), password, folder_name, plain
    )


def _invalid(reason: str, message: str, hint: str) -> SettingInvalid:
    return SettingInvalid(message, setting="CAUTERY_MAIL_BOX", reason=reason, hint=hint)
