"""What the set-up offers and shows: places for the first people, and what is set for mail and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from cautery.directory.models import Channel
from cautery.directory.roles import Role
from cautery.settings.environment import ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Place:
    """A person of the first day: what they will do, and the roles for it."""

    key: str
    title: Promise | str
    says: Promise | str
    roles: Sequence[Role]
    needed: bool

    @property
    def name_field(self) -> str:
        """The form's field for the name."""
        return f"name-{self.key}"

    @property
    def username_field(self) -> str:
        """The form's field for the user name."""
        return f"username-{self.key}"


PLACES = (
    Place(
        "first",
        later("First key"),
        later("Leads, flags and decides: turns one of the two keys that release an operation."),
        (Role.LEAD, Role.FLAG, Role.REVIEW),
        needed=True,
    ),
    Place(
        "second",
        later("Second key"),
        later("Leads and signs what others decided: turns the other key."),
        (Role.LEAD, Role.SIGN),
        needed=True,
    ),
    Place(
        "admin",
        later("Administers"),
        later("Gives out accounts and keys, and for that reason neither decides nor signs nor leads."),
        (Role.ADMINISTER,),
        needed=False,
    ),
    Place(
        "oversight",
        later("Oversees"),
        later("Sees everything, and may suspend a kind of notice."),
        (Role.OVERSEE, Role.OBSERVE),
        needed=False,
    ),
)
"""Nobody both decides and signs, and who gives keys does neither (directory/roles.py, APART)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is set outside the browser: what it is for, its setting, what it says now, what to do about it."""

    what: str
    setting: str
    value: str
    fine: bool
    advice: str = ""


def channels() -> list[tuple[str, str]]:
    """Ways notices reach a provider."""
    return [(str(value), str(label)) for value, label in Channel.choices]


def mail_found() -> list[Found]:
    """What is set for mail."""
    sender = settings.MAIL_FROM
    real = not sender.endswith(".invalid")
    receives = settings.MAIL_BOX or settings.MAIL_LISTEN
    return [
        Found(_("Sender of notices"), "CAUTERY_MAIL_FROM", sender, real, _("An address of yours that answers reach.")),
        Found(
            _("Relay"),
            "CAUTERY_MAIL_RELAY",
            settings.MAIL_RELAY,
            bool(settings.MAIL_RELAY),
            _("Your mail server, host:port; else mail goes straight to each provider's own."),
        ),
        Found(
            _("Answers"),
            "CAUTERY_MAIL_BOX",
            receives,
            bool(receives),
            _("A mailbox to fetch from (imaps://user@host/FOLDER), or CAUTERY_MAIL_LISTEN."),
        ),
        Found(
            _("Only over TLS"),
            "CAUTERY_MAIL_TLS_REQUIRED",
            _("yes") if settings.MAIL_TLS_REQUIRED else _("no"),
            settings.MAIL_TLS_REQUIRED,
            _("1 once your relay has a certificate that holds."),
        ),
    ]


def keys_found() -> list[Found]:
    """What is set for keys."""
    signing = ENVIRONMENT.text("CAUTERY_SIGNING_KEY") or ENVIRONMENT.text("CAUTERY_SIGNING_TOKEN")
    mirror = Path(settings.CHECKPOINTS)
    return [
        Found(
            _("Key of the custody log"),
            "CAUTERY_CUSTODY_KEY",
            str(settings.CUSTODY_KEY),
            fine=True,
            advice=_("Made on first use. Give custody.pub beside it to a second party."),
        ),
        Found(
            _("Mirror of the log's checkpoints"),
            "CAUTERY_CHECKPOINTS",
            str(mirror),
            mirror.parent != Path(settings.DATA),
            _("Best a file a second party keeps: it shows when the log was cut."),
        ),
        Found(
            _("Key notices are signed with"),
            "CAUTERY_SIGNING_KEY",
            signing,
            bool(signing),
            _("A PKCS#12 file, or a token (CAUTERY_SIGNING_TOKEN); without it notices carry no seal."),
        ),
        Found(
            _("Time-stamps"),
            "CAUTERY_TSA_URL",
            settings.TSA_URL,
            bool(settings.TSA_URL),
            _("An RFC 3161 service; without it times rest on this machine's clock."),
        ),
    ]
