"""The frame: axes in the right order, metres, and a float32 that does not lose them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from twin.catalog import CatalogHead, Names, Place, Reservoir
from twin.frame import Frame, FrameError, check_crs, frame_of, same_crs, transform

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
