"""To whom: notices and their deliveries. The delivery row is the outbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.authorise.models import Signature
from cautery.core.lifecycle import DeliveryState
from cautery.directory.models import Authority, Channel, Officer, Provider
from cautery.ground.leases import Leased
from cautery.intake.models import Episode, Item, Operation
from cautery.review.models import Hold, Instrument


class Notice(models.Model):
    """One notice: an item, its addressee, an instrument, an episode; it rests on one signature."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="notices")
    item = models.ForeignKey(Item, models.PROTECT, related_name="notices")
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="notices")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="notices")
    instrument = models.CharField(max_length=24, choices=Instrument.choices)
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="notice")
    reference = models.CharField(max_length=40, unique=True)
    idempotency_key = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    composed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "item", "provider", "instrument", "episode", name="one_notice_an_item_addressee_instrument_episode"
            )
        ]
        indexes = [models.Index("operation", "instrument", "id", name="notice_instrument")]


class Delivery(Leased):
    """One sending of a notice. `sent_wall` is unix seconds of the machine's clock; the other times are the operation's.

    Until it is `ready` nothing leaves: an order waits for the first information, and to be made out and signed.
    """

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="delivery")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=10, default=DeliveryState.QUEUED, choices=[(s, s) for s in DeliveryState])
    ready = models.BooleanField(default=True, db_default=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    message_id = models.CharField(max_length=64, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_wall = models.FloatField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    provider_ref = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index("state", "provider", "due_at", name="delivery_queue"),
            models.Index(fields=["due_at"], condition=Q(ready=False), name="delivery_unready"),
        ]


class Issue(models.Model):
    """A notice made out: its machine form as it was signed, its printed form where one was made."""

    notice = models.OneToOneField(Notice, models.PROTECT, primary_key=True, related_name="issue")
    language = models.CharField(max_length=8)
    machine = models.TextField()
    pdf = models.BinaryField(null=True)
    signed = models.BooleanField(default=False)
    issued_at = models.DateTimeField()


class PaperKind(models.TextChoices):
    """Papers that go with an order."""

    COPY = "C", "Copy to the home-state authority (Art 4(1))"
    HOME = "H", "Word to the home-state authority that an order fell"
    INFORMATION = "I", "First information (Art 3(2))"
    WORD = "W", "Word to the provider that a notice fell"


class Paper(models.Model):
    """A paper that goes with an order, by mail: to the provider's contact point, or to the authority of its home state.

    It is an outbox row of its own: queued, sent, and with what proved it.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="papers")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="papers")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="papers", null=True)
    kind = models.CharField(max_length=1, choices=PaperKind.choices)
    reference = models.CharField(max_length=44, unique=True)
    address = models.EmailField()
    machine = models.TextField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("notice", "kind", name="paper_once"),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(kind=PaperKind.INFORMATION), name="one_first_information_a_provider"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="paper_unsent")]


class Obstacle(models.Model):
    """Why a signed notice was stopped just before it left: another unit's interest, or another unit's notice.

    The holder is told of every one; the sender is told whose and until when, unless their unit met too many (`disclosed`).
    Two people, neither of them the reviewer, override it: `asked_by` with a reason, then `confirmed_by`.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="obstacles")
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="obstacles", null=True)
    other = models.ForeignKey(Notice, models.PROTECT, related_name="obstructs", null=True)
    at = models.DateTimeField()
    disclosed = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("notice", "hold", name="obstacle_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("asked_by")),
                name="two_people_override",
            ),
        ]
