"""Real mails of other collections: the share that is told right, and what must never be mistaken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cautery.core.mail.classify import classify
from cautery.core.mail.kinds import Classified, Kind
from cautery.core.mail.letter import read_letter
from tests.shared import shared

KINDS = {
    "bounce": {Kind.BOUNCE},
    "arf": {Kind.FEEDBACK_REPORT},
    "autoreply": {Kind.AUTO_REPLY},
    "not-bounce": {Kind.OTHER, Kind.REPLY},
}


@cache
def told(file: Path) -> Classified:
    return classify(read_letter(file.read_bytes()))


def rows(name: str) -> Iterator[tuple[Path, dict[str, object]]]:
    base = shared("exchange/mail").parent
    for line in (base / "mail" / name).read_text().splitlines():
        row = json.loads(line)
        yield base / row["file"], row


def expected() -> Iterator[tuple[Path, set[Kind]]]:
    for file, row in rows("sisimai_expected.ndjson"):
        yield file, KINDS[str(row["kind"])]
    for file, _ in rows("flufl_bounce_expected.ndjson"):
        yield file, {Kind.BOUNCE}
    for file, row in rows("abuseio_samples.ndjson"):
        yield file, {Kind.FEEDBACK_REPORT if row["is_arf"] else Kind.ABUSE_NOTICE}
    for file, _ in rows("replies.ndjson"):
        yield file, {Kind.REPLY}


def test_at_least_95_of_a_hundred_are_told_right() -> None:
    found = [(file.name, told(file).kind) for file, kinds in expected() if told(file).kind not in kinds]
    assert len(found) <= 0.05 * sum(1 for _ in expected()), found


def test_no_human_reply_is_taken_for_a_bounce() -> None:
    assert [file.name for file, _ in rows("replies.ndjson") if told(file).kind is Kind.BOUNCE] == []


def test_the_failed_addresses_are_those_that_are_known() -> None:
    listed = [(file, row["expected"]) for file, row in rows("flufl_bounce_expected.ndjson") if row["expected"]]
    right = sum(
        {a.lower() for a in told(file).addresses} == {a.lower() for found in known for a in found["addresses"]}  # type: ignore[attr-defined]
        for file, known in listed
    )
    assert right >= 0.95 * len(listed)
