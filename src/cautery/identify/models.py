"""What an episode turned out to be: its page at that time, its media and their fingerprints, who hosts it."""

from __future__ import annotations

from django.db import models

from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item


class Media(models.Model):
    """Bytes seen somewhere, by their SHA-256. `pdq` is 32 bytes; empty with `refused` where there is none, and why.

    `forms` are the hashes of the same picture turned, mirrored and without its borders (`looking.FORMS`), 32 bytes each. `track` and
    `inner_track` are the frames of a moving picture, whole and without borders (`core.fingerprints.tracks`).
    """

    sha256 = models.CharField(max_length=64, unique=True)
    sha1 = models.CharField(max_length=40, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    mime = models.CharField(max_length=60)
    size = models.BigIntegerField()
    pdq = models.BinaryField(default=b"")
    quality = models.PositiveSmallIntegerField(default=0)
    forms = models.BinaryField(default=b"")
    track = models.BinaryField(default=b"")
    inner_track = models.BinaryField(default=b"")
    refused = models.CharField(max_length=40, blank=True)


class Capture(models.Model):
    """An episode's page when it was looked up. `verdict` as core.availability says."""

    episode = models.OneToOneField(Episode, models.PROTECT, primary_key=True, related_name="capture")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    final_url = models.TextField(blank=True)
    verdict = models.CharField(max_length=24)
    ground = models.CharField(max_length=200)
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=16, blank=True)
    author = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    links = models.JSONField(default=list)


class EpisodeMedia(models.Model):
    """A medium on an episode's page."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="media")
    media = models.ForeignKey(Media, models.PROTECT, related_name="episodes")

    class Meta:
        constraints = [models.UniqueConstraint("episode", "media", name="medium_once_an_episode")]


class Hosting(models.Model):
    """Who answers for an item: by its URL, or by RDAP for a site on a domain of its own. No row: nobody known."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="hosting")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="items")
    how = models.CharField(max_length=8, choices=[("url", "By its URL"), ("rdap", "By RDAP")])


class Shortened(models.Model):
    """Where a shortened link led when it was last followed; `problem` in a stable word where that is no web object."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="shortened")
    at = models.DateTimeField()
    final_url = models.TextField(blank=True)
    problem = models.CharField(max_length=40, blank=True)
