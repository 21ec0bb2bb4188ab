"""What is known: the bank, and what was found to be like it."""

from __future__ import annotations

from django.db import models

from cautery.identify.models import Media
from cautery.intake.models import Episode


class BankEntry(models.Model):
    """A known piece of content: its label, where it comes from, its SHA-256 and PDQ (either may be empty)."""

    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    source = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    pdq = models.BinaryField(default=b"")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "bank entries"
        constraints = [models.UniqueConstraint("source", "label", "sha256", name="bank_entry_once")]


class Match(models.Model):
    """A medium of an episode that is a bank entry, or looks like one within the radius."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="matches")
    entry = models.ForeignKey(BankEntry, models.PROTECT, related_name="matches")
    media = models.ForeignKey(Media, models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=10, choices=[("exact", "Same bytes"), ("perceptual", "Looks alike")])
    distance = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [models.UniqueConstraint("episode", "entry", name="match_once")]
