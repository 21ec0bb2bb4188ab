"""`cautery doctor`: what is wrong is said, with how to mend it; sound parts are not complained of."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cautery.cli import doctor
from cautery.cli.doctor import FREE_WARN, OK, WARN, WRONG
from tests.cli.conftest import Run


def checked(data: Path, **settings: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The doctor's findings by what was looked at, in a process with these settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAUTERY_")}
    ran = subprocess.run(
        [sys.executable, "-m", "cautery", "doctor", "--json", "--data", str(data)],
        env=environment | settings, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return ran.returncode, {one["what"]: one for one in json.loads(ran.stdout)["findings"]}


def test_a_sound_installation_is_sound(run: Run) -> None:
    got = run("doctor", "--json").json
    assert [one for one in got["findings"] if one["state"] == WRONG] == []
    assert got["ok"]


@pytest.mark.both
def test_a_new_folder_is_made_and_found_good(tmp_path: Path) -> None:
    code, found = checked(tmp_path / "data", CAUTERY_MODE="production")
    assert code == 0
    assert found["secret"]["state"] == OK
    assert found["register"]["state"] in {OK, WARN}


def test_a_setting_that_cannot_be_right_is_wrong_and_says_how_to_mend_it(tmp_path: Path) -> None:
    code, found = checked(tmp_path, CAUTERY_MODE="play")
    assert code == 1
    assert found["settings"]["state"] == WRONG
    assert found["settings"]["mend"] == "One of: production, rehearsal."


def test_a_database_that_does_not_answer_is_wrong(tmp_path: Path) -> None:
    code, found = checked(tmp_path, DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert code == 1
    assert found["database"]["state"] == WRONG
    assert "DATABASE_URL" in found["database"]["mend"]


def test_a_secret_others_can_read_is_wrong(tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("specimen")
    secret.chmod(0o644)
    assert doctor.secret_check(secret).state == WRONG
    secret.chmod(0o600)
    assert doctor.secret_check(secret).state == OK


@pytest.mark.parametrize(("mode", "state"), [(0o750, OK), (0o755, WARN), (0o777, WRONG)])
def test_a_folder_open_to_others_is_said(tmp_path: Path, mode: int, state: str) -> None:
    tmp_path.chmod(mode)
    assert doctor.folder_check(tmp_path).state == state


def test_a_folder_that_is_not_there_is_wrong(tmp_path: Path) -> None:
    assert doctor.folder_check(tmp_path / "gone").state == WRONG


@pytest.mark.parametrize(("free", "state"), [(1, WRONG), (FREE_WARN - 1, WARN), (FREE_WARN, OK)])
def test_a_full_disk_is_said_in_time(tmp_path: Path, free: int, state: str) -> None:
    assert doctor.disk_check(tmp_path, free).state == state


def test_it_sees_whether_a_worker_holds_the_register(tmp_path: Path) -> None:
    lock = tmp_path / "worker.lock"
    assert doctor.worker_check(lock).state == OK
    with lock.open("w") as file:
        assert doctor.worker_check(lock).state == WARN
        fcntl.flock(file, fcntl.LOCK_EX)
        assert doctor.worker_check(lock).found == "one is running"


def test_a_clock_before_this_release_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.time, "time", lambda: 1_000_000_000.0)
    assert [one.state for one in doctor.clock_checks()] == [WRONG]


def test_every_finding_that_is_not_ok_says_how_to_mend_it(run: Run) -> None:
    assert [one for one in run("doctor", "--json").json["findings"] if one["state"] != OK and not one["mend"]] == []
