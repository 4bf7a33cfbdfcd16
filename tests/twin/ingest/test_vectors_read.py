"""Vectors: every format, every CRS into one, and nothing that leads elsewhere."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.crs import transform
from twin.gcj02 import to_gcj02
from twin.ingest import (
    ColumnError,
    CrsError,
    EmptyFileError,
    FormatError,
    IngestError,
    MissingFileError,
    UnsupportedError,
    ValuesError,
    read_vector,
)

Entry = Callable[..., Any]
FRAME = "EPSG:4548"
SHAPES = [shapely.box(116.9, 40.5, 116.91, 40.51), shapely.box(116.92, 40.5, 116.93, 40.52)]


def frame_of_two(crs: str | None = "EPSG:4326") -> geopandas.GeoDataFrame:
    columns = {"name": ["甲村", "乙村"], "crest_m": [160.0, 161.5], "count": [3, 4]}
    return geopandas.GeoDataFrame(columns, geometry=SHAPES, crs="EPSG:4326").to_crs(crs or "EPSG:4326")


@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.geojson", "GeoJSON"), ("a.gpkg", "GPKG"), ("村.shp", "ESRI Shapefile")],
)
def test_every_format_gives_the_same_features(entry: Entry, tmp_path: Path, name: str, driver: str) -> None:
    path = tmp_path / name
    frame_of_two().to_file(path, driver=driver, encoding="utf-8")
    features = read_vector(path, entry("road", uri=name, crs="EPSG:4326"), crs=FRAME)
    expected = frame_of_two().to_crs(FRAME)
    assert features.crs == FRAME
    assert features.column("name") == ["甲村", "乙村"]
    assert features.column("count") == [3, 4]
    # a Shapefile's rings run the other way round
    pair = [shapely.normalize(shapes) for shapes in (features.geometry, expected.geometry.to_numpy())]
    assert shapely.equals_exact(*pair, tolerance=0.001).all()


def test_another_crs_is_converted(entry: Entry, tmp_path: Path) -> None:
    frame_of_two("EPSG:32650").to_file(tmp_path / "a.gpkg", driver="GPKG")
    features = read_vector(tmp_path / "a.gpkg", entry("barriers", uri="a.gpkg"), crs=FRAME)
    expected = frame_of_two().to_crs(FRAME)
    assert np.allclose(shapely.total_bounds(features.geometry), expected.total_bounds, atol=0.01)


def test_gcj02_is_converted_to_under_a_centimetre(entry: Entry, tmp_path: Path) -> None:
    shifted = shapely.transform(np.array(SHAPES), lambda xy: np.column_stack(to_gcj02(xy[:, 0], xy[:, 1])))
    geopandas.GeoDataFrame(geometry=shifted, crs="EPSG:4326").to_file(tmp_path / "a.geojson")
    features = read_vector(tmp_path / "a.geojson", entry("road", crs="GCJ-02"), crs=FRAME)
    expected = np.concatenate(
        [np.column_stack(transform(*s.exterior.xy, source="EPSG:4326", target=FRAME)) for s in SHAPES]
    )
    assert np.abs(shapely.get_coordinates(features.geometry) - expected).max() < 0.01


def test_attributes_are_renamed_and_multiplied(entry: Entry, tmp_path: Path) -> None:
    frame_of_two().rename(columns={"crest_m": "坝顶_cm"}).to_file(tmp_path / "a.geojson")
    rename, unit_mult = {"坝顶_cm": "crest_m"}, {"crest_m": 0.01}
    features = read_vector(
        tmp_path / "a.geojson", entry("barriers", rename=rename, unit_mult=unit_mult), crs=FRAME
    )
    assert features.column("crest_m") == pytest.approx([1.6, 1.615])
    for wrong, words in (
        ({"rename": {"gone": "x"}}, "rename: no column 'gone'"),
        ({"rename": {"count": "name"}}, "two columns would be named 'name'"),
        ({"unit_mult": {"name": 2.0}}, "name holds text"),
        ({"unit_mult": {"gone": 2.0}}, "unit_mult: no column 'gone'"),
    ):
        with pytest.raises(ColumnError, match=words):
            read_vector(tmp_path / "a.geojson", entry("road", **wrong), crs=FRAME)


def test_a_shapefile_in_gb18030_is_read_when_it_is_said(entry: Entry, tmp_path: Path) -> None:
    frame_of_two().to_file(tmp_path / "a.shp", driver="ESRI Shapefile", encoding="gb18030")
    (tmp_path / "a.cpg").unlink()
    features = read_vector(tmp_path / "a.shp", entry("road", uri="a.shp", encoding="gb18030"), crs=FRAME)
    assert features.column("name") == ["甲村", "乙村"]


def test_a_layer_is_named_where_there_are_several(entry: Entry, tmp_path: Path) -> None:
    for layer in ("dams", "dikes"):
        frame_of_two().to_file(tmp_path / "a.gpkg", driver="GPKG", layer=layer)
    with pytest.raises(FormatError, match="name one with 'layer'; it holds dams, dikes"):
        read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg"), crs=FRAME)
    with pytest.raises(FormatError, match="there is no layer 'dam'"):
        read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg", layer="dam"), crs=FRAME)
    assert len(read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg", layer="dams"), crs=FRAME)) == 2


def test_without_a_crs_anywhere_the_catalog_has_to_say_it(entry: Entry, tmp_path: Path) -> None:
    frame_of_two(FRAME).to_file(tmp_path / "a.shp", driver="ESRI Shapefile", encoding="utf-8")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(CrsError, match="set crs in the catalog"):
        read_vector(tmp_path / "a.shp", entry("road", uri="a.shp"), crs=FRAME)
    features = read_vector(tmp_path / "a.shp", entry("road", uri="a.shp", crs=FRAME), crs=FRAME)
    assert np.allclose(shapely.total_bounds(features.geometry), frame_of_two(FRAME).total_bounds)


def test_the_words_for_a_system_without_a_place_can_be_followed(entry: Entry, tmp_path: Path) -> None:
    """A drawing's own axes: naming the right system in the catalog alone was refused with the same words."""
    frame_of_two(FRAME).to_file(tmp_path / "a.shp", driver="ESRI Shapefile", encoding="utf-8")
    (tmp_path / "a.prj").write_text('LOCAL_CS["site",UNIT["metre",1]]')
    for keys in ({}, {"crs": FRAME}):
        with pytest.raises(CrsError, match=r"site says no place.*take it out of the file.*\.prj.*set crs"):
            read_vector(tmp_path / "a.shp", entry("road", uri="a.shp", **keys), crs=FRAME)
    (tmp_path / "a.prj").unlink()
    assert len(read_vector(tmp_path / "a.shp", entry("road", uri="a.shp", crs=FRAME), crs=FRAME)) == 2


