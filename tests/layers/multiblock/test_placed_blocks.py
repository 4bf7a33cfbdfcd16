"""Models, vectors and stations of a basin as blocks: the tiles' triangles, draped lines, named values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    Point,
    Polygon,
)

from layers.model import ModelData
from meshes.tiles.content import Primitive
from meshes.tiles.glb import map_glb, write_glb
from meshes.tiles.tree import TileTree
from meshes.tiles.write import write_tileset
from tests.layers.altered import Altered, vector_data
from tests.layers.multiblock.wrapped import absolute, of, texts
from tests.layers.tiles.villages import place, square, tile, write_square_village
from tests.small import BED_M, CELL_M, NORTH, SLOPE, WEST, ground_m
from twin.basin import Basin
from twin.errors import Reason
from twin.stations.model import Datastream, Station
from twin.stations.network import Network

TITLE = {"zh": "模型", "en": "Models"}

# -- models ---------------------------------------------------------------------------------------------


@pytest.fixture
def village(basin: Basin, tmp_path: Path) -> Path:
    return write_square_village(tmp_path / "east", frame=basin.frame, col=60, row=40, height_m=172.0)


def with_models(basin: Basin, *folders: Path) -> Any:
    return Altered(basin, models=[ModelData(id="houses", title=TITLE, folders=folders)])


@pytest.mark.parametrize(("error_m", "tiles"), [(40.0, [0]), (39.0, [1, 2, 3, 4]), (0.0, [1, 2, 3, 4])])
def test_models_are_the_tiles_of_the_error(
    basin: Basin, village: Path, error_m: float, tiles: list[int]
) -> None:
    houses = of(with_models(basin, village), error_m=error_m)["models"]["houses"]
    expected = []
    for number in tiles:
        content = map_glb(village / f"{number}.glb")
        for primitive in content.primitives:
            assert primitive.triangles is not None
            expected.append((primitive.position + np.array(content.centre))[primitive.triangles])
    corners = absolute(houses)[houses.regular_faces]
    np.testing.assert_allclose(corners, np.concatenate(expected), atol=0.002)
    assert set(houses["building"]) == set(tiles)
    assert (houses["height_m"] == np.float32(172.0)).all()
    assert texts(houses, "title_zh") == ["模型"]
    assert float(houses.field_data["error_m"][0]) == error_m


def test_models_of_several_folders_are_told_apart(basin: Basin, village: Path, tmp_path: Path) -> None:
    other = write_square_village(tmp_path / "west", frame=basin.frame, col=120, row=40, height_m=171.0)
    houses = of(with_models(basin, village, other))["models"]["houses"]
    assert texts(houses, "model_names") == ["east", "west"]
    assert set(houses["height_m"][houses["model"] == 1]) == {np.float32(171.0)}
    assert set(houses["height_m"][houses["model"] == 0]) == {np.float32(172.0)}


def test_a_broken_model_is_named_and_the_rest_is_there(basin: Basin, village: Path, tmp_path: Path) -> None:
    (village / "3.glb").write_bytes(b"no tile")
    (tmp_path / "bare").mkdir()
    gone = ModelData(id="gone", title=TITLE, fault=Reason("the file is cut off"))
    houses = ModelData(id="houses", title=TITLE, folders=(village, tmp_path / "bare"))
    blocks = of(Altered(basin, models=[houses, gone]), error_m=0.0)
    assert set(blocks["models"]["houses"]["building"]) == {1, 2, 4}
    assert blocks["models"]["gone"] is None
    left_out = texts(blocks, "left_out")
    assert [line.partition(":")[0] for line in left_out] == ["models/houses", "models/houses", "models/gone"]
    assert "3.glb" in left_out[0]
    assert "bare" in left_out[1]
    assert not any(str(tmp_path) in line for line in left_out), "where the store lies is nobody's business"
    assert left_out[2].endswith("the file is cut off")


def test_points_of_a_cloud_are_cells_of_their_own_with_their_colours(basin: Basin, tmp_path: Path) -> None:
    scan = np.array([[0, 0, 1], [5, 0, 2], [0, 5, 3]], np.float32)
    red = np.full((3, 4), (200, 10, 10, 255), np.uint8)
    parts = (square(10.0, steps=1), Primitive(position=scan, triangles=None, colour=red))
    (tmp_path / "cloud").mkdir()
    size = write_glb(tmp_path / "cloud/0.glb", tile(*parts, col=60, row=40, height_m=172.0))
    low = np.array([[*place(59, 41), 171.0]])
    tree = TileTree(
        parent=np.array([-1], np.int32),
        first_child=np.array([-1], np.int32),
        child_count=np.zeros(1, np.int32),
        error_m=np.zeros(1),
        low=low,
        high=np.add(low, (40.0, 40.0, 10.0)),
        add=np.zeros(1, bool),
        content=("0.glb",),
        nbytes=np.array([size], np.int64),
    )
    write_tileset(tmp_path / "cloud", tree, frame=basin.frame)
    houses = of(with_models(basin, tmp_path / "cloud"))["models"]["houses"]
    assert houses.n_verts == 3
    assert houses.n_faces == 2
    np.testing.assert_allclose(absolute(houses)[:3], np.add(scan, (*place(60, 40), 172.0)), atol=0.002)
    assert (houses["colour"] == [*map(list, red), *[[255, 255, 255, 255]] * 4]).all()
    np.testing.assert_allclose(absolute(houses)[houses.regular_faces][..., 2], 172.0)


# -- vectors --------------------------------------------------------------------------------------------


def with_vectors(basin: Basin, shapes: list[Any], **more: Any) -> Any:
    return Altered(basin, vectors=[vector_data("data", "road", shapes, **more)])


def test_points_lie_on_the_ground_with_their_attributes(basin: Basin) -> None:
    villages = of(basin)["vectors"]["villages"]
    assert list(villages["name"]) == ["东村", "西村"]
    assert list(villages["feature"]) == [0, 1]
    east, north, height = absolute(villages).T
    row, col = ((NORTH - north) / CELL_M).astype(int), ((east - WEST) / CELL_M).astype(int)
    np.testing.assert_allclose(height, ground_m()[row, col], atol=SLOPE * CELL_M)


def test_lines_and_rings_follow_the_ground(basin: Basin) -> None:
    road = LineString([place(100, 70), place(140, 70)])
    field = Polygon(
        [place(20, 20), place(40, 20), place(40, 40)], holes=[[place(35, 22), place(38, 22), place(38, 25)]]
    )
    rows = [
        {"name": "路", "lanes": 2, "width_m": 6.5, "open": True},
        {"name": None, "lanes": 1, "width_m": None, "open": False},
    ]
    data = of(with_vectors(basin, [road, field], attributes=rows))["vectors"]["data"]
    assert list(data["feature"]) == [0, 1, 1], "one line and two rings"
    assert list(data["name"]) == ["路", "", ""]
    assert list(data["lanes"]) == [2, 1, 1]
    np.testing.assert_array_equal(data["width_m"], [6.5, np.nan, np.nan])
    assert list(data["open"]) == [1, 0, 0]
    line = absolute(data)[data.lines[1 : 1 + data.lines[0]]]
    away_m = np.hypot(line[:, 0] - place(100.5, 0)[0], line[:, 1] - place(0, 70.5)[1])
    np.testing.assert_allclose(line[1:, 2], BED_M + SLOPE * away_m[1:], atol=0.3)
    steps = np.hypot(*np.diff(line[:, :2], axis=0).T)
    assert steps.max() <= CELL_M * 1.001


def test_geometries_of_every_kind_are_taken(basin: Basin) -> None:
    shapes = [
        MultiPoint([place(10, 10), place(11, 10)]),
        MultiLineString([[place(20, 10), place(25, 10)], [place(20, 12), place(25, 12)]]),
        GeometryCollection(
            [Point(place(30, 10)), MultiPoint([place(31, 10)]), LineString([place(30, 11), place(31, 11)])]
        ),
        Polygon(),
        None,
    ]
    blocks = of(with_vectors(basin, shapes))
    assert list(blocks["vectors"]["data"]["feature"]) == [0, 0, 2, 2, 1, 1, 2]
    (line,) = texts(blocks, "left_out")
    assert line == "vectors/data: 2 of 5 features are empty or lie where no height is known"


def test_lines_are_cut_where_no_ground_is_known(basin: Basin) -> None:
    ground, grid = np.array(basin.ground()[0]), basin.ground()[1]
    ground[:, 50:60] = np.nan
    shapes = [LineString([place(30, 20), place(90, 20)]), Point(place(-50, 20))]
    blocks = of(Altered(basin, ground=(ground, grid), vectors=[vector_data("data", "road", shapes)]))
    data = blocks["vectors"]["data"]
    assert list(data["feature"]) == [0, 0]
    cols = (absolute(data)[:, 0] - WEST) / CELL_M
    assert not ((cols > 50.0) & (cols < 60.0)).any()
    assert texts(blocks, "left_out") == [
        "vectors/data: 1 of 2 features are empty or lie where no height is known",
        "vectors/data: 1 of 2 features end where no height is known beyond",
    ]


def test_a_broken_layer_keeps_its_name_and_says_why(basin: Basin) -> None:
    broken = vector_data("orchards", "parcel", [], fault=Reason("the file is empty"))
    odd = vector_data("odd", "road", ["no geometry"], attributes=[{}])
    blocks = of(Altered(basin, vectors=[broken, odd]))
    assert blocks["vectors"].keys() == ["orchards", "odd"]
    assert list(blocks["vectors"]) == [None, None]
    first, second = texts(blocks, "left_out")
    assert first == "vectors/orchards: the file is empty"
    assert second.startswith("vectors/odd: cannot be drawn: ")


# -- stations -------------------------------------------------------------------------------------------


@pytest.fixture
def network(basin: Basin) -> Network:
    lon, lat = basin.frame.to_lonlat(*np.transpose([place(60.3, 40.7), place(100.5, 70.5), place(500, 40)]))
    stations = {
        id_: Station(id=id_, name={"zh": zh, "en": en}, kind=kind, lon=float(lon[k]), lat=float(lat[k]))
        for k, (id_, zh, en, kind) in enumerate(
            [
                ("00000001", "甲", "One", "flow"),
                ("00000002", "乙", "Two", "rain"),
                ("00000003", "丙", "Far", "rain"),
            ]
        )
    }
    streams = {
        f"{station}.{name}": Datastream(
            id=f"{station}.{name}",
            station=station,
            property=name.partition(".")[0],
            interval_s=300.0,
            origin="forecast" if name.endswith("forecast") else "observed",
        )
        for station, name in [
            ("00000001", "flow"), ("00000001", "flow.forecast"), ("00000002", "ph"), ("00000002", "oxygen"),
        ]
    }  # fmt: skip
    return Network(stations=stations, datastreams=streams)


def test_stations_stand_on_the_terrain_with_their_values(basin: Basin, network: Network) -> None:
    values = {
        "00000001.flow": 12.5,
        "00000001.flow.forecast": 20.0,
        "00000002.ph": 7.1,
        "00000002.oxygen": None,
    }
    blocks = of(Altered(basin, network=network), values=values)
    stations = blocks["stations"]
    assert list(stations["id"]) == ["00000001", "00000002"]
    assert list(stations["name_zh"]) == ["甲", "乙"]
    assert list(stations["name_en"]) == ["One", "Two"]
    assert list(stations["kind"]) == ["flow", "rain"]
    np.testing.assert_array_equal(stations["flow_m3s"], [12.5, np.nan])
    np.testing.assert_array_equal(stations["flow_m3s_forecast"], [20.0, np.nan])
    np.testing.assert_array_equal(stations["ph"], [np.nan, 7.1])
    np.testing.assert_array_equal(stations["oxygen_mgL"], [np.nan, np.nan])
    assert texts(blocks, "left_out") == ["stations: 00000003 lies where no height is known"]
    for point in stations.points:
        cell = blocks["terrain"].find_closest_cell(point)
        corners = blocks["terrain"].get_cell(cell).points
        assert corners[:, 2].min() - 0.5 <= point[2] <= corners[:, 2].max() + 0.5
        assert np.abs(corners[:, :2] - point[:2]).max() <= CELL_M


def test_without_values_a_station_has_none(basin: Basin, network: Network) -> None:
    stations = of(Altered(basin, network=network))["stations"]
    assert set(stations.point_data) == {"id", "name_zh", "name_en", "kind", "height_m"}
