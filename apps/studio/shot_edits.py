"""Edit shots of a storyboard: each edit returns a new storyboard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twin.errors import TwinError
from twin.storyboard.storyboard import Shot, Storyboard


class OnlyShotError(TwinError):
    """Removal of a film's only shot."""

    zh = "影片至少要有一个镜头；请先加入另一个，再删除这一个"


class NoShotError(TwinError):
    """Edit of a shot that is gone; ``shot`` is its id."""

    zh = "镜头 {shot} 已不在影片中，未作更改"


def changed(board: Storyboard, **fields: Any) -> Storyboard:
    """Return the storyboard with some fields changed.

    Raises ValidationError for values that cannot be.
    """
    return Storyboard(**{**dict(board), **fields})


def changed_shot(shot: Shot, **fields: Any) -> Shot:
    """Return the shot with some fields changed; raises ValidationError."""
    return Shot(**{**dict(shot), **fields})


def number_of(board: Storyboard, id_: str) -> int:
    """Return the place of a shot, from 0; raises NoShotError."""
    for number, shot in enumerate(board.shots):
        if shot.id == id_:
            return number
    raise NoShotError(f"the shot {id_} is not in the film any more; nothing has changed", shot=id_)


def with_shot(board: Storyboard, shot: Shot) -> Storyboard:
    """Return the storyboard with one shot replaced, by its id."""
    number = number_of(board, shot.id)
    return changed(board, shots=[*board.shots[:number], shot, *board.shots[number + 1 :]])


def inserted(board: Storyboard, shot: Shot, *, after: str | None) -> Storyboard:
    """Return the storyboard with a shot more, behind another one or last."""
    number = len(board.shots) if after is None else number_of(board, after) + 1
    return changed(board, shots=[*board.shots[:number], shot, *board.shots[number:]])


def moved(board: Storyboard, id_: str, to: int) -> Storyboard:
    """Return the storyboard with a shot at another place, from 0."""
    number = number_of(board, id_)
    rest = [*board.shots[:number], *board.shots[number + 1 :]]
    to = min(len(rest), max(0, to))
    return changed(board, shots=[*rest[:to], board.shots[number], *rest[to:]])


def duplicated(board: Storyboard, id_: str) -> tuple[Storyboard, str]:
    """Copy a shot behind itself; return storyboard and new id."""
    new = free_id(shot.id for shot in board.shots)
    copy = changed_shot(board.shots[number_of(board, id_)], id=new)
    return inserted(board, copy, after=id_), new


def removed(board: Storyboard, id_: str) -> Storyboard:
    """Return the storyboard without a shot; raises OnlyShotError."""
    number = number_of(board, id_)
    if len(board.shots) == 1:
        raise OnlyShotError("a film has one shot at least: add another before this one is removed")
    return changed(board, shots=[*board.shots[:number], *board.shots[number + 1 :]])


def free_id(taken: Iterable[str]) -> str:
    """Return the first of ``shot-1``, ``shot-2`` … that is not taken."""
    known = set(taken)
    number = len(known) + 1
    while f"shot-{number}" in known:
        number += 1
    return f"shot-{number}"


def starts_s(board: Storyboard) -> list[float]:
    """Return the second of the film at which each shot begins."""
    starts, at_s = [], 0.0
    for shot in board.shots:
        starts.append(at_s)
        at_s += shot.seconds
    return starts
