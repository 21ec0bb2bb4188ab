"""Dates as registries write them."""

from __future__ import annotations

import pytest

from cautery.core.domains.dates import read_date

SAME = [
    "2020-03-04",
    "2020-03-04T00:00:00Z",
    "2020/03/04",
    "2020.03.04 00:00:00",
    "20200304",
    "04-Mar-2020",
    "04/03/2020",
    "4.3.2020 00:00:00",
    "March 4, 2020",
    "4 March 2020",
    "2020-Mar-04.",
    "Wed Mar 04 00:00:00 2020",
    "4 de marzo de 2020",
    "4. märz 2020",
    "4 марта 2020",
    "2020年03月04日",
    "04-mar-2020 00:00:00 UTC",
    "2020. 03. 04.",
    "4th of March 2020",
    "#20200304",
]


@pytest.mark.parametrize("text", SAME)
def test_every_shape_is_the_same_day(text: str) -> None:
    assert str(read_date(text)) == "2020-03-04 00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-03-04T05:06:07.123Z", "2020-03-04 05:06:07.123000+00:00"),
        ("2020-03-04 05:06:07 +02:00", "2020-03-04 05:06:07+02:00"),
        ("2020-03-04 05:06:07 (UTC+8)", "2020-03-04 05:06:07+08:00"),
        ("2020/03/04 05:06:07 (JST)", "2020-03-04 05:06:07+09:00"),
        ("2020-03-04T05:06:07-0700", "2020-03-04 05:06:07-07:00"),
        ("04/03/2020 5:06:07 PM", "2020-03-04 17:06:07+00:00"),
    ],
)
def test_a_zone_is_kept(text: str, moment: str) -> None:
    assert str(read_date(text)) == moment


@pytest.mark.parametrize("text", ["", "never", "31/31/2020", "2020-13-45", "0000-00-00", "REDACTED", "99999999"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None
