"""What is drawn and what is asked for: closed cases, and properties over random trees, cameras and masks."""

from __future__ import annotations

from dataclasses import replace
from math import radians, tan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from meshes.stream.select import select
from meshes.stream.view import View
from meshes.tiles.tree import TileTree, forest
from tests.meshes.stream.trees import (
    above,
    cameras,
    chain,
    leaves,
    looking,
    quadtree,
    random_tree,
    seeds,
    sees,
)
from twin.arrays import Bools

pictures = st.lists(cameras, min_size=1, max_size=2)
limits = st.sampled_from([1.0, 16.0, 100.0])
shares = st.sampled_from([0.1, 0.5, 0.9])


def mask(tree: TileTree, seed: int, share: float) -> Bools:
    """A share of the tiles with content, at random."""
    return tree.has_content & (np.random.default_rng(seed).random(len(tree)) < share)


def everything(tree: TileTree) -> Bools:
    return np.ones(len(tree), bool)


def nothing(tree: TileTree) -> Bools:
    return np.zeros(len(tree), bool)


def some(tree: TileTree, *tiles: int) -> Bools:
    found = nothing(tree)
    found[list(tiles)] = True
    return found


def test_a_tile_is_refined_exactly_where_its_error_on_the_screen_passes_the_limit():
    tree = quadtree(1, error_m=10.0)
    # 10 m · 720 px / (2 · away · tan 30°) from the top of the box, 40 m up
    for away in (300.0, 700.0, 2000.0):
        error_px = 10.0 * 720 / (2 * away * tan(radians(30)))
        view = above(up_m=40.0 + away)
        coarse = select(tree, [view], everything(tree), max_error_px=error_px * 1.001)
        fine = select(tree, [view], everything(tree), max_error_px=error_px * 0.999)
        assert coarse.draw.tolist() == [0]
        assert sorted(fine.draw.tolist()) == [1, 2, 3, 4]


def test_exaggerated_heights_bring_a_tile_nearer():
    tree = quadtree(1, error_m=10.0)
    flat = looking((500, 500, 1000), (500, 500, 0))
    steep = looking((500, 500, 1000), (500, 500, 0), exaggeration=20.0)
    limit = 10.0 * 720 / (2 * 900 * tan(radians(30)))  # passed from 900 m: 960 m away at 1, 200 m at 20
    assert select(tree, [flat], everything(tree), max_error_px=limit).draw.tolist() == [0]
    assert len(select(tree, [steep], everything(tree), max_error_px=limit).draw) == 4


def test_from_inside_its_box_a_tile_is_always_refined():
    tree = quadtree(3)
    view = looking((10, 10, 5), (990, 990, 5))
    drawn = select(tree, [view], everything(tree), max_error_px=1e9).draw
    assert any(tree.child_count[tile] == 0 and (tree.low[tile][:2] == 0).all() for tile in drawn)


def test_the_parent_stays_until_the_last_of_its_children_in_view_is_loaded():
    tree = quadtree(1)
    assert select(tree, [above()], some(tree, 0, 1, 2, 3)).draw.tolist() == [0]
    assert select(tree, [above()], some(tree, 0, 1, 2, 3)).missing == 1
    assert select(tree, [above()], some(tree, 0, 1, 2, 3, 4)).draw.tolist() == [1, 2, 3, 4]


def test_a_child_out_of_view_is_not_waited_for():
    tree = quadtree(1)
    corner = looking((800, 800, 60), (801, 801, 0), angle_deg=20)
    chosen = select(tree, [corner], some(tree, 0, 4))
    assert chosen.draw.tolist() == [4]
    assert chosen.missing == 0
    assert set(chosen.spare.tolist()) == {1, 2, 3}, "it is worth having, though"


def test_a_coarse_tile_stands_in_for_fine_ones_and_fine_ones_for_a_coarse_one():
    tree = quadtree(2)
    children = range(1, 5)
    grandchildren = range(5, 21)
    fine = select(tree, [above()], some(tree, 0, *children, *grandchildren), max_error_px=1)
    assert sorted(fine.draw.tolist()) == list(grandchildren)
    kicked = select(tree, [above()], some(tree, 0, *grandchildren[1:]), max_error_px=1)
    assert kicked.draw.tolist() == [0], "one grandchild is missing, and its parent too"
    over = select(tree, [above()], some(tree, *grandchildren), max_error_px=1e6)
    assert sorted(over.draw.tolist()) == list(grandchildren), "the root is wanted, and covered meanwhile"
    assert over.wanted[: over.missing].tolist() == [0]


