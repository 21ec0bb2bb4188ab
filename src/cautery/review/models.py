"""What officers find: assessments under law, investigation interest that holds a notice back, and what they had to look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.core.grounds import grounds
from cautery.directory.models import Officer, Unit
from cautery.ground.leases import Leased
from cautery.identify.models import Media
from cautery.intake.models import Episode, Item, Operation


class Finding(models.TextChoices):
    """What a reviewer found."""

    CONFIRMED = "confirmed", "Terrorist content"
    DISMISSED = "dismissed", "Not to be referred"


class Purpose(models.TextChoices):
    """Protected purposes of Art 1(3) of Regulation (EU) 2021/784, and plain mistakes."""

    NONE = "none", "None"
    EDUCATION = "education", "Education"
    JOURNALISM = "journalism", "Journalism"
    ART = "art", "Art, satire"
    RESEARCH = "research", "Research"
    COUNTER_TERRORISM = "counter_terrorism", "Preventing or countering terrorism"
    PUBLIC_DEBATE = "public_debate", "Polemic or controversial views in public debate, evidence of abuses"
    MISTAKE = "mistake", "Flagged by mistake"


class Instrument(models.TextChoices):
    """What kind of notice is proposed."""

    DOMAIN = "domain", "Notice to registrar, registry, host, delivery network or app store"
    DSA_NOTICE = "dsa-notice", "Notice under Art 16 DSA"
    DSA_ORDER = "dsa-order", "Order under Art 9 DSA"
    REFERRAL = "referral", "Voluntary referral under terms of service"
    TCO_ORDER = "tco-removal-order", "Removal order under Art 3 TCO"


ORDERS = frozenset({Instrument.DSA_ORDER, Instrument.TCO_ORDER})
"""What an authority orders; the others ask."""


LIMBS = {ground.limb: ground.words for ground in grounds().values() if ground.limb}
"""Art 2(7) of Regulation (EU) 2021/784, shortened for lists."""


class Assessment(Leased):
    """A reviewer's decision on an episode, with its grounds. One for an episode.

    `grounds` are codes of core/grounds, `designation` the code of a listed entity; `details` what the instrument asks for
    beyond what the register knows (docs/instruments.md), such as the territorial scope of an order.
    """

    episode = models.OneToOneField(Episode, models.PROTECT, related_name="assessment")
    finding = models.CharField(max_length=12, choices=Finding.choices)
    limbs = models.JSONField(default=list)
    grounds = models.JSONField(default=list)
    designation = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    reason = models.TextField()
    instrument = models.CharField(max_length=24, choices=Instrument.choices)
    reviewer = models.ForeignKey(Officer, models.PROTECT, related_name="assessments")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finding=Finding.DISMISSED) | (Q(purpose=Purpose.NONE) & ~Q(limbs=[])),
                name="confirmed_has_a_limb_and_no_protected_purpose",
            )
        ]


class Hold(models.Model):
    """A unit's investigation interest: signed notices on what it marks, and on what that owns, wait.

    Nothing here says in what: `digest` and `owner_digest` are keyed (core/marks.py), under the key with `key_id`.
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="holds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="holds")
    digest = models.CharField(max_length=64)
    owner_digest = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16)
    reason = models.TextField()
    set_at = models.DateTimeField()
    until = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("operation", "unit", "digest", name="hold_once")]
        indexes = [models.Index("until", name="hold_until")]


class Showing(models.Model):
    """That an episode was shown to an officer for deciding: `digest` is over what was shown, `revealed` whether its pictures were."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="showings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="showings")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    revealed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("episode", "officer", name="showing_once")]


class Question(models.Model):
    """A reviewer's wish for a second opinion: the episode goes to somebody else, with the question."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="questions")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="questions")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("episode", "officer", name="question_once")]


class Quarantine(models.Model):
    """An item that must not be seen further. It waits for the lawful body until `handed_at`; `handed_to` says to whom it went."""

    item = models.OneToOneField(Item, models.PROTECT, related_name="quarantine")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="quarantines")
    at = models.DateTimeField()
    handed_to = models.CharField(max_length=200, blank=True)
    handed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    handed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(handed_at__isnull=True), name="quarantine_waiting")]


class Exposure(models.Model):
    """What an officer had to look at on one day (UTC): items, pictures uncovered, and since when without a break."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="exposures")
    day = models.DateField()
    items = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("officer", "day", name="exposure_once_a_day")]


class Rest(models.Model):
    """A subject an officer is not shown: an outlet, or a kind of item. Ended at `until`."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="rests")
    subject = models.CharField(max_length=140)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "subject"], condition=Q(until__isnull=True), name="rest_once")
        ]


class Precedence(models.Model):
    """An item's place in the order of work that people chose last for an operation: 1 is the first to work on."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "precedence"
        constraints = [models.UniqueConstraint("operation", "item", name="precedence_once")]


class PictureText(models.Model):
    """What an engine read in a picture, once for its bytes, the engine, its version and the languages it was asked in.

    `lines` are pairs of text and confidence (0 to 100, null where the engine does not say); no lines: it found no text. `digest` is
    the SHA-256 of the words however they are set (empty where there are too few to tell by).
    """

    media = models.ForeignKey(Media, models.PROTECT, related_name="texts")
    engine = models.CharField(max_length=40)
    version = models.CharField(max_length=60)
    languages = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    left_out = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("media", "engine", "version", "languages", name="picture_text_once"),
        ]
        indexes = [models.Index(fields=["digest"], condition=~Q(digest=""), name="picture_text_same")]
