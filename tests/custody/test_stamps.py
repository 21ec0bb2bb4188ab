"""Time-stamps (RFC 3161) of an authority on loopback, made with OpenSSL."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cautery.core.errors import SettingInvalid, TamperFound
from cautery.custody import stamps
from cautery.custody.actions import Sealer
from cautery.custody.models import Checkpoint, Entry, Stamp
from cautery.custody.queries import verify
from tests.custody.conftest import drop_guards, say
from tests.factories import START
from tests.servers import fetcher_for, http_server

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="the test's own authority needs openssl"),
]
CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = Specimen time-stamp authority
[leaf]
extendedKeyUsage = critical, timeStamping
basicConstraints = critical, CA:FALSE
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root, and an authority's certificate under it."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = "-newkey rsa:2048 -nodes -config tsa.cnf"
    openssl(folder, f"req -x509 {key} -keyout root.key -out root.pem -days 30 -extensions root -subj /CN=root")
    openssl(folder, f"req -new {key} -keyout tsa.key -out tsa.csr")
    openssl(
        folder,
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 30 -extfile tsa.cnf -extensions leaf",
    )
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 30 -subj /CN=other")
    return folder


@pytest.fixture
def authority(papers: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """It stamps what it is asked to, or answers with `says`."""
    how: dict[str, Any] = {"says": None}

    async def stamp(request: web.Request) -> web.Response:
        (papers / "query").write_bytes(await request.read())
        command = "ts -reply -queryfile query -inkey tsa.key -signer tsa.pem -section tsa -config tsa.cnf -out reply"
        await asyncio.to_thread(openssl, papers, command)
        return web.Response(
            body=how["says"] or (papers / "reply").read_bytes(), content_type="application/timestamp-reply"
        )

    with http_server(stamp) as port, fetcher_for(tmp_path, {"tsa.test": port}, timeout_s=10.0) as fetcher:
        monkeypatch.setattr(stamps, "fetcher", lambda: fetcher)
        settings.TSA_URL, settings.TSA_ROOTS, settings.TSA_EVERY_S = "http://tsa.test/", papers / "root.pem", 600.0
        yield how


def test_the_newest_checkpoint_is_stamped_when_it_is_time_and_verify_checks_it(
    authority: dict[str, Any], log: list[Entry]
) -> None:
    sealer = Sealer()
    assert sealer.stamp() is True
    assert (sealer.stamp(), sealer.stamp(now=True)) == (False, False)
    say(9)
    sealer.seal(START)
    assert (sealer.stamp(), sealer.stamp(now=True)) == (False, True)
    assert list(Stamp.objects.order_by("pk").values_list("checkpoint__size", flat=True)) == [7, 8]
    assert verify().stamps == 2


def test_a_stamp_that_is_not_over_its_checkpoint_is_found(authority: dict[str, Any], log: list[Entry]) -> None:
    Sealer().stamp()
    drop_guards()
    Stamp.objects.update(checkpoint=Checkpoint.objects.get(size=4))
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "stamp"


@pytest.mark.parametrize("roots", ["other.pem", None])
def test_a_stamp_must_lead_to_the_roots_where_some_are_named(
    authority: dict[str, Any], log: list[Entry], papers: Path, settings: Any, roots: str | None
) -> None:
    settings.TSA_ROOTS = papers / roots if roots else None
    assert Sealer().stamp() is (roots is None)


@pytest.mark.parametrize("says", [b"not a stamp", b"0\x03\x02\x01\x02"])
def test_an_authority_that_talks_nonsense_holds_nothing_up(
    authority: dict[str, Any], log: list[Entry], caplog: pytest.LogCaptureFixture, says: bytes
) -> None:
    authority["says"] = says
    assert Sealer().stamp() is False
    assert "No time-stamp" in caplog.text
    assert not Stamp.objects.exists()


def test_an_old_answer_played_again_is_not_taken(authority: dict[str, Any], log: list[Entry], papers: Path) -> None:
    Sealer().stamp()
    authority["says"] = (papers / "reply").read_bytes()
    say(9)
    sealer = Sealer()
    sealer.seal(START)
    assert sealer.stamp() is False


def test_an_authority_that_is_away_holds_nothing_up(authority: dict[str, Any], log: list[Entry], settings: Any) -> None:
    settings.TSA_URL = "http://nobody.test/"
    assert Sealer().stamp() is False


def test_roots_that_cannot_be_read_are_a_setting_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "roots.pem"
    for text in (None, "not a certificate"):
        if text:
            file.write_text(text)
        with pytest.raises(SettingInvalid):
            stamps.load_roots(file)


def test_without_an_authority_nothing_is_asked(log: list[Entry]) -> None:
    assert Sealer().stamp(now=True) is False
