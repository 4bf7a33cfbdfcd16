"""Which names are shown and where: one placer for both painters.

A name is a candidate where its place is in view, near enough and not behind a mountain. Candidates are taken
by priority; one that would cover another is left out. A name that was shown in the last frame goes first
among its equals, so that names do not flicker while the camera turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from layers import camera as geometry
from layers.anchors import Anchor, Crowd
from layers.ground import Flood, Ground
from layers.model import F64, I64
from layers.overlay import Label, Mark
from twin.scene import Camera

GAP_PX = 5.0
LINE = 1.25  # a line's height in units of its size
MARK_PX = 7.0  # from a mark's middle to the text above it
STAY = 0.9  # how much priority a name gains by being shown already
MOST = 60
MARGIN_PX = 6.0
STEPS = 56  # looks along the way from the eye to a place


Box = tuple[float, float, float, float]


class Placer:
    """Places names frame by frame; remembers only what it showed last."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._crowd = Crowd((), ground)
        self._known: Sequence[Anchor] = ()
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
        ``reserved`` boxes (left, top, right, bottom; CSS pixels). What the placer finds out about a sequence
        of anchors it keeps: another sequence, not this one changed, tells of others.
        """
        if anchors is not self._known:
            self._known, self._crowd, self._shown = anchors, Crowd(anchors, self._ground), {}
        crowd = self._crowd
        x, y, away = project(crowd.places(flood, exaggeration), camera, size[0] / size[1], exaggeration)
        open_ = (away > 1.0) & (away < crowd.reach_m) & (x > 0) & (x < 1) & (y > 0) & (y < 1)
        open_ &= crowd.in_layers(opacity)
        open_[open_] = self._unhidden(crowd.places(flood, exaggeration)[open_], camera, exaggeration)
        in_view = np.flatnonzero(open_ & ~crowd.drowned(flood))
        marks = [
            _mark(crowd.anchors[i], float(x[i]), float(y[i]), opacity) for i in in_view[crowd.marked[in_view]]
        ]
        stays = np.array([self._shown.get(crowd.anchors[i].id) == i for i in in_view], dtype=bool)
        rank = -(crowd.priority[in_view] + STAY * stays)
        candidates = in_view[np.lexsort((away[in_view], crowd.choice[in_view], rank))]
        boxes = _boxes(crowd, candidates, x, y, size=size, language=language)
        chosen = _chosen(crowd, candidates, boxes, reserved=reserved)
        self._shown = {crowd.anchors[i].id: i for i in chosen}
        labels = [_label(crowd.anchors[i], float(x[i]), float(y[i]), language, opacity) for i in chosen]
        return tuple(labels), tuple(marks)

    def _unhidden(self, at: F64, camera: Camera, exaggeration: float) -> NDArray[np.bool_]:
        """Which places no mountain stands before; looks are closer together near the place."""
        eye = np.array(geometry.eye(camera, exaggeration))
        share = 1.0 - np.linspace(0.0, 1.0, STEPS + 2)[1:-1] ** 2
        way = eye + share[:, None, None] * (at - eye)
        ground = self._ground.height(way[..., 0], way[..., 1]) * exaggeration
        hidden: NDArray[np.bool_] = (ground > way[..., 2]).any(axis=0)  # NaN, off the terrain, hides nothing
        return ~hidden


def _boxes(crowd: Crowd, candidates: I64, x: F64, y: F64, *, size: tuple[float, float], language: str) -> F64:
    """(k, 4) left, top, right, bottom of labels in pixels, their marks included; NaN where it may not be."""
    scale = text_scale(size[1])
    x, y = x[candidates] * size[0], y[candidates] * size[1]
    half, line = scale * crowd.half_width_px(language)[candidates], LINE * scale * crowd.size_px[candidates]
    marked = crowd.marked[candidates]
    top = y - np.where(marked, MARK_PX * scale + line, line / 2)
    bottom = y + np.where(marked, MARK_PX * scale / 2, line / 2)
    boxes: F64 = np.stack([x - half, top, x + half, bottom], axis=1)
    inside = np.minimum(boxes[:, :2], size - boxes[:, 2:]).min(axis=1) >= MARGIN_PX
    boxes[~inside] = np.nan
    return boxes


def _chosen(crowd: Crowd, candidates: I64, boxes: F64, *, reserved: Sequence[Box]) -> list[int]:
    """The candidates, given in their order, that cover nothing that comes before them."""
    taken = np.empty((len(reserved) + MOST, 4))
    taken[: len(reserved)] = np.reshape(reserved, (-1, 4))
    count = len(reserved)
    chosen: list[int] = []
    names: set[str] = set()
    for k in np.flatnonzero(~np.isnan(boxes[:, 0])):
        i, box = int(candidates[k]), boxes[k]
        if crowd.anchors[i].id in names:
            continue
        low, high = box[:2] - GAP_PX, box[2:] + GAP_PX
        before = taken[:count]
        if ((before[:, :2] > high) | (before[:, 2:] < low)).any(axis=1).all():
            taken[count] = box
            count += 1
            chosen.append(i)
            names.add(crowd.anchors[i].id)
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


def project(at: F64, camera: Camera, aspect: float, exaggeration: float) -> tuple[F64, F64, F64]:
    """(x, y, distance ahead) of places (n, 3) in the exaggerated scene; x and y as fractions of the view."""
    from_eye = at - np.array(geometry.eye(camera, exaggeration))
    ahead = from_eye @ np.array(geometry.forward(camera))
    half = tan(radians(camera.view_angle_deg) / 2.0)
    safe = np.where(ahead > 1e-6, ahead, np.nan)
    x = 0.5 + from_eye @ np.array(geometry.right(camera)) / (2.0 * half * aspect * safe)
    y = 0.5 - from_eye @ np.array(geometry.up(camera)) / (2.0 * half * safe)
    return np.nan_to_num(x, nan=-1.0), np.nan_to_num(y, nan=-1.0), ahead
