"""The shell: loads, uploads, evictions and faults, with a fake disk and a fake renderer."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from meshes.errors import PrefixError
from meshes.stream.select import select
from meshes.stream.streamer import Streamer
from meshes.tiles.tree import TileTree
from tests.meshes.stream.fakes import FakeDisk, FakeHost, FakeStreamer, rows, settle, tiles
from tests.meshes.stream.trees import above, looking, quadtree
from twin.errors import Reason

PLENTY = 10**9
Open = Callable[..., tuple[FakeStreamer, FakeHost, FakeDisk]]
CORNER = looking((900, 900, 60), (901, 901, 0), angle_deg=20)
FAR_CORNER = looking((100, 100, 60), (101, 101, 0), angle_deg=20)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a streamer over one tree; at the end nothing of it may be left."""
    found: list[tuple[FakeStreamer, FakeHost, FakeDisk]] = []
    before = set(threading.enumerate())

    def open_(
        tree: TileTree, *, budget_bytes: int = PLENTY, factor: float = 1.0, **options: object
    ) -> tuple[FakeStreamer, FakeHost, FakeDisk]:
        host, disk = FakeHost(), FakeDisk(tree, factor=factor)
        streamer: FakeStreamer = Streamer(host, disk, budget_bytes=budget_bytes, **options)  # type: ignore[arg-type]
        streamer.add(tree, prefix="")
        found.append((streamer, host, disk))
        return found[-1]

    yield open_
    for streamer, host, disk in found:
        streamer.close()
        streamer.close()
        assert not host.alive
        gc.collect()
        assert disk.open == 0
    new = set(threading.enumerate()) - before
    assert not [thread for thread in new if thread.name.startswith("load-")]


def test_it_settles_on_all_tiles_of_the_view_and_then_changes_nothing(opened: Open):
    tree = quadtree(3)
    streamer, host, disk = opened(tree)
    first = streamer.update([above()], max_error_px=8)
    assert (first.draw, streamer.settled) == ((), False)
    update = settle(streamer, [above()], max_error_px=8)
    full = select(tree, [above()], tree.has_content, max_error_px=8)
    assert rows(update) == sorted(full.draw.tolist())
    assert (update.missing, update.error_px) == (0, 8)
    assert update.nbytes == host.nbytes
    asked = len(disk.asked)
    again = streamer.update([above()], max_error_px=8)
    assert streamer.settled
    assert (again.draw, again.appeared, again.vanished) == (update.draw, (), ())
    assert len(disk.asked) == asked == len(set(disk.asked)), "nothing is loaded twice"


def test_what_appears_and_what_vanishes_add_up_to_what_is_drawn(opened: Open):
    streamer, _, _ = opened(quadtree(3), budget_bytes=45_000)
    shown: set[int] = set()
    for view in (above(), CORNER, FAR_CORNER, above()):
        for _ in range(500):
            update = streamer.update([view], max_error_px=8)
            alive = {handle for _, handle in update.draw}
            assert len(update.appeared) == len(set(tiles(update.appeared)) - shown)
            assert set(tiles(update.vanished)) <= shown
            shown = set(tiles(alive))
            assert rows(update) == sorted(shown), "every index goes with its own handle"
            if streamer.settled:
                break
            assert streamer.wait(10)
        assert streamer.settled


def test_coarse_tiles_come_first(opened: Open):
    streamer, host, _ = opened(quadtree(3), threads=1)
    settle(streamer, [above()], max_error_px=1)
    assert host.made[0] == 0
    assert max(host.made.index(row) for row in range(5)) == 4


def test_at_least_one_tile_is_made_in_a_frame_however_short_its_time(opened: Open):
    streamer, host, _ = opened(quadtree(2))
    view = [above()]
    streamer.update(view, max_error_px=1, upload_s=0)
    assert streamer.wait(10)
    for count in range(1, 5):
        streamer.update(view, max_error_px=1, upload_s=0)
        assert len(host.made) == count
        assert streamer.wait(10)


def test_requests_that_stop_mattering_are_dropped(opened: Open):
    tree = quadtree(3)
    streamer, host, disk = opened(tree, threads=1)
    started, go = threading.Event(), threading.Event()
    settle(streamer, [above(up_m=50_000.0)])  # the root, and nothing else

    def gate() -> None:
        started.set()
        assert go.wait(10)

    disk.gate = gate
    disk.asked.clear()
    streamer.update([CORNER], max_error_px=1)
    assert started.wait(10)
    streamer.update([above(up_m=50_000.0)])
    go.set()
    assert streamer.wait(10)
    streamer.update([above(up_m=50_000.0)])
    assert streamer.settled
    assert len(disk.asked) == 1, "only what had begun was loaded"
    assert host.made == [0], "and was thrown away"


