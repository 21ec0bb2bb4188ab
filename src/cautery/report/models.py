"""What is kept so that a large register can be read at once: the index of its words and tallies; readers' views; plans and choices.

    Item, Capture --triggers--> Unindexed --the step--> Searchable, Tally

Figures are the counting of a large operation, kept with the time it is of (report/dossier/kept.py).
`Words` is how the index is asked: SQLite's FTS5 over trigrams, PostgreSQL's GIN over the same (migration 0002). The index and the
tallies can be made anew from the register.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Lookup

from cautery.directory.models import Officer
from cautery.intake.models import Item, Operation


class Unindexed(models.Model):
    """An item that is new, or of which something changed that can be searched; triggers put it here."""

    item_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name_plural = "unindexed"


class Searchable(models.Model):
    """The words of an item as core.searching folds them: key, owner, link, host, title and text of its newest page.

    What was read in its pictures is among them.
    """

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="searchable")
    text = models.TextField()


class Words(models.Model):
    """The index: rows of Searchable, asked with `text__holds`."""

    rowid = models.BigIntegerField(primary_key=True)
    text = models.TextField()

    class Meta:
        managed = False
        db_table = "report_words"
        verbose_name_plural = "words"


@models.TextField.register_lookup
class Holds(Lookup):
    """Whether the index has a folded text with this folded part (three characters or more)."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """FTS5: a phrase of trigrams."""
        column, given = self.process_lhs(compiler, connection)
        phrase = '"' + str(self.rhs).replace('"', '""') + '"'
        return f"{column} MATCH %s", (*given, phrase)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """GIN: all trigrams, then the text itself."""
        column, given = self.process_lhs(compiler, connection)
        part = str(self.rhs)
        like = "%" + part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        sql = f"(report_grams({column}) @> report_grams(%s) AND {column} LIKE %s)"
        return sql, (*given, part, *given, like)


class Tallied(models.TextChoices):
    """What is tallied."""

    DOMAIN = "domain", "Domain"
    OUTLET = "outlet", "Outlet"


class Tally(models.Model):
    """How many items an outlet (an account or channel at a provider) or a domain has, counted as they are indexed."""

    kind = models.CharField(max_length=8, choices=Tallied.choices)
    provider = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300)
    items = models.PositiveIntegerField(default=0)
    first_flagged_at = models.DateTimeField()
    last_flagged_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint("kind", "provider", "name", name="tally_once")]
        indexes = [models.Index("kind", "items", "id", name="tally_largest")]


class Figures(models.Model):
    """A large operation counted through, as it stood at `as_of` (`report.dossier.counting.Counted`); thrown away at will.

    `took_s` is how long it took, `counted_wall` and `counting_until` unix seconds of the machine: when it was done, and until
    when somebody is at it.
    """

    operation = models.OneToOneField(Operation, models.PROTECT, primary_key=True, related_name="figures")
    as_of = models.DateTimeField(null=True)
    content = models.JSONField(default=dict)
    took_s = models.FloatField(default=0)
    counted_wall = models.FloatField(default=0)
    counting_until = models.FloatField(default=0)

    class Meta:
        verbose_name_plural = "figures"


class SavedView(models.Model):
    """A list a reader keeps: which one, what its address asks of it, and the name it has for its reader."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="saved_views")
    place = models.CharField(max_length=40, default="register")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2_000)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("officer", "place", "name", name="view_once")]


class Plan(models.Model):
    """A plan made from an operation's register as it stood at `as_of`; once kept it is never changed.

    `content`: the network (labels, items, arcs), the order, each set and what it promises (report/planning/actions.py).
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="plans")
    as_of = models.DateTimeField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=64)
    content = models.JSONField()


class Choice(models.Model):
    """What a person chose to act on together, and why: the items in the order of work. `plan`: what they had before them."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="choices")
    items = models.JSONField()
    reason = models.TextField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
