"""Mark places where tiles of models could not be read.

The mark carries their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from layers.labels.collision_grid import touches
from layers.labels.overlay import Label, Mark
from layers.labels.placer import Box, project
from layers.labels.positions import MARK_PX
from layers.labels.symbols import RIM_PX
from layers.labels.theme import STYLES, THEME, text_box, text_scale
from layers.layer import Layer
from layers.tiles.streamed import StreamedLayer
from twin.scene import Camera

KIND = "gap"
WORDS = {
    "zh": "{count} 块瓦片无法读取，此处较粗略或空缺",
    "en": "{count} tiles cannot be read; coarser or missing here",
}
MOST = 12
"""Marks in one view; the nearest."""


def marked(
    layers: Iterable[Layer],
    *,
    camera: Camera,
    size: tuple[float, float],
    exaggeration: float,
    language: str,
    reserved: Sequence[Box],
    unmarked: Sequence[Box] = (),
) -> tuple[tuple[Label, ...], tuple[Mark, ...], list[Box]]:
    """Return labels, marks and boxes of missing tiles.

    For a view of ``size`` CSS pixels, as the boxes are. One whose label would touch a ``reserved`` box has
    its mark alone, one whose mark would touch an ``unmarked`` box nothing.
    """
    streamed = [layer for layer in layers if isinstance(layer, StreamedLayer) and layer.visible]
    gaps = [(layer, gap) for layer in streamed for gap in layer.missing_tiles()]
    if not gaps:
        return (), (), []
    at = np.array([gap.place for _, gap in gaps]) * (1.0, 1.0, exaggeration)
    x, y, away = project(at, camera, size[0] / size[1], exaggeration)
    style = STYLES[KIND]
    seen = np.flatnonzero((away > 1.0) & (away < style.reach_m) & (x > 0) & (x < 1) & (y > 0) & (y < 1))
    nearest: Sequence[int] = seen[np.argsort(away[seen], kind="stable")][:MOST].tolist()
    labels, marks, boxes = [], [], []
    for k in nearest:
        layer, gap = gaps[k]
        id_, own_x, own_y = f"{KIND} {layer.id}/{gap.tileset}", round(float(x[k]), 5), round(float(y[k]), 5)
        text = WORDS[language].format(count=gap.count)
        away_m = round(float(away[k]), 1)
        scale, px, py = text_scale(size[1]), own_x * size[0], own_y * size[1]
        r = (THEME["mark"]["radius_px"] + RIM_PX) * scale
        if touches((px - r, py - r, px + r, py + r), unmarked):
            continue
        marks.append(Mark(id_, layer.id, KIND, style.colour, own_x, own_y, away_m=away_m))
        box = text_box(text, px, py - MARK_PX * scale, style.size_px * scale)
        if not touches(box, reserved):
            labels.append(Label(id_, layer.id, KIND, text, own_x, own_y, True, away_m=away_m))
            boxes.append((*box[:3], py + MARK_PX * scale))
    return tuple(labels), tuple(marks), boxes
