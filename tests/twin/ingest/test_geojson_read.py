"""GeoJSON as it is delivered: features alone, one a line, a system of its own, odd rings and codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.ingest.vector_files import FRAME, Entry, looked
from twin.ingest import CrsError, read_vector

POINT = {"type": "Point", "coordinates": [116.9, 40.5]}


def feature(**properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": POINT}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(feature(n=1)),
        json.dumps({"type": "FeatureCollection", "features": [feature(n=1)]}),
        "\n".join([json.dumps(feature(n=1))]) + "\n",
        "\x1e" + json.dumps(feature(n=1)) + "\n\x1e" + json.dumps(feature(n=2)) + "\n",
        json.dumps(feature(n=1)) + "\r\n" + json.dumps(feature(n=2)) + "\r\n",
    ],
)
def test_a_feature_alone_or_one_a_line_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text, newline="")
    found = looked(path)
    assert found["attributes"] == [[1, 2][: found["count"]]]
    assert found["count"] == text.count("Point")


def test_a_geometry_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(POINT))
    assert looked(tmp_path / "a.geojson")["count"] == 1


def collection(crs: object) -> str:
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature()]})


def test_a_crs_member_must_agree_with_the_catalog(entry: Entry, tmp_path: Path) -> None:
    """The catalog's word won over it, without a word."""
    path = tmp_path / "a.geojson"
    path.write_text(collection({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}))
    with pytest.raises(CrsError, match="says it is in EPSG:4548, the catalog says EPSG:4490: one is wrong"):
        read_vector(path, entry("road", crs="EPSG:4490"), crs=FRAME)
    path.write_text(collection({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}))
    assert read_vector(path, entry("road", crs="EPSG:4490"), crs=FRAME).notes == ()


@pytest.mark.parametrize("name", ["EPSG:999999", "密云独立坐标系"])
def test_a_crs_member_that_nobody_knows_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.geojson").write_text(collection({"type": "name", "properties": {"name": name}}))
    (note,) = looked(tmp_path / "a.geojson")["notes"]
    assert note.startswith("names a coordinate system that is not known")


def test_a_ring_that_is_open_is_closed_and_told(tmp_path: Path) -> None:
    ring = [[116.9, 40.5], [116.91, 40.5], [116.91, 40.51]]
    broken = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    text = json.dumps({"type": "FeatureCollection", "features": [broken, feature()]})
    (tmp_path / "a.geojson").write_text(text)
    found = looked(tmp_path / "a.geojson")
    assert found["notes"] == ["1 feature has a ring that was not closed, and is now"]


def test_codes_with_more_digits_than_are_kept_are_doubted(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(feature(ZLDWDM=11011810420100000123, n=2**52)))
    (note,) = looked(tmp_path / "a.geojson")["notes"]
    assert note == "numbers in ZLDWDM have more digits than are kept; if they are codes, save them as text"


def test_crests_written_as_text_are_heights(entry: Entry, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[116.9, 40.5], [116.9, 40.6]]}
    features = [
        {"type": "Feature", "properties": {"crest_m": crest}, "geometry": line}
        for crest in ("160.5m", "160.5 米", "１６０．５", " 160.5")
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = read_vector(path, entry("barriers"), crs=FRAME)
    assert found.column("crest_m") == [160.5] * 4
