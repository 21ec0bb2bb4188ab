"""What came of it: provider answers, our own probes, mail, and where each episode stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cautery.core.availability import Verdict
from cautery.directory.models import Officer, Provider
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
    """A provider's word on a notice, as it came. `remark` says what is odd about it: it is kept all the same.

    `contradicts`: an earlier word said otherwise. `before_receipt`: its time lies before the notice was received.
    `in_future`: its time lies ahead of ours.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()
    source = models.CharField(max_length=8)
    details = models.JSONField(default=dict)
    remark = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("notice", "answer", "at", name="answer_once")]


class ReceivedForm(models.Model):
    """An Annex II or III, or a statement of reasons, as a provider sent it: whole, with what it lacks (field, law, why).

    `digest` is of its canonical JSON: the same form again is the same.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="forms")
    instrument = models.CharField(max_length=40)
    machine = models.TextField()
    digest = models.CharField(max_length=64)
    lacks = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    """What it answered (docs/provider-desk.md); empty where it does not say so."""
    source = models.CharField(max_length=8)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("notice", "digest", name="form_once")]


class Call(models.Model):
    """A webhook call that was taken, by its id for ever: the same one again is a replay."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="calls")
    call_id = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("provider", "call_id", name="call_once")]


class Threat(models.Model):
    """A provider's report of an imminent threat to life (Art 14(5)). It has a queue of its own and shortens no signature."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="threats")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="threats", null=True)
    text = models.TextField()
    contact = models.CharField(max_length=300)
    state = models.CharField(max_length=2, blank=True)
    received_at = models.DateTimeField()
    seen_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], condition=Q(seen_at__isnull=True), name="threat_unseen")]


class ProceedingKind(models.TextChoices):
    """What is said and decided about a notice after it left."""

    CLARIFICATION = "clarification", "Clarification given to the provider"
    COMPLAINT = "complaint", "Complaint of the content provider"
    COURT_DECISION = "court_decision", "Court decision"
    FINAL = "final", "Order final"
    INFORMED = "informed", "Content provider informed"
    NONDISCLOSURE = "nondisclosure", "Non-disclosure decided or renewed"
    NONDISCLOSURE_END = "nondisclosure_end", "Non-disclosure lifted"
    REINSTATEMENT = "reinstatement", "Reinstated"
    SCRUTINY_DECISION = "scrutiny_decision", "Scrutiny decided"
    SCRUTINY_REQUEST = "scrutiny_request", "Scrutiny requested"
    WITHDRAWAL = "withdrawal", "Withdrawn by who issued it"


class Ruling(models.TextChoices):
    """What a decision came to."""

    OVERTURNED = "overturned", "Overturned"
    UPHELD = "upheld", "Upheld"


class Proceeding(models.Model):
    """One step of redress on a notice, as it was recorded. `at` is our time of it, `stated_at` theirs; `until` where it has an end."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="proceedings")
    kind = models.CharField(max_length=20, choices=ProceedingKind.choices)
    ruling = models.CharField(max_length=12, choices=Ruling.choices, blank=True)
    body = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    stated_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("notice", "kind", "at", name="proceeding_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=["court_decision", "scrutiny_decision"]) | ~Q(ruling=""),
                name="a_decision_has_a_ruling",
            ),
        ]


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
    settled_by = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
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
