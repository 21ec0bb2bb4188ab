"""The append-only log: entries, the rows a batch commits to, the sealed leaves and their checkpoints."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that happened. `body` is canonical JSON (RFC 8785) and holds the other fields too; `leaf` is its RFC 9162 hash."""

    event = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, db_index=True)
    at = models.DateTimeField()
    body = models.TextField()
    leaf = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"


class BatchRows(models.Model):
    """The rows an entry commits to by their Merkle root: zlib over one canonical JSON line a row."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="rows")
    count = models.PositiveIntegerField()
    lines = models.BinaryField()


class Leaf(models.Model):
    """The place of an entry in the tree; dense from 0."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="place")


class Checkpoint(models.Model):
    """The root of the tree at a size."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
