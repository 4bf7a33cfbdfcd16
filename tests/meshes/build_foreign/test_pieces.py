"""Large surfaces are built in pieces: nothing is lost, and no crack is between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.foreign import surfaces
from meshes.build.foreign.pieces import pieces, taken
from meshes.readers.surface import SurfaceData, SurfacePart
from meshes.tiles import map_glb, write_tileset
from meshes.tiles.check import check_tileset
from tests.meshes.build_surface.shapes import open_sides
from twin.frame import Frame

FRAME = Frame(crs="EPSG:4548", east=500_000.0, north=4_490_000.0)
SOUTH_WEST = np.array([500_000.0, 4_490_000.0, 150.0])


def ground(side: int, *, seed: int = 0) -> SurfaceData:
    """Rough ground of side × side squares of a metre, its western and eastern half of different materials."""
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    z = np.random.default_rng(seed).uniform(0, 0.5, x.shape)
    position = np.stack([x, y, z], axis=2).reshape(-1, 3)
    k = np.arange(len(position)).reshape(x.shape)
    a, b, c, d = (corner.ravel() for corner in (k[:-1, :-1], k[:-1, 1:], k[1:, 1:], k[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    west = position[triangles][:, :, 0].mean(axis=1) < side / 2
    return SurfaceData(
        parts=tuple(
            SurfacePart(
                position=position,
                triangles=np.ascontiguousarray(own),
                tcoord=None,
                colour=None,
                feature=np.full(len(position), feature, np.float32),
                base=(255, 255, 255, 255),
                material="",
                image=None,
            )
            for feature, own in ((1, triangles[west]), (2, triangles[~west]))
        )
    )


def corners(data: SurfaceData) -> np.ndarray:
    """(m, 4, 3): each triangle's corners, and its material's number, in an order of their own."""
    found = []
    for part in data.parts:
        assert part.feature is not None
        told = np.repeat(part.feature[part.triangles[:, :1], None], 3, axis=2)
        found.append(np.concatenate([part.position[part.triangles], told], axis=1))
    rows = np.concatenate(found)
    return rows[np.lexsort(rows.reshape(len(rows), -1).T)]


@given(side=st.integers(2, 24), most=st.integers(1, 400), seed=st.integers(0, 9))
def test_every_triangle_is_in_one_piece_and_keeps_its_material(side: int, most: int, seed: int) -> None:
    data = ground(side, seed=seed)
    cut = pieces(data, most_triangles=most)
    assert np.array_equal(np.sort(np.concatenate(cut)), np.arange(data.triangles))
    # A square of the count may hold the two halves of a square of the ground, and stays whole.
    assert max(map(len, cut)) <= max(most, 2)
    parts = tuple(part for one in cut for part in taken(data, one).parts)
    assert np.array_equal(corners(SurfaceData(parts=parts)), corners(data))


def test_a_surface_in_pieces_is_one_tileset_without_cracks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ground(60)
    monkeypatch.setattr(surfaces, "PIECE", 1500)
    monkeypatch.setattr(surfaces, "read_surface", lambda path, z_up: data)
    told: list[float] = []
    tree = surfaces.build_surface(
        tmp_path, tmp_path / "big.obj", place=lambda p: p + SOUTH_WEST, z_up=None, progress=told.append
    ).tree
    write_tileset(tmp_path, tree, frame=FRAME, ellipsoid_minus_working_m=0.0)
    check_tileset(tmp_path)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    roots = np.flatnonzero(tree.parent == 0)
    assert tree.content[0] == ""
    assert len(roots) >= 5
    finest = np.flatnonzero(tree.child_count == 0)
    for tiles in (roots, finest):
        sides = open_sides(np.concatenate([corners_of(tmp_path / tree.content[k]) for k in tiles]))
        middle = sides.mean(axis=1) - SOUTH_WEST
        at_rim = np.minimum(np.abs(middle[:, :2]), np.abs(middle[:, :2] - 60.0)).min(axis=1)
        assert at_rim.max() <= 1e-3


def corners_of(file: Path) -> np.ndarray:
    """(m, 3, 3): the triangles of a tile, in the frame."""
    content = map_glb(file)
    at = [
        (part.position.astype(np.float64) + content.centre)[part.triangles]
        for part in content.primitives
        if part.triangles is not None
    ]
    return np.concatenate(at)
