"""What officers find: assessments under law, and investigation interest that holds a notice back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.directory.models import Officer, Unit
from cautery.ground.leases import Leased
from cautery.intake.models import Episode, Operation


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

    REFERRAL = "referral", "Voluntary referral under terms of service"


LIMBS = {
    "a": "incites the commission of a terrorist offence, also by glorification",
    "b": "solicits to commit or contribute to such an offence",
    "c": "solicits to take part in the activities of a terrorist group",
    "d": "instructs on weapons, substances or methods for such an offence",
    "e": "threatens to commit such an offence",
}
"""Art 2(7) of Regulation (EU) 2021/784, shortened for lists."""


class Assessment(Leased):
    """A reviewer's decision on an episode, with its grounds. One for an episode."""

    episode = models.OneToOneField(Episode, models.PROTECT, related_name="assessment")
    finding = models.CharField(max_length=12, choices=Finding.choices)
    limbs = models.JSONField(default=list)
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
    """A unit's investigation interest in an object: notices on it, and on what it owns, wait."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="holds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="holds")
    identity = models.CharField(max_length=400)
    provider = models.CharField(max_length=100)
    key = models.CharField(max_length=300)
    reason = models.TextField()
    set_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("operation", "unit", "identity", name="hold_once")]
        indexes = [models.Index("identity", name="hold_identity"), models.Index("provider", "key", name="hold_owner")]
