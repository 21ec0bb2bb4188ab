"""What officers prove who they are with beside a password, where they are signed in, and links that let them in once."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Passkey(models.Model):
    """A passkey (WebAuthn). `credential` is the attested credential data with the public key; `count` its signature counter."""

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=1400, unique=True)
    credential = models.BinaryField()
    count = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class CodeApp(models.Model):
    """An app that makes one-time codes. `secret` is its key, sealed; `step` the last step whose code was taken.

    It counts once a first code proved that the app has the key (`proved_at`).
    """

    officer = models.OneToOneField("directory.Officer", models.PROTECT, primary_key=True, related_name="code_app")
    secret = models.BinaryField()
    step = models.BigIntegerField(default=-1)
    made_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)


class RecoveryCode(models.Model):
    """A code on paper that opens once in the place of a second factor; only its keyed digest is kept."""

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)


class Identity(models.Model):
    """Who an officer is at the identity provider of their house: issuer (of SAML: `saml:` and its name) and subject."""

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint("issuer", "subject", name="identity_once"),
            models.UniqueConstraint("issuer", "officer", name="identity_of_an_officer_once"),
        ]


class Invitation(models.Model):
    """A link by which an officer comes in once to choose a password. Only its SHA-256 is kept.

    `anew`: what the officer had (password, factors, sessions) ends when it is used.
    """

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    anew = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class RoleChange(models.Model):
    """Roles one administrator wants an officer to have besides theirs, until a second one settles it (docs/decisions/0094)."""

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="role_changes")
    roles = models.JSONField(default=list)
    asked_by = models.ForeignKey("directory.Officer", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey("directory.Officer", models.PROTECT, related_name="+", null=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=models.Q(settled_at__isnull=True), name="one_open_role_change_an_officer"
            ),
            models.CheckConstraint(
                condition=~models.Q(granted=True) | ~models.Q(settled_by=models.F("asked_by")),
                name="roles_are_not_granted_by_who_asked",
            ),
        ]


class SamlQuestion(models.Model):
    """A question to the SAML identity provider, while the browser is away; its answer comes without our cookie, and is kept here.

    `relay` and `ticket` are SHA-256: of the RelayState, which the session that asked has too, and of what only the browser that brought
    the answer was given. `answer` (people/elsewhere.py: Who) is empty before, and the row goes when it is taken.
    """

    relay = models.CharField(max_length=64, primary_key=True)
    request = models.CharField(max_length=64, unique=True)
    consumer = models.CharField(max_length=500)
    until = models.DateTimeField(db_index=True)
    ticket = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(default=dict)


class Session(AbstractBaseSession):
    """A session of the desk, with whose it is (nobody's: a provider's staff, or not signed in), from where, and how it was begun."""

    officer = models.ForeignKey("directory.Officer", models.PROTECT, related_name="sessions", null=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    proofs = models.JSONField(default=list)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
