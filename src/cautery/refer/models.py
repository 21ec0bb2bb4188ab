"""To whom: notices and their deliveries. The delivery row is the outbox."""

from __future__ import annotations

from django.db import models

from cautery.authorise.models import Signature
from cautery.core.lifecycle import DeliveryState
from cautery.directory.models import Channel, Provider
from cautery.ground.leases import Leased
from cautery.intake.models import Episode, Item, Operation
from cautery.review.models import Instrument


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


class Delivery(Leased):
    """One sending of a notice. `sent_wall` is unix seconds of the machine's clock; the other times are the operation's."""

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="delivery")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=10, default=DeliveryState.QUEUED, choices=[(s, s) for s in DeliveryState])
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
        indexes = [models.Index("state", "provider", "due_at", name="delivery_queue")]
