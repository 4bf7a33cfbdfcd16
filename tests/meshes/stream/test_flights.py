"""Random flights over random trees with a random budget: what must hold in every frame, and at rest."""

from __future__ import annotations

from contextlib import closing

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from meshes.stream.select import select
from meshes.stream.streamer import Streamer
from meshes.stream.view import View
from tests.meshes.stream.fakes import FakeDisk, FakeHost, FakeStreamer, rows, settle
from tests.meshes.stream.trees import cameras, chain, leaves, random_tree, seeds, sees

flights = st.lists(cameras, min_size=2, max_size=8)
shares = st.floats(0.3, 1.2)
factors = st.sampled_from([0.7, 1.0, 1.5])
faults = st.sampled_from([0.0, 0.15])
IN_FLIGHT = 4


@given(seeds, flights, shares, factors, faults)
def test_in_a_flight_no_place_is_drawn_twice_and_none_that_was_covered_is_lost(
    seed: int, flight: list[View], share: float, factor: float, fault: float
):
    tree = random_tree(seed, add=False)
    rng = np.random.default_rng(seed)
    places = [(chain(tree, int(leaf)), rng.uniform(tree.low[leaf], tree.high[leaf])) for leaf in leaves(tree)]
    budget = int(tree.nbytes.sum() * share)
    host, disk = FakeHost(), FakeDisk(tree, factor=factor)
    disk.bad = {name for name in disk.rows if rng.random() < fault}
    streamer: FakeStreamer = Streamer(host, disk, budget_bytes=budget, max_in_flight=IN_FLIGHT)
    with closing(streamer):
        streamer.add(tree, prefix="")
        before: set[int] = set()
        for place, view in enumerate(flight):
            for _ in range(int(rng.integers(1, 4))):
                update = streamer.update([view], upload_s=0, ahead=flight[place + 1 : place + 2])
                now = set(rows(update))
                covered = {
                    spot for spot, (over, point) in enumerate(places) if sees(view, point) and now & set(over)
                }
                assert all(len(now & set(over)) <= 1 for over, _ in places)
                stays = {spot for spot in before if sees(view, places[spot][1])}
                assert stays <= covered
                before = covered
                assert {handle for _, handle in update.draw} <= host.alive
                assert update.nbytes == host.nbytes
                if rng.random() < 0.7:
                    assert streamer.wait(10)
    assert not host.alive


@given(seeds, flights, shares, factors)
def test_bytes_stay_within_the_budget_but_for_what_stands_in(
    seed: int, flight: list[View], share: float, factor: float
):
    tree = random_tree(seed, add=True)
    budget = int(tree.nbytes.sum() * share)
    host, disk = FakeHost(), FakeDisk(tree, factor=factor)
    streamer: FakeStreamer = Streamer(host, disk, budget_bytes=budget, max_in_flight=IN_FLIGHT)
    with closing(streamer):
        streamer.add(tree, prefix="")
        for view in flight:
            update = streamer.update([view])
            if update.nbytes > budget:
                loaded = np.zeros(len(tree), bool)
                loaded[[int(tile.content.centre[0]) for tile in host.alive]] = True
                now = select(tree, [view], loaded, max_error_px=update.error_px)
                assert set(np.flatnonzero(loaded)) <= set(now.keep), "nothing that could go was left"
                assert set(now.draw) - set(now.asked), "finer tiles stand in for a coarse one"
            assert streamer.wait(10)


@given(seeds, cameras, shares, factors)
def test_at_rest_it_settles_within_the_budget_on_all_tiles_at_its_error(
    seed: int, view: View, share: float, factor: float
):
    tree = random_tree(seed, add=True)
    budget = int(tree.nbytes.sum() * share * factor)
    host, disk = FakeHost(), FakeDisk(tree, factor=factor)
    streamer: FakeStreamer = Streamer(host, disk, budget_bytes=budget, max_in_flight=IN_FLIGHT)
    with closing(streamer):
        streamer.add(tree, prefix="")
        update = settle(streamer, [view])
        assert update.nbytes <= budget
        full = select(tree, [view], tree.has_content, max_error_px=update.error_px)
        if update.missing == 0:
            assert rows(update) == sorted(full.draw.tolist())
        else:
            assert update.error_px == 64 * 16
            # What was never loaded counts with its estimate.
            sizes = np.maximum(disk.sizes * 12, tree.nbytes)
            assert sizes[full.asked].sum() > budget
        made = len(host.made)
        again = streamer.update([view])
        assert streamer.settled
        assert (again.draw, again.error_px, len(host.made)) == (update.draw, update.error_px, made)


@given(seeds, cameras, cameras, shares)
def test_it_comes_to_rest_at_the_same_picture_whatever_it_saw_before(
    seed: int, first: View, second: View, share: float
):
    tree = random_tree(seed, add=False)
    budget = int(tree.nbytes.sum() * share)
    host, disk = FakeHost(), FakeDisk(tree)
    streamer: FakeStreamer = Streamer(host, disk, budget_bytes=budget)
    with closing(streamer):
        streamer.add(tree, prefix="")
        settle(streamer, [first])
        there = settle(streamer, [second])
        if there.missing == 0:
            full = select(tree, [second], tree.has_content, max_error_px=there.error_px)
            assert rows(there) == sorted(full.draw.tolist())
            assert there.nbytes <= budget
