"""Models as others deliver them, from the catalog to tiles of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from meshes.build.catalog_check import check
from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.placement import place_of
from meshes.build.foreign.points import cloud_of
from meshes.readers.tileset import open_tileset
from meshes.tiles import map_glb, read_tree
from meshes.tiles.check import check_tileset
from twin.catalog import Catalog, ModelEntry, frame_of, load_catalog
from twin.notes import read_notes

pytestmark = pytest.mark.real

CATALOG = Path(__file__).parent / "models.yaml"
Built = Callable[[str], tuple[Path, ModelEntry]]


@pytest.fixture(scope="module")
def catalog(shared: Path) -> Catalog:
    return load_catalog(CATALOG, root=shared)


@pytest.fixture
def built(catalog: Catalog, tmp_path: Path) -> Built:
    """Build one of the catalog's models; its folder is whole and keeps all rules."""
    told_of = {
        "autzen": ["says it is in NAD_1983_HARN_Lambert_Conformal_Conic: the catalog's anchor is believed"]
    }

    def do(name: str) -> tuple[Path, ModelEntry]:
        entry = catalog.entries[name]
        assert isinstance(entry, ModelEntry)
        build_foreign(tmp_path, catalog, entry, progress=lambda part: None)
        check_tileset(tmp_path / name)
        assert [line for told in read_notes(tmp_path).values() for line in told.lines] == told_of.get(
            name, []
        )
        return tmp_path / name, entry

    return do


def test_the_catalog_of_models_is_right(shared: Path) -> None:
    (doubt,) = check(CATALOG, root=shared).problems
    assert (doubt.entry, doubt.severity) == ("autzen", "warning")
    assert "the catalog's anchor is believed" in doubt.message


def test_dingo_gap_keeps_its_293_tiles_and_stands_upright_on_its_anchor(
    catalog: Catalog, built: Built
) -> None:
    folder, entry = built("dingo-gap")
    tree, told = read_tree(folder), open_tileset(catalog.path_of(entry))
    assert len(tree) == 293
    assert tree.has_content.all()
    assert tree.parent.tolist() == told.parent.tolist()
    content = map_glb(folder / tree.content[0])
    up, pictures = np.zeros(3), 0
    for part in content.primitives:
        assert part.triangles is not None
        a, b, c = part.position[part.triangles].astype(np.float64).transpose(1, 0, 2)
        up += np.cross(b - a, c - a).sum(axis=0)
        pictures += part.image is not None
    assert pictures
    assert up[2] > 0.7 * np.linalg.norm(up)  # the ground faces the sky
    assert entry.anchor is not None
    east, north = frame_of(catalog.head).place(entry.anchor)
    middle = (tree.low[0, :2] + tree.high[0, :2]) / 2
    assert middle == pytest.approx((east, north), abs=30)
    assert 175 < tree.low[0, 2] < tree.high[0, 2] < 250


@pytest.mark.parametrize(
    ("driver", "uri", "origin"),
    [
        ("surface", "meshes/aerial_obj/Untitled.obj", (0, 0, 0)),
        ("tileset", "meshes/sparse_implicit_quadtree/tileset.json", (0, 0, 0)),
        ("points", "pointcloud/lone-star.copc.laz", (515_385, 4_918_361, 2_330)),
    ],
)
def test_other_real_models_build_without_a_fault(
    catalog: Catalog, tmp_path: Path, driver: str, uri: str, origin: tuple[float, float, float]
) -> None:
    entry = catalog.entries["autzen"]
    assert isinstance(entry, ModelEntry)
    assert entry.anchor is not None
    anchor = entry.anchor.model_copy(update={"origin": origin, "scale": 1.0})
    other = entry.model_copy(update={"driver": driver, "uri": uri, "anchor": anchor})
    build_foreign(tmp_path, catalog, other, progress=lambda part: None)
    check_tileset(tmp_path / "autzen")
    assert read_notes(tmp_path) == {}


def test_every_point_of_autzen_is_in_one_tile_with_its_colour(catalog: Catalog, built: Built) -> None:
    folder, entry = built("autzen")
    tree = read_tree(folder)
    assert tree.add.all()
    data = cloud_of(catalog, entry)
    wanted = place_of(catalog, entry)(np.asarray(data.position))
    contents = [map_glb(folder / name) for name in tree.content]
    found = np.concatenate([tile.primitives[0].position + np.array(tile.centre) for tile in contents])
    assert len(found) == len(data) == 110_000
    for axis in range(3):
        assert np.abs(np.sort(found[:, axis]) - np.sort(wanted[:, axis])).max() < 0.001
    colours = np.concatenate([tile.primitives[0].colour for tile in contents])
    for channel in range(3):
        assert np.array_equal(np.sort(colours[:, channel]), np.sort(data.colour[:, channel]))
    assert max(len(tile.primitives[0].position) for tile in contents) <= 40_000