def test_no_more_is_loaded_ahead_of_the_frames_than_may_be_in_flight(opened: Open):
    streamer, _, disk = opened(quadtree(3), max_in_flight=5)
    streamer.update([above()], max_error_px=1)
    assert streamer.wait(10)
    assert len(disk.asked) == 5


def test_news_of_a_prepared_tile_and_of_a_fault_arrive_from_the_load_thread(opened: Open):
    news: list[threading.Thread] = []
    streamer, _, disk = opened(quadtree(1), on_news=lambda: news.append(threading.current_thread()))
    disk.bad = {"t2"}
    settle(streamer, [above()], max_error_px=1)
    streamer.close()
    assert len(news) == len(disk.asked) == 6
    assert threading.main_thread() not in news


def test_a_faulted_tile_leaves_its_parent_drawn_and_says_why(opened: Open):
    streamer, host, disk = opened(quadtree(1))
    disk.bad = {"t3"}
    update = settle(streamer, [above()], max_error_px=1)
    assert rows(update) == [0]
    assert update.missing == 0
    assert streamer.faults == {"t3": Reason("t3: truncated")}
    assert streamer.broken == {3: Reason("t3: truncated")}
    assert disk.asked.count("t3") == 2, "tried once more, and then no more"
    beside = looking((100, 100, 60), (101, 101, 0), angle_deg=20)
    assert rows(settle(streamer, [beside], max_error_px=1)) == [1], "out of view it hinders nobody"
    assert len(host.alive) <= 4


def test_a_tile_that_succeeds_at_the_second_try_is_whole(opened: Open):
    streamer, _, disk = opened(quadtree(1))
    disk.bad = {"t3"}
    disk.gate = lambda: disk.bad.clear() if disk.asked.count("t3") > 1 else None
    assert rows(settle(streamer, [above()], max_error_px=1)) == [1, 2, 3, 4]
    assert not streamer.faults


def test_a_tile_that_the_renderer_refuses_is_broken(opened: Open):
    streamer, host, _ = opened(quadtree(1))
    host.refused = {4.0}
    assert rows(settle(streamer, [above()], max_error_px=1)) == [0]
    assert streamer.faults == {"t4": Reason("no texture unit for tile 4")}


