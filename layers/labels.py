"""Which names are shown and where: one placer for both painters.

A name is a candidate where its place is in view, near enough and not behind a mountain. Candidates are taken
by priority; one that would cover another is left out. A name that was shown in the last frame goes first
among its equals, so that names do not flicker while the camera turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import hypot, radians, tan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers import camera as geometry
from layers.anchors import Anchor, Crowd
from layers.ground import Flood, Ground
from layers.model import F64, I64
from layers.overlay import Label, Mark
from layers.room import Box, Room
from layers.symbols import radius_px
from twin.scene import Camera

if TYPE_CHECKING:
    from layers.stations import Sign

__all__ = ["Box", "Placer", "project", "text_scale"]

GAP_PX = 5.0
LINE = 1.25  # a line's height in units of its size
MARK_PX = 7.0  # from a mark's middle to the text above it
STAY = 0.9  # how much priority a name gains by being shown already
MOST = 140
MARGIN_PX = 6.0
STEPS = 56  # looks along the way from the eye to a place


PICK_PX = 11.0
"""A click that near to a sign means it, in a view 720 high."""

SIGN_LINES_PX = 29.0
"""The height of a sign's two lines in a view 720 high."""


class Placed(NamedTuple):
    """An anchor whose words are shown, and where their middle stands from its place, pixels."""

    number: int
    dx: float
    dy: float


