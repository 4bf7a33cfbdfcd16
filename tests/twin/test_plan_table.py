"""A plan as CSV: times, units in the heads, and what is refused, line by line."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.twin.water.test_routing import gate
from twin.plan_table import read_plan
from twin.timed_table import TimedTableError

ZONE = ZoneInfo("Asia/Shanghai")


def faults(text: str) -> list[str]:
    with pytest.raises(TimedTableError) as refused:
        read_plan(text, zone=ZONE, outlets=gate())
    return [fault.words("en") for fault in refused.value.faults]


@pytest.mark.parametrize(
    "text",
    [
        "time,inflow (m³/s),release (m³/s)\n2026-07-01 08:00,900,80\n2026-07-01 20:00,1200,80\n",
        "时间;入库流量（m³/s）;出库流量（立方米/秒）\n2026年7月1日8时;900;80\n2026/7/1 20:00;1200;80",
        "\ufefftime_utc\tinflow (万m³/d)\trelease_m3s\r\n2026-07-01T00:00Z\t7776\t80\r\n"
        "2026-07-01T12:00Z\t10,368\t80\r\n",
    ],
)
def test_tables_as_offices_write_them_are_one_plan(text: str) -> None:
    plan = read_plan(text, zone=ZONE)
    assert plan.time_s[1] - plan.time_s[0] == 12 * 3600
    assert plan.time_s[0] == 1_782_864_000
    assert plan.inflow_m3s.tolist() == [pytest.approx(900), pytest.approx(1200)]
    assert plan.release_m3s.tolist() == [80, 80]


def test_openings_are_named_by_their_outlet() -> None:
    plan = read_plan(
        "time,inflow (m3/s),opening weir\n2026-07-01,9,0.5\n2026-07-02,9,0\n", zone=ZONE, outlets=gate()
    )
    assert plan.openings["weir"].tolist() == [0.5, 0]
    assert plan.release_m3s.tolist() == [0, 0]


def test_every_wrong_line_is_named() -> None:
    found = faults(
        "time,inflow (m³/s),release (m³/s)\n2026-07-01 08:00,900,80\n03/04/2026,1,1\n"
        "2026-07-01 09:00,x,80\n2026-07-01 10:00,900,\n2026-07-01 10:00,900,-5\n2026-07-01 11:00,900\n"
    )
    assert found == [
        "line 3: '03/04/2026' could be two times: write it like 2026-07-01 08:00",
        "line 4: inflow is 'x', not a number",
        "line 5: release is empty: write a number, 0 for none",
        "line 6: the time '2026-07-01 10:00' is not after the line before",
        "line 6: release of -5 cannot be",
        "line 7: has 2 cells, not 3",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: no column of times"),
        ("time,inflow,release (m3/s)\n", "line 1: 'inflow' has no unit: write it like inflow (m³/s)"),
        ("time,inflow (kg),release (m3/s)\n", "line 1: 'kg' is no unit of inflow"),
        ("time,inflow (m3/s)\n2026-07-01,1\n2026-07-02,1", "line 1: no column of release"),
        ("time,rain (mm)\n", "line 1: unknown column 'rain (mm)'; known are time, inflow, "),
        ("time,inflow (m3/s),opening weir (m)\n", "line 1: 'opening weir (m)' must be in no unit"),
        ("time,inflow (m3/s),release (m3/s)\n2026-07-01,1,1\n", "line 3: at least two lines"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_head_is_said(text: str, says: str) -> None:
    assert faults(text)[0].startswith(says)


def test_the_error_says_it_in_both_languages() -> None:
    with pytest.raises(TimedTableError) as refused:
        read_plan("time,inflow (m3/s),release (m3/s)\n2026-07-01,x,1\n", zone=ZONE)
    assert "line 2: inflow is 'x', not a number" in str(refused.value)
    assert "第 2 行：入库流量“x”不是数值" in refused.value.in_chinese()
