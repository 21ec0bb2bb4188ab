"""Who came after whom: generations, families, the longest lines first."""

from __future__ import annotations

from cautery.core.kinship.lineage import Life, generations, lines
from cautery.report.render.lineage import lineage_chart


def test_each_is_one_generation_after_what_it_came_after() -> None:
    assert generations({2: 1, 3: 2, 4: 2, 11: 10}) == {1: 0, 2: 1, 3: 2, 4: 2, 10: 0, 11: 1}
    assert generations({}) == {}


def test_a_ring_ends() -> None:
    assert set(generations({1: 2, 2: 1})) == {1, 2}


def test_the_longest_line_comes_first_and_only_so_many_are_named() -> None:
    lives = {1: [Life(0.0, 5.0)], 2: [Life(6.0, None)]}
    shown = lines({2: 1, 3: 2, 11: 10, 21: 20}, lives, most=5)
    assert [[member.key for member in family] for family in shown] == [[1, 2, 3], [10, 11]]
    assert [(m.before, m.generation, m.lives) for m in shown[0]] == [
        (None, 0, lives[1]),
        (1, 1, lives[2]),
        (2, 2, []),
    ]


def test_the_picture_names_each_and_joins_it_to_what_it_came_after() -> None:
    def life(since: int, until: int | None) -> dict[str, str | None]:
        return {"since": f"2027-03-0{since}T00:00:00+00:00", "until": until and f"2027-03-0{until}T00:00:00+00:00"}

    first = {"item": "1", "before": None, "url": "https://t.me/<house>", "lives": [life(1, 2)]}
    second = {"item": "2", "before": "1", "url": "https://t.me/house2", "lives": [life(3, None)]}
    chart = lineage_chart({"shown": [[first, second]]}, "2027-03-05T00:00:00+00:00")
    assert chart is not None
    assert "t.me/<house> was followed by t.me/house2." in chart.description
    assert chart.svg.count("<rect") == 2
    assert chart.svg.count("<path") == 1
    assert "<house>" not in chart.svg
    assert lineage_chart({"shown": []}, "2027-03-05T00:00:00+00:00") is None
