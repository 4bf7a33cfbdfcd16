"""The frame: axes in the right order, metres, and a float32 that does not lose them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from twin.catalog import CatalogHead, Names, Place, Reservoir, frame_of
from twin.crs import FrameError, check_crs, same_crs, transform
from twin.frame import Frame, place_in
from twin.frame_check import check_frame, check_frame_over, scale_doubts
from twin.grid import Grid

FRAME = Frame(crs="EPSG:4548", east=488_000.0, north=4_482_000.0)


def head(**frame: object) -> CatalogHead:
    reservoir = Reservoir(
        name=Names(zh="库", en="R"), seed=Place(lon=116.89615, lat=40.513), lowest_m=126.0, highest_m=160.0
    )
    base = CatalogHead(version=1, id="x", name=Names(zh="试", en="Try"), synthetic=True, reservoir=reservoir)
    return CatalogHead.model_validate({**base.model_dump(), "frame": {"crs": "EPSG:4548", **frame}})


def test_east_comes_first_although_the_crs_says_northing_first() -> None:
    assert CRS("EPSG:4548").axis_info[0].direction == "north"
    east, north = FRAME.from_lonlat(117.0, 40.5)
    assert float(east) == pytest.approx(500_000.0, abs=1e-6)
    assert float(north) > 4_000_000


def test_on_the_central_meridian_the_northing_is_the_length_of_the_meridian() -> None:
    arc = Geod(ellps="GRS80").inv(117.0, 0.0, 117.0, 40.5)[2]
    assert float(FRAME.from_lonlat(117.0, 40.5)[1]) == pytest.approx(arc, abs=0.001)


@settings(max_examples=40, deadline=None)
@given(lon=st.floats(115.5, 118.5), lat=st.floats(39, 42))
def test_there_and_back_is_exact_to_a_tenth_of_a_millimetre(lon: float, lat: float) -> None:
    back = FRAME.to_lonlat(*FRAME.from_lonlat(lon, lat))
    assert float(back[0]) == pytest.approx(lon, abs=1e-9)
    assert float(back[1]) == pytest.approx(lat, abs=1e-9)


def test_gcj02_is_a_source_and_a_target() -> None:
    east, north = FRAME.from_lonlat(116.9, 40.5)
    shifted = FRAME.to_crs("GCJ-02", east, north)
    plain = FRAME.to_lonlat(east, north)
    assert float(shifted[0] - plain[0]) == pytest.approx(520 / 85_000, rel=0.1)
    back = FRAME.from_crs("GCJ-02", *shifted)
    assert float(back[0]) == pytest.approx(float(east), abs=0.001)
    assert float(back[1]) == pytest.approx(float(north), abs=0.001)


def test_local_coordinates_are_float32_and_exact_to_2_mm() -> None:
    generator = np.random.default_rng(1)
    east = FRAME.east + generator.uniform(-30_000, 30_000, 1000)
    north = FRAME.north + generator.uniform(-30_000, 30_000, 1000)
    height = generator.uniform(0, 2000, 1000)
    local = FRAME.local(east, north, height)
    assert local.dtype == np.float32
    assert local.shape == (1000, 3)
    back = FRAME.absolute(local)
    assert np.abs(back - np.stack([east, north, height], axis=1)).max() < 0.002


def test_without_an_origin_it_counts_from_the_seed_in_whole_kilometres() -> None:
    frame = frame_of(head())
    assert (frame.east, frame.north) == (491_000.0, 4_486_000.0)
    assert frame_of(head(origin={"east": 1.0, "north": 2.0})) == Frame(crs="EPSG:4548", east=1.0, north=2.0)


def test_a_place_may_be_in_metres_or_degrees() -> None:
    assert FRAME.place(Place(east=1.0, north=2.0)) == (1.0, 2.0)
    assert FRAME.place(Place(lon=117.0, lat=40.5))[0] == pytest.approx(500_000.0)


def test_swapped_axes_are_found_out() -> None:
    with pytest.raises(FrameError, match="longitude"):
        transform([40.5, 40.6], [116.9, 117.0], source="EPSG:4326", target="EPSG:4548")


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:4326", "not in metres"),
        ("EPSG:2263", "not in metres"),  # New York, US feet
        ("EPSG:999999", "not a coordinate system"),
        ("nonsense", "not a coordinate system"),
    ],
)
def test_a_frame_must_be_projected_and_metric(crs: str, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        check_crs(crs, metric=True)


def test_a_vertical_or_local_system_is_no_place_on_earth() -> None:
    check_crs("EPSG:4326")
    for name in ("EPSG:5773", 'LOCAL_CS["site",UNIT["metre",1]]'):
        with pytest.raises(FrameError, match="place on the ground"):
            check_crs(name)


def test_the_order_of_axes_makes_no_other_system() -> None:
    assert same_crs("EPSG:4326", "OGC:CRS84")
    assert not same_crs("EPSG:4548", "EPSG:4549")


# -- a frame's metre is one --------------------------------------------------------------------------------

GOOD = (
    "EPSG:4548",
    "EPSG:4547",
    "EPSG:4549",
    "EPSG:32650",
    "EPSG:32651",
    "EPSG:4509",
    "EPSG:2436",
    "EPSG:4527",
)
BAD = {
    "EPSG:3857": "0.759 to 0.761 m",
    "EPSG:3395": "0.761",
    "EPSG:4087": "0.761 to 0.998",  # equidistant
    "EPSG:6933": "0.879 to 1.138",  # equal-area: areas are right, metres are not
    "EPSG:8857": "0.757 to 1.321",
    "EPSG:3413": "m on the ground",  # around the pole
    "EPSG:32661": "m on the ground",
    "EPSG:32652": "0.988",  # two zones off
    "EPSG:32633": "m on the ground",
}


@pytest.mark.parametrize("crs", GOOD)
def test_a_frame_near_its_own_meridian_is_one(crs: str) -> None:
    check_frame(*place_in(Place(lon=116.9, lat=40.5), crs), crs=crs)


@pytest.mark.parametrize("crs", BAD)
def test_a_crs_whose_metre_is_none_there_is_no_frame(crs: str) -> None:
    with pytest.raises(FrameError, match="is no frame for this basin") as caught:
        check_frame(*place_in(Place(lon=116.9, lat=40.5), crs), crs=crs)
    assert BAD[crs] in str(caught.value)
    assert "EPSG:32650" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("crs", "lon", "lat", "named"),
    [
        ("EPSG:4548", 90.0, 30.0, "EPSG:32646"),
        ("EPSG:3857", 18.4, -34.0, "EPSG:32734"),
        ("EPSG:3857", 15.0, 84.5, "EPSG:5041"),
    ],
)
def test_the_words_name_the_zone_of_the_place(crs: str, lon: float, lat: float, named: str) -> None:
    with pytest.raises(FrameError, match=named):
        check_frame(*place_in(Place(lon=lon, lat=lat), crs), crs=crs)


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [("EPSG:2053", 29.0, -29.0), ("EPSG:5513", 15.0, 50.0), ("EPSG:32661", 120.0, 83.0)],
)
def test_a_crs_whose_north_is_not_north_is_no_frame(crs: str, lon: float, lat: float) -> None:
    """Axes that run south and west, as in South Africa and Bohemia, and a map around the pole."""
    with pytest.raises(FrameError, match="° off east and north there"):
        check_frame(*place_in(Place(lon=lon, lat=lat), crs), crs=crs)


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        ("EPSG:4548", 116.9, 40.5),
        ("EPSG:32651", 116.9, 40.5),
        ("EPSG:32650", 119.9, 45.0),
        ("EPSG:32650", 114.1, 20.0),
    ],
)
def test_the_frame_knows_its_true_metre_and_where_north_lies(crs: str, lon: float, lat: float) -> None:
    """Against geodesics of 100 m: along the frame's own axes, and to the pole."""
    east, north = place_in(Place(lon=lon, lat=lat), crs)
    frame = Frame(crs=crs, east=east, north=north)
    ends = frame.to_lonlat([east, east + 100.0], [north + 100.0, north])
    geod = Geod(ellps="WGS84")
    azimuth, _, away = geod.inv([lon, lon], [lat, lat], *ends)
    assert frame.metre_m * 100.0 == pytest.approx(np.mean(away), abs=1e-4)
    assert frame.true_north_deg == pytest.approx(-azimuth[0], abs=1e-3)


