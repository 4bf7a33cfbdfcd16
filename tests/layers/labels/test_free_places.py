"""Words keep free of what covers the picture: a page's panels, what a saved one has at its edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.stream.label_styles import label_styles
from layers.labels.overlay import WIDEST, Overlay, ScaleBar
from layers.labels.painter import furniture, paint, stamp_box
from layers.labels.placer import Box
from layers.labels.symbols import SHAPES
from layers.labels.theme import MODES, STYLES, THEME, LabelStyle
from layers.stage import Stage
from layers.tiles.streamed import MissingTiles, StreamedLayer
from tests.layers.altered import Altered
from tests.layers.labels.test_names import crowd
from tests.layers.test_stations import network, signs
from tests.scenes import show, show_layer, show_signs
from tests.small import NORTH, WEST
from twin.arrays import Bools
from twin.basin import Basin
from twin.moment import Mode

OpenStage = Callable[..., Stage]
DESK = (1280, 720)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A panel somewhere on a desk."""
    left, top = draw(st.floats(0, 1200)), draw(st.floats(0, 680))
    return left, top, left + draw(st.floats(20, 500)), top + draw(st.floats(20, 500))


@pytest.fixture
def full(basin: Basin, open_stage: OpenStage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Villages, stations with alarms, rain and tiles that cannot be read, all over the small basin."""
    net = network(basin, 200)
    stage = open_stage(Altered(basin, network=net, vectors=[*basin.vectors(), crowd(200)]))
    show(stage, level_m=140.0)
    show_layer(stage, "rain", visible=True)
    show_signs(stage, stations=signs(net), rain_mm=dict.fromkeys(net.stations, (40.0, 1.0)))
    places = np.random.default_rng(7).uniform((WEST, NORTH - 3000.0), (WEST + 4000.0, NORTH), (12, 2))
    broken = [MissingTiles(tileset=str(k), place=(*place, 160.0), count=2) for k, place in enumerate(places)]
    monkeypatch.setattr(
        StreamedLayer, "missing_tiles", lambda layer: broken if layer is stage.terrain else []
    )
    return stage


def words(overlay: Overlay) -> Bools:
    """Pixels of a desk's picture that labels and rain bars paint."""
    blank = np.full((DESK[1], DESK[0], 3), 128, dtype=np.uint8)
    without = paint(blank, replace(overlay, labels=(), marks=(), bars=()))
    return (paint(blank, replace(overlay, marks=())) != without).any(axis=2)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    heading_deg=st.floats(0, 359),
    pitch_deg=st.floats(-80, -20),
    distance_m=st.floats(1500, 9000),
    panels=st.lists(boxes(), min_size=1, max_size=4),
    language=st.sampled_from(["zh", "en"]),
)
def test_no_word_touches_a_place_that_is_covered(
    heading_deg: float, pitch_deg: float, distance_m: float, panels: list[Box], language: str, full: Stage
) -> None:
    camera = full.camera.model_copy(
        update={"heading_deg": heading_deg, "pitch_deg": pitch_deg, "distance_m": distance_m}
    )
    show(full, camera=camera, language=language)
    overlay = full.overlay(size=DESK, reserved=panels)
    ink = words(overlay)
    for left, top, right, bottom in panels:
        assert not ink[round(top) : round(bottom), round(left) : round(right)].any()


def test_no_sign_is_painted_over_the_words_synthetic_data(full: Stage) -> None:
    """Put the stamp where a sign, a village's mark, and a mark of missing tiles stand: they give way."""
    show(full, density="all")
    marks = full.overlay(size=DESK).marks
    kinds = {mark.kind.partition("-")[0]: mark for mark in marks}
    assert kinds.keys() >= {"station", "village", "gap"}
    blank = np.full((DESK[1], DESK[0], 3), 128, dtype=np.uint8)
    for mark in (*kinds.values(), *(mark for mark in marks if mark.rank)):
        full.stamp_at = mark.x, mark.y
        overlay = full.overlay(size=DESK)
        bare = paint(blank, replace(overlay, labels=(), marks=(), bars=()))
        ink = (paint(blank, overlay) != bare).any(axis=2)
        left, top, right, bottom = (max(0, round(edge)) for edge in stamp_box(full.stamp_at, DESK))
        assert ink.any() and not ink[top:bottom, left:right].any(), mark


@given(
    size=st.tuples(st.integers(400, 3840), st.integers(240, 2160)),
    north_deg=st.floats(0, 360),
    share=st.floats(0.056, WIDEST),
    text=st.sampled_from(["1 m", "500 m", "200 km"]),
    mode=st.sampled_from(["live", *MODES]),
)
@settings(max_examples=25)
def test_what_a_saved_picture_has_at_its_edges_lies_where_no_word_may(
    size: tuple[int, int], north_deg: float, share: float, text: str, mode: Mode
) -> None:
    bar = ScaleBar(share=share, length_m=1.0, text=text)
    overlay = Overlay(labels=(), marks=(), north_deg=north_deg, scale=bar, synthetic=None, mode=mode)
    blank = np.full((size[1], size[0], 3), 128, dtype=np.uint8)
    ink = (paint(blank, overlay) != blank).any(axis=2)
    assert ink.any()
    for left, top, right, bottom in furniture(size):
        ink[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)] = False
    assert not ink.any(), np.argwhere(ink)[0]


def test_the_page_is_given_the_theme_of_saved_pictures() -> None:
    sheet = label_styles()
    assert all(sheet[key] == part for key, part in THEME.items() if key != "labels")
    assert {kind: LabelStyle(**style) for kind, style in sheet["labels"].items()} == STYLES
    assert sheet["shapes"].keys() == SHAPES.keys() == sheet["station"]["kinds"].keys()
