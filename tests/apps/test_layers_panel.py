"""The layers panel tells how a layer streams, and no number that nobody has counted."""

from __future__ import annotations

from apps.view import layers_panel
from layers.layer import Layer
from layers.tiles.streamed import Gauge


class Streamed(Layer):
    """A layer that says how its streaming stands."""

    def __init__(self, gauge: Gauge) -> None:
        super().__init__("terrain", title={"zh": "地形", "en": "Terrain"})
        self._told = gauge

    def gauge(self) -> Gauge:
        return self._told


def row(gauge: Gauge) -> str:
    (only,) = layers_panel.view({"terrain": Streamed(gauge)}, "zh")
    return only.gauge


def test_before_the_first_frame_nothing_is_told_and_then_what_it_showed() -> None:
    assert row(Gauge()) == ""
    assert row(Gauge(tiles=24, nbytes=91_000_000, error_px=4.7)) == "瓦片 24 块 · 内存 91 MB · 误差 5 px"
    assert "0 块" in row(Gauge(error_px=16.0)), "none is needed from so far away"
