"""The shell against a register of its own, and what somebody does to it who owns the file."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify.py"


def cautery(*words: str, data: Path) -> tuple[int, str, str]:
    """A command on a SQLite register: exit code, standard output, standard error."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CAUTERY_", "DATABASE_URL"))
    }
    run = subprocess.run(
        [sys.executable, "-m", "cautery", *words, "--data", str(data)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    return run.returncode, run.stdout, run.stderr


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A register after three lists, and its backup after the first."""
    folder = tmp_path_factory.mktemp("shell")
    data, backup = folder / "data", folder / "backup.sqlite3"
    for number in range(3):
        links = folder / f"{number}.txt"
        links.write_text("".join(f"https://t.me/specimen_{number}/{n}\n" for n in range(1, 4)))
        assert cautery("intake", str(links), data=data)[0] == 0
        if number == 0:
            with sqlite3.connect(data / "register.sqlite3") as register:
                register.execute("VACUUM INTO ?", (str(backup),))
    return data, backup


@pytest.fixture
def data(registers: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy to do something to."""
    return Path(shutil.copytree(registers[0], tmp_path / "data"))


def tamper(data: Path, *statements: str) -> None:
    """Drop every trigger, then do this."""
    with sqlite3.connect(data / "register.sqlite3") as register:
        for (name,) in register.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            register.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            register.execute(statement)


def test_an_untouched_register_verifies_and_says_how_much(registers: tuple[Path, Path]) -> None:
    code, said, _ = cautery("custody", "verify", "--json", data=registers[0])
    found = json.loads(said)
    assert (code, found["ok"], found["entries"], found["mirrored"], found["warnings"]) == (
        0,
        True,
        found["sealed"],
        3,
        [],
    )


COLUMNS = "event, actor, subject, at, body, leaf, mark"
SWAP = [
    "CREATE TEMP TABLE two AS SELECT * FROM custody_entry WHERE id IN (2, 3)",
    f"UPDATE custody_entry SET ({COLUMNS}) = (SELECT {COLUMNS} FROM two WHERE two.id = 5 - custody_entry.id) WHERE id IN (2, 3)",  # noqa: S608
]
CUT = [
    f"DELETE FROM custody_{table} WHERE {column} > (SELECT min(size) FROM custody_checkpoint) - {off}"  # noqa: S608
    for table, column, off in (("leaf", "position", 1), ("batchrows", "entry_id", 0), ("entry", "id", 0))
] + ["DELETE FROM custody_checkpoint WHERE size > (SELECT min(size) FROM custody_checkpoint)"]


@pytest.mark.parametrize(
    ("statements", "reason", "entry"),
    [
        (["UPDATE custody_entry SET body = replace(body, 'intake', 'intaken') WHERE id = 2"], "altered_entry", 2),
        (["DELETE FROM custody_entry WHERE id = 2"], "missing_entry", 2),
        (SWAP, "altered", 2),
        (CUT, "cut", None),
        ([f"INSERT INTO custody_entry ({COLUMNS}) SELECT {COLUMNS} FROM custody_entry WHERE id = 2"], "inserted_entry", None),  # noqa: S608
    ],
)  # fmt: skip
def test_what_was_done_to_the_file_is_found_and_the_entry_named(
    data: Path, statements: list[str], reason: str, entry: int | None
) -> None:
    tamper(data, *statements)
    code, said, error = cautery("custody", "verify", "--json", data=data)
    found = json.loads(said)
    assert (code, found["ok"]) == (1, False), error
    assert found["reason"].startswith(reason)
    assert entry is None or found["entry"] == entry


def test_an_old_backup_in_its_place_is_found(registers: tuple[Path, Path], data: Path, tmp_path: Path) -> None:
    shutil.copy(registers[1], data / "register.sqlite3")
    for rest in data.glob("register.sqlite3-*"):
        rest.unlink()
    assert json.loads(cautery("custody", "verify", "--json", data=data)[1])["reason"] == "cut"
    kept = (data / "checkpoints").rename(tmp_path / "second-party")
    assert cautery("custody", "verify", data=data)[0] == 0
    assert cautery("custody", "verify", "--since", str(kept), data=data)[0] == 1


def test_a_proof_from_the_shell_is_checked_without_us(data: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    assert cautery("custody", "prove", "3", "--row", "1", "--out", str(proof), data=data)[0] == 0
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(proof), str(data / "custody.pub")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_an_export_has_every_entry_and_its_checkpoint_and_is_itself_in_the_log(data: Path) -> None:
    code, said, _ = cautery("custody", "export", "--to", "court-specimen", data=data)
    *entries, last = map(json.loads, said.splitlines())
    assert code == 0
    assert [line["position"] for line in entries] == list(range(len(entries)))
    assert f"\n{len(entries)}\n" in last["checkpoint"]
    again = cautery("custody", "export", "--inside", data=data)[1]
    assert '"to":"court-specimen"' in again
    assert any("rows" in json.loads(line) for line in again.splitlines())
    assert cautery("custody", "verify", data=data)[0] == 0


def test_a_register_that_is_not_there_or_is_none_is_told_in_a_line(tmp_path: Path) -> None:
    code, _, error = cautery("custody", "verify", data=tmp_path / "nowhere")
    assert (code, "There is no register" in error) == (1, True)
    (tmp_path / "register.sqlite3").write_text("not a database, and rather longer than a header would have to be")
    code, _, error = cautery("custody", "verify", data=tmp_path)
    assert (code, "cannot be read" in error, "Traceback" in error) == (1, True, False)
