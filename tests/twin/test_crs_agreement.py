"""A file's own CRS beside the catalog's: the same by another name, nearly the same, another."""

from __future__ import annotations

import re

import pytest
from pyproj import CRS
from pyproj.enums import WktVersion

from twin.crs import FrameError, same_crs
from twin.crs_agreement import agree

GK = CRS("EPSG:4548")
NAMELESS = re.sub(r',AUTHORITY\["EPSG","\d+"\]', "", GK.to_wkt(WktVersion.WKT1_GDAL))
TM = "+proj=tmerc +lat_0=0 +lon_0={lon} +k=1 +x_0=500000 +y_0=0 {datum} +units={unit} +type=crs"
X, Y = [490_000.0, 491_000.0], [4_483_000.0, 4_484_000.0]


def tm(lon: int = 117, datum: str = "+ellps=GRS80", unit: str = "m") -> str:
    """A transverse Mercator as WKT without a code."""
    return str(CRS(TM.format(lon=lon, datum=datum, unit=unit)).to_wkt())


@pytest.mark.parametrize(
    "told",
    [
        GK.to_wkt(),
        GK.to_wkt(WktVersion.WKT1_GDAL),
        GK.to_wkt(WktVersion.WKT1_ESRI),
        NAMELESS,
        NAMELESS.replace(GK.name, "my zone"),
        "EPSG:4509",  # zone 20 of 6°, on the same meridian
        "EPSG:4548+5737",
        CRS("EPSG:4548+5737").to_wkt(WktVersion.WKT1_GDAL),
        CRS("EPSG:4548+5737").to_wkt(WktVersion.WKT1_ESRI),
        CRS("EPSG:4548+6360").to_wkt(),
    ],
)
def test_one_system_by_many_names_is_no_contradiction(told: str) -> None:
    assert same_crs("EPSG:4548", told)
    assert agree("EPSG:4548", told, x=X, y=Y) == ""


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("EPSG:32650", r"says it is in EPSG:32650, the catalog says EPSG:4548, 1,79\d m away: one is wrong"),
        ("EPSG:4549", r"EPSG:4549.* km away: one is wrong"),  # the neighbour's zone
        ("EPSG:4526", r"EPSG:4526"),  # with the zone's number before the easting
        ("EPSG:4490", "EPSG:4490"),  # degrees
        ("EPSG:2431", "EPSG:2431"),  # Beijing 1954, 3° zone 117E: Krassowsky's ellipsoid
        ("EPSG:2379", "EPSG:2379"),  # Xian 1980
        (tm(unit="us-ft"), "km away"),
        (tm(lon=120), "km away"),
    ],
)
def test_another_system_is_refused_with_how_far_it_is(told: str, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        agree("EPSG:4548", told, x=X, y=Y)


def test_metres_that_are_no_degrees_are_refused_without_a_distance() -> None:
    with pytest.raises(FrameError, match=r"EPSG:4490, the catalog says EPSG:4548: one is wrong"):
        agree("EPSG:4548", "EPSG:4490", x=X, y=Y)


@pytest.mark.parametrize("told", [tm(), tm(datum="+datum=WGS84"), tm(datum="+ellps=GRS80 +towgs84=0,0,0")])
def test_a_datum_that_cannot_be_told_apart_is_a_doubt(told: str) -> None:
    assert "the same to 0.0" in agree("EPSG:4548", told, x=X, y=Y)
    with pytest.raises(FrameError):
        agree("EPSG:4548", told)  # without a place it cannot be known


def test_degrees_of_datums_from_the_earths_centre_are_near_and_others_are_not() -> None:
    assert "the catalog is believed" in agree("EPSG:4326", "EPSG:4490", x=[117.0], y=[40.5])
    with pytest.raises(FrameError, match="one is wrong"):
        agree("EPSG:4490", "EPSG:4610", x=[117.0], y=[40.5])  # Xian 1980, whose shift PROJ does not know


def test_a_file_cannot_name_gcj_02_but_it_is_in_degrees() -> None:
    assert agree("GCJ-02", "EPSG:4326", x=[117.0], y=[40.5]) == ""
    with pytest.raises(FrameError, match="EPSG:4548, the catalog says GCJ-02"):
        agree("GCJ-02", "EPSG:4548", x=X, y=Y)
