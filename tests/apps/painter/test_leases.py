"""Who draws next: the wall, moving views by turns, then stills; a view keeps its painter."""

from __future__ import annotations

from itertools import pairwise

import pytest

from apps.painter.leases import MOVES_S, Leases, Order, Priority
from tests.apps.clock import Clock

A, B = "painter a", "painter b"
WALL, MOVING, QUICK, STILL = Priority.WALL, Priority.MOVING, Priority.QUICK, Priority.STILL


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def leases(clock: Clock) -> Leases:
    return Leases(clock=clock)


def order(view: str, priority: Priority = STILL, *, follows: bool = False) -> Order:
    return Order(view=view, priority=priority, follows=follows)


def asked(leases: Leases, view: str, priority: Priority = STILL, *, follows: bool = False) -> Order:
    it = order(view, priority, follows=follows)
    assert leases.add(it)
    return it


def drawn(leases: Leases, painter: str = A) -> str | None:
    """The view of which a painter draws next; it is free again at once."""
    found = leases.next(painter)
    leases.done(painter)
    return None if found is None else found.view


def test_the_wall_goes_first_then_who_moves_then_a_first_picture_then_other_stills(leases: Leases) -> None:
    asked(leases, "old")
    assert drawn(leases) == "old"
    asked(leases, "old")
    asked(leases, "new")
    asked(leases, "hand", MOVING)
    asked(leases, "wall", WALL)
    assert [drawn(leases) for _ in range(5)] == ["wall", "hand", "new", "old", None]


def test_moving_views_take_turns_however_eager_one_is(leases: Leases) -> None:
    views = ("one", "two", "three")
    for view in views:
        asked(leases, view, MOVING)
    rounds = []
    for _ in range(9):
        view = drawn(leases)
        assert view is not None
        rounds.append(view)
        asked(leases, view, MOVING)  # at once again
    assert rounds == list(views) * 3


def test_a_quick_question_waits_for_one_frame_at_most(leases: Leases) -> None:
    for view in ("one", "two"):
        asked(leases, view, MOVING)
        assert drawn(leases) == view
        asked(leases, view, MOVING)
    asked(leases, "still")
    asked(leases, "one", QUICK)
    asked(leases, "click", QUICK)
    assert [drawn(leases) for _ in range(5)][:2] == ["click", "one"]


def test_a_wall_that_flies_keeps_no_question_and_no_desk_waiting(leases: Leases, clock: Clock) -> None:
    """With one painter, which always has a frame of the wall to draw."""
    asked(leases, "wall", WALL)
    for number in range(4):
        asked(leases, f"question{number}", QUICK)
    for view in ("hand", "still"):
        asked(leases, view, MOVING if view == "hand" else STILL)
    took: list[str] = []
    for _ in range(40):
        clock.now += 0.1
        view = drawn(leases)
        assert view is not None
        took.append(view)
        if view == "wall":
            asked(leases, "wall", WALL)
    assert [took.index(f"question{n}") for n in range(4)] == [0, 2, 4, 6]
    assert {"hand", "still"} <= set(took) and abs(took.index("hand") - took.index("still")) > 5
    assert took.count("wall") == 40 - 6


def test_stills_that_take_long_keep_no_question_waiting(leases: Leases, clock: Clock) -> None:
    for view in ("one", "two"):
        asked(leases, view)
    clock.now += 2.0
    asked(leases, "opening", QUICK)
    took = []
    for _ in range(4):
        clock.now += 2.0  # each has aged
        view = drawn(leases)
        assert view is not None
        took.append(view)
        asked(leases, view if view != "opening" else "one")
    assert took[0] == "opening"


def test_of_stills_that_have_waited_one_a_second_is_drawn_while_others_move(
    leases: Leases, clock: Clock
) -> None:
    for view in ("s1", "s2", "s3"):
        asked(leases, view)
    asked(leases, "m1", MOVING)
    asked(leases, "m2", MOVING)
    views = []
    for _ in range(40):
        view = drawn(leases)
        assert view is not None
        views.append(view)
        clock.now += 0.1
        if view in ("m1", "m2"):
            asked(leases, view, MOVING)
    places = [k for k, view in enumerate(views) if view.startswith("s")]
    assert [views[k] for k in places] == ["s1", "s2", "s3"]
    assert places[0] > 9 and all(b - a > 9 for a, b in pairwise(places))
    assert abs(views.count("m1") - views.count("m2")) <= 1


def test_a_view_stays_with_its_painter(leases: Leases, clock: Clock) -> None:
    """While another is free, too: its tiles, labels and samples are there."""
    asked(leases, "one", MOVING)
    assert drawn(leases, A) == "one"
    for k in range(5):
        asked(leases, "one", MOVING if k % 2 else STILL)
        assert drawn(leases, B) is None
        assert drawn(leases, A) == "one"
        clock.now += 10.0


def test_a_much_busier_painter_gives_a_moving_view_away_and_views_do_not_go_to_and_fro(
    leases: Leases,
) -> None:
    for view in ("one", "two", "three"):
        asked(leases, view, MOVING)
        assert drawn(leases, A) == view
        asked(leases, view, MOVING)
    assert drawn(leases, B) == "one", "of three one goes"
    asked(leases, "one", MOVING)
    for _ in range(5):
        for painter, views in ((A, ("two", "three")), (B, ("one",))):
            for view in views:
                assert drawn(leases, painter) == view
                asked(leases, view, MOVING)
    assert drawn(leases, B) == "one"
    assert drawn(leases, B) is None, "two and one: nothing would be gained"


def test_a_still_leaves_a_painter_that_is_busy_with_a_hand(leases: Leases, clock: Clock) -> None:
    for view in ("hand", "still"):
        asked(leases, view, MOVING if view == "hand" else STILL)
        assert drawn(leases, A) == view
    asked(leases, "still")
    assert drawn(leases, B) == "still"
    clock.now += MOVES_S + 0.1
    asked(leases, "still")
    assert drawn(leases, A) is None


def test_samples_are_of_one_painter_and_lost_with_it(leases: Leases) -> None:
    for view in ("hand", "still"):
        asked(leases, view, MOVING if view == "hand" else STILL)
        assert drawn(leases, A) == view
    asked(leases, "hand", MOVING)
    sample = asked(leases, "still", follows=True)
    assert drawn(leases, B) is None, "however busy its painter is"
    assert leases.end(A) == [sample]
    assert not leases.add(order("still", follows=True))
    assert drawn(leases, B) == "hand"
    asked(leases, "still", QUICK)
    assert drawn(leases, B) == "still"
    assert not leases.add(order("still", follows=True)), "a label is no sample"
    asked(leases, "still")
    assert drawn(leases, B) == "still"
    assert leases.add(order("still", follows=True))


def test_what_is_dropped_is_not_drawn_and_what_ends_is_forgotten(leases: Leases) -> None:
    dropped = asked(leases, "one")
    assert leases.drop(dropped) and not leases.drop(dropped)
    assert drawn(leases) is None
    asked(leases, "one")
    assert drawn(leases) == "one" and leases.leased == 1
    leases.forget("one")
    assert leases.leased == 0 and leases.load(A) == (0, 0)
