"""Mail in: by SMTP to the worker, or fetched from a mailbox; kept before it is read, then matched to its notice.

    SMTP or mailbox -> keep (as it came, once) -> read: kind, notice, proof -> answers taken, or shown to a person

A message is in the register before its sender hears 250, and before its mailbox marks it as seen.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import close_old_connections

from cautery.authorise.fields import catalogue
from cautery.channels.mail import Incoming, read_mail
from cautery.core.actors import system
from cautery.core.clock import Clock
from cautery.core.mail.belongs import Belongings, belongings, is_loop, is_ours
from cautery.core.mail.classify import classify
from cautery.core.mail.kinds import Kind
from cautery.core.mail.letter import Letter, read_letter
from cautery.core.mail.proof import judge_proof
from cautery.core.mail.texts import addresses_in
from cautery.core.mail.weighing import weigh_mail
from cautery.directory.models import Provider
from cautery.directory.queries import mail_domains
from cautery.fetch.mail import Box
from cautery.refer.models import Delivery, Notice
from cautery.track.actions import keep_mail, mark_read
from cautery.track.forms.actions import Offered, take_forms, take_rows
from cautery.track.forms.reading import Forms, forms_in
from cautery.track.models import Mail

MAX_BYTES = 33_554_432
BATCH = 1_000
NOTICES_NAMED = 20
NAME = "inbox"


def token_key(secret: str) -> bytes:
    """The key of reply tokens, made from the installation's secret."""
    return hmac.digest(secret.encode(), b"mail reply token", "sha256")


class Inbox:
    """aiosmtpd handler: keeps every message, raw."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the message; 451 asks the sender to come again when that failed."""
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread(self._keep, delivered(raw, envelope.mail_from or "", envelope.rcpt_tos))
        return "250 kept"

    def _keep(self, raw: bytes) -> None:
        try:
            keep_mail(raw, by=system(NAME), at=self._clock.now())
        finally:
            close_old_connections()


def delivered(raw: bytes, sender: str, recipients: Sequence[str]) -> bytes:
    """The message under the lines the last host on its way adds (RFC 5321, 4.4): the same message always becomes the same."""
    lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in recipients[:10])]
    return "".join(f"{' '.join(line.split())}\r\n" for line in lines).encode("utf-8", "replace") + raw


def open_inbox(listen: str, clock: Clock) -> Controller:
    """Listen on `host:port`; the caller stops it."""
    host, _, port = listen.rpartition(":")
    controller = Controller(Inbox(clock), hostname=host, port=int(port), data_size_limit=MAX_BYTES)
    controller.start()
    return controller


def collect(box: Box, now: datetime) -> int:
    """Keep what waits in a mailbox; how many messages there were."""
    return box.take(lambda raw: keep_mail(raw, by=system(NAME), at=now))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the mail that was kept: `sender` is our own address, `trusted_host` whose word on signatures counts (or none)."""

    sender: str
    key: bytes
    trusted_host: str = ""

    def read(self, now: datetime) -> int:
        """Read what is unread, each message once: answers with proof are taken, the rest is left for a person."""
        unread = list(Mail.objects.filter(read_at=None).order_by("pk")[:BATCH])
        for mail in unread:
            self._read_one(mail, now)
        return len(unread)

    def _read_one(self, mail: Mail, now: datetime) -> None:
        raw = bytes(mail.raw)
        letter = read_letter(raw)
        about = self._about(letter)
        incoming = read_mail(raw)
        told = classify(letter, ours=about.matched)
        forms = forms_in(incoming, letter.text, catalogue()) if about.matched and told.kind != Kind.BOUNCE else Forms()
        domains = mail_domains(about.provider) if about.provider else frozenset()
        proof = judge_proof(letter, has_token=about.by_token, domains=domains, trusted_host=self.trusted_host)
        found = weigh_mail(
            told,
            proof,
            loop=is_loop(letter, self.sender),
            truncated=letter.has("x-cautery-truncated"),
            answers=len(incoming.answers) + len(forms.heard),
            matched=about.matched,
            unread="; ".join(filter(None, (incoming.problem, forms.problem))),
        )
        problem, meaning = found.problem, found.meaning
        if meaning == "answers" and about.provider is not None:
            problem = "; ".join(filter(None, (problem, *_take(incoming, forms, about, now))))
            meaning = "incomplete" if problem and forms.heard else meaning
        mark_read(
            mail,
            sender=incoming.sender,
            meaning=meaning,
            problem=problem,
            at=now,
            references=list(about.references),
        )

    def _about(self, letter: Letter) -> About:
        """Which notices and which provider a letter speaks of: its token first, then what it answers, then what it names."""
        named = belongings(letter)
        tokens = [token.message for token in named.received_at if is_ours(token, self.key)]
        returned = [token.message for token in named.returned if is_ours(token, self.key)]
        if tokens:
            return _of_messages(tokens, by_token=True) or About()
        return _of_messages(returned + self._answered(named)) or _of_references(named.references) or _of_sender(letter)

    def _answered(self, named: Belongings) -> list[str]:
        """Our own message ids among those it answers."""
        ours = f"@{self.sender.rpartition('@')[2]}"
        return [one.removesuffix(ours) for one in named.message_ids if one.endswith(ours)]


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about; `by_token`: it came to the address only the addressee was told."""

    provider: Provider | None = None
    references: tuple[str, ...] = field(default=())
    by_token: bool = False

    @property
    def matched(self) -> bool:
        """Whether it has to do with us at all."""
        return self.provider is not None


def _of_messages(ids: Sequence[str], *, by_token: bool = False) -> About | None:
    """The deliveries of the first message of ours that is known; an id may be given by its beginning alone."""
    for one in ids:
        found = Delivery.objects.filter(message_id__startswith=one) if one else Delivery.objects.none()
        rows = found.select_related("provider", "notice").defer("notice__body").order_by("pk")
        deliveries = list(rows[: NOTICES_NAMED + 1])
        if deliveries:
            references = tuple(delivery.notice.reference for delivery in deliveries[:NOTICES_NAMED])
            return About(deliveries[0].provider, references, by_token)
    return None


def _of_references(references: Sequence[str]) -> About | None:
    notices = list(
        Notice.objects.filter(reference__in=references)
        .select_related("provider")
        .defer("body")
        .order_by("pk")[:NOTICES_NAMED]
    )
    return About(notices[0].provider, tuple(notice.reference for notice in notices)) if notices else None


def _of_sender(letter: Letter) -> About:
    """The provider one of whose addresses wrote; the domain must agree, whatever the name before the at sign."""
    domains = {address.rpartition("@")[2].lower() for address in addresses_in(letter.header("from"))}
    for provider in Provider.objects.order_by("pk"):
        if mail_domains(provider) & domains:
            return About(provider)
    return About()


def _take(incoming: Incoming, forms: Forms, about: About, now: datetime) -> list[str]:
    """Keep the provider's answers to its own notices, and its forms; what could not be taken or is lacking, in words."""
    provider = about.provider
    if provider is None:
        return []
    by = system(NAME)
    offered = [Offered(one, about.references) for one in forms.heard]
    problems = take_rows(incoming.answers, provider_id=provider.pk, source="mail", by=by, at=now)
    taken = take_forms(offered, provider_id=provider.pk, source="mail", by=by, at=now)
    return problems + [str(one) for one in taken if str(one)]


def reader() -> Reader:
    """The reader of this installation."""
    return Reader(settings.MAIL_FROM, token_key(settings.SECRET_KEY), settings.MAIL_TRUSTED_HOST)