class Placer:
    """Places names frame by frame; remembers only what it showed last."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._crowd = Crowd((), ground)
        self._known: Sequence[Anchor] = ()
        self._shown: dict[str, Placed] = {}
        self._signs: Mapping[str, Sign] = {}
        self._size = (1.0, 1.0)
        self._marks: list[tuple[str, float, float]] = []
        self._words: list[tuple[str, Box]] = []

    def tell(self, signs: Mapping[str, Sign]) -> None:
        """What live anchors show from now on, by their ids."""
        self._signs = signs
        self._crowd.tell(signs)

    def at(self, x: float, y: float) -> str | None:
        """The live anchor whose mark or words stood at a point of the last view (fractions), or None."""
        px, py = x * self._size[0], y * self._size[1]
        best: tuple[float, str] | None = None
        for id_, mark_x, mark_y in self._marks:
            away = hypot(px - mark_x * self._size[0], py - mark_y * self._size[1])
            if away < PICK_PX * text_scale(self._size[1]) and (best is None or away < best[0]):
                best = away, id_
        if best is not None:
            return best[1]
        for id_, (left, top, right, bottom) in self._words:
            if left <= px <= right and top <= py <= bottom:
                return id_
        return None

    def place(
        self,
        anchors: Sequence[Anchor],
        *,
        camera: Camera,
        size: tuple[float, float],
        language: str,
        flood: Flood | None,
        exaggeration: float,
        opacity: Mapping[str, float],
        reserved: Sequence[Box] = (),
    ) -> tuple[tuple[Label, ...], tuple[Mark, ...]]:
        """Labels and marks for a view of ``size`` (width, height) CSS pixels.

        ``opacity`` is per layer; anchors of layers that are not in it are hidden. No name is placed in the
        ``reserved`` boxes (left, top, right, bottom; CSS pixels). What the placer finds out about a sequence
        of anchors it keeps: another sequence, not this one changed, tells of others.
        """
        if anchors is not self._known:
            self._known, self._crowd, self._shown = anchors, Crowd(anchors, self._ground), {}
            self._crowd.tell(self._signs)
        crowd = self._crowd
        x, y, away = project(crowd.places(flood, exaggeration), camera, size[0] / size[1], exaggeration)
        open_ = (away > 1.0) & (away < crowd.reach_m) & (x > 0) & (x < 1) & (y > 0) & (y < 1)
        open_ &= crowd.in_layers(opacity) & ~crowd.hidden
        open_[open_] = self._unhidden(crowd.places(flood, exaggeration)[open_], camera, exaggeration)
        in_view = np.flatnonzero(open_ & ~crowd.drowned(flood))
        marks = [_mark(crowd, i, float(x[i]), float(y[i]), opacity) for i in in_view[crowd.marked[in_view]]]
        stays = np.array(
            [(p := self._shown.get(crowd.anchors[i].id)) is not None and p.number == i for i in in_view],
            dtype=bool,
        )
        rank = -(crowd.importance[in_view] + STAY * stays)
        candidates = in_view[np.lexsort((away[in_view], crowd.choice[in_view], rank))]
        chosen = _chosen(
            crowd,
            candidates,
            x[candidates] * size[0],
            y[candidates] * size[1],
            size=size,
            language=language,
            reserved=reserved,
            before=self._shown,
        )
        self._shown = {crowd.anchors[i].id: placed for i, placed in chosen.items()}
        labels = [
            _label(crowd, placed, float(x[i]), float(y[i]), language, opacity) for i, placed in chosen.items()
        ]
        self._size = size
        self._marks = [(mark.id, mark.x, mark.y) for mark in marks if mark.state]
        scale, half = text_scale(size[1]), crowd.half_px(language)
        self._words = [
            (
                label.id,
                _box(
                    label.x * size[0] + label.dx,
                    label.y * size[1] + label.dy,
                    scale * float(half[i]),
                    scale * SIGN_LINES_PX / 2,
                    None,
                    scale,
                ),
            )
            for i, label in zip(chosen, labels, strict=True)
            if label.state
        ]
        return tuple(labels), tuple(marks)

    def _unhidden(self, at: F64, camera: Camera, exaggeration: float) -> NDArray[np.bool_]:
        """Which places no mountain stands before; looks are closer together near the place."""
        eye = np.array(geometry.eye(camera, exaggeration))
        share = 1.0 - np.linspace(0.0, 1.0, STEPS + 2)[1:-1] ** 2
        way = eye + share[:, None, None] * (at - eye)
        ground = self._ground.height(way[..., 0], way[..., 1]) * exaggeration
        hidden: NDArray[np.bool_] = (ground > way[..., 2]).any(axis=0)  # NaN, off the terrain, hides nothing
        return ~hidden


def _chosen(
    crowd: Crowd,
    candidates: I64,
    x: F64,
    y: F64,
    *,
    size: tuple[float, float],
    language: str,
    reserved: Sequence[Box],
    before: Mapping[str, Placed],
) -> dict[int, Placed]:
    """The candidates, given in their order, that cover nothing before them, and where they stand."""
    scale = text_scale(size[1])
    room = Room(size, reserved)
    half = scale * crowd.half_px(language)[candidates]
    line = LINE * scale * crowd.size_px[candidates]
    marked = crowd.marked[candidates]
    chosen: dict[int, Placed] = {}
    names: set[str] = set()
    rows = zip(candidates.tolist(), x.tolist(), y.tolist(), half.tolist(), line.tolist(), marked, strict=True)
    for i, at_x, at_y, half_px, line_px, has_mark in rows:
        anchor = crowd.anchors[i]
        if anchor.id in names or half_px != half_px:  # noqa: PLR0124  (NaN: nothing to be said)
            continue
        known = before.get(anchor.id)
        if anchor.live:
            offsets = _sides(half_px, scale, known, radius_px(anchor.kind.removeprefix("station-")) * scale)
            height = scale * SIGN_LINES_PX
        else:
            offsets = ((0.0, -(MARK_PX * scale + line_px / 2) if has_mark else 0.0),)
            height = line_px
        for dx, dy in offsets:
            box = _box(at_x + dx, at_y + dy, half_px, height / 2, at_y if has_mark else None, scale)
            if _inside(box, size) and room.is_free(_grown(box)):
                room.take(box)
                chosen[i] = Placed(i, dx, dy)
                names.add(anchor.id)
                break
        if len(chosen) == MOST:
            break
    return chosen


def _sides(half: float, scale: float, known: Placed | None, radius: float) -> tuple[tuple[float, float], ...]:
    """Where a sign's words may stand: the side they stood on, then right, above, left and below of it."""
    aside, up = radius + 3 * scale + half, radius + scale * (2 + SIGN_LINES_PX / 2)
    sides = ((aside, 0.0), (0.0, -up), (-aside, 0.0), (0.0, up))
    if known is None:
        return sides
    first = min(range(4), key=lambda k: _differs(sides[k], known))
    return (sides[first], *(side for k, side in enumerate(sides) if k != first))