def test_where_no_root_is_loaded_whatever_is_there_is_drawn():
    tree = quadtree(1)
    chosen = select(tree, [above()], some(tree, 2, 3))
    assert sorted(chosen.draw.tolist()) == [2, 3]
    assert chosen.missing == 3


def test_a_tile_without_content_is_passed_through():
    tree = quadtree(1)
    hollow = replace(tree, content=("", *tree.content[1:]))
    chosen = select(hollow, [above()], some(hollow, 1, 2, 3), max_error_px=1e9)
    assert sorted(chosen.draw.tolist()) == [1, 2, 3]
    assert chosen.wanted.tolist() == [4]


def test_children_that_add_are_drawn_beside_their_parent_each_when_it_comes():
    tree = quadtree(2, add=True)
    assert sorted(select(tree, [above()], some(tree, 0, 1, 3)).draw.tolist()) == [0, 1, 3]
    assert sorted(select(tree, [above()], everything(tree), max_error_px=1).draw.tolist()) == list(range(21))


def test_coarse_tiles_are_wanted_first_and_then_those_near_the_middle():
    tree = quadtree(2)
    view = looking((500, 500, 1000), (600, 700, 0))
    chosen = select(tree, [view], nothing(tree), max_error_px=1)
    assert chosen.missing == 21
    assert chosen.wanted[0] == 0
    assert chosen.wanted[1] == 4, "the quarter in which the axis ends"
    assert sorted(chosen.wanted[1:5].tolist()) == [1, 2, 3, 4]


def test_tiles_on_the_cameras_way_are_wanted_after_those_of_the_view():
    tree = quadtree(2)
    here, there = (looking((x, x, 100), (x + 1, x, 0), angle_deg=20) for x in (200, 800))
    plain = select(tree, [here], nothing(tree), max_error_px=1)
    chosen = select(tree, [here], nothing(tree), max_error_px=1, ahead=[there])
    alone = select(tree, [there], nothing(tree), max_error_px=1)
    assert chosen.wanted[: chosen.missing].tolist() == plain.wanted[: plain.missing].tolist()
    new = [tile for tile in alone.asked.tolist() if tile not in plain.asked]
    assert chosen.spare[: len(new)].tolist() == new
    assert len(set(chosen.wanted.tolist())) == len(chosen.wanted)


def test_a_broken_tile_leaves_its_parent_drawn_and_its_siblings_unloaded():
    tree = quadtree(2)
    chosen = select(tree, [above()], some(tree, 0), max_error_px=1, broken=some(tree, 1, 5, 6, 7, 8))
    assert chosen.draw.tolist() == [0]
    assert chosen.missing > 0, "its grandchildren could cover it, had they not been broken too"
    stopped = select(quadtree(1), [above()], some(quadtree(1), 0), broken=some(quadtree(1), 3))
    assert stopped.draw.tolist() == [0]
    assert stopped.missing == 0


def test_roots_out_of_view_are_worth_having_and_an_empty_forest_has_no_answer():
    tree = forest([quadtree(1), quadtree(1)])
    away = looking((500, 500, 500), (500, 500, 2000))
    chosen = select(tree, [away], nothing(tree))
    assert (chosen.draw.size, chosen.missing) == (0, 0)
    assert sorted(chosen.wanted.tolist()) == [0, 5]
    empty = select(forest([]), [away], np.zeros(0, bool), ahead=[away])
    assert (empty.draw.size, empty.wanted.size) == (0, 0)
    blind = select(tree, [], everything(tree))
    assert blind.draw.size == 0


@given(seeds, pictures, limits, shares)
def test_a_place_in_view_is_drawn_once_if_anything_over_it_is_loaded_and_never_twice(
    seed: int, views: list[View], limit: float, share: float
):
    tree = random_tree(seed, add=False)
    loaded = mask(tree, seed, share)
    drawn = set(select(tree, views, loaded, max_error_px=limit).draw.tolist())
    rng = np.random.default_rng(seed)
    for leaf in leaves(tree):
        point = rng.uniform(tree.low[leaf], tree.high[leaf])
        over = chain(tree, int(leaf))
        count = len(drawn.intersection(over))
        assert count <= 1
        if any(sees(view, point) for view in views):
            assert count == int(loaded[over].any())


