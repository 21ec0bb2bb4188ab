"""`cautery availability`, `cautery domain`, `cautery effect`: anybody's files, good and bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli import availability, domain, effect

RUN = CliRunner()


def said(*words: Any) -> dict[str, Any]:
    result = RUN.invoke(effect.app, [*map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def written(folder: Path, text: str, name: str = "rows.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_availability_answers_line_by_line_and_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    lines = [
        '{"url": "https://a.example/1", "status": 404}',
        "{broken",
        "[1]",
        "",
        '{"text": "This account is private", "id": 7}',
    ]
    result = RUN.invoke(availability.app, [str(written(tmp_path, "\n".join(lines)))])
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["account_gone", "unknown", "unknown", "private"]
    assert [answer.get("line") for answer in answers] == [None, 2, 3, None]
    assert answers[3]["id"] == 7
    assert all(answer["grounds"] for answer in answers)


def test_domain_parse_names_what_cannot_be_read_and_reads_the_rest(tmp_path: Path) -> None:
    good = written(tmp_path, "Domain Name: specimen.example\nRegistrar: Harbour\nDomain Status: clientHold\n", "a.txt")
    cut = written(tmp_path, '{"objectClassName": "dom', "b.json")
    result = RUN.invoke(domain.app, ["parse", str(good), str(cut), str(tmp_path / "none")])
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["state"] for answer in answers] == ["client_hold", "unknown", "unknown"]
    assert [answer.get("reason") for answer in answers] == [None, "malformed", "not_a_file"]
    assert result.exit_code == 1


def test_survival_names_bad_rows_and_draws_the_rest(tmp_path: Path) -> None:
    file = written(tmp_path, "time;status\n1;1\n2;0\nx;1\n4;1\n5\n6;1\n7;1\n")
    chart = tmp_path / "curve.svg"
    found = said("survival", file, "--at", "2,4", "--chart", chart)
    assert found["groups"]["all"]["n"] == 5
    assert sorted(row["line"] for row in found["rejected"]) == [4, 6]
    assert found["groups"]["all"]["survival"]["4"]["value"] == pytest.approx(0.8 * 2 / 3)
    assert chart.read_text().startswith("<svg")


def test_looks_before_and_after_may_be_times(tmp_path: Path) -> None:
    rows = ["referred_at,last_seen_up,first_seen_down"]
    rows += [f"2026-01-01T00:00:00Z,2026-01-01T0{hour}:00:00Z,2026-01-01T0{hour + 1}:00:00Z" for hour in range(8)]
    rows += [
        "2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,",
        "2026-01-01T00:00:00Z,2026-01-03T00:00:00Z,2026-01-02T00:00:00Z",
    ]
    found = said("survival", written(tmp_path, "\n".join(rows)))
    assert found["estimator"] == "turnbull"
    assert found["groups"]["all"]["n"] == 9
    within = found["groups"]["all"]["over_within"]
    assert within["24 h"]["value"] == pytest.approx(8 / 9)
    assert found["rejected"][0]["line"] == 11


def test_causes_are_kept_apart_and_groups_compared(tmp_path: Path) -> None:
    rows = ["time,status,arm"] + [f"{t},{t % 3},{'ab'[t % 2]}" for t in range(1, 41)]
    found = said("survival", written(tmp_path, "\n".join(rows)), "--group", "arm", "--at", "20")
    assert found["estimator"] == "aalen-johansen"
    assert set(found["groups"]["a"]["causes"]) == {"1", "2"}
    assert set(found["gray"]) == {"1", "2"}


def test_a_curve_that_falls_to_nothing_early_warns(tmp_path: Path) -> None:
    rows = ["age,death,ageentry", "10,1,5"] + [f"{20 + place},1,{12 + place % 3}" for place in range(20)]
    found = said("survival", written(tmp_path, "\n".join(rows)))
    assert "--from" in found["groups"]["all"]["warning"]
    later = said("survival", written(tmp_path, "\n".join(rows)), "--from", "15", "--at", "25")
    assert 0 < later["groups"]["all"]["survival"]["25"]["value"] < 1


def test_returns_are_counted_a_subject(tmp_path: Path) -> None:
    file = written(tmp_path, "account,days,event\na,5,1\na,9,1\na,20,0\nb,20,0\nc,7,1\nc,20,0\n")
    found = said("recurrence", file, "--at", "10,20")
    assert found["groups"]["all"]["mean"]["20"]["value"] == pytest.approx(1)
    assert found["groups"]["all"]["subjects"] == 3


def test_lists_may_stand_in_columns_or_in_rows(tmp_path: Path) -> None:
    wide = written(tmp_path, "a,b\n" + "1,1\n" * 20 + "1,0\n" * 30 + "0,1\n" * 10, "wide.csv")
    long = ["item,unit"] + [f"x{n},a" for n in range(50)] + [f"x{n},b" for n in range(30, 60)]
    results = [said("unseen", wide), said("unseen", written(tmp_path, "\n".join(long), "long.csv"))]
    totals = [[one["total"]["value"] for one in found["models"]] for found in results]
    assert totals[0] == totals[1]
    assert results[0]["seen"] == 60


@pytest.mark.parametrize(
    ("words", "text", "told"),
    [
        (["survival"], "a,b\n1,2\n", "--time"),
        (["survival"], "", "no rows"),
        (["survival", "--time", "zz"], "time,status\n1,1\n", "no column 'zz'"),
        (["survival"], "time,status\n1,perhaps\n2,surely\n", "--happened"),
        (["unseen"], "a,b\n5,7\n", "two lists"),
        (["recurrence"], "id,time\n1,2\n", "--event"),
        (["survival", "--entry", "left"], "left,right\n1,2\n", "--entry"),
        (["survival", "--unit", "moons"], "time,status\n1,1\n", "no unit"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(tmp_path: Path, words: list[str], text: str, told: str) -> None:
    result = RUN.invoke(effect.app, [*words, str(written(tmp_path, text))])
    assert result.exit_code == 1
    assert told in result.stderr


def test_a_covariate_that_is_not_known_leaves_the_row_in_the_rest(tmp_path: Path) -> None:
    rows = ["time,status,size"] + [f"{t},1,{t % 4 if t != 7 else 'NA'}" for t in range(1, 21)]
    found = said("survival", written(tmp_path, "\n".join(rows)), "--covariates", "size")
    assert found["groups"]["all"]["n"] == 20
    assert (found["cox"]["n"], found["cox"]["left_out"]) == (19, 1)
    assert found["rejected"] == []
