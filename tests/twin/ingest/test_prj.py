"""Texts that name a coordinate system, as field software writes them beside a file."""

from __future__ import annotations

import pytest
from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.crs import same_crs
from twin.ingest.sandbox.prj import system_in

GK = CRS("EPSG:4548")
TM = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"


@pytest.mark.parametrize(
    "text",
    ["EPSG:4548", "epsg:4548", "EPSG::4548", "4548\r\n", GK.to_wkt(), GK.to_wkt("WKT1_ESRI") + "\0"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_system_is_read_in_every_form(text: str, encoding: str) -> None:
    assert same_crs(system_in(text.encode(encoding)).to_wkt(), "EPSG:4548")


def test_two_numbers_are_a_plane_and_its_heights() -> None:
    assert [part.to_epsg() for part in system_in(b"EPSG:4548+5737").sub_crs_list] == [4548, 5737]


def test_the_text_of_proj_is_read() -> None:
    assert system_in(TM.encode()).is_projected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"999999",
        b"\xff\xfe\xff",
        b"+init=epsg:4548",
        b"+proj=longlat +nadgrids=/etc/passwd",
        b"+proj=longlat +ellps=GRS80 +geoidgrids=/etc/passwd +init=a",
    ],
)
def test_what_names_none_or_a_file_is_refused(data: bytes) -> None:
    with pytest.raises(CRSError):
        system_in(data)
