"""Which names are shown and where: one placer for both painters.

A name is a candidate where its place is in view, near enough and not behind a mountain. Candidates are taken
by priority; one that would cover another is left out. A name that was shown in the last frame goes first
among its equals, so that names do not flicker while the camera turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from layers import camera as geometry
from layers.ground import Flood, Ground
from layers.model import F64
from layers.overlay import Label, Mark
from layers.theme import style_of, text_width
from twin.scene import Camera

GAP_PX = 5.0
LINE = 1.25  # a line's height in units of its size
MARK_PX = 7.0  # from a mark's middle to the text above it
STAY = 0.9  # how much priority a name gains by being shown already
MOST = 60
MARGIN_PX = 6.0
ABOVE_GROUND_M = 12.0
STEPS = 56  # looks along the way from the eye to a place


Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A place that may carry a name. Of several anchors with one ``id`` at most one is shown,
    the first ``choice`` that has room.

    ``mark`` is the colour of the mark there, if any. One that ``drowns`` is hidden where the flood is.
    """

    id: str
    layer: str
    kind: str
    east: float
    north: float
    text: Mapping[str, str]
    mark: str | None = None
    choice: int = 0
    drowns: bool = False


class Placer:
    """Places names frame by frame; remembers only what it showed last."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._shown: dict[str, int] = {}

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
        ``reserved`` boxes (left, top, right, bottom; CSS pixels).
        """
        anchors = [a for a in anchors if a.layer in opacity]
        if not anchors:
            self._shown = {}
            return (), ()
        at = self._places(anchors, flood, exaggeration)
        x, y, away = project(at, camera, size[0] / size[1], exaggeration)
        reach = np.array([style_of(a.kind).reach_m for a in anchors])
        open_ = (away > 1.0) & (away < reach) & (x > 0) & (x < 1) & (y > 0) & (y < 1)
        open_[open_] = self._unhidden(at[open_], camera, exaggeration)
        if flood is not None:
            open_ &= ~(np.array([a.drowns for a in anchors]) & self._drowned(anchors, flood))
        in_view = [int(i) for i in np.flatnonzero(open_)]
        marks = tuple(
            _mark(anchors[i], float(x[i]), float(y[i]), opacity) for i in in_view if anchors[i].mark
        )
        candidates = sorted(in_view, key=lambda i: self._rank(anchors[i], i, float(away[i])))
        boxes = {i: _box(anchors[i], x[i] * size[0], y[i] * size[1], size[1], language) for i in candidates}
        chosen = _chosen(anchors, boxes, size=size, language=language, reserved=reserved)
        self._shown = {anchors[i].id: i for i in chosen}
        labels = [_label(anchors[i], float(x[i]), float(y[i]), language, opacity) for i in chosen]
        return tuple(labels), marks

    def _places(self, anchors: Sequence[Anchor], flood: Flood | None, exaggeration: float) -> F64:
        """(n, 3) places in the exaggerated scene, a little above the ground or the water."""
        east, north = np.array([a.east for a in anchors]), np.array([a.north for a in anchors])
        height = self._ground.height(east, north, flood=flood) + ABOVE_GROUND_M
        return np.stack([east, north, height * exaggeration], axis=1)

    def _drowned(self, anchors: Sequence[Anchor], flood: Flood) -> NDArray[np.bool_]:
        """Which places the flood has reached."""
        link = self._ground.connection([a.east for a in anchors], [a.north for a in anchors])
        reached: NDArray[np.bool_] = link <= flood.level_m
        return reached

    def _unhidden(self, at: F64, camera: Camera, exaggeration: float) -> NDArray[np.bool_]:
        """Which places no mountain stands before; looks are closer together near the place."""
        eye = np.array(geometry.eye(camera, exaggeration))
        share = 1.0 - np.linspace(0.0, 1.0, STEPS + 2)[1:-1] ** 2
        way = eye + share[:, None, None] * (at - eye)
        ground = self._ground.height(way[..., 0], way[..., 1]) * exaggeration
        hidden: NDArray[np.bool_] = (ground > way[..., 2]).any(axis=0)  # NaN, off the terrain, hides nothing
        return ~hidden

    def _rank(self, anchor: Anchor, index: int, away: float) -> tuple[float, int, float]:
        stays = STAY if self._shown.get(anchor.id) == index else 0.0
        return -(style_of(anchor.kind).priority + stays), anchor.choice, away


