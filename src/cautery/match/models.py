"""What is known: the bank, what was found to be like it, what people said of that, and copies that belong together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.core.fingerprints import Frame
from cautery.core.fingerprints.tracks import unpack
from cautery.identify.models import Media
from cautery.intake.models import Episode


class Handling(models.TextChoices):
    """Who may be told of an entry: the Traffic Light Protocol (FIRST, 2.0)."""

    CLEAR = "clear", "TLP:CLEAR"
    GREEN = "green", "TLP:GREEN"
    AMBER = "amber", "TLP:AMBER"
    AMBER_STRICT = "amber_strict", "TLP:AMBER+STRICT"
    RED = "red", "TLP:RED"


class Kind(models.TextChoices):
    """How a medium is like an entry."""

    EXACT = "exact", "Same bytes"
    PERCEPTUAL = "perceptual", "Looks alike"
    VIDEO = "video", "Same seconds of video"


class BankEntry(models.Model):
    """A known piece of content: its label, where it comes from, its hashes or its frames (`track`), how it may be used.

    A `negative` one keeps what is like it from being proposed. A quarantined one proposes nothing until a person
    releases it; `released_at` then stands, and it must flood anew to be quarantined again. `looked_back_at` is when all that was captured
    before was compared with it.
    """

    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    outlet = models.CharField(max_length=100, blank=True)
    severity = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=200, blank=True)
    handling = models.CharField(max_length=12, choices=Handling.choices, default=Handling.AMBER)
    negative = models.BooleanField(default=False)
    key = models.CharField(max_length=80)
    md5 = models.CharField(max_length=32, blank=True, db_index=True)
    sha1 = models.CharField(max_length=40, blank=True, db_index=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    pdq = models.BinaryField(default=b"")
    track = models.BinaryField(default=b"")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    looked_back_at = models.DateTimeField(null=True, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=40, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "bank entries"
        constraints = [
            models.UniqueConstraint("source", "label", "key", "negative", name="bank_entry_once"),
            models.CheckConstraint(condition=Q(severity__lte=4), name="severity_0_to_4"),
        ]
        indexes = [
            models.Index(fields=["added_at"], condition=Q(looked_back_at__isnull=True), name="entry_to_look_back"),
        ]

    def frames(self) -> list[Frame]:
        """The frames of a known video; none of anything else."""
        return unpack(bytes(self.track))


class Match(models.Model):
    """A medium of an episode that is a bank entry, looks like one within the radius, or shows seconds of one.

    `form` is the form in which a picture came nearest (`identify.looking.FORMS`); `parts` of a video are the seconds of the medium and of
    the entry that are the same, as `core.fingerprints.Alignment` has them.
    """

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="matches")
    entry = models.ForeignKey(BankEntry, models.PROTECT, related_name="matches")
    media = models.ForeignKey(Media, models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    distance = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=20, blank=True)
    parts = models.JSONField(default=list)
    looking_back = models.BooleanField(default=False)
    found_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "matches"
        constraints = [models.UniqueConstraint("episode", "entry", name="match_once")]


class Opinion(models.Model):
    """What one person says of a match: it is a copy, or it is not."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="opinions")
    by = models.CharField(max_length=64)
    agrees = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("match", "by", name="opinion_once")]


class Copy(models.Model):
    """A medium that belongs to a case of copies: connected by looking alike, or by looking like the same entry.

    The case is named by the medium of it that was seen first; a medium without a row is a case of its own.
    """

    media = models.OneToOneField(Media, models.PROTECT, primary_key=True, related_name="copy")
    case = models.ForeignKey(Media, models.PROTECT, related_name="copies")
