"""A point is read from what people write, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.frame import Frame
from twin.search.written_place import read_point

FRAME = Frame(crs="EPSG:4548", east=489_000.0, north=4_482_000.0)
LON, LAT = 116.89, 40.51
EAST, NORTH = (float(v) for v in FRAME.from_lonlat(LON, LAT))


@pytest.mark.parametrize(
    "text",
    [
        "116.89, 40.51",
        "116.89 40.51",
        "40.51 116.89",
        "40.51；116.89",
        "１１６．８９，４０．５１",
        "40.51N 116.89E",
        "E116.89 N40.51",
        "lon=116.89 lat=40.51",
        "纬度：40.51 经度：116.89",
        "116°53′24″E 40°30′36″N",
        "北纬40度30分36秒 东经116度53分24秒",
        "40°30.6'N, 116°53.4'E",
        "116 53 24 40 30 36",
        "WGS84 116.89 40.51",
        f"{EAST:.2f}, {NORTH:.2f}",
        f"{NORTH:.2f} {EAST:.2f}",
        f"39{EAST:.2f}, {NORTH:.2f}",
        f"东 {EAST:.2f} 米 北 {NORTH:.2f} 米",
        f"X={NORTH:.2f} Y={EAST:.2f}",
    ],
)
def test_one_point_in_many_forms(text: str) -> None:
    point = read_point(text, FRAME)
    assert point is not None
    assert (point.east, point.north) == (pytest.approx(EAST, abs=0.01), pytest.approx(NORTH, abs=0.01))


def test_gcj02_only_where_it_is_said() -> None:
    plain, said = read_point("116.89 40.51", FRAME), read_point("高德 116.89, 40.51", FRAME)
    assert plain is not None and said is not None
    assert (plain.system, said.system) == ("WGS84", "GCJ-02")
    assert 450 < plain.east - said.east < 600
    east, north = FRAME.from_crs("GCJ-02", LON, LAT)
    assert (said.east, said.north) == (float(east), float(north))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "雁归台",
        "116.89",
        "116.89, 40.51, 3",
        "116°70′E 40°N",  # 70 minutes
        "116.5°30′E 40°N",
        "200, 100",
        "116.89E 117E",
        "116.89 4482035",
        "gcj 488555 4482035",
        "Bay 2",
        "1" * 90 + " 2",
    ],
)
def test_what_is_no_point_is_none(text: str) -> None:
    assert read_point(text, FRAME) is None


@given(lon=st.floats(115.5, 118.5), lat=st.floats(39.5, 41.5))
def test_degrees_minutes_seconds_mean_what_decimals_mean(lon: float, lat: float) -> None:
    def written(value: float) -> str:
        whole, rest = divmod(value * 3600, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{int(whole)}°{int(minutes)}′{min(seconds, 59.9999):.4f}″"

    east, north = FRAME.from_lonlat(lon, lat)
    point = read_point(f"{written(lat)}N {written(lon)}E", FRAME)
    assert point is not None
    assert (point.east, point.north) == (pytest.approx(east, abs=0.02), pytest.approx(north, abs=0.02))


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_point(text, FRAME)
