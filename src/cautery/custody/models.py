"""The append-only log: entries, the rows a batch commits to, the sealed tree and its signed checkpoints.

    Entry <- BatchRows                what happened, and the rows of a batch
    Entry <- Leaf, Node               its place in the tree, and the subtrees kept so that nothing is computed twice
    Checkpoint <- Stamp               size and root, signed; the time-stamps of an authority
    Consultation                      who looked at what, until the next sealing makes an entry of it
    Personal, Hold                    what may have to be erased, and what must not be yet

Triggers refuse UPDATE and DELETE on all but the last three (custody/guards.py).
"""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that happened. `body` is canonical JSON (RFC 8785) and holds the other fields too; `leaf` is its RFC 9162 hash.

    `mark` says until the entry is sealed that one of our processes wrote it: a number of its own, and an HMAC (keys.py).
    """

    event = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, db_index=True)
    at = models.DateTimeField()
    body = models.TextField()
    leaf = models.CharField(max_length=64)
    mark = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index("at", name="entry_at")]


class BatchRows(models.Model):
    """The rows an entry commits to by their Merkle root: zlib over one canonical JSON line a row."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="rows")
    count = models.PositiveIntegerField()
    lines = models.BinaryField()


class Leaf(models.Model):
    """The place of an entry in the tree, dense from 0, with the hash that was sealed there (hex)."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="place")
    hash = models.CharField(max_length=64)


class Node(models.Model):
    """The root (hex) of a perfect subtree of `256 ** level` leaves, number `index` from the left."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_node_a_place")]


class Checkpoint(models.Model):
    """The root of the tree at a size; `note` is the signed checkpoint as it is mirrored."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()


class Stamp(models.Model):
    """A time-stamp authority's answer (RFC 3161, DER) over a checkpoint's note."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="stamps")
    authority = models.CharField(max_length=500)
    stamped_at = models.DateTimeField()
    answer = models.BinaryField()


class Consultation(models.Model):
    """Somebody looked at, copied or sent something: one canonical JSON line, the row of a coming entry."""

    line = models.TextField()


class Personal(models.Model):
    """Personal data the log names by digest only: SHA-256 over salt and canonical value. Erased with its salt."""

    digest = models.CharField(max_length=64, unique=True)
    salt = models.BinaryField(max_length=32)
    value = models.JSONField()
    about = models.CharField(max_length=200, db_index=True)
    category = models.CharField(max_length=64)
    law = models.CharField(max_length=2)
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["category", "law", "kept_at"], name="personal_by_term")]


class Hold(models.Model):
    """A legal hold: nothing about this subject is erased until it is lifted."""

    about = models.CharField(max_length=200, db_index=True)
    ground = models.CharField(max_length=500)
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
