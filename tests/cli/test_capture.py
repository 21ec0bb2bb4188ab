"""`cautery capture` as a stranger runs it: against good and bad servers, with a register and without."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import raw_server

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BODY = b"<title>Specimen</title><p>Words.</p>"
PAGE = OK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


def talk(connection: socket.socket) -> None:
    """Answers by the first letter of the path."""
    asked = connection.recv(65_536).split(b" ")[1]
    if asked.startswith(b"/short"):
        connection.sendall(OK + b"Content-Length: 9999\r\n\r\nonly this")
    elif asked.startswith(b"/long"):
        connection.sendall(OK + b"\r\n" + b"x" * 8_000_000)
    else:
        connection.sendall(PAGE)


def cautery(folder: Path, port: int, *arguments: str, limit: int | None = None) -> tuple[int, dict[str, Any], str]:
    """Run the command; exit code, its JSON, its complaints. `limit`: bytes a file may have, as on a full disk."""
    (folder / "hosts.json").write_text(json.dumps({"a.test": f"127.0.0.1:{port}"}))
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CAUTERY_", "DJANGO_", "DATABASE_URL"))
    }
    environment = clean | {"CAUTERY_MODE": "rehearsal", "CAUTERY_HOST_MAP": str(folder / "hosts.json")}

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    ran = subprocess.run(
        [sys.executable, "-m", "cautery", "capture", *arguments, "--json"],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limited,
    )  # fmt: skip
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else {}, ran.stderr


def test_addresses_are_captured_without_a_register_and_the_package_verifies(tmp_path: Path) -> None:
    with raw_server(talk) as port:
        code, said, complaints = cautery(
            tmp_path, port, "http://a.test/page", "http://a.test/short", "http://127.0.0.1/", "--no-browser"
        )
    assert code == 1, complaints
    assert [(c["state"], c["reason"]) for c in said["captures"]] == [
        ("complete", None), ("partial", "cut_off"), ("failed", "refused_loopback_address"),
    ]  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] != []
    assert not (tmp_path / "var").exists()
    package = said["package"]["path"]
    code, found, _ = cautery(tmp_path, 1, "verify", str(tmp_path / package))
    assert (code, found["ok"], len(found["captures"])) == (0, True, 3)
    assert (tmp_path / package).with_suffix(".txt").read_text().count("missing") >= 3


def test_a_disk_that_fills_up_leaves_no_package_and_says_so(tmp_path: Path) -> None:
    with raw_server(talk) as port:
        code, said, complaints = cautery(tmp_path, port, "http://a.test/long", "--no-browser", limit=3_000_000)
    assert (code, [c["state"] for c in said["captures"]]) == (1, ["failed"]), complaints
    assert said["captures"][0]["reason"] == "disk_full"


def test_with_a_register_it_is_kept_there_and_handed_over(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    with raw_server(talk) as port:
        code, said, complaints = cautery(tmp_path, port, "http://a.test/page", "--no-browser", "--unit", "fr", *data)
    assert code == 0, complaints
    name = said["captures"][0]["id"]
    words = ("--to", "A court", "--why", "An order", "--out", "given", *data)
    code, given, complaints = cautery(tmp_path, 1, "handover", name, *words)
    assert (code, len(given["files"])) == (0, 2), complaints
    assert cautery(tmp_path, 1, "verify", str(tmp_path / "given" / f"{name}.wacz"))[1]["ok"]


@pytest.mark.parametrize("mode", ["production"])
def test_production_refuses_to_be_led_to_loopback(tmp_path: Path, mode: str) -> None:
    (tmp_path / "hosts.json").write_text("{}")
    environment = os.environ | {"CAUTERY_MODE": mode, "CAUTERY_HOST_MAP": str(tmp_path / "hosts.json")}
    ran = subprocess.run(
        [sys.executable, "-m", "cautery", "capture", "http://a.test/"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "rehearsal" in ran.stderr
