"""Point clouds into octrees: every point in one tile, the coarse ones spread evenly."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.octree import octree
from meshes.tiles import map_glb, read_tree
from meshes.tiles.check import check_tileset
from tests.meshes.build_foreign.making import model, vertices, write_catalog
from twin.catalog import ModelEntry, load_catalog

PLACES = hnp.arrays(np.float64, st.tuples(st.integers(1, 400), st.just(3)), elements=st.floats(-100, 100))


@given(PLACES, st.integers(1, 50), st.integers(1, 16))
def test_every_point_is_in_one_node(position: np.ndarray, most: int, cells: int) -> None:
    nodes = list(octree(position, most=most, cells=cells))
    assert np.sort(np.concatenate([node.points for node in nodes])).tolist() == list(range(len(position)))
    parents = [node.parent for node in nodes]
    assert parents[0] == -1
    assert parents == sorted(parents)
    assert all(parent < k for k, parent in enumerate(parents))
    for node in nodes[1:]:
        assert node.spacing_m >= 0
        assert nodes[node.parent].spacing_m > 0


def test_points_at_one_place_end_in_one_node() -> None:
    nodes = list(octree(np.ones((1000, 3)), most=10))
    assert sum(len(node.points) for node in nodes) == 1000
    assert nodes[-1].spacing_m == 0


def test_a_coarse_node_has_a_point_near_every_point_of_the_cloud() -> None:
    along = np.linspace(0, 100, 120)
    sheet = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    position = np.column_stack([sheet, np.zeros(len(sheet))])
    root = next(iter(octree(position, most=1000)))
    assert 700 <= len(root.points) <= 1000
    kept = position[root.points]
    farthest = max(np.linalg.norm(kept - place, axis=1).min() for place in position[::37])
    assert farthest <= root.spacing_m * 3**0.5
    assert root.spacing_m == pytest.approx(100 / 1000**0.5, rel=0.2)


def test_a_cloud_without_colours_is_grey_by_height_and_children_add(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    east, north = rng.uniform(0, 400, (2, 100_000))
    position = np.column_stack([491_000 + east, 4_483_000 + north, 150 + east / 10])
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = np.full(3, 0.001), position[0]
    cloud = laspy.LasData(header)
    cloud.x, cloud.y, cloud.z = position.T
    cloud.write(tmp_path / "cloud.las")
    read = load_catalog(
        write_catalog(
            tmp_path, model("cloud", "points", "cloud.las", "crs: EPSG:4548", reference="ellipsoidal")
        )
    )
    entry = read.entries["cloud"]
    assert isinstance(entry, ModelEntry)
    out = tmp_path / "out"
    out.mkdir()
    build_foreign(out, read, entry, progress=lambda part: None)
    check_tileset(out / "cloud")
    tree = read_tree(out / "cloud")
    assert tree.add.all()
    found = vertices(out / "cloud")
    for axis, rise in enumerate((0, 0, 7.35)):
        assert np.sort(found[:, axis]) == pytest.approx(np.sort(position[:, axis] + rise), abs=0.002)
    content = map_glb(out / "cloud" / tree.content[0])
    part = content.primitives[0]
    assert part.colour is not None
    assert part.triangles is None
    grey = part.colour[:, :3].astype(int)
    assert (grey == grey[:, :1]).all()
    order = np.argsort(part.position[:, 2])
    assert (np.diff(grey[order, 0]) >= 0).all()
    assert (part.colour[:, 3] == 255).all()
