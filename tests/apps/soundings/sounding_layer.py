"""Soundings as a layer, as it would stand in ``layers/soundings.py``."""

from __future__ import annotations

from functools import partial

import numpy as np

from layers.gl.render_context import RenderContext
from layers.labels.candidates import LabelCandidate
from layers.layer import Layer, LegendEntry, layer_of
from layers.model import SceneBasin
from layers.vectors.draped_lines import DrapedLines
from tests.apps.soundings.soundings import Soundings

COLOUR = "#ff00ff"
HALF_M = 60.0


class SoundingLayer(Layer):
    """A cross on the ground where the bed was met, and its height as a name."""

    kind = "soundings"

    def __init__(self, data: Soundings, *, context: RenderContext) -> None:
        assert data.bed is not None
        super().__init__(
            data.id,
            title=data.title,
            visible=data.visible,
            opacity=data.opacity,
            legend=(LegendEntry(colour=COLOUR, text=data.title, shape="point"),),
        )
        arms = HALF_M * np.array([[[-1, -1], [1, 1]], [[-1, 1], [1, -1]]])
        crosses = [point[:2] + arm for point in data.bed for arm in arms]
        self._lines = DrapedLines(crosses, context=context, colour=COLOUR, width_px=6.0)
        self.candidates = tuple(
            LabelCandidate(
                id=f"{data.id}/{number}",
                layer=data.id,
                kind="peak",
                east=float(east),
                north=float(north),
                text={"zh": f"{height_m:.1f}", "en": f"{height_m:.1f}"},
            )
            for number, (east, north, height_m) in enumerate(data.bed)
        )
        self.restyle()

    def restyle(self) -> None:
        self._lines.show(visible=self.visible, opacity=self.opacity)


def sounding_layers(basin: SceneBasin, context: RenderContext) -> list[Layer]:
    """Make a layer for every file of soundings."""
    return [layer_of(data, partial(SoundingLayer, context=context)) for data in basin.data(Soundings)]
