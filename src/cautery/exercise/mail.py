"""Providers that are reached by e-mail only: notices come in by SMTP, acknowledgements and answers go out by SMTP.

A message goes out at its simulated time and is sent again until the platform's server has it; its Message-ID is a
function of what it answers, so that a second copy after a kill is the same message.
"""

from __future__ import annotations

import email.policy
import json
import smtplib
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, parseaddr
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from cautery.exercise.books import Delivery, Mail
from cautery.exercise.directory import HOMES, authority_email, contact_of, email_of
from cautery.exercise.moments import moment_of
from cautery.exercise.outcomes import MINUTE
from cautery.exercise.providers.notices import answer_document
from cautery.exercise.state import State

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
TIMEOUT_S = 10.0


class Outgoing(NamedTuple):
    """A message that is to go out at a moment; `key` names it for ever."""

    at: int
    key: str


class PostOffice:
    """The mail of all providers that have no API."""

    def __init__(self, state: State, out: Path) -> None:
        self.state = state
        self._platform = out / "platform.json"
        self._providers = {email_of(slug): slug for slug, p in state.scenario.providers.items() if p.channel == "mail"}
        self._papers = {contact_of(slug) for slug in state.scenario.providers}
        self._papers |= {authority_email(f"home-{code}") for code in HOMES}
        self._papers |= {email_of(slug) for slug, p in state.scenario.providers.items() if p.channel == "portal"}
        """Mailboxes that only read: first information, copies of orders, word of notices in the provider desk."""
        self._mails: dict[str, Mail] = {}
        self._answers: dict[Outgoing, list[Delivery]] = defaultdict(list)
        self._acks: dict[Outgoing, Mail] = {}
        self._fresh: list[Outgoing] = []
        for mail in state.books.mails():
            self._expect_ack(mail)
        for delivery in state.deliveries.values():
            self._expect_answer(delivery)

    def fresh(self) -> list[Outgoing]:
        """Messages that have become known since the last time this was asked."""
        fresh, self._fresh = self._fresh, []
        return fresh

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Takes a message for a provider; durable when the answer is given."""
        to = next((address for address in map(str.lower, envelope.rcpt_tos) if address in self._providers), None)
        if to is None:
            known = all(address.lower() in self._papers for address in envelope.rcpt_tos)
            return "250 OK" if known else "550 5.1.1 no such mailbox"
        content = envelope.content or b""
        self.take(self._providers[to], content if isinstance(content, bytes) else content.encode())
        return "250 OK"

    def take(self, provider: str, content: bytes) -> None:
        """Reads one message; what is no notice is written down as refused."""
        message = BytesParser(policy=email.policy.default).parsebytes(content)
        identity = str(message["Message-ID"] or "").strip() or f"<{blake2b(content, digest_size=12).hexdigest()}@none>"
        notices = _attached_notices(message)
        if notices is None:
            self.state.refuse(provider, 0, "no_notices", identity, 0)
            return
        reply_to = parseaddr(str(message["Reply-To"] or message["From"] or ""))[1]
        mail = Mail(identity, provider, reply_to, str(message["Subject"] or ""), self.state.now)
        self.state.books.add_mail(mail)
        if identity not in self._mails:
            self._expect_ack(mail)
        for receipt in self.state.receive(provider, notices, call=identity, channel="mail", mail=identity):
            if receipt.delivery is not None and receipt.status == "received":
                self._expect_answer(receipt.delivery)

    def send(self, outgoing: Outgoing) -> bool:
        """Sends a message, again and again until the platform's server is there; False where it takes no mail."""
        message = self._written(outgoing)
        pause = FIRST_PAUSE_S
        while True:
            try:
                return self._deliver(message)
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= 500:
                    print(f"the platform refused a mail: {error.smtp_code} {error.smtp_error!r}", file=sys.stderr)  # noqa: T201
                    return False
            except (OSError, ValueError, smtplib.SMTPException):
                time.sleep(pause)
                pause = min(LONGEST_PAUSE_S, 2 * pause)

    def _deliver(self, message: EmailMessage) -> bool:
        place = json.loads(self._platform.read_text()).get("smtp")
        if not place:
            return False
        host, _, port = str(place).rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=TIMEOUT_S) as server:
            server.send_message(message)
        return True

    def _expect_ack(self, mail: Mail) -> None:
        self._mails[mail.message_id] = mail
        wait = self.state.scenario.providers[mail.provider].ack_minutes * MINUTE
        outgoing = Outgoing(mail.received_at + int(wait), f"ack {mail.message_id}")
        self._acks[outgoing] = mail
        self._fresh.append(outgoing)

    def _expect_answer(self, delivery: Delivery) -> None:
        """Answers of one round to one address go out in one message."""
        mail = self._mails.get(delivery.mail or "")
        if mail is None or delivery.answered_at is None:
            return
        key = f"answers {delivery.provider} {delivery.answered_at} {mail.reply_to}"
        outgoing = Outgoing(delivery.answered_at, key)
        if outgoing not in self._answers:
            self._fresh.append(outgoing)
        self._answers[outgoing].append(delivery)

    def _written(self, outgoing: Outgoing) -> EmailMessage:
        mail = self._acks.get(outgoing)
        return self._ack(outgoing, mail) if mail else self._answer(outgoing, self._answers[outgoing])

    def _ack(self, outgoing: Outgoing, mail: Mail) -> EmailMessage:
        message = self._message(outgoing, mail, f"Re: {mail.subject}")
        message["Auto-Submitted"] = "auto-replied"
        message.set_content("Thank you. We have received your message and will look at it in our next round.\n")
        return message

    def _answer(self, outgoing: Outgoing, deliveries: list[Delivery]) -> EmailMessage:
        ordered = sorted(deliveries, key=lambda delivery: delivery.idempotency_key)
        mail = self._mails[ordered[0].mail or ""]
        message = self._message(outgoing, mail, f"Answers to your notices ({len(ordered)})")
        message.set_content(f"Please find our answers to {len(ordered)} of your notices attached.\n")
        document = {"answers": [answer_document(delivery) for delivery in ordered]}
        message.add_attachment(
            json.dumps(document).encode(), maintype="application", subtype="json", filename="answers.json"
        )
        return message

    def _message(self, outgoing: Outgoing, mail: Mail, subject: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = email_of(mail.provider)
        message["To"] = mail.reply_to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(moment_of(outgoing.at))
        message["Message-ID"] = f"<{blake2b(outgoing.key.encode(), digest_size=12).hexdigest()}@{mail.provider}.test>"
        message["In-Reply-To"] = message["References"] = mail.message_id
        return message


def _attached_notices(message: Any) -> list[Mapping[str, Any]] | None:
    """The notices in `notices.json`, None where there is no such attachment or it does not hold."""
    for part in message.iter_attachments():
        if part.get_filename() == "notices.json":
            try:
                document = json.loads(part.get_payload(decode=True))
            except ValueError:
                return None
            notices = document.get("notices") if isinstance(document, dict) else None
            if isinstance(notices, list) and all(isinstance(notice, dict) for notice in notices):
                return notices
    return None
