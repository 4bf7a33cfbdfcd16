"""The layers panel tells how a layer streams, and no number that nobody has counted."""

from __future__ import annotations

from apps.view import layers_panel
from layers.layer import NOT_BUILT, Layer
from layers.tiles.streamed import Gauge
from twin.errors import Reason
from twin.moment import what_if
from twin.scene import Camera, LayerState, Scene

CAMERA = Camera(
    target_east_m=0.0,
    target_north_m=0.0,
    target_m=0.0,
    distance_m=1000.0,
    heading_deg=0.0,
    pitch_deg=-45.0,
)
SCENE = Scene(camera=CAMERA, moment=what_if(150.0))


class Streamed(Layer):
    """A layer that says how its streaming stands."""

    def __init__(self, gauge: Gauge) -> None:
        super().__init__("terrain", title={"zh": "地形", "en": "Terrain"})
        self._told = gauge

    def gauge(self) -> Gauge:
        return self._told


def row(gauge: Gauge) -> str:
    (only,) = layers_panel.view({"terrain": Streamed(gauge)}, SCENE)
    return only.gauge


def test_before_the_first_frame_nothing_is_told_and_then_what_it_showed() -> None:
    assert row(Gauge()) == ""
    assert row(Gauge(tiles=24, nbytes=91_000_000, error_px=4.7)) == "瓦片 24 块 · 内存 91 MB · 误差 5 px"
    assert "0 块" in row(Gauge(error_px=16.0)), "none is needed from so far away"


def test_what_is_broken_says_why_in_the_readers_language() -> None:
    why = Reason("rivers.geojson is empty", "EmptyFileError")
    layers = {
        name: Layer(name, title={"zh": name, "en": name}, reason=reason)
        for name, reason in (("rivers", why), ("later", NOT_BUILT), ("whole", None))
    }
    streamed = Streamed(Gauge(tiles=1, error_px=3.0, faults=2))
    streamed.reason = Reason("t/3.glb: truncated", "BadTileError")
    zh, en = (
        layers_panel.view({**layers, "t": streamed}, SCENE.changed(language=language))
        for language in ("zh", "en")
    )
    assert [row.reason for row in zh] == [
        "数据文件是空的：rivers.geojson is empty",
        "尚未构建完成，构建后自动显示",
        "",
        "2 块瓦片无法读取，以较粗的代替：模型瓦片文件损坏，请重新生成：t/3.glb: truncated",
    ]
    assert en[0].reason == "rivers.geojson is empty"
    assert en[3].reason == "2 tiles cannot be read, coarser ones stand in: t/3.glb: truncated"


def test_a_row_says_what_the_scene_says_and_a_broken_layer_is_never_shown() -> None:
    layers = {
        "a": Layer("a", title={"zh": "a", "en": "a"}, visible=False),
        "b": Layer("b", title={"zh": "b", "en": "b"}, reason=NOT_BUILT),
    }
    first, broken = layers_panel.view(layers, SCENE)
    assert (first.visible, first.opacity, broken.visible, broken.broken) == (False, 100, False, True)
    states = {"a": LayerState(visible=True, opacity=0.4), "b": LayerState(visible=True)}
    first, broken = layers_panel.view(layers, SCENE.changed(layers=states))
    assert (first.visible, first.opacity, broken.visible) == (True, 40, False)