def _differs(side: tuple[float, float], known: Placed) -> float:
    """How far a side is, by its direction, from where words stood; their width may have changed."""
    return abs(_sign(side[0]) - _sign(known.dx)) + abs(_sign(side[1]) - _sign(known.dy))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _box(x: float, y: float, half: float, half_height: float, mark_y: float | None, scale: float) -> Box:
    """What words cover, with the mark below them where they stand above one."""
    top, bottom = y - half_height, y + half_height
    if mark_y is not None and bottom < mark_y:
        bottom = mark_y + MARK_PX * scale / 2
    return x - half, top, x + half, bottom


def _inside(box: Box, size: tuple[float, float]) -> bool:
    left, top, right, bottom = box
    return (
        left >= MARGIN_PX
        and top >= MARGIN_PX
        and right <= size[0] - MARGIN_PX
        and bottom <= size[1] - MARGIN_PX
    )


def _grown(box: Box) -> Box:
    return box[0] - GAP_PX, box[1] - GAP_PX, box[2] + GAP_PX, box[3] + GAP_PX


def _mark(crowd: Crowd, i: int, x: float, y: float, opacity: Mapping[str, float]) -> Mark:
    anchor, sign = crowd.anchors[i], crowd.signs.get(i)
    return Mark(
        id=anchor.id if anchor.choice == 0 else f"{anchor.id}.{anchor.choice}",
        layer=anchor.layer,
        kind=anchor.kind,
        colour=anchor.mark or "",
        x=x,
        y=y,
        opacity=opacity[anchor.layer],
        state="" if sign is None else sign.state,
        rank=0 if sign is None else sign.rank,
    )


def _label(
    crowd: Crowd, placed: Placed, x: float, y: float, language: str, opacity: Mapping[str, float]
) -> Label:
    anchor, sign = crowd.anchors[placed.number], crowd.signs.get(placed.number)
    name = Label(
        id=anchor.id,
        layer=anchor.layer,
        kind=anchor.kind,
        text=anchor.text[language],
        x=x,
        y=y,
        mark=anchor.mark is not None,
        opacity=opacity[anchor.layer],
    )
    if sign is None:
        return name
    return replace(
        name,
        text=sign.name,
        detail=sign.detail,
        state=sign.state,
        rank=sign.rank,
        mark=False,
        dx=round(placed.dx, 1),
        dy=round(placed.dy, 1),
    )


def text_scale(height_px: float) -> float:
    """How much larger texts are in a view of this height than in one of 720: slower than the view grows."""
    return max(0.75, float((height_px / 720.0) ** 0.6))


def project(at: F64, camera: Camera, aspect: float, exaggeration: float) -> tuple[F64, F64, F64]:
    """(x, y, distance ahead) of places (n, 3) in the exaggerated scene; x and y as fractions of the view."""
    from_eye = at - np.array(geometry.eye(camera, exaggeration))
    ahead = from_eye @ np.array(geometry.forward(camera))
    half = tan(radians(camera.view_angle_deg) / 2.0)
    safe = np.where(ahead > 1e-6, ahead, np.nan)
    x = 0.5 + from_eye @ np.array(geometry.right(camera)) / (2.0 * half * aspect * safe)
    y = 0.5 - from_eye @ np.array(geometry.up(camera)) / (2.0 * half * safe)
    return np.nan_to_num(x, nan=-1.0), np.nan_to_num(y, nan=-1.0), ahead
