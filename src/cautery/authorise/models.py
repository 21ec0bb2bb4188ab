"""Who signs: a second person, never the reviewer; and the keys that release an operation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cautery.directory.models import Officer
from cautery.intake.models import Operation
from cautery.review.models import Assessment, Instrument


class Act(models.TextChoices):
    """What a signer does."""

    SIGN = "sign", "Signed"
    REFUSE = "refuse", "Refused"


class Signature(models.Model):
    """A second person's word on an assessment. `digest` is over what was signed; sending checks it again."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="signature")
    act = models.CharField(max_length=6, choices=Act.choices)
    reviewer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    signer = models.ForeignKey(Officer, models.PROTECT, related_name="signatures")
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(signer=F("reviewer")), name="signer_is_not_the_reviewer")]


class Warrant(models.Model):
    """A judge's authorisation of an order on an item, as recorded from the file: who gave it, when, until when."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="warrants")
    court = models.CharField(max_length=300)
    file_number = models.CharField(max_length=100)
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, related_name="warrants")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("assessment", "court", "file_number", name="warrant_once")]


class Suspension(models.Model):
    """The overseer's word that no notice of a type leaves, until it is lifted."""

    instrument = models.CharField(max_length=24, choices=Instrument.choices)
    reason = models.TextField()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="suspensions")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(lifted_at__isnull=True), name="one_suspension_an_instrument"
            )
        ]


class OperationKey(models.Model):
    """One leader's key to an operation; two different ones release it."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="keys")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="keys")
    turned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("operation", "officer", name="one_key_a_leader")]
