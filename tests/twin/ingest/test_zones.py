"""Coordinates of zones in China: the number before the eastings, swapped axes, datums without parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.crs import transform
from twin.ingest import CrsError, read_vector
from twin.ingest.zones import datum_doubt, zone_fault

Entry = Callable[..., Any]


@pytest.mark.parametrize(
    ("east", "north", "crs", "words"),
    [
        (39_496_610, 4_483_000, "EPSG:4548", "begin with the number of a zone, 39, .* EPSG:4527"),
        (20_496_610, 4_483_000, "EPSG:4509", "begin with the number of a zone, 20, .* EPSG:4498"),
        (496_610, 4_483_000, "EPSG:4527", "do not begin with the number of the zone"),
        (4_483_000, 496_610, "EPSG:4548", "are northings: east and north are swapped"),
        (4_483_000, 496_610, "EPSG:32650", "are northings"),
    ],
)
def test_a_layer_that_lies_in_another_system_than_it_says_is_refused(
    *, entry: Entry, tmp_path: Path, east: float, north: float, crs: str, words: str
) -> None:
    """It lay 39,000 km or 4,000 km away, and was drawn there."""
    path = tmp_path / "a.gpkg"
    geopandas.GeoDataFrame(geometry=[shapely.Point(east, north)], crs=crs).to_file(path)
    with pytest.raises(CrsError, match=words):
        read_vector(path, entry("road", uri="a.gpkg"), crs="EPSG:4548")


@given(
    st.floats(115.0, 119.0),
    st.floats(20.0, 50.0),
    st.sampled_from(["EPSG:4548", "EPSG:4527", "EPSG:4498", "EPSG:4509", "EPSG:32650", "EPSG:2384"]),
)
def test_places_in_china_are_no_fault(lon: float, lat: float, crs: str) -> None:
    assert zone_fault(*transform([lon], [lat], source="EPSG:4490", target=crs), crs=crs) == ""


@pytest.mark.parametrize("crs", ["EPSG:2384", "EPSG:2436", "EPSG:4610", "EPSG:4214", "EPSG:2333"])
def test_old_datums_are_doubted(entry: Entry, tmp_path: Path, crs: str) -> None:
    """PROJ moves them by exactly nothing; truth is tens of metres away."""
    place = transform([117.1], [40.5], source="EPSG:4490", target=crs)
    path = tmp_path / "a.gpkg"
    geopandas.GeoDataFrame(geometry=shapely.points(*place), crs=crs).to_file(path)
    (note,) = read_vector(path, entry("road", uri="a.gpkg"), crs="EPSG:4548").notes
    assert "to China 2000 without parameters" in note


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:32650", "EPSG:4527", "EPSG:4490", "GCJ-02", "EPSG:4548+5737"]
)
def test_systems_of_today_are_not_doubted(crs: str) -> None:
    assert datum_doubt(crs, "EPSG:4548") == ""
    assert datum_doubt("EPSG:2384", "EPSG:2384") == ""
