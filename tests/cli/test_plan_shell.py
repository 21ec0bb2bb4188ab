"""`cautery plan` from a shell, on what strangers bring."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli.plan import app

HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
TAKEN = {
    "one edge": "a b\n",
    "three nodes": "1 2\n2 3\n",
    "self loops": "a a\nb b\n",
    "duplicate edges": "a b\nb a\na b\n",
    "disconnected": "1 2\n3 4\n5 6\n",
    "huge ids": "99999999999999999999999 1\n1 184467440737095516160\n-5 1\n",
    "comments": "# made by hand\n% and more\n\na b\n// end\n",
    "CSV with a header": "target,weight,source\nb,2,a\nc,1,b\n",
    "tabs": "a b\tc\nc\td e\n",
    "other scripts": "канал канал2\n频道 канал\n",
    "no end of line": "a b\r\nb c",
    "GraphML": f'{HEAD}<node id="n0"/><node id="n1"/><edge source="n0" target="n1"/></graph></graphml>',
}
REFUSED = {
    "nothing": "",
    "comments only": "# nothing\n",
    "one word a line": "a\nb\n",
    "GraphML cut off": f"{HEAD}<node",
    "XML of another kind": "<feed/>",
}


def shell(*arguments: object, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cautery", "plan", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def planned(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shell(*arguments, "--json"))
    return found


@pytest.mark.parametrize("name", TAKEN)
def test_any_network_has_a_plan_of_all_its_nodes(name: str, tmp_path: Path) -> None:
    file = tmp_path / "network"
    file.write_bytes(TAKEN[name].encode())
    result = CliRunner().invoke(app, [str(file), "--seconds", "0", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert len(set(found["order"])) == len(found["order"]) == found["nodes"] > 1
    assert found["problems"] == []
    assert found["curve"][-1] <= 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_network_is_refused_in_a_line(name: str, tmp_path: Path) -> None:
    file = tmp_path / "network"
    file.write_text(REFUSED[name])
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert result.output.startswith("cautery: ")
    assert result.output.count("\n") == 1


def test_a_plan_from_a_shell_with_a_budget_protected_nodes_groups_and_draws(tmp_path: Path) -> None:
    network, protect, group = (tmp_path / name for name in ("n.csv", "p.txt", "g.csv"))
    stars = [(f"hub{h}", f"leaf{h}.{leaf}") for h in range(6) for leaf in range(6)]
    network.write_text(
        "".join(f"{a},{b}\n" for a, b in [*stars, *((f"hub{h}", f"hub{(h + 1) % 6}") for h in range(6))])
    )
    protect.write_text("hub0\n")
    group.write_text("hub1,one\nhub2,one\n")
    given = (network, "--protect", protect, "--group", group, "--seconds", 0.3)
    found = planned(*given, "--budget", 3, "--draws", 3)
    assert len(found["acted_on"]) == 3
    assert "hub0" not in found["order"]
    assert abs(found["order"].index("hub1") - found["order"].index("hub2")) == 1
    assert found["robustness"]["missing"] == [0.1, 0.2]
    said = shell(*given, "--draws", 2)
    assert "With 10% to 20% of the links unseen, 2 draws" in said
    assert "overlap with this plan" in said


def test_a_plan_from_a_shell_within_what_each_provider_takes(tmp_path: Path) -> None:
    network, whose, most = (tmp_path / name for name in ("n.txt", "w.csv", "m.csv"))
    network.write_text("".join(f"a{n} b{n}\nb{n} a{(n + 1) % 12}\n" for n in range(12)))
    whose.write_text("".join(f"a{n},x\nb{n},y\n" for n in range(12)))
    most.write_text("x,1\ny,2\n")
    given = (network, "--provider", whose, "--seconds", 0.3, "--budget", 6)
    found = planned(*given, "--per-provider", most)
    assert sorted(label[0] for label in found["acted_on"]) == ["a", "b", "b"]
    hours = planned(*given, "--per-hour", 1)["hours"]
    assert [sorted(label[0] for label in hour) for hour in hours] == [["a", "b"]] * 3
    most.write_text("x,many\n")
    assert "Line 1" in shell(*given, "--per-provider", most, code=1)
    assert "--provider" in shell(network, "--per-provider", most, code=1)


def test_two_kinds_of_node_from_a_shell(tmp_path: Path) -> None:
    network, accounts, channels = (tmp_path / name for name in ("n.tsv", "a.txt", "c.txt"))
    network.write_text("".join(f"acc{n}\tch{(n + k) % 9}\n" for n in range(9) for k in (0, 1)))
    accounts.write_text("".join(f"acc{n}\n" for n in range(9)))
    channels.write_text("".join(f"ch{n}\n" for n in range(9)))
    found = planned(network, "--act-on", accounts, "--measure", channels, "--seconds", 0.2)
    assert {label[:3] for label in found["order"]} == {"acc"}
    assert found["plan"]["n"] == 9
    assert "is directory" in shell(tmp_path, code=1).lower().replace(" a ", " ")
