"""Signed notes against the examples of the specification, and everything that is not one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.errors import Refused, TamperFound
from cautery.core.notes import Head, VerifierKey, head_of, open_note, read_key, sign, split_notes

BEHIND_THE_SOFA = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
"""The example of c2sp.org/tlog-checkpoint."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "cautery.invalid/specimen"
VERIFIER = VerifierKey(NAME, KEY.public_key().public_bytes_raw())
OTHER = VerifierKey(NAME, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw())


def note(size: int = 3, root: bytes = b"\x07" * 32) -> str:
    return sign(str(Head(NAME, size, root)), NAME, KEY)


def test_it_reads_the_example_of_the_specification() -> None:
    head = head_of(BEHIND_THE_SOFA)
    assert (head.origin, head.size, head.root[:3].hex()) == ("example.com/behind-the-sofa", 20_852_163, "0ac518")
    assert str(head) == BEHIND_THE_SOFA.partition("\n\n")[0] + "\n"


@given(st.integers(0, 10**17), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_opened(size: int, root: bytes) -> None:
    made = note(size, root)
    assert open_note(made, [OTHER, VERIFIER]) == str(Head(NAME, size, root))
    assert head_of(made) == Head(NAME, size, root)


def test_a_verifier_key_is_read_from_its_text_and_a_wrong_one_refused() -> None:
    text = str(VERIFIER)
    assert read_key(text + "\n") == VERIFIER
    for wrong in (text.replace("specimen", "another"), text[:-4], "", "a+b+c", f"{text}="):
        with pytest.raises(Refused):
            read_key(wrong)


@pytest.mark.parametrize("change", [lambda n: n.replace("\n3\n", "\n4\n"), lambda n: n.replace("Bw", "Cw", 1)])
def test_an_altered_text_is_found(change: object) -> None:
    with pytest.raises(TamperFound) as found:
        open_note(change(note()), [VERIFIER])  # type: ignore[operator]
    assert found.value.fields["reason"] == "signature"


def test_a_note_only_strangers_signed_is_not_believed() -> None:
    with pytest.raises(TamperFound) as found:
        open_note(note(), [OTHER])
    assert found.value.fields["reason"] == "unknown_key"


def test_a_witness_s_signature_beside_ours_is_left_alone() -> None:
    witness = BEHIND_THE_SOFA.rpartition("\n\n")[2]
    assert head_of(note() + witness).size == 3
    assert open_note(note() + witness, [VERIFIER])


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "no signature\n", note()[:-1], note().replace("—", "-"), note().replace("\n3\n", "\n03\n"), note() + "more\n",
     note().replace("\n3\n", "\n\t3\n"), "a\n3\nshort\n\n" + note().rpartition("\n\n")[2]],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        head_of(text)


def test_notes_one_behind_the_other_are_told_apart_and_a_broken_end_is_left_out() -> None:
    kept = [note(n) for n in (1, 2, 3)]
    assert split_notes("".join(kept)) == kept
    for cut in (1, 40, 100, len(kept[2]) - 1):
        assert split_notes("".join(kept)[:-cut]) == kept[:2]
    assert split_notes("") == []
