"""Who is who: units, officers and their tokens, providers and their contact points."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from cautery.core.handling import Handling
from cautery.directory.people import models as people  # noqa: F401 (further tables of this stage)


class AuthorityKind(models.TextChoices):
    """What an authority is, as Annex I, Section E of Regulation (EU) 2021/784 asks."""

    JUDGE = "judge", "Judge, court or investigating judge"
    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement authority"
    OTHER = "other", "Other competent authority"


TCO_ROLES = ("issue", "scrutinise", "measures", "penalties")
"""What Art 12(1)(a) to (d) of Regulation (EU) 2021/784 lets states designate authorities for."""


class Authority(models.Model):
    """A competent authority: what it may do, where it is reached, and what its orders say of redress.

    `warrant_needed`: its orders need a judge's authorisation first (national law).
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=300)
    state = models.CharField(max_length=2)
    kind = models.CharField(max_length=16, choices=AuthorityKind.choices, default=AuthorityKind.LAW_ENFORCEMENT)
    roles = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    address = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    fax = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    feedback_contact = models.CharField(max_length=500, blank=True)
    representative_name = models.CharField(max_length=300, blank=True)
    representative_post = models.CharField(max_length=300, blank=True)
    redress_body = models.CharField(max_length=500, blank=True)
    redress_period = models.CharField(max_length=40, blank=True)
    redress_from = models.CharField(max_length=300, blank=True)
    national_provisions = models.URLField(blank=True)
    coordinator = models.CharField(max_length=300, blank=True)
    warrant_needed = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name


class Designation(models.Model):
    """An entity on a list of designated terrorist entities, from when until when; one row for each time it was listed."""

    code = models.SlugField(max_length=80)
    name = models.CharField(max_length=300)
    law = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("code", "since", name="designation_once")]


class Unit(models.Model):
    """An internet referral unit or another body that flags; `authority` issues its orders.

    `handling` is the code its new operations begin with (core/handling.py).
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=2)
    email = models.EmailField(blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="units", null=True, blank=True)
    handling = models.CharField(max_length=8, choices=[(code.value, code.value) for code in Handling], default="green")

    def __str__(self) -> str:
        return self.name


class Officer(AbstractBaseUser):
    """A person of a unit. What they may do follows from their roles (directory.roles).

    `keyed_by`: who of the officers ever gave them a role, a token or a password. Whoever did so for both signers of a
    notice would hold both keys; such a pair is refused at signing. `language` of the desk; empty: what the browser asks for.
    `reads`: languages the officer reads (BCP 47). `suspended_at`: since when they are shut out, where they are (`is_active`).
    `administered_until`: when they last ceased to be an administrator who could act (officers/second.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officers")
    roles = models.JSONField(default=list)
    keyed_by = models.JSONField(default=list)
    language = models.CharField(max_length=10, blank=True)
    reads = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    administered_until = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    objects = BaseUserManager["Officer"]()

    def __str__(self) -> str:
        return self.name


class Display(models.Model):
    """How an officer wants pictures shown, and how much they look at in a day. No row: as the defaults say."""

    officer = models.OneToOneField(Officer, models.PROTECT, primary_key=True, related_name="display")
    blur = models.BooleanField(default=True)
    grey = models.BooleanField(default=True)
    width = models.PositiveSmallIntegerField(default=240)
    budget = models.PositiveIntegerField(default=400)
    rest_minutes = models.PositiveSmallIntegerField(default=50)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(width__gte=80, width__lte=640), name="width_80_to_640")
        ]


class SignInFailure(models.Model):
    """A sign-in that failed, by a keyed digest of the name or address. `at` is unix seconds of the machine's clock."""

    key = models.CharField(max_length=64)
    at = models.FloatField()

    class Meta:
        indexes = [models.Index("key", "at", name="failure_key_at"), models.Index("at", name="failure_at")]


class ApiToken(models.Model):
    """A bearer token of an officer, with what it is for; only its SHA-256 is kept. `used_at`: when it last opened (machine's clock)."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Channel(models.TextChoices):
    """How a provider takes notices."""

    API = "api", "Provider API"
    MAIL = "mail", "E-mail"
    PORTAL = "portal", "Provider desk"


class Provider(models.Model):
    """A hosting service provider, and where notices to it go.

    `contact_points` (Art 15): {address, source, languages}; `languages` are those it declared.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    hosts = models.JSONField(default=list)
    rdap_handles = models.JSONField(default=list)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    api_base = models.URLField(blank=True)
    token = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    languages = models.JSONField(default=list)
    max_batch = models.PositiveIntegerField(default=1)
    home_state = models.CharField(max_length=2, blank=True)
    home_state_basis = models.CharField(max_length=24, default="main_establishment")
    legal_name = models.CharField(max_length=300, blank=True)
    legal_representative = models.CharField(max_length=300, blank=True)
    contact_points = models.JSONField(default=list)
    portal = models.URLField(blank=True)
    terms_provision = models.CharField(max_length=1_000, blank=True)

    def __str__(self) -> str:
        return self.name


class ProviderKey(models.Model):
    """What lets a provider's staff in: a key for programs and the desk, or a link that is used up when it is followed.

    Only its SHA-256 is kept. A `sandbox` key sees specimens and changes nothing.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="keys")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    sandbox = models.BooleanField(default=False)
    once = models.BooleanField(default=False)
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
