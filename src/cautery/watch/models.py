"""Is it back: what is searched for, what was sighted, and who succeeded whom."""

from __future__ import annotations

from django.db import models

from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item, Operation
from cautery.track.models import Tracking


class Search(models.Model):
    """Words asked of a provider's own search, because something already decided on was removed there."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="searches")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="searches")
    words = models.CharField(max_length=200)
    item = models.ForeignKey(Item, models.PROTECT, related_name="searches")
    began_at = models.DateTimeField()
    asked = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "searches"
        constraints = [models.UniqueConstraint("operation", "provider", "words", name="search_once")]
        indexes = [models.Index("next_at", name="search_due")]


class Watched(models.Model):
    """An episode whose removal the watch has taken up."""

    tracking = models.OneToOneField(Tracking, models.PROTECT, primary_key=True, related_name="watched")


class Way(models.TextChoices):
    """How it was noticed."""

    SAME_PLACE = "same_place", "Up again at the same place"
    OUT_LINK = "out_link", "Announced by a page still up"
    SEARCH = "search", "Found by the provider's search"
    COPY = "copy", "Same bytes as something referred before"


class Sighting(models.Model):
    """Something that may be a return: what it may succeed, how it was noticed, the score and its reason in words.

    `item` is the object sighted; `predecessor` what it may come after (none where only an announcement is known).
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="sightings")
    item = models.ForeignKey(Item, models.PROTECT, related_name="sightings")
    episode = models.OneToOneField(Episode, models.PROTECT, related_name="sighting_row")
    predecessor = models.ForeignKey(Item, models.PROTECT, related_name="successors", null=True)
    way = models.CharField(max_length=12, choices=Way.choices)
    score = models.FloatField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    looked_before_at = models.DateTimeField(null=True)
    """The last look that would have shown it and did not; none where nobody had looked."""


class Mark(models.Model):
    """How far the watch has read what earlier stages wrote (`name` -> last primary key or time seen)."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
