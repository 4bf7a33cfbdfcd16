"""The tiles' triangles: all of them at the leaves, true errors above, closed between any two levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.surface import TexturedPart, TexturedSurface
from tests.meshes.build_surface.shapes import (
    CORNER,
    Built,
    box,
    build,
    distances,
    on_triangles,
    open_sides,
    shades,
    wavy,
)
from twin.arrays import F64

TILE = 1200


@pytest.fixture(scope="module")
def ground() -> Built:
    return build(wavy(96, picture=shades(256)), tile_triangles=TILE, texels=0)


@pytest.fixture(scope="module")
def cube() -> Built:
    return build(box(20)[0], tile_triangles=500, texels=0)


def rows(triangles: F64) -> set[tuple[float, ...]]:
    """Triangles that can be compared, whichever corner is first."""
    first = np.lexsort(np.moveaxis(triangles, 2, 0)[::-1], axis=1)[:, 0]
    turned = np.take_along_axis(triangles, (first[:, None] + np.arange(3))[..., None] % 3, axis=1)
    return set(map(tuple, turned.reshape(-1, 9).tolist()))


def test_the_leaves_hold_every_triangle_of_the_source_once(ground: Built) -> None:
    part = wavy(96).parts[0]
    # The centre is on the same grid of 2^-12 m, so absolute positions are rounded alike.
    source = np.floor(part.position[part.triangles] * 4096 + 0.5) / 4096
    leaves = [ground.corners(leaf) for leaf in ground.leaves()]
    assert sum(map(len, leaves)) == len(source)
    assert rows(np.concatenate(leaves)) == rows(source)


@pytest.mark.parametrize("which", ["ground", "cube"])
def test_tiles_have_about_the_wanted_number_of_triangles(which: str, request: pytest.FixtureRequest) -> None:
    built, wanted = request.getfixturevalue(which), {"ground": TILE, "cube": 500}[which]
    far = [k for k, name in enumerate(built.tree.content) if name.startswith("far")]
    for tile in far:
        assert len(built.corners(tile)) <= len(built.corners(built.tree.first_child[tile])) / 2
    for tile in range(len(far), len(built.tree)):
        assert wanted // 4 <= len(built.corners(tile)) <= 1.3 * wanted, built.tree.content[tile]


@pytest.mark.parametrize("which", ["ground", "cube"])
def test_errors_fall_and_boxes_hold_what_is_under_them(which: str, request: pytest.FixtureRequest) -> None:
    built = request.getfixturevalue(which)
    tree = built.tree
    assert len(tree) > 16
    assert list(tree.parent[1:]) == sorted(tree.parent[1:])
    for tile in range(len(tree)):
        assert (built.corners(tile) >= tree.low[tile]).all()
        assert (built.corners(tile) <= tree.high[tile]).all()
        assert (tree.error_m[tile] == 0) == (tree.child_count[tile] == 0)
        for child in range(tree.first_child[tile], tree.first_child[tile] + tree.child_count[tile]):
            assert tree.parent[child] == tile
            assert tree.error_m[child] < tree.error_m[tile]
            assert (tree.low[child] >= tree.low[tile]).all()
            assert (tree.high[child] <= tree.high[tile]).all()


@pytest.mark.parametrize("which", ["ground", "cube"])
def test_the_error_is_how_far_the_finest_surface_lies_off(which: str, request: pytest.FixtureRequest) -> None:
    built = request.getfixturevalue(which)
    rng = np.random.default_rng(3)
    for tile in np.flatnonzero(built.tree.child_count):
        finest = np.concatenate([built.corners(leaf) for leaf in built.leaves(tile)])
        triangle, weight = on_triangles(rng, 60, len(finest))
        anywhere = np.einsum("nk,nkj->nj", weight, finest[triangle])
        far = distances(anywhere, built.corners(tile)).max()
        assert far <= 1.05 * built.tree.error_m[tile] + 1e-3, "a point lies further off than the error says"


def test_the_error_is_no_larger_than_it_has_to_be() -> None:
    built = build(wavy(20), tile_triangles=150)
    for tile in np.flatnonzero(built.tree.child_count):
        finest = np.concatenate([built.corners(leaf) for leaf in built.leaves(tile)])
        looked_at = np.concatenate([np.unique(finest.reshape(-1, 3), axis=0), finest.mean(axis=1)])
        own = distances(looked_at, built.corners(tile)).max()
        children = built.tree.error_m[built.tree.parent == tile].max()
        assert built.tree.error_m[tile] == pytest.approx(max(own, 1.001 * children), rel=1e-3, abs=1.1e-3)


def cut(built: Built, opened: st.DataObject) -> list[int]:
    """Tiles that cover the surface once, each place at a level of its own."""
    tiles, todo = [], [0]
    while todo:
        tile = todo.pop()
        children = int(built.tree.child_count[tile])
        if children and (tile == 0 or opened.draw(st.booleans())):
            first = int(built.tree.first_child[tile])
            todo += range(first, first + children)
        else:
            tiles.append(tile)
    return tiles


@given(opened=st.data())
def test_between_tiles_of_any_levels_there_is_no_crack(ground: Built, opened: st.DataObject) -> None:
    found = open_sides(np.concatenate([ground.corners(tile) for tile in cut(ground, opened)]))
    middle = found.mean(axis=1) - CORNER
    rim = np.minimum(np.abs(middle[:, :2]), np.abs(middle[:, :2] - 200.0)).min(axis=1)
    assert len(found)
    assert rim.max() <= 1e-3, "a side inside the square belongs to one triangle only"


@given(opened=st.data())
def test_a_closed_box_stays_closed(cube: Built, opened: st.DataObject) -> None:
    assert not len(open_sides(np.concatenate([cube.corners(tile) for tile in cut(cube, opened)])))


def test_pieces_that_are_built_one_by_one_meet_without_a_crack() -> None:
    whole = wavy(48).parts[0]
    west = whole.position[whole.triangles].mean(axis=1)[:, 0] < CORNER[0] + 100.0
    roots = []
    for side in (west, ~west):
        # Files have vertices of their own: here only those that the piece uses.
        used, local = np.unique(whole.triangles[side], return_inverse=True)
        position, triangles = whole.position[used], local.reshape(-1, 3).astype(np.int32)
        part = TexturedPart(position=position, triangles=triangles)
        roots.append(build(TexturedSurface(parts=(part,)), tile_triangles=400, hold_rim=True).corners(0))
        assert len(roots[-1]) < 520
    middle = open_sides(np.concatenate(roots)).mean(axis=1) - CORNER
    assert np.minimum(np.abs(middle[:, :2]), np.abs(middle[:, :2] - 200.0)).min(axis=1).max() <= 1e-3


def test_the_same_surface_gives_the_same_tiles() -> None:
    one, other = (build(wavy(40, picture=shades(128)), tile_triangles=500) for _ in range(2))
    assert one.tree.content == other.tree.content
    np.testing.assert_array_equal(one.tree.error_m, other.tree.error_m)
    for name, content in one.contents.items():
        for a, b in zip(content.primitives, other.contents[name].primitives, strict=True):
            np.testing.assert_array_equal(a.position, b.position)
            np.testing.assert_array_equal(a.triangles, b.triangles)
            assert a.image == b.image


def test_a_surface_of_one_tile_is_a_root_alone() -> None:
    built = build(wavy(10), tile_triangles=1000)
    assert len(built.tree) == 1
    assert built.tree.error_m[0] == 0
    assert len(built.corners(0)) == 200