def test_a_world_map_is_a_frame_where_its_metre_is_one() -> None:
    check_frame(0.0, 0.0, crs="EPSG:3395")  # decided by the scale, not by a list


def test_a_terrain_that_reaches_where_the_metre_is_none_is_refused() -> None:
    near = Grid(crs="EPSG:4326", rows=10, cols=10, west=116.0, north=41.0, dx=0.1, dy=0.1)
    wide = Grid(crs="EPSG:4326", rows=10, cols=200, west=110.0, north=41.0, dx=0.1, dy=0.1)
    check_frame_over(near, crs="EPSG:4548")
    with pytest.raises(FrameError, match="EPSG:4548"):
        check_frame_over(wide, crs="EPSG:4548")


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:4326", ""),
        ("EPSG:32650", ""),
        ("EPSG:3857", "times those on the ground here, areas 1.7"),
        ("EPSG:6933", "areas 1.000 times"),
        ("EPSG:32652", "lengths are 1.01"),
        ("ESRI:102012", "lengths are 0.96"),
        ("EPSG:4551", "areas 1.01"),  # lengths within 1 %, areas not
    ],
)
def test_a_check_says_what_a_rasters_crs_does_to_lengths_and_areas(crs: str, words: str) -> None:
    x, y = place_in(Place(lon=116.9, lat=40.5), crs)
    cell = 0.001 if crs == "EPSG:4326" else 100.0
    grid = Grid(crs=crs, rows=100, cols=100, west=x - 50 * cell, north=y + 50 * cell, dx=cell, dy=cell)
    doubts = scale_doubts(grid)
    assert (words in doubts[0]) if words else doubts == ()


@pytest.mark.parametrize("code", ["EPSG:4548+5737", "EPSG:4548+6360"])
def test_a_system_with_heights_is_the_same_place_without_them(code: str) -> None:
    assert same_crs("EPSG:4548", code)
    assert same_crs(code, "EPSG:4548+5773")
    assert not same_crs("EPSG:32650", code)