def test_a_file_that_contradicts_the_catalog_is_refused(entry: Entry, tmp_path: Path) -> None:
    frame_of_two().to_file(tmp_path / "a.gpkg", driver="GPKG")
    with pytest.raises(CrsError, match="says it is in EPSG:4326, the catalog says EPSG:32650"):
        read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg", crs="EPSG:32650"), crs=FRAME)


def test_metres_declared_as_degrees_are_found_out(entry: Entry, tmp_path: Path) -> None:
    write_features(tmp_path / "a.geojson", {"type": "Point", "coordinates": [488_000, 4_482_000]})
    with pytest.raises(CrsError, match="coordinates do not fit EPSG:4326"):
        read_vector(tmp_path / "a.geojson", entry("road"), crs=FRAME)


def test_one_place_outside_costs_its_feature_but_never_a_dam(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    line = [[116.9, 40.5], [116.9, 40.6]]
    features = [
        {
            "type": "Feature",
            "properties": {"crest_m": n},
            "geometry": {"type": "LineString", "coordinates": xy},
        }
        for n, xy in ((160, line), (161, [[116.9, 40.5], [40.6, 116.9]]), (162, line))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = read_vector(path, entry("road"), crs=FRAME)
    assert found.column("crest_m") == [160, 162] and len(found) == 2
    assert found.notes == ("feature 2 lies outside what EPSG:4326 can take: left out",)
    with pytest.raises(CrsError, match="do not fit EPSG:4326"):
        read_vector(path, entry("barriers"), crs=FRAME)


def write_features(path: Path, *geometries: object, **properties: object) -> None:
    features = [{"type": "Feature", "geometry": g, "properties": properties} for g in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def test_features_without_a_geometry_are_left_out_and_counted(entry: Entry, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [116.9, 40.5, 12.0]}
    write_features(tmp_path / "a.geojson", None, point, {"type": "Polygon", "coordinates": []}, number=1)
    features = read_vector(tmp_path / "a.geojson", entry("road"), crs=FRAME)
    assert len(features) == 1
    assert features.column("number") == [1]
    assert features.notes == ("2 features without geometry left out",)
    assert not shapely.has_z(features.geometry).any()


@pytest.mark.parametrize(
    ("crest", "words"),
    [({}, "no attribute 'crest_m'"), ({"crest_m": None}, "feature 1"), ({"crest_m": "160 cm"}, "'160 cm'")],
)
def test_a_barrier_without_a_crest_is_no_barrier(
    entry: Entry, tmp_path: Path, crest: dict[str, object], words: str
) -> None:
    line = {"type": "LineString", "coordinates": [[116.9, 40.5], [116.9, 40.6]]}
    write_features(tmp_path / "a.geojson", line, **crest)
    with pytest.raises(ColumnError, match=words):
        read_vector(tmp_path / "a.geojson", entry("barriers"), crs=FRAME)


def test_a_point_holds_no_water_back(entry: Entry, tmp_path: Path) -> None:
    write_features(tmp_path / "a.geojson", {"type": "Point", "coordinates": [116.9, 40.5]}, crest_m=160.0)
    with pytest.raises(FormatError, match="feature 1 is a Point; barriers are lines or polygons"):
        read_vector(tmp_path / "a.geojson", entry("barriers"), crs=FRAME)


LAYER = b'<OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
VRT = b"<OGRVRTDataSource>" + LAYER + b"</OGRVRTDataSource>"


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.geojson", None, MissingFileError, "there is no such file"),
        ("a.geojson", b"", EmptyFileError, "the file is empty"),
        ("a.geojson", VRT, FormatError, "is not GeoJSON, whatever its name says"),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": []}',
            EmptyFileError,
            "no feature|no layer",
        ),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{', FormatError, "damaged GeoJSON"),
        (
            "a.geojson",
            b'{"type": "Topology", "objects": {}}',
            UnsupportedError,
            "is TopoJSON, which is not read",
        ),
        ("a.geojson", b"{" * 100_000, FormatError, "damaged"),
        ("a.gpkg", b"text", FormatError, "is not GPKG"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 500, FormatError, "damaged"),
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 96, FormatError, "no .dbf beside it"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    *, entry: Entry, tmp_path: Path, name: str, content: bytes | None, error: type[IngestError], words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        read_vector(path, entry("road", uri=name), crs=FRAME)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_plain_database_is_no_geopackage(entry: Entry, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        database.execute("create table t (a)")
    database.close()
    with pytest.raises(UnsupportedError, match="is a SQLite database and no GeoPackage"):
        read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg"), crs=FRAME)


def test_a_zip_is_not_looked_into(entry: Entry, tmp_path: Path) -> None:
    frame_of_two().to_file(tmp_path / "b.geojson")
    with zipfile.ZipFile(tmp_path / "a.geojson", "w") as archive:
        archive.write(tmp_path / "b.geojson", "b.geojson")
    with pytest.raises(
        UnsupportedError, match=r"is a ZIP archive \(it holds b.geojson\), which is not read: unpack"
    ):
        read_vector(tmp_path / "a.geojson", entry("road"), crs=FRAME)


def test_infinite_coordinates_are_refused(entry: Entry, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(geometry=[shapely.LineString([(116, 40), (np.inf, 41)])], crs="EPSG:4326")
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG")
    with pytest.raises(ValuesError, match="infinite"):
        read_vector(tmp_path / "a.gpkg", entry("road", uri="a.gpkg"), crs=FRAME)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 98_303), what=st.integers(0, 255), cut=st.integers(2000, 98_304))
def test_a_damaged_geopackage_never_does_worse_than_one_line(
    *, entry: Entry, tmp_path: Path, whole_gpkg: bytes, where: int, what: int, cut: int
) -> None:
    damaged = bytearray(whole_gpkg)
    damaged[where % len(damaged)] = what
    path = tmp_path / "a.gpkg"
    path.write_bytes(bytes(damaged[:cut]))
    try:
        features = read_vector(path, entry("road", uri="a.gpkg"), crs=FRAME)
    except IngestError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(shapely.get_coordinates(features.geometry)).all()


@pytest.fixture(scope="module")
def whole_gpkg(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("gpkg") / "a.gpkg"
    frame_of_two().to_file(path, driver="GPKG")
    return path.read_bytes()
