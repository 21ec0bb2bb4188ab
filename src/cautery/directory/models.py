"""Who is who: units, officers and their tokens, providers and their contact points."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Unit(models.Model):
    """An internet referral unit or another body that flags."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name


class Officer(AbstractBaseUser):
    """A person of a unit. What they may do follows from their roles (directory.roles)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officers")
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = BaseUserManager["Officer"]()

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A bearer token of an officer; only its SHA-256 is kept."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class Channel(models.TextChoices):
    """How a provider takes notices."""

    API = "api", "Provider API"
    MAIL = "mail", "E-mail"


class Provider(models.Model):
    """A hosting service provider, and where notices to it go."""

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

    def __str__(self) -> str:
        return self.name
