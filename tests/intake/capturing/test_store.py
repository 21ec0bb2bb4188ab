"""The evidentiary store in S3: written once, read back checked, away without a long wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.errors import TamperFound, Unreachable
from cautery.intake.capturing.store import EvidenceStore, key_of
from tests.servers import free_port, http_server

DATA = b"specimen"
DIGEST = sha256(DATA).hexdigest()


class Bucket:
    """As much of S3 as a store needs: conditional PUT and GET; `refused` counts what was to be written over."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.refused = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "PUT":
            if request.headers.get("If-None-Match") != "*":
                return web.Response(status=400)
            if request.path in self.objects:
                self.refused += 1
                return web.Response(status=412)
            self.objects[request.path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        if request.path not in self.objects:
            return web.Response(status=404)
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 15 Jun 2026 06:00:00 GMT"}
        return web.Response(body=self.objects[request.path], headers=headers)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    made = Bucket()
    with http_server(made.handle) as port:
        at(monkeypatch, port)
        yield made


def at(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """S3 is at this port."""
    for name, value in (
        ("ENDPOINT_URL", f"http://127.0.0.1:{port}"), ("ALLOW_HTTP", "true"), ("ACCESS_KEY_ID", "key"),
        ("SECRET_ACCESS_KEY", "word"), ("REGION", "eu-west-1"),
    ):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "package.wacz"
    made.write_bytes(DATA)
    return made


def test_a_package_is_written_once_and_read_back(bucket: Bucket, file: Path, tmp_path: Path) -> None:
    store = EvidenceStore("s3://evidence/unit")
    store.put(file, DIGEST)
    store.put(file, DIGEST)
    assert (len(bucket.objects), bucket.refused) == (1, 1)
    assert next(iter(bucket.objects)).endswith(f"/unit/{key_of(DIGEST)}")
    assert store.fetch(DIGEST, tmp_path / "copy").read_bytes() == DATA


def test_what_was_altered_there_is_noticed_and_leaves_no_copy(bucket: Bucket, file: Path, tmp_path: Path) -> None:
    store = EvidenceStore("s3://evidence/unit")
    store.put(file, DIGEST)
    bucket.objects = dict.fromkeys(bucket.objects, b"something else")
    with pytest.raises(TamperFound):
        store.fetch(DIGEST, tmp_path / "copy")
    with pytest.raises(TamperFound):
        store.put(file, DIGEST)
    assert not (tmp_path / "copy").exists()
    bucket.objects.clear()
    with pytest.raises(TamperFound):
        store.fetch(DIGEST, tmp_path / "copy")


def test_a_store_that_is_away_is_told_soon(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    at(monkeypatch, free_port())
    began = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        EvidenceStore("s3://evidence/unit").put(file, DIGEST)
    assert caught.value.fields["reason"] == "store_gone"
    assert time.monotonic() - began < 20
