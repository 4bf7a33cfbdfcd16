"""The tiles of a geometric error: a cut through the tree that covers everything once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.tiles.tree import forest, tiles_at
from tests.meshes.stream.trees import quadtree, random_tree, tree_of

LOW, HIGH = (0.0, 0.0, 0.0), (10.0, 10.0, 5.0)


@pytest.mark.parametrize(
    ("error_m", "count", "worst_m"), [(64.0, 1, 64.0), (63.9, 4, 32.0), (32.0, 4, 32.0), (16.0, 16, 16.0)]
)
def test_the_coarsest_tiles_that_are_fine_enough(error_m: float, count: int, worst_m: float) -> None:
    tree = quadtree(3)
    chosen = tiles_at(tree, error_m)
    assert len(chosen) == count
    assert set(tree.error_m[chosen]) == {worst_m}


def test_no_error_asks_for_the_finest_and_several_trees_are_cut_each() -> None:
    tree = forest([quadtree(2), quadtree(1)])
    chosen = tiles_at(tree, 0.0)
    assert len(chosen) == 16 + 4
    assert set(tree.child_count[chosen]) == {0}


def test_children_that_are_drawn_beside_a_tile_leave_it_there() -> None:
    tree = quadtree(2, add=True)
    assert len(tiles_at(tree, 0.0)) == len(tree)
    assert list(tiles_at(tree, 64.0)) == [0]


def test_a_tile_without_content_is_passed_through_and_a_coarse_leaf_is_all_there_is() -> None:
    tree = tree_of(
        [
            {"parent": -1, "low": LOW, "high": HIGH, "error_m": 8.0, "name": ""},
            {"parent": 0, "low": LOW, "high": HIGH, "error_m": 4.0, "name": "leaf"},
            {"parent": 0, "low": LOW, "high": HIGH, "error_m": 4.0, "name": "parent"},
            {"parent": 2, "low": LOW, "high": HIGH, "error_m": 1.0, "name": "fine"},
        ]
    )
    assert [tree.content[tile] for tile in tiles_at(tree, 100.0)] == ["leaf", "parent"]
    assert [tree.content[tile] for tile in tiles_at(tree, 0.5)] == ["leaf", "fine"]


def test_an_empty_tree_has_none() -> None:
    assert len(tiles_at(forest([]), 1.0)) == 0


@given(seed=st.integers(0, 10_000), error_m=st.floats(0.0, 90.0))
def test_the_tiles_cover_everything_once(seed: int, error_m: float) -> None:
    tree = random_tree(seed, add=False)
    area_m2 = np.prod(tree.high[:, :2] - tree.low[:, :2], axis=1)
    chosen = tiles_at(tree, error_m)
    assert area_m2[chosen].sum() == pytest.approx(area_m2[tree.parent < 0].sum())
    assert (tree.error_m[chosen][tree.child_count[chosen] > 0] <= error_m).all()