def _chosen(
    anchors: Sequence[Anchor],
    boxes: Mapping[int, Box],
    *,
    size: tuple[float, float],
    language: str,
    reserved: Sequence[Box],
) -> list[int]:
    """The candidates, given in their order, that cover nothing that comes before them."""
    taken = np.empty((len(reserved) + MOST, 4))
    taken[: len(reserved)] = np.reshape(reserved, (-1, 4))
    count = len(reserved)
    chosen: list[int] = []
    names: set[str] = set()
    for i, box in boxes.items():
        anchor = anchors[i]
        if not anchor.text.get(language) or anchor.id in names:
            continue
        if min(box[0], box[1], size[0] - box[2], size[1] - box[3]) < MARGIN_PX:
            continue
        before = taken[:count]
        apart = (
            (before[:, 0] > box[2] + GAP_PX)
            | (before[:, 2] < box[0] - GAP_PX)
            | (before[:, 1] > box[3] + GAP_PX)
            | (before[:, 3] < box[1] - GAP_PX)
        )
        if apart.all():
            taken[count] = box
            count += 1
            chosen.append(i)
            names.add(anchor.id)
            if len(chosen) == MOST:
                break
    return chosen


def _mark(anchor: Anchor, x: float, y: float, opacity: Mapping[str, float]) -> Mark:
    return Mark(
        id=anchor.id if anchor.choice == 0 else f"{anchor.id}.{anchor.choice}",
        layer=anchor.layer,
        kind=anchor.kind,
        colour=anchor.mark or "",
        x=x,
        y=y,
        opacity=opacity[anchor.layer],
    )


def _label(anchor: Anchor, x: float, y: float, language: str, opacity: Mapping[str, float]) -> Label:
    return Label(
        id=anchor.id,
        layer=anchor.layer,
        kind=anchor.kind,
        text=anchor.text[language],
        x=x,
        y=y,
        mark=anchor.mark is not None,
        opacity=opacity[anchor.layer],
    )


def text_scale(height_px: float) -> float:
    """How much larger texts are in a view of this height than in one of 720: slower than the view grows."""
    return max(0.75, float((height_px / 720.0) ** 0.6))


def _box(anchor: Anchor, x: float, y: float, height_px: float, language: str) -> Box:
    """Left, top, right, bottom of a label in pixels, its mark included."""
    scale = text_scale(height_px)
    size = style_of(anchor.kind).size_px * scale
    half = text_width(anchor.text.get(language, ""), size) / 2
    if anchor.mark is None:
        return x - half, y - LINE * size / 2, x + half, y + LINE * size / 2
    return x - half, y - MARK_PX * scale - LINE * size, x + half, y + MARK_PX * scale / 2


def project(at: F64, camera: Camera, aspect: float, exaggeration: float) -> tuple[F64, F64, F64]:
    """(x, y, distance ahead) of places (n, 3) in the exaggerated scene; x and y as fractions of the view."""
    from_eye = at - np.array(geometry.eye(camera, exaggeration))
    ahead = from_eye @ np.array(geometry.forward(camera))
    half = tan(radians(camera.view_angle_deg) / 2.0)
    safe = np.where(ahead > 1e-6, ahead, np.nan)
    x = 0.5 + from_eye @ np.array(geometry.right(camera)) / (2.0 * half * aspect * safe)
    y = 0.5 - from_eye @ np.array(geometry.up(camera)) / (2.0 * half * safe)
    return np.nan_to_num(x, nan=-1.0), np.nan_to_num(y, nan=-1.0), ahead