def test_the_error_is_raised_when_the_budget_is_too_small_and_recovers(opened: Open):
    tree = quadtree(4)
    all_of_it = int(tree.nbytes.sum())
    streamer, host, _ = opened(tree, budget_bytes=all_of_it // 3)
    tight = settle(streamer, [above()], max_error_px=1)
    assert tight.error_px > 1
    assert tight.missing == 0
    assert tight.nbytes == host.nbytes <= all_of_it // 3
    asked = len(host.made)
    again = settle(streamer, [above()], max_error_px=1)
    assert (again.draw, len(host.made)) == (tight.draw, asked), "no thrashing"
    near = settle(streamer, [CORNER], max_error_px=1)
    assert near.error_px == 1
    assert rows(near) == sorted(select(tree, [CORNER], tree.has_content, max_error_px=1).draw.tolist())
    back = settle(streamer, [above()], max_error_px=1)
    assert rows(back) == rows(tight)


def test_a_budget_for_nothing_loads_nothing(opened: Open):
    streamer, host, disk = opened(quadtree(2), budget_bytes=500)
    update = settle(streamer, [above()])
    assert (update.draw, host.made, disk.asked) == ((), [], [])
    assert update.missing > 0


def test_sizes_that_were_estimated_too_low_are_learned(opened: Open):
    tree = quadtree(3)
    budget = int(tree.nbytes.sum()) // 2
    streamer, host, _ = opened(tree, budget_bytes=budget, factor=6.0)
    update = settle(streamer, [above()], max_error_px=1)
    assert update.missing == 0
    assert update.nbytes == host.nbytes <= budget


def test_tiles_just_out_of_view_and_on_the_way_are_loaded_when_there_is_room(opened: Open):
    tree = quadtree(2)
    streamer, _, _ = opened(tree)
    settle(streamer, [CORNER], max_error_px=1, ahead=[FAR_CORNER])
    made = streamer.update([FAR_CORNER], max_error_px=1)
    assert made.missing == 0
    assert rows(made) == sorted(select(tree, [FAR_CORNER], tree.has_content, max_error_px=1).draw.tolist())


def test_a_frame_in_a_hurry_loads_only_what_its_view_needs(opened: Open):
    tree = quadtree(2)
    streamer, _, _ = opened(tree)
    settle(streamer, [CORNER], max_error_px=1, ahead=[FAR_CORNER], idle=False)
    hurried = streamer.update([FAR_CORNER], max_error_px=1, idle=False)
    assert hurried.missing > 0
    settle(streamer, [CORNER], max_error_px=1, ahead=[FAR_CORNER])
    assert streamer.update([FAR_CORNER], max_error_px=1).missing == 0


def test_what_was_used_longest_ago_goes_first_and_fine_before_coarse(opened: Open):
    tree = quadtree(2)
    streamer, host, _ = opened(tree, budget_bytes=12_000)
    settle(streamer, [CORNER], max_error_px=1)
    settle(streamer, [FAR_CORNER], max_error_px=1)
    alive = tiles(host.alive)
    assert {0, 1, 2, 3, 4} <= set(alive), "the coarse ones are on everybody's way"
    assert len(alive) <= 12


def test_several_views_share_one_cache(opened: Open):
    tree = quadtree(3)
    streamer, _, disk = opened(tree)
    both = settle(streamer, [CORNER, FAR_CORNER], max_error_px=4)
    for view in (CORNER, FAR_CORNER):
        alone = select(tree, [view], tree.has_content, max_error_px=4)
        assert set(alone.draw.tolist()) <= set(rows(both))
    assert len(disk.asked) == len(set(disk.asked))


def test_views_that_take_turns_reload_nothing_and_fit_one_budget(opened: Open):
    """Without counting them together each turn evicts what the other needs."""
    tree = quadtree(4)
    east, west = (looking((x, x, 300), (x + 1, x + 1, 0), angle_deg=60) for x in (750, 250))
    need, other = (
        int(tree.nbytes[select(tree, [view], tree.has_content, max_error_px=8).asked].sum())
        for view in (east, west)
    )
    budget = int(0.75 * (need + other))
    assert max(need, other) < budget, "each alone fits"
    for counted in (False, True):
        streamer, host, _ = opened(tree, budget_bytes=budget)
        made = [0]
        for turn in range(200):
            views = (east, west) if turn % 2 else (west, east)
            update = streamer.update(views[:1], max_error_px=8, others=views[1:] if counted else ())
            streamer.wait(1.0)
            made.append(len(host.made))
            assert host.nbytes <= budget
        assert (made[-1] > made[-50]) is not counted
    assert (update.missing, update.error_px > 8) == (0, True), "coarser, and whole"


def test_tilesets_come_and_go(opened: Open):
    west = quadtree(2)
    aside = np.array([1000.0, 0.0, 0.0])
    east = replace(west, low=west.low + aside, high=west.high + aside)
    streamer, host, disk = opened(west)
    disk.rows |= {f"east/{name}": row for name, row in disk.rows.items()}
    disk.bad = {"east/t7"}
    streamer.add(east, prefix="east/")
    wide = looking((1000, 500, 1500), (1000, 500, 0))
    update = settle(streamer, [wide], max_error_px=1)
    assert len(streamer.tree) == len(west) + len(east)
    assert {index >= len(west) for index, _ in update.draw} == {True, False}
    assert streamer.faults == {"east/t7": Reason("east/t7: truncated")}
    assert list(streamer.broken) == [len(west) + 7]
    east_only = [handle for index, handle in update.draw if index >= len(west)]
    streamer.remove("")
    assert {handle for _, handle in update.draw} & host.alive == set(east_only), "freed at once"
    after = settle(streamer, [wide], max_error_px=1)
    assert [handle for _, handle in after.draw] == east_only
    assert (after.appeared, after.vanished) == ((), ())
    streamer.remove("east/")
    assert not streamer.faults
    assert not host.alive
    assert settle(streamer, [wide]).draw == ()


def test_a_tileset_removed_in_flight_is_not_made(opened: Open):
    tree = quadtree(1)
    streamer, host, disk = opened(tree, threads=1)
    started, go = threading.Event(), threading.Event()

    def gate() -> None:
        started.set()
        assert go.wait(10)

    disk.gate = gate
    streamer.update([above()])
    assert started.wait(10)
    streamer.remove("")
    streamer.add(tree, prefix="")
    go.set()
    assert streamer.wait(10)
    streamer.remove("")
    settle(streamer, [above()])
    assert host.made == []


def test_a_prefix_is_added_once_and_removed_once(opened: Open):
    streamer, _, _ = opened(quadtree(1))
    with pytest.raises(PrefixError, match="already streamed"):
        streamer.add(quadtree(1), prefix="")
    with pytest.raises(PrefixError, match="no tileset 'x/'"):
        streamer.remove("x/")


def test_a_freed_tile_leaves_nothing_open(opened: Open):
    tree = quadtree(2)
    streamer, host, disk = opened(tree, budget_bytes=12_000)
    settle(streamer, [CORNER], max_error_px=1)
    settle(streamer, [FAR_CORNER], max_error_px=1)
    gc.collect()
    assert disk.open == len(host.alive) < len(disk.asked)


def test_wait_gives_up_after_its_time(opened: Open):
    streamer, _, disk = opened(quadtree(1))
    go = threading.Event()
    disk.gate = lambda: np.testing.assert_(go.wait(10))
    streamer.update([above()])
    assert not streamer.wait(0.01)
    go.set()
    assert streamer.wait(10)
