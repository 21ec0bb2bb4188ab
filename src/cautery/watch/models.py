"""Is it back: what is searched for, what was sighted, and who succeeded whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cautery.authorise.models import Signature
from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item, Operation
from cautery.track.models import Tracking


class Search(models.Model):
    """Words asked of a provider's own search: of one removed thing, or (`item` none) a word that an outlet's things share.

    `found_at`: when it last showed something new; a search that does is asked often, a quiet one ever more rarely.
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="searches")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="searches")
    words = models.CharField(max_length=200)
    item = models.ForeignKey(Item, models.PROTECT, related_name="searches", null=True)
    reason = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    found_at = models.DateTimeField(null=True)
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


class What(models.TextChoices):
    """What a watch is on: never a person."""

    ITEM = "item", "An account, a channel or a piece of content"
    DOMAIN = "domain", "A domain"
    FILE = "file", "A file, by its SHA-256"


class Ended(models.TextChoices):
    """Why a watch ended."""

    EXPIRED = "expired", "Its time was over"
    DISMISSED = "dismissed", "What it was on was dismissed"
    REDRESS = "redress", "A complaint was upheld"
    PERSON = "person", "A person ended it"


class Watch(models.Model):
    """A watch on something already decided on: its ground, its scope, its term. Never on a person at large.

    `signature` is the decision a removed thing's watch rests on; where a person asked for one, `ground` says why, `by` who asked
    and `seconded_by` who agreed. `subject` is an identity, a domain or a SHA-256. `scope`: the ways (`Way`) it may use, one
    space between; empty: all. One watch on a subject runs at a time.
    """

    signature = models.ForeignKey(Signature, models.PROTECT, related_name="watches", null=True)
    what = models.CharField(max_length=8, choices=What.choices, default=What.ITEM)
    subject = models.CharField(max_length=400)
    item = models.ForeignKey(Item, models.PROTECT, related_name="watches", null=True)
    ground = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=64)
    seconded_by = models.CharField(max_length=64, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    next_look_at = models.DateTimeField(null=True)
    """Of a domain: when what registries say of it is looked at next."""

    class Meta:
        verbose_name_plural = "watches"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(ended_at__isnull=True), name="one_watch_a_subject"),
            models.CheckConstraint(
                condition=Q(signature__isnull=False) | (~Q(ground="") & ~Q(seconded_by="")), name="watch_has_a_ground"
            ),
            models.CheckConstraint(condition=Q(seconded_by="") | ~Q(seconded_by=F("by")), name="seconded_by_another"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="watch_running"),
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="watch_look_due"),
        ]

    def may(self, way: Way) -> bool:
        """Whether its scope allows this way."""
        return not self.scope or way.value in self.scope.split()


class Weighed(models.Model):
    """A late episode that was weighed against all that was decided on, once its page was read."""

    episode = models.OneToOneField(Episode, models.PROTECT, primary_key=True, related_name="weighed")


class Way(models.TextChoices):
    """How it was noticed."""

    SAME_PLACE = "same_place", "Up again at the same place"
    OUT_LINK = "out_link", "Announced by a page still up"
    SEARCH = "search", "Found by the provider's search"
    COPY = "copy", "Same bytes as something referred before"
    LIKENESS = "likeness", "Like something referred before, by what its page shows"
    FEED = "feed", "In a list of new certificates or domains"
    DOMAIN = "domain", "What a watched domain leads to, or who registered a like one"


class Sighting(models.Model):
    """Something that may be a return: what it may succeed, how it was noticed, the score and its reason in words.

    `item` is the object sighted; `predecessor` what it may come after (none where only an announcement is known).
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="sightings")
    item = models.ForeignKey(Item, models.PROTECT, related_name="sightings")
    episode = models.OneToOneField(Episode, models.PROTECT, related_name="sighting_row")
    predecessor = models.ForeignKey(Item, models.PROTECT, related_name="successors", null=True)
    way = models.CharField(max_length=12, choices=Way.choices)
    watch = models.ForeignKey("Watch", models.PROTECT, related_name="sightings", null=True)
    """The watch that found it, where it was not its predecessor's."""
    score = models.FloatField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    looked_before_at = models.DateTimeField(null=True)
    """The last look that would have shown it and did not; none where nobody had looked."""


class Lead(models.Model):
    """A name in a list of new certificates or domains that may be where a watched site went; a person looks at it."""

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="leads")
    domain = models.CharField(max_length=253)
    source = models.CharField(max_length=100)
    score = models.FloatField()
    reason = models.CharField(max_length=300)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("watch", "domain", name="lead_once")]


class DomainLook(models.Model):
    """What was known of a watched domain from `at` until `until`, the last look that said the same. `record` as core.domains has it.

    A look that could not tell (`unknown`: throttled, malformed, cut off) changes nothing and is kept with its ground.
    """

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="looks")
    at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=16)
    ground = models.CharField(max_length=200)
    source = models.CharField(max_length=100)
    record = models.JSONField(default=dict)
    leads_to = models.CharField(max_length=253, blank=True)
    """Where its front page led, if elsewhere."""
    site = models.JSONField(default=dict)
    """What is known of its DNS, certificate and networks, as core.domains has it; what a look could not tell stands as before."""

    class Meta:
        constraints = [models.UniqueConstraint("watch", "at", name="domain_look_once")]


class DomainEvent(models.Model):
    """A change in the life of a watched domain, between `after` (the last look that showed it otherwise) and `at`.

    `what` is `state`, `expires`, `nameservers`, `registrar`, `leads_to`, `zone` (in the DNS or not), `addresses`, `delegation`,
    `certificate` or `network`; `same_marks` of a new registration: by the old marks, not, or nobody can tell (none).
    """

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    after = models.DateTimeField(null=True)
    what = models.CharField(max_length=12)
    value = models.CharField(max_length=253)
    said = models.CharField(max_length=300)
    same_marks = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("watch", "at", "what", name="domain_event_once")]


class Mark(models.Model):
    """How far the watch has read what earlier stages wrote (`name` -> last primary key or time seen)."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
