"""`cautery plan`: on files a stranger brings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cautery.cli.plan import app

VILLAGES = [(f"v{c}.{i}", f"v{c}.{j}") for c in range(12) for i in range(5) for j in range(i)]
BROKERS = [(f"broker{c}", f"v{(c + side) % 12}.{side}") for c in range(12) for side in (0, 1)]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "links.csv"
    file.write_text("source,target\n" + "".join(f"{a},{b}\n" for a, b in VILLAGES + BROKERS) + "broken\n")
    return file


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output if result.exit_code else result.stdout


def test_it_says_what_the_plan_achieves_beside_the_obvious(network: Path, tmp_path: Path) -> None:
    code, said = run(network, "--chart", tmp_path / "plan.svg", "--order", tmp_path / "order.txt")
    assert code == 0
    assert "most followed first" in said
    assert "most connected first" in said
    assert "1 lines could not be taken" in said
    assert "Line 146 has no two labels" in said
    assert (tmp_path / "plan.svg").read_text().startswith("<svg")
    assert len((tmp_path / "order.txt").read_text().splitlines()) == 72


def test_it_answers_in_json(network: Path, tmp_path: Path) -> None:
    protected, providers = tmp_path / "protected.txt", tmp_path / "providers.csv"
    protected.write_text("broker0\nbroker1\n")
    providers.write_text("".join(f"broker{c},{'ab'[c % 2]}\n" for c in range(12)))
    code, said = run(
        network, "--budget", 6, "--protect", protected, "--provider", providers, "--per-hour", 2, "--draws", 2, "--json"
    )
    assert code == 0
    answer = json.loads(said)
    assert len(answer["acted_on"]) == 6
    assert not {"broker0", "broker1"} & set(answer["order"])
    assert answer["problems"][0]["reason"] == "few_columns"
    assert answer["left"]["this plan"] <= min(answer["left"].values())
    assert sum(map(len, answer["hours"])) == 6
    assert answer["robustness"]["draws"] == 2


def test_groups_and_two_kinds_of_node_can_be_told(tmp_path: Path) -> None:
    network, groups, accounts = tmp_path / "n", tmp_path / "g", tmp_path / "a"
    network.write_text("".join(f"acc{a} ch{(a * 3 + j) % 20}\n" for a in range(8) for j in range(4)))
    groups.write_text("acc0 x\nacc1 x\n")
    accounts.write_text("".join(f"acc{a}\n" for a in range(8)))
    code, said = run(network, "--group", groups, "--act-on", accounts, "--json")
    assert code == 0
    assert {label[:3] for label in json.loads(said)["order"]} == {"acc"}


def test_what_cannot_be_read_is_told_in_a_line(tmp_path: Path, network: Path) -> None:
    hostile = tmp_path / "x.graphml"
    hostile.write_text('<!DOCTYPE g [<!ENTITY x "y">]><graphml/>')
    assert run(hostile) == (1, "cautery: This XML declares a document type or entities, which is not read.\n")
    assert run(tmp_path / "nowhere")[0] == 1
    assert "--provider" in run(network, "--per-hour", 3)[1]
