"""`cautery plan --operation`: planned on a register, kept, and chosen from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cautery.intake.models import Item, Operation
from cautery.report.models import Choice, Plan
from cautery.track.models import OutLink
from tests import factories as make
from tests.cli.conftest import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame() -> Operation:
    """Two hubs with four accounts each, at one provider."""
    frame, host = make.operation(), make.provider("x")
    names = ["hub0", "hub1", *(f"leaf{n}" for n in range(8))]
    episodes = make.flagged(frame, [f"https://x.com/{name}" for name in names])
    make.identified(episodes, host=host)
    make.matched(episodes)
    items = {item.key: item for item in Item.objects.all()}
    for n in range(8):
        leaf = items[f"leaf{n}"]
        OutLink.objects.create(
            item=items[f"hub{n % 2}"], identity=leaf.identity, url=leaf.url, first_seen_at=make.hours(1)
        )
    make.officer("lena", "lead")
    make.officer("rita", "review")
    return frame


def test_a_plan_is_made_on_the_register_kept_and_chosen_from(frame: Operation, run: Run, tmp_path: Path) -> None:
    made = run("plan", "--operation", frame.slug, "--budget", 2, "--seconds", 0.2, "--keep", "--json").json
    hubs = set(Item.objects.filter(key__startswith="hub").values_list("pk", flat=True))
    assert set(made["items"]) == hubs
    assert Plan.objects.get().pk == made["plan_id"]
    chosen = tmp_path / "items.txt"
    chosen.write_text("# mine\n" + "".join(f"{item}\n" for item in sorted(hubs)))
    given = ("plan", "--operation", frame.slug, "--choose", chosen)
    for bad, why in (
        (("--officer", "lena"), "reason"),
        (("--officer", "nobody", "--reason", "r"), "No officer nobody"),
        (("--officer", "rita", "--reason", "r"), "may not"),
    ):
        answer = run(*given, *bad)
        assert answer.code == 1
        assert why in answer.complaints
    answer = run(*given, "--officer", "lena", "--reason", "They join the rest.", "--json")
    assert answer.json["items"] == Choice.objects.get().items == sorted(hubs)


def test_quotas_of_a_register_are_planned_within(frame: Operation, run: Run, tmp_path: Path) -> None:
    most = tmp_path / "most.csv"
    most.write_text("x,1\n")
    made = run(
        "plan", "--operation", frame.slug, "--budget", 2, "--per-provider", most, "--seconds", 0.2, "--json"
    ).json
    assert len(made["acted_on"]) == 1
    made = run("plan", "--operation", frame.slug, "--budget", 2, "--per-hour", 1, "--seconds", 0.4, "--json").json
    assert list(map(len, made["hours"])) == [1, 1]


def test_what_is_not_there_is_told_in_a_line(frame: Operation, run: Run, tmp_path: Path) -> None:
    assert run("plan", "--operation", "nowhere").code == 1
    assert run("plan", "--operation", frame.slug, "--at", "yesterday").code == 1
    none = run("plan", "--operation", frame.slug, "--choose", tmp_path / "no", "--officer", "lena", "--reason", "r")
    assert none.code == 1
