"""CesiumJS opens the terrain, says nothing against it, and puts its cells at their height."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.interop.test_cesium import GEOID_M, SKY, on_the_globe
from tests.interop.viewer import Viewer, viewing
from tests.meshes.build_ground.test_pyramid import GRID, hills, tiled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def viewer(cesium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """Hills of 3.8 by 3 km, with every cell, from the south."""
    folder = tmp_path_factory.mktemp("terrain")
    tiled(folder, hills())
    with viewing(folder, cesium=cesium, error_px=0.5) as viewer:
        east, north = GRID.centre_of(GRID.rows / 2, GRID.cols / 2)
        viewer.look(on_the_globe(np.array([east, north, 150.0])), rangeM=2_500.0, pitchDeg=-35.0)
        yield viewer
        assert viewer.faults() == []


def test_the_terrain_is_seen_with_its_picture_and_without_a_word(viewer: Viewer) -> None:
    inside = viewer.picture()[150:250, 200:440].reshape(-1, 3)
    assert (inside == SKY).all(axis=1).mean() == 0.0
    assert len(np.unique(inside // 8, axis=0)) > 20  # red to the east, green to the south
    assert viewer.faults() == []


def test_cells_stand_at_their_height_above_the_ellipsoid(viewer: Viewer) -> None:
    """A flat tile cannot lie right on the globe: at 1.3 km the best fit is some centimetres off."""
    ground = hills()
    row, col = np.meshgrid(np.arange(60, 100, 9), np.arange(70, 120, 9), indexing="ij")
    east, north = GRID.centre_of(row.ravel(), col.ravel())
    cells = np.stack([east, north, ground[row.ravel(), col.ravel()]], axis=1)
    found = np.array(viewer.call("heights", on_the_globe(cells).tolist())) - GEOID_M
    off_m = np.abs(found - cells[:, 2])
    assert np.median(off_m) < 0.1
    assert off_m.max() < 1.0
