"""Edits of shots keep all others as they are, and each can be undone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.studio import shot_edits
from apps.studio.edit_history import EditHistory
from tests.apps.studio.films import film, shot
from twin.storyboard.storyboard import Storyboard

IDS = ("a", "b", "c", "d")
Edit = tuple[str, str, int]


def ids(board: Storyboard) -> list[str]:
    return [shot.id for shot in board.shots]


@pytest.mark.parametrize(
    ("moved", "to", "order"), [("a", 2, "bcad"), ("d", 0, "dabc"), ("b", 99, "acdb"), ("b", -1, "bacd")]
)
def test_a_moved_shot_stands_where_it_was_put(moved: str, to: int, order: str) -> None:
    assert "".join(ids(shot_edits.moved(film(*IDS), moved, to))) == order


def test_a_copy_lies_behind_its_shot_under_an_id_of_its_own() -> None:
    copied, new = shot_edits.duplicated(film("shot-1", "shot-3"), "shot-1")
    assert ids(copied) == ["shot-1", new, "shot-3"] and new not in ("shot-1", "shot-3")
    assert shot_edits.changed_shot(copied.shots[1], id="shot-1") == copied.shots[0]


def test_the_only_shot_stays_and_one_that_is_gone_is_named() -> None:
    with pytest.raises(shot_edits.OnlyShotError):
        shot_edits.removed(film("a"), "a")
    with pytest.raises(shot_edits.NoShotError, match="the shot b"):
        shot_edits.removed(film("a", "c"), "b")


def _edited(board: Storyboard, edit: Edit) -> Storyboard:
    kind, which, to = edit
    chosen = board.shots[to % len(board.shots)].id
    if kind == "move":
        return shot_edits.moved(board, chosen, IDS.index(which))
    if kind == "copy":
        return shot_edits.duplicated(board, chosen)[0]
    if kind == "remove" and len(board.shots) > 1:
        return shot_edits.removed(board, chosen)
    return shot_edits.with_shot(board, shot(chosen, level_m=150.0 + to))


EDITS = st.lists(
    st.tuples(st.sampled_from(("move", "copy", "remove", "level")), st.sampled_from(IDS), st.integers(0, 9))
)


@given(EDITS)
def test_undoing_every_edit_leads_through_the_same_films_and_redoing_back(edits: list[Edit]) -> None:
    history = EditHistory(film(*IDS))
    states = [history.board]
    states += [history.board for edit in edits if history.do(_edited(history.board, edit))]
    there = [history.board]
    while history.undo():
        there.append(history.board)
    back = [history.board]
    while history.redo():
        back.append(history.board)
    assert there == states[::-1] and back == states
