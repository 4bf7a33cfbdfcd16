"""Times as people's systems write them: read where they can be one time only, else refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.written_time import WrittenTimeError, check_form, read_time

ZONE = ZoneInfo("Asia/Shanghai")
EIGHT_FIVE = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "2026-07-01T08:05:00+08:00",
        "2026-07-01T00:05:00Z",
        "2026-07-01T08:05+0800",
        "2026-07-01 08:05:00 +08:00",
        "2026-07-01 08:05",
        "2026-7-1 8:05",
        "2026/7/1 8:05",
        "2026/07/01 08:05:00.000",
        "2026.7.1 8:05",
        "20260701080500",
        20260701080500,
        20260701080500.0,
        "202607010805",
        "20260701T0805",
        "2026年7月1日8时5分",
        "2026年07月01日 08时05分00秒",
        "2026年7月1日 上午8:05",
        "2026/7/1 8:05:00 AM",
        "２０２６/７/１　８：０５",
        1782864300,
        1782864300.0,
        "1782864300",
        1782864300000,
        "1782864300000",
        1782864300000000,
        "/Date(1782864300000)/",
        "/Date(1782864300000+0800)/",
        "Wed, 01 Jul 2026 00:05:00 GMT",
        "Wed, 01 Jul 2026 00:05:00 -0000",
        "2026-07-01T00:05:00.000+0000",
        [2026, 7, 1, 8, 5],
        [2026, 7, 1, 8, 5, 0, 0],
        datetime(2026, 7, 1, 8, 5),  # noqa: DTZ001
    ],
)
def test_one_time_in_the_spellings_of_many_systems(told: object) -> None:
    assert read_time(told, zone=ZONE) == EIGHT_FIVE


@pytest.mark.parametrize(
    "told", ["2026-06-30 24:00", "2026/6/30 24:00:00", "20260630240000", "2026年6月30日24时", "2026-07-01"]
)
def test_24_00_is_the_next_day(told: str) -> None:
    assert read_time(told, zone=ZONE) == datetime(2026, 7, 1, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("2026070108", "ambiguous-time"),  # an hour, or a second of 2034
        ("03/04/2026 8:00", "ambiguous-time"),
        ("3-4-2026", "ambiguous-time"),
        ("01/07/26", "ambiguous-time"),
        ("260701080500", "ambiguous-time"),
        (46204.337, "ambiguous-time"),
        ("2026-07-018", "ambiguous-time"),
        ("2026/7/118:05", "ambiguous-time"),  # the first, or the eleventh
        ("2026-07-01 08-05", "ambiguous-time"),  # five past eight, or a zone
        ("20260701.5", "ambiguous-time"),  # noon, or half a second
        ("2026070108.0", "ambiguous-time"),
        ("202607010805.5", "ambiguous-time"),
        ("/Date(0)/", "bad-time"),  # a clock that was never set
        ("/Date(-62135596800000)/", "bad-time"),
        ("2026-07-01 24:05", "bad-time"),
        ("2026-02-30 08:00", "bad-time"),
        ("2026-07-01 13:05 PM", "bad-time"),
        ("Wed Jul 01 08:05:00 CST 2026", "bad-time"),  # China's, or Chicago's
        ("", "bad-time"),
        ("昨天", "bad-time"),
        (None, "bad-time"),
        (True, "bad-time"),
        (float("nan"), "bad-time"),
        (float("inf"), "bad-time"),
        (10**400, "bad-time"),
        ("9" * 5000, "bad-time"),
        ("9999-12-31 24:00", "bad-time"),
        ([1], "bad-time"),
        ([7, 1, 2026], "bad-time"),
        ([2026, 7, "1"], "bad-time"),
        ([2026, 7, True], "bad-time"),
        ([2026, 13, 1], "bad-time"),
    ],
)
def test_what_is_no_time_or_could_be_two_is_refused(told: object, why: str) -> None:
    with pytest.raises(WrittenTimeError, match=why):
        read_time(told, zone=ZONE)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("%Y%m%d%H", "2026070108"),
        ("%Y%m%d%H", 2026070108),
        ("%d/%m/%Y %H", "01/07/2026 08"),
        ("%y%m%d%H%M%S", "260701080000"),
        ("%m/%d/%Y %I:%M:%S %p", "7/1/2026 8:00:00 AM"),
        ("epoch_s", 1782864000),
        ("epoch_ms", "1782864000000"),
        ("excel", 46204 + 8 / 24),
    ],
)
def test_a_declared_format_decides(form: str, told: object) -> None:
    assert read_time(told, zone=ZONE, form=check_form(form)) == datetime(2026, 7, 1, tzinfo=UTC)


def test_24_00_in_a_declared_pattern_is_the_next_day() -> None:
    found = read_time("2024-07-24 24:00", zone=ZONE, form="%Y-%m-%d %H:%M")
    assert found == datetime(2024, 7, 25, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("form", "told", "why"),
    [
        ("%Y%m%d%H", "20261118", "ambiguous-time"),  # no hour: it would be the first at eight
        ("%Y%m%d", "2026112", "ambiguous-time"),
        ("epoch_ms", 1782864300, "bad-time"),  # seconds: it would be a day of 1970
        ("epoch_s", 1782864300000, "bad-time"),
        ("epoch_s", 0, "bad-time"),
    ],
)
def test_what_does_not_fit_the_declared_format_is_refused(form: str, told: object, why: str) -> None:
    with pytest.raises(WrittenTimeError, match=why):
        read_time(told, zone=ZONE, form=check_form(form))


@pytest.mark.parametrize("form", ["%Y-%m-%d %I:%M", "%Y%m%d%M", "%Y%m%d%H%S"])
def test_a_format_that_loses_a_part_of_the_time_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="loses a part of the time"):
        check_form(form)


@pytest.mark.parametrize("form", ["%H:%M", "when", "%d", "", "%Q", "%Y-%m"])
def test_a_format_that_tells_no_day_is_none(form: str) -> None:
    with pytest.raises(ValueError, match="no time format"):
        check_form(form)


@given(st.datetimes(datetime(1980, 1, 2), datetime(2099, 12, 30)))  # noqa: DTZ001
def test_every_second_comes_back_from_every_spelling(at: datetime) -> None:
    at = at.replace(microsecond=0, tzinfo=timezone_8)
    second = int(at.timestamp())
    for told in (
        at.isoformat(),
        at.strftime("%Y/%m/%d %H:%M:%S"),
        f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
        at.strftime("%Y%m%d%H%M%S"),
        at.strftime("%Y年%m月%d日%H时%M分%S秒"),
        second * 1000,
        f"/Date({second * 1000})/",
    ):
        assert read_time(told, zone=timezone_8) == at


timezone_8 = (EIGHT_FIVE.astimezone(ZoneInfo("Etc/GMT-8"))).tzinfo
assert timezone_8 is not None and timezone_8.utcoffset(EIGHT_FIVE) == timedelta(hours=8)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans()))
def test_whatever_it_is_given_it_tells_an_aware_time_or_a_slug(told: object) -> None:
    try:
        assert read_time(told, zone=ZONE).tzinfo is not None
    except WrittenTimeError as error:
        assert str(error) in ("bad-time", "ambiguous-time")


def test_numbers_out_of_json_are_read_as_they_stand_there() -> None:
    assert read_time(json.loads("1782864300"), zone=ZONE) == EIGHT_FIVE
