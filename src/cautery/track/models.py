"""What came of it: provider answers, our own probes, mail, and where each episode stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.core.availability import Verdict
from cautery.directory.models import Provider
from cautery.ground.leases import Leased
from cautery.intake.models import Episode, Item
from cautery.refer.models import Notice


class Tracking(Leased):
    """Where an episode stands by our own probes. Last seen up and first seen down are both kept, never one date.

    `returned_at`: it was down and a probe saw it up again; the watch takes it from there, and this episode is closed.
    """

    episode = models.OneToOneField(Episode, models.PROTECT, primary_key=True, related_name="tracking")
    item = models.ForeignKey(Item, models.PROTECT, related_name="trackings")
    referred_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=24, default=Verdict.UNKNOWN)
    probed_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveIntegerField(default=0)
    unsure_in_a_row = models.PositiveIntegerField(default=0)
    last_up_at = models.DateTimeField(null=True, blank=True)
    first_down_at = models.DateTimeField(null=True, blank=True)
    down_verdict = models.CharField(max_length=24, blank=True)
    next_probe_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("next_probe_at", name="tracking_due"),
            models.Index("item", name="tracking_item"),
            models.Index("first_down_at", name="tracking_down"),
            models.Index(fields=["episode"], condition=Q(referred_at__isnull=True), name="tracking_unreferred"),
            models.Index(fields=["episode"], condition=Q(returned_at__isnull=False), name="tracking_returned"),
        ]


class Probe(models.Model):
    """One look at an episode's page."""

    tracking = models.ForeignKey(Tracking, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=24)
    ground = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()


class Answer(models.Model):
    """A provider's word on a notice, as it came."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()
    source = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint("notice", "answer", "at", name="answer_once")]


class Feed(models.Model):
    """How far a provider's answers feed was read."""

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True)
    cursor = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()


class Mail(models.Model):
    """A message as it came in, kept before it is read; `digest` makes a repeated one the same."""

    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    sender = models.CharField(max_length=300, blank=True)
    meaning = models.CharField(max_length=24, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    references = models.JSONField(default=list)
    """Reference numbers of our notices it is about."""


class OutLink(models.Model):
    """An object a tracked page links to, and when we first saw that it does."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="out_links")
    identity = models.CharField(max_length=400)
    url = models.TextField()
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("item", "identity", name="out_link_once")]
        indexes = [models.Index("first_seen_at", name="out_link_seen")]