@given(seeds, pictures, limits, shares)
def test_what_is_drawn_is_loaded_and_kept_and_what_is_wanted_is_not_loaded(
    seed: int, views: list[View], limit: float, share: float
):
    tree = random_tree(seed, add=True)
    loaded = mask(tree, seed, share)
    broken = ~loaded & mask(tree, seed + 1, 0.2)
    chosen = select(tree, views, loaded, max_error_px=limit, broken=broken, ahead=views[:1])
    assert loaded[chosen.draw].all()
    assert loaded[chosen.keep].all()
    assert not (loaded | broken)[chosen.wanted].any()
    assert tree.has_content[chosen.wanted].all()
    assert set(chosen.draw.tolist()) <= set(chosen.keep.tolist())
    for tiles in (chosen.draw, chosen.wanted, chosen.keep, chosen.asked, chosen.spare):
        assert len(set(tiles.tolist())) == len(tiles)
    assert not set(chosen.spare.tolist()) & set(chosen.keep.tolist())
    rank = {tile: place for place, tile in enumerate(chosen.asked.tolist())}
    for tile, place in rank.items():
        assert all(rank.get(parent, -1) <= place for parent in chain(tree, tile))
    for tile in chosen.draw.tolist():
        for over in chain(tree, tile)[1:]:
            assert loaded[over] <= (over in chosen.keep) or not tree.has_content[over]
            assert over not in chosen.draw or tree.add[over], "two levels of one place"


@given(seeds, pictures, limits)
def test_with_everything_loaded_every_tile_is_as_fine_as_asked_and_no_finer(
    seed: int, views: list[View], limit: float
):
    tree = random_tree(seed, add=False)
    chosen = select(tree, views, tree.has_content, max_error_px=limit)
    assert chosen.missing == 0

    def error_px(tile: int, view: View) -> float:
        scale = np.array([1, 1, view.exaggeration])
        nearest = np.clip(view.eye, tree.low[tile] * scale, tree.high[tile] * scale)
        away = float(np.linalg.norm(view.eye - nearest))
        return float(tree.error_m[tile]) * view.height_px / (2 * away * view.tan_half) if away else np.inf

    for tile in chosen.draw.tolist():
        parent = int(tree.parent[tile])
        if parent >= 0 and tree.has_content[parent]:
            assert max(error_px(parent, view) for view in views) > limit * 0.999
        if len(views) == 1 and tree.child_count[tile]:
            assert error_px(tile, views[0]) <= limit * 1.001


@given(seeds, cameras)
def test_far_from_the_origin_the_answer_is_the_same(seed: int, view: View):
    tree = random_tree(seed, add=True)
    offset = np.array([440_000.0, 4_490_000.0, 0.0])
    moved = replace(tree, low=tree.low + offset, high=tree.high + offset)
    eye = view.eye + offset
    planes = view.planes.copy()
    planes[:, 3] -= planes[:, :3] @ offset
    there = replace(view, eye=eye, planes=planes)
    loaded = mask(tree, seed, 0.5)
    a, b = select(tree, [view], loaded), select(moved, [there], loaded)
    assert a.draw.tolist() == b.draw.tolist()


def test_a_whole_tree_is_left_out_where_nobody_would_miss_it_whatever_the_pictures_size():
    tree = replace(quadtree(1, error_m=10.0), absent_m=np.array([50.0, *[np.inf] * 4]))
    limit_m = 50.0 * 720 / (2 * 16.0 * tan(radians(30)))  # its absence is 16 px of 720 from here
    for height_px in (360.0, 720.0, 2160.0):
        for away, there in ((limit_m * 0.999, True), (limit_m * 1.001, False)):
            view = replace(above(up_m=40.0 + away), height_px=height_px)
            full = select(tree, [view], everything(tree), max_error_px=1e6)
            assert full.draw.tolist() == ([0] if there else [])
            empty = select(tree, [view], nothing(tree), max_error_px=1e6)
            assert (empty.wanted.tolist(), empty.missing) == (([0], 1) if there else ([], 0))


def test_leaving_one_tree_out_changes_nothing_for_another():
    far, near = quadtree(2), quadtree(2)
    far = replace(far, absent_m=np.where(far.parent < 0, 1e-6, np.inf))
    view = above(up_m=800.0)
    both = select(forest([far, near]), [view], everything(forest([far, near])))
    alone = select(near, [view], everything(near))
    np.testing.assert_array_equal(both.draw - len(far), alone.draw)
