"""Pull identified episodes and compare their media with the bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db.models import Count, Max

from cautery.core.actors import system
from cautery.core.compare import RADIUS, HammingIndex
from cautery.core.lifecycle import EpisodeState
from cautery.ground.leases import claim
from cautery.identify.models import EpisodeMedia, Media
from cautery.intake.models import Episode
from cautery.match.actions import record_matches
from cautery.match.models import BankEntry, Match

BATCH = 2_000
MIN_QUALITY = 50
"""Below this PDQ quality a picture is too flat to be told from others (Meta's PDQ paper, same threshold)."""
NAME = "match"


class Bank:
    """The bank in memory; read again when an entry was added."""

    def __init__(self) -> None:
        self._stamp: tuple[int, int | None] = (-1, None)
        self._by_sha: dict[str, list[int]] = {}
        self._entries: list[int] = []
        self._index: HammingIndex | None = None

    def refresh(self) -> None:
        """Read the bank again if it changed."""
        found = BankEntry.objects.aggregate(n=Count("pk"), last=Max("pk"))
        stamp = (found["n"], found["last"])
        if stamp == self._stamp:
            return
        rows = list(BankEntry.objects.order_by("pk").values_list("pk", "sha256", "pdq"))
        self._by_sha = defaultdict(list)
        for pk, sha, _ in rows:
            if sha:
                self._by_sha[sha].append(pk)
        hashed = [(pk, bytes(pdq)) for pk, _, pdq in rows if pdq]
        self._entries = [pk for pk, _ in hashed]
        self._index = HammingIndex.build(_bits([pdq for _, pdq in hashed])) if hashed else None
        self._stamp = stamp

    def find(self, media: Sequence[Media]) -> dict[int, list[tuple[int, str, int]]]:
        """By medium: (bank entry, `exact` or `perceptual`, distance in bits), nearest first."""
        found: dict[int, list[tuple[int, str, int]]] = {
            m.pk: [(entry, "exact", 0) for entry in self._by_sha.get(m.sha256, [])] for m in media
        }
        hashed = [m for m in media if m.pdq and m.quality >= MIN_QUALITY]
        if self._index is not None and hashed:
            hits = self._index.search(_bits([bytes(m.pdq) for m in hashed]), RADIUS)
            for row, medium in enumerate(hashed):
                have = {entry for entry, _, _ in found[medium.pk]}
                near = slice(int(hits.limits[row]), int(hits.limits[row + 1]))
                alike = sorted(zip(hits.distances[near].tolist(), hits.ids[near].tolist(), strict=True))
                found[medium.pk] += [
                    (self._entries[i], "perceptual", d) for d, i in alike if self._entries[i] not in have
                ]
        return found


def _bits(hashes: Sequence[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), 32)


def match_ready(bank: Bank, worker: str, now: datetime) -> int:
    """One batch: claim, compare, record; every episode goes on to review, matched or not."""
    ready = Episode.objects.filter(state=EpisodeState.IDENTIFIED).order_by("pk")
    keys = claim(ready, worker, BATCH)
    if not keys:
        return 0
    bank.refresh()
    links = list(EpisodeMedia.objects.filter(episode_id__in=keys).values_list("episode_id", "media_id"))
    media = Media.objects.in_bulk({media_id for _, media_id in links})
    found = bank.find(list(media.values()))
    matches: dict[tuple[int, int], Match] = {}
    for episode_id, media_id in links:
        for entry_id, kind, distance in found[media_id]:
            match = Match(episode_id=episode_id, entry_id=entry_id, media_id=media_id, kind=kind, distance=distance)
            held = matches.setdefault((episode_id, entry_id), match)
            if distance < held.distance or (kind == "exact" and held.kind != "exact"):
                matches[episode_id, entry_id] = match
    record_matches(keys, list(matches.values()), by=system(NAME), at=now)
    return len(keys)
