"""The search of a desk: rows of what was typed, of what the visitor may see, and a camera that sees it."""

from __future__ import annotations

import numpy as np
import pytest

from apps.parts.search import POINT, view
from apps.session.session import Session
from layers.camera import camera as geometry
from layers.camera.framing import seeing
from layers.heights import Ground
from tests.apps.flat import EAST, NORTH, SCENE, flat_ground
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.arrays import F64
from twin.basin import Basin


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    """The small basin; its villages are for those inside only."""
    catalog = write_small_basin(tmp_path_factory.mktemp("search"))
    head, entry = catalog.read_text("utf-8").split("  villages:\n")
    entry = entry.replace("access: public", "access: internal", 1)
    catalog.write_text(f"{head}  villages:\n{entry}", "utf-8")
    return Basin.open(shared_store.build(catalog))


def test_without_a_text_the_villages_are_listed(basin: Basin) -> None:
    found = view(Session(basin), " ", "zh")
    assert [row.name for row in found.rows] == ["东村", "西村"]
    assert "2" in found.note


def test_a_name_that_is_withheld_is_not_found(basin: Basin) -> None:
    assert [row.name for row in view(Session(basin), "xicun", "zh").rows] == ["西村"]
    outside = Session(basin.seen_by("public"))
    assert view(outside, "xicun", "zh").rows == [] == view(outside, "", "zh").rows
    assert "xicun" in view(outside, "xicun", "en").note


def test_coordinates_say_as_what_they_were_read_and_where_nothing_is_known(basin: Basin) -> None:
    session = Session(basin)
    (row,) = view(session, "492010 4483590", "en").rows
    assert row.id == f"{POINT}492010.000,4483590.000"
    assert "EPSG:4548" in row.detail
    lon, lat = (float(v) for v in session.basin.frame.to_lonlat(492010, 4483590))
    assert row.name == f"{lat:.5f}° N, {lon:.5f}° E"
    far = view(session, "100.5, 30.5", "en")
    assert far.rows == [] and "30.50000° N" in far.note


def test_a_camera_sees_a_place_from_the_direction_of_now() -> None:
    camera = seeing(SCENE, flat_ground(), EAST, NORTH)
    assert (camera.heading_deg, camera.pitch_deg) == (0.0, -32.0)
    assert (camera.target_east_m, camera.target_north_m, camera.target_m) == (EAST, NORTH, 100.0)
    assert camera.distance_m == 40 * 200.0  # of its cells
    assert seeing(SCENE, flat_ground(), EAST, NORTH, radius_m=5_000.0).distance_m == 17_500.0


def test_a_wall_before_a_place_is_looked_over_or_round() -> None:
    plain = flat_ground()
    ground_m, connection_cm = plain.rasters
    walled = ground_m.copy()
    row = int(plain.row_col(EAST, NORTH - 1_500.0)[0])
    walled[row - 1 : row + 2, :] = 1_600.0  # 1.5 km high, 1.5 km to the south
    ground = Ground(walled, connection_cm, plain.grid, plain.frame)
    camera = seeing(SCENE, ground, EAST, NORTH)
    eye = np.array(geometry.eye(camera, 1.0))
    shares: F64 = np.linspace(0.0, 0.95, 400)[:, None]
    way = eye + shares * (np.array([EAST, NORTH, 100.0]) - eye)
    assert (way[:, 2] > ground.height(way[:, 0], way[:, 1])).all()
    assert (camera.pitch_deg, camera.heading_deg) == (-45.0, 40.0)
