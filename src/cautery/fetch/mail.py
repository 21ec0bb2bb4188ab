"""Mail out, by SMTP, to a relay or to the provider's own mail host, within the same guard as every fetch."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage

from cautery.core.addresses import refusal
from cautery.fetch.hosts import HostMap

TIMEOUT_S = 20.0


class MailFailed(Exception):
    """Why a message did not go; `sent` when the far side may have taken it."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Postman:
    """Posts messages through `relay` (host:port), or straight to `mail.<domain>` of the addressee."""

    def __init__(self, hosts: HostMap, relay: str) -> None:
        self._hosts = hosts
        self._relay = relay

    def post(self, message: EmailMessage) -> None:
        """Hand the message over; `MailFailed` says whether it may have been taken all the same."""
        address, port = self._place(str(message["To"]).rpartition("@")[2])
        handed = taken = False
        try:
            with smtplib.SMTP(address, port, timeout=TIMEOUT_S) as server:
                handed = True
                server.send_message(message)
                taken = True
        except smtplib.SMTPResponseException as error:
            if not taken:  # a server that has said 250 may take its leave as it likes
                raise MailFailed(f"{type(error).__name__}: {error}"[:200], sent=False) from error
        except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
            raise MailFailed(type(error).__name__, sent=handed) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailFailed(f"{type(error).__name__}: {error}"[:200], sent=False) from error

    def _place(self, domain: str) -> tuple[str, int]:
        if self._relay:
            host, _, port = self._relay.rpartition(":")
            return host, int(port)
        host = f"mail.{domain}"
        mapped = self._hosts.find(host)
        if mapped is not None:
            return mapped[0], mapped[1] or 25
        try:
            address = str(socket.getaddrinfo(host, 25, type=socket.SOCK_STREAM)[0][4][0])
        except OSError as error:
            raise MailFailed(f"{host}: {error}", sent=False) from error
        if refusal(address) is not None:
            raise MailFailed(f"{host} leads to an address that is not public", sent=False)
        return address, 25
