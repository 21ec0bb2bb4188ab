"""What came in: operations, batches of flags, items (one per object, for ever) and their episodes online."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cautery.core.evidence.capture import CaptureState
from cautery.core.handling import Handling
from cautery.core.lifecycle import LIVE_EPISODES, EpisodeState
from cautery.custody.models import Entry
from cautery.directory.models import Unit
from cautery.ground.leases import Leased


class Operation(models.Model):
    """An operation: the frame in which units flag, decide and send together. Notices leave at `t0` once it is released.

    `handling` says who of the units sees it (core/handling.py); what is narrower than green belongs to a unit.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    t0 = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="operations", null=True)
    handling = models.CharField(max_length=8, choices=[(code.value, code.value) for code in Handling], default="green")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handling="green") | Q(unit__isnull=False), name="narrow_operation_has_unit"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """A unit that an operation names: it sees it while its code is amber."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shares")

    class Meta:
        constraints = [models.UniqueConstraint("operation", "unit", name="share_once")]


class Batch(models.Model):
    """One list of flags from one unit. `key` makes it the same list when it comes again; `rows_done` is where to resume."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="batches")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="batches", null=True)
    source = models.CharField(max_length=32)
    key = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    rows_done = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    complete = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "unit", "source", "key"],
                condition=Q(unit__isnull=False),
                name="batch_of_a_unit_once",
            ),
            models.UniqueConstraint(
                fields=["operation", "source", "key"], condition=Q(unit__isnull=True), name="batch_of_the_system_once"
            ),
        ]


class Item(models.Model):
    """An object online, by its identity (provider, kind, key): one row for ever, however its link is spelled.

    `merged_into` is the item it turned out to be the same object as: never one that is merged itself.
    """

    identity = models.CharField(max_length=400, unique=True)
    provider = models.CharField(max_length=100)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=300)
    owner = models.CharField(max_length=300, blank=True)
    url = models.TextField()
    first_batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    first_flagged_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="merged", null=True, db_index=False)

    class Meta:
        indexes = [
            models.Index("provider", "kind", name="item_provider_kind"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="item_merged"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def root_id(self) -> int:
        """The key of the item that stands for the object: its own, unless it was merged."""
        return self.merged_into_id or self.pk


class Flag(models.Model):
    """One unit's word that something should be looked at, as it was given; `merged_from` the item of its link, where that was merged."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="flags")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="flags")
    line = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0)
    url = models.TextField()
    seen_at = models.DateTimeField()
    language = models.CharField(max_length=16, blank=True)
    note = models.TextField(blank=True)
    merged_from = models.ForeignKey(Item, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("batch", "line", "part", name="flag_once")]


class Rejection(models.Model):
    """A row that could not be taken, with its line and why; kept, so that nothing is lost."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rejections")
    line = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    excerpt = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint("batch", "line", "part", name="rejection_once")]


class OpenedBy(models.TextChoices):
    """What opened an episode."""

    FLAG = "flag", "Flagged by a unit"
    PROBE = "probe", "Seen up again by our own probe"
    WATCH = "watch", "Sighted by the watch"


class Episode(Leased):
    """One time online of an item, in one operation: what moves through the stages. `captured`: its capture was asked for."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="episodes")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="episodes", db_index=False)
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=8, choices=OpenedBy.choices)
    state = models.CharField(max_length=12, default=EpisodeState.FLAGGED, choices=[(s, s) for s in EpisodeState])
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    captured = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("item", "number", name="episode_number_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=sorted(LIVE_EPISODES)), name="one_live_episode_an_item"
            ),
        ]
        indexes = [
            models.Index("state", "due_at", name="episode_state_due"),
            models.Index("operation", "state", name="episode_op_state"),
            models.Index("operation", "item", name="episode_op_item"),
            models.Index(fields=["state"], condition=Q(captured=False), name="episode_uncaptured"),
        ]


class MergedBy(models.TextChoices):
    """How it was found out that two items are one object."""

    SHORTENER = "shortener", "A shortened link was followed"
    PERSON = "person", "A person said so"


class Merge(models.Model):
    """Two items that turned out to be one object, who said so and why, and what was moved: enough to undo it exactly.

    `pairs` are the episodes that met: {source, target, aside, was, opened, conflict}; `left` what undoing could not undo.
    """

    source = models.ForeignKey(Item, models.PROTECT, related_name="merges")
    target = models.ForeignKey(Item, models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=MergedBy.choices)
    reason = models.TextField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    pairs = models.JSONField(default=list)
    conflict = models.BooleanField(default=False)
    kept = models.CharField(max_length=8, blank=True)
    settled_by = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.TextField(blank=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_reason = models.TextField(blank=True)
    left = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at__isnull=True), name="merged_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="merged_into_another"),
        ]
        indexes = [
            models.Index(
                fields=["conflict"],
                condition=Q(conflict=True, settled_at__isnull=True, undone_at__isnull=True),
                name="merge_conflict",
            )
        ]

    @property
    def state(self) -> str:
        """`undone`, `conflict` (a person has to settle it) or `standing`."""
        if self.undone_at is not None:
            return "undone"
        return "conflict" if self.conflict and self.settled_at is None else "standing"


class Package(models.Model):
    """A package of captures (WACZ), by the SHA-256 of its bytes. `kept_at`: since when it lies in the evidentiary store."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kept_at"], condition=Q(kept_at__isnull=True), name="package_not_kept")]


class CaptureStage(models.TextChoices):
    """Where a capture stands: what it is to be, or how it ended."""

    DUE = "due", "To be taken"
    TAKEN = "taken", "Taken, not yet in the evidentiary store"
    COMPLETE = str(CaptureState.COMPLETE), "Complete"
    PARTIAL = str(CaptureState.PARTIAL), "Partial"
    FAILED = str(CaptureState.FAILED), "Failed"


class Capture(Leased):
    """Evidence of an address at a time: an episode's, or one asked for by hand; a range of records in a package.

    `outcome` is what `state` becomes once the package is kept; `digest` the SHA-256 of the range, `entry` and `row` where
    the custody log commits to it. `media` are the SHA-256 of the embedded media.
    """

    name = models.UUIDField(unique=True)
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="evidence", null=True)
    url = models.TextField()
    upload = models.BooleanField(default=False)
    unit = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=8, choices=CaptureStage.choices, default=CaptureStage.DUE)
    outcome = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)
    package = models.ForeignKey(Package, models.PROTECT, related_name="captures", null=True)
    offset = models.BigIntegerField(default=0)
    length = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    page_digest = models.CharField(max_length=64, blank=True)
    media = models.JSONField(default=list)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True)
    row = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(state="due"), name="capture_due")]
