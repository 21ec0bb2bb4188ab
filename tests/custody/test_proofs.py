"""Proofs, and the verifier that needs nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cautery.core.errors import NotFound, Refused, TamperFound
from cautery.custody import proofs
from cautery.custody.actions import Sealer
from cautery.custody.keys import public_file
from cautery.custody.models import Checkpoint, Entry, Node
from cautery.custody.queries import verify
from tests.custody.conftest import drop_guards, say
from tests.factories import START

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify.py"


def checked(proof: dict[str, Any], folder: Path) -> tuple[int, str]:
    """The verifier's exit code and words, run by itself, without our package."""
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(file), str(public_file())],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def longer(log: list[Entry]) -> list[Entry]:
    """Enough entries that subtrees are kept."""
    log += [say(n, rows=5 * (n % 50 == 0)) for n in range(7, 600)]
    Sealer().seal(START)
    assert Node.objects.count() == 2
    return log


def test_every_entry_of_a_log_can_be_proved(longer: list[Entry], tmp_path: Path) -> None:
    for entry in longer[::7]:
        assert proofs.prove_entry(entry.pk)["entry"] == entry.pk
    for entry in (longer[0], longer[255], longer[-1]):
        code, said = checked(proofs.prove_entry(entry.pk), tmp_path)
        assert (code, entry.subject in said) == (0, True)


def test_a_row_of_a_batch_is_proved_up_to_the_checkpoint(longer: list[Entry], tmp_path: Path) -> None:
    proof = proofs.prove_entry(longer[50].pk, row=4)
    assert checked(proof, tmp_path)[0] == 0
    assert proof["row"]["line"] == '{"row":4}'
    with pytest.raises(NotFound):
        proofs.prove_entry(longer[50].pk, row=5)
    with pytest.raises(NotFound):
        proofs.prove_entry(longer[51].pk, row=0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p | {"body": p["body"].replace("test:50", "test:51")},
        lambda p: p | {"position": p["position"] + 1},
        lambda p: p | {"path": p["path"][:-1]},
        lambda p: p | {"path": [*p["path"], "00" * 32]},
        lambda p: p | {"checkpoint": p["checkpoint"].replace("\n600\n", "\n601\n")},
        lambda p: p | {"row": p["row"] | {"line": '{"row":9}'}},
        lambda p: p | {"row": p["row"] | {"index": 3}},
    ],
)
def test_the_verifier_finds_a_spoiled_proof(longer: list[Entry], tmp_path: Path, spoil: Any) -> None:
    proof = proofs.prove_entry(longer[50].pk, row=4)
    code, said = checked(spoil(proof), tmp_path)
    assert code == 1
    assert "does NOT hold" in said


def test_a_later_log_is_shown_to_begin_with_an_earlier(longer: list[Entry], tmp_path: Path) -> None:
    proof = proofs.prove_consistency("4", "600")
    assert checked(proof, tmp_path) == (0, "holds: the log of 600 entries begins with that of 4\n")
    assert checked(proofs.prove_consistency("600", "7"), tmp_path)[0] == 0
    assert checked(proof | {"path": proof["path"][::-1]}, tmp_path)[0] == 1
    kept = tmp_path / "kept"
    kept.write_text(Checkpoint.objects.get(size=7).note)
    assert proofs.prove_consistency(str(kept), "600")["old"] == kept.read_text()


def test_what_cannot_be_proved_is_said(log: list[Entry]) -> None:
    loose = say(9)
    for key in (loose.pk, loose.pk + 1):
        with pytest.raises(NotFound):
            proofs.prove_entry(key)
    with pytest.raises(NotFound):
        proofs.prove_consistency("4", "5")
    with pytest.raises(Refused):
        proofs.prove_consistency("4", "4")


def test_no_proof_is_handed_out_that_does_not_hold(longer: list[Entry]) -> None:
    drop_guards()
    body = longer[50].body.replace("test:50", "test:51")
    Entry.objects.filter(pk=longer[50].pk).update(body=body)
    with pytest.raises(TamperFound):
        proofs.prove_entry(longer[50].pk)


def test_a_subtree_that_was_altered_is_found(longer: list[Entry]) -> None:
    drop_guards()
    Node.objects.filter(index=1).update(hash="0" * 64)
    with pytest.raises(TamperFound) as found:
        verify()
    assert (found.value.fields["reason"], found.value.fields["position"]) == ("altered_node", 256)


def test_a_proof_reads_a_few_blocks_however_long_the_log(
    longer: list[Entry], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        proofs.prove_entry(longer[300].pk)
    with django_assert_max_num_queries(8):
        Sealer()
