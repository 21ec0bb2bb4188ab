"""The evidentiary store: packages by their SHA-256, written once and never again; a folder, or S3 with object lock.

What goes wrong with it is `Unreachable`, with the reason `store_gone` or `disk_full`: the package waits where it was made.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from django.conf import settings
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from cautery.core.errors import SettingInvalid, TamperFound, Unreachable
from cautery.core.evidence.wacz import whole

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_WORDS = ("no space left", "quota exceeded", "os error 28")
CHUNK = 8 << 20
PATIENCE: ClientConfig = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
RETRIES: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
"""A store that is away is asked again by the step: nothing waits on it for minutes."""


class EvidenceStore:
    """Where evidence lies. `place` is a folder or an s3:// address."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._folder = None if "://" in place else Path(place)

    def _open(self) -> ObjectStore:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            return LocalStore(self._folder)
        plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"  # the options below would hide it
        return from_url(self.place, client_options={**PATIENCE, "allow_http": plain}, retry_config=RETRIES)

    def put(self, file: Path, digest: str) -> None:
        """Keep a package. One that is there already is compared, and never written over."""
        key = key_of(digest)
        with _told(self.place):
            store = self._open()
            try:
                obstore.put(store, key, file, mode="create", use_multipart=False)
            except AlreadyExistsError:
                self._compare(store, key, digest)
            if self._folder is not None:
                _settle(self._folder / key)

    def fetch(self, digest: str, target: Path) -> Path:
        """A working copy of a package at `target`, checked while it is copied."""
        with _told(self.place):
            if self._folder is not None and not self._folder.is_dir():
                raise FileNotFoundError(self.place)
            found, answer = sha256(), self._get(digest)
            with whole(target) as out:
                for chunk in answer.stream(min_chunk_size=CHUNK):
                    found.update(chunk)
                    out.write(chunk)
                if found.hexdigest() != digest:
                    raise TamperFound("A package in the store was altered.", package=digest, reason="altered_package")
        return target

    def _get(self, digest: str) -> obstore.GetResult:
        try:
            return obstore.get(self._open(), key_of(digest))
        except (NotFoundError, FileNotFoundError) as error:
            raise TamperFound(
                "A package is missing from the store.", package=digest, reason="missing_package"
            ) from error

    def _compare(self, store: ObjectStore, key: str, digest: str) -> None:
        found = sha256()
        for chunk in obstore.get(store, key).stream(min_chunk_size=CHUNK):
            found.update(chunk)
        if found.hexdigest() != digest:
            raise TamperFound(
                "The store holds something else under this digest.", package=digest, reason="altered_package"
            )


def key_of(digest: str) -> str:
    """Where a package lies in the store."""
    return f"wacz/{digest[:2]}/{digest}.wacz"


def _settle(file: Path) -> None:
    """On the disk, with its name, and for reading only."""
    file.chmod(0o444)
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        full = getattr(error, "errno", 0) in FULL or any(word in str(error).lower() for word in FULL_WORDS)
        words = "is full" if full else "does not answer"
        raise Unreachable(
            f"The evidentiary store {place} {words}.",
            reason="disk_full" if full else "store_gone",
            hint="Nothing is lost: what was taken waits, and is kept when it is back.",
            detail=str(error)[:200],
        ) from error


@cache
def evidence_store() -> EvidenceStore:
    """The store the settings name."""
    place = settings.EVIDENCE or str(settings.DATA / "evidence")
    if "://" in place and not place.startswith("s3://"):
        raise SettingInvalid(
            f"{place} is no evidentiary store.", setting="CAUTERY_EVIDENCE", reason="scheme", hint="/folder or s3://..."
        )
    return EvidenceStore(place)
