"""CesiumJS opens the store's villages, says nothing against them, and puts them where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from meshes.sample.village_model import VillageModel
from tests.interop.viewer import SMALL, Viewer, viewing
from tests.interop.villages import Built
from twin.arrays import F64

pytestmark = pytest.mark.browser


GEOID_M = -7.35
SKY = (0xBC, 0xD4, 0xE6)
MIDDLE_PX = (SMALL[0] / 2, SMALL[1] / 2)
TO_DEGREES = Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def on_the_globe(points: F64) -> F64:
    """ECEF (..., 3) of east, north and working height, from pyproj and the geoid's separation alone."""
    lon, lat = TO_DEGREES.transform(points[..., 0], points[..., 1])
    return np.stack(TO_ECEF.transform(lon, lat, points[..., 2] + GEOID_M), axis=-1)


def middle(model: VillageModel) -> F64:
    """The middle (3,) of a village's extent."""
    return np.asarray((model.position.min(axis=0) + model.position.max(axis=0)) / 2)


def surfaces_m(model: VillageModel, place: F64) -> F64:
    """The heights (k,) of all triangles over and under a place (east, north), the highest first."""
    corners = model.position[model.triangles]
    a, b, c = (corners[:, k, :2] - place for k in range(3))
    # Twice the areas that the place makes with each side: all of one sign where it is inside.
    parts = np.stack([p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0] for p, q in ((b, c), (c, a), (a, b))], axis=1)
    over = ((parts > 0).all(axis=1)) | ((parts < 0).all(axis=1))
    share = parts[over] / parts[over].sum(axis=1, keepdims=True)
    return -np.sort(-(share * corners[over, :, 2]).sum(axis=1))


def roofs(model: VillageModel, *, count: int) -> F64:
    """The middles (count, 2) of the largest triangles of buildings, as seen from above."""
    corners = model.position[model.triangles]
    one, other = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
    size = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    size[model.feature[model.triangles[:, 0]] == 0] = 0
    return np.asarray(corners[np.argsort(-size)[:count], :, :2].mean(axis=1))


@pytest.fixture(scope="module")
def viewer(built: Built, cesium: Path) -> Iterator[Viewer]:
    """Both villages, the first in view from the south, with all that it has."""
    with viewing(built.folder, cesium=cesium, error_px=1.0) as viewer:
        viewer.look(on_the_globe(middle(built.models[0])), rangeM=350.0)
        yield viewer
        assert viewer.faults() == []


def test_the_village_is_loaded_to_its_leaves_without_an_error_or_a_warning(
    viewer: Viewer, built: Built
) -> None:
    loaded = [tile["extras"]["centre"] for tile in viewer.call("tiles") if tile["content"] and tile["ready"]]
    tree, model = built.trees[0], built.models[0]
    leaves = [
        (low + high) / 2 for low, high, n in zip(tree.low, tree.high, tree.child_count, strict=True) if n == 0
    ]
    assert len(leaves) > 10
    near = np.array([c for c in loaded if abs(c[0] - middle(model)[0]) < 200])
    for leaf in leaves:
        assert np.abs(near - leaf).max(axis=1).min() < 1e-3
    assert viewer.faults() == []


def test_the_village_is_seen_in_the_middle_of_the_picture(viewer: Viewer, built: Built) -> None:
    picture = viewer.picture()
    assert picture.shape == (SMALL[1], SMALL[0], 3)
    rows, columns = (slice(size // 4, 3 * size // 4) for size in picture.shape[:2])
    inside = picture[rows, columns].reshape(-1, 3)
    assert len(np.unique(inside // 8, axis=0)) > 500
    assert (inside == SKY).all(axis=1).mean() < 0.15
    assert (picture[:20, :20] == SKY).all()

    at = viewer.call("pixel", on_the_globe(middle(built.models[0])).tolist())
    assert at == pytest.approx(MIDDLE_PX, abs=0.01)
    assert viewer.call("isTileset", MIDDLE_PX)
    assert not viewer.call("isTileset", [5, 5])


def test_every_tile_lies_where_pyproj_puts_it(viewer: Viewer, built: Built) -> None:
    tiles = [tile for tile in viewer.call("tiles") if tile["extras"]]
    assert len(tiles) == sum(len(tree) for tree in built.trees)
    ends = np.array([[tile["extras"]["low"], tile["extras"]["high"]] for tile in tiles])
    expected = on_the_globe(ends.mean(axis=1))
    off_m = np.linalg.norm(np.array([tile["centre"] for tile in tiles]) - expected, axis=1)
    assert off_m.max() < 0.01


def test_each_village_lies_where_pyproj_puts_its_middle(viewer: Viewer, built: Built) -> None:
    tiles = [tile for tile in viewer.call("tiles") if tile["extras"]]
    whole = viewer.call("whole")
    for model, tree in zip(built.models, built.trees, strict=True):
        (root,) = (tile for tile in tiles if tile["extras"]["error_m"] == tree.error_m[0])
        assert np.linalg.norm(on_the_globe(middle(model)) - root["centre"]) < 0.05
        off_m = np.linalg.norm(on_the_globe(model.position) - whole["centre"], axis=1)
        assert off_m.max() < whole["radiusM"]


def test_roofs_stand_at_their_height_above_the_ellipsoid(viewer: Viewer, built: Built) -> None:
    model = built.models[0]
    places = roofs(model, count=30)
    surfaces = [surfaces_m(model, place) for place in places]
    tops = np.array([[*place, heights[0]] for place, heights in zip(places, surfaces, strict=True)])
    found = np.array(viewer.call("heights", on_the_globe(tops).tolist())) - GEOID_M
    # Cesium looks tile by tile and takes the first that it hits: now and then the yard's, under the roof.
    off_m = [np.abs(heights - height).min() for height, heights in zip(found, surfaces, strict=True)]
    assert max(off_m) < 0.002
    assert (np.abs(found - tops[:, 2]) < 0.002).sum() > 24
