"""Layers as a person handles them: shown, hidden, faded, explained, and greyed where they are broken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from layers.stage import Stage
from tests.layers.altered import Altered, vector_data
from tests.layers.plan import CLEAR, FROM_ABOVE, SIZE, differ, drawn, grown, per_pixel
from tests.scenes import show, show_layer
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST
from twin.basin import Basin
from twin.errors import Reason

OpenStage = Callable[..., Stage]


def at(col: float, row: float) -> tuple[float, float]:
    """East and north of a place on the small basin's raster."""
    return WEST + col * CELL_M, NORTH - row * CELL_M


LINE = shapely.LineString([at(30, 30), at(70, 30)])
FIELD = shapely.Polygon([at(20, 20), at(60, 20), at(60, 60), at(20, 60)])


def over(basin: Basin, *data: object) -> Altered:
    return Altered(basin, synthetic=False, vectors=list(data))


@pytest.mark.parametrize("id_", ["terrain", "water", "dam", "sky"])
def test_hiding_a_layer_changes_the_picture_and_showing_it_brings_it_back(
    id_: str, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_stage(size=(640, 360))
    show(stage, level_m=150.0)
    asked: list[int] = []
    stage.on_change = lambda: asked.append(1)
    stage.on_arrival = lambda: None
    layer = stage.layers[id_]
    shown = drawn(stage)
    show_layer(stage, layer.id, visible=False)
    assert len(asked) == 1
    assert differ(shown, drawn(stage)).sum() > 30
    show_layer(stage, layer.id, visible=True)
    assert len(asked) == 2
    assert not differ(shown, drawn(stage), by=0).any()
    show_layer(stage, layer.id, visible=True)
    assert len(asked) == 2, "nothing has changed"


@pytest.mark.parametrize("id_", ["terrain", "water", "dam"])
def test_fading_a_layer_changes_the_picture_by_degrees(id_: str, open_stage: OpenStage) -> None:
    stage = open_stage(size=(640, 360))
    show(stage, level_m=150.0)
    asked: list[int] = []
    stage.on_change = lambda: asked.append(1)
    stage.on_arrival = lambda: None
    full = drawn(stage)
    changes = []
    for opacity in (0.7, 0.4, 0.0):
        show_layer(stage, id_, opacity=opacity)
        changes.append(int(np.abs(drawn(stage) - full).sum()))
    assert 0 < changes[0] < changes[1] < changes[2]
    assert len(asked) == 3
    show_layer(stage, id_, opacity=1.0)
    assert not differ(full, drawn(stage), by=0).any()


def test_lines_at_no_opacity_look_as_if_hidden(open_stage: OpenStage) -> None:
    stage = open_stage(size=(640, 360))
    show_layer(stage, "dam", opacity=0.0)
    faded = drawn(stage)
    show_layer(stage, "dam", visible=False)
    assert not differ(faded, drawn(stage), by=1).any()


def test_a_village_is_named_only_while_its_layer_is_shown(stage: Stage) -> None:
    def names() -> set[str]:
        return {label.text for label in stage.overlay(size=(1280, 720)).labels}

    assert {"东村", "西村"} <= names()
    show_layer(stage, "villages", opacity=0.5)
    assert {x.opacity for x in stage.overlay().marks if x.layer == "villages"} == {0.5}
    show_layer(stage, "villages", visible=False)
    assert not {"东村", "西村"} & names()
    assert not stage.overlay().marks


def test_every_layer_is_titled_and_explained_in_both_languages(basin: Basin, open_stage: OpenStage) -> None:
    title = {"zh": "果园", "en": "Orchards"}
    data = vector_data("orchards", "orchard", [FIELD], title=title, colour="#aa22cc")
    stage = open_stage(over(basin, *basin.vectors(), data))
    for layer in stage.layers.values():
        assert layer.title["zh"], layer.id
        assert layer.title["en"], layer.id
        for entry in layer.legend:
            assert entry.text["zh"], layer.id
            assert entry.text["en"], layer.id
            assert len(entry.colour) == 7
            assert entry.colour.startswith("#")
    for id_ in ("water", "dam", "villages", "orchards"):
        assert stage.layers[id_].legend, id_
    assert stage.layers["orchards"].title == title
    assert stage.layers["orchards"].legend[0].colour == "#aa22cc"


def test_a_kind_nobody_foresaw_is_draped_on_the_ground_in_its_own_colour(
    basin: Basin, open_stage: OpenStage
) -> None:
    data = vector_data("oddity", "crop-circle", [FIELD, LINE], colour="#ff00ff", width_px=11.0)
    stage = open_stage(over(basin, data), size=SIZE, light=CLEAR)
    show(stage, camera=FROM_ABOVE)
    layer = stage.layers["oddity"]
    assert (layer.state, layer.kind) == ("ready", "crop-circle")
    picture = drawn(stage)
    outline = np.zeros((ROWS + 1, COLS + 1), dtype=bool)  # it runs between cells
    outline[[20, 60], 20:61] = outline[20:61, [20, 60]] = outline[30, 30:71] = True
    for touching in (outline[1:, 1:], outline[:-1, :-1]):
        off = differ(picture[per_pixel(touching)], np.array([255, 0, 255], np.int16), by=20)
        assert off.mean() < 0.03, "but for the line's ends"
    show_layer(stage, layer.id, visible=False)
    near = grown(outline[1:, 1:] | outline[:-1, :-1])
    assert not differ(picture, drawn(stage))[~per_pixel(near)].any()


BROKEN_SHAPES = {
    "nothing": None,
    "an empty polygon": shapely.Polygon(),
    "a line far away": shapely.LineString([(0.0, 0.0), (100.0, 0.0)]),
    "a line without length": shapely.LineString([at(30, 30), at(30, 30)]),
    "an empty collection": shapely.GeometryCollection(),
    "a mixed collection": shapely.GeometryCollection([shapely.Point(at(40, 40)), LINE]),
}


@pytest.mark.parametrize("what", BROKEN_SHAPES)
def test_odd_geometry_stops_neither_its_layer_nor_the_scene(
    what: str, basin: Basin, open_stage: OpenStage
) -> None:
    odd = vector_data("odd", "boundary", [BROKEN_SHAPES[what]], attributes=[{"name": "怪"}], label="name")
    sound = vector_data("sound", "boundary", [LINE], colour="#ff00ff")
    stage = open_stage(over(basin, odd, sound), size=SIZE)
    show(stage, level_m=150.0)
    show(stage, camera=FROM_ABOVE)
    with_both = drawn(stage)
    stage.overlay()
    show_layer(stage, "sound", visible=False)
    assert differ(with_both, drawn(stage)).sum() > 100, "the rest draws"
    if stage.layers["odd"].state == "broken":
        assert "\n" not in str(stage.layers["odd"].reason or "\n")


def test_a_broken_layer_is_grey_says_why_and_stays_hidden(basin: Basin, open_stage: OpenStage) -> None:
    why = Reason("rivers.geojson: there is no such file")
    broken = vector_data("rivers", "river", [], fault=why)
    stage = open_stage(over(basin, broken, *basin.vectors()))
    layer = stage.layers["rivers"]
    assert (layer.state, layer.reason) == ("broken", why)
    assert layer.kind == "river"
    show_layer(stage, layer.id, visible=True)
    assert not layer.visible
    assert stage.layers["villages"].state == "ready"
    assert stage.overlay(size=(1280, 720)).labels


def test_data_that_the_catalog_hides_starts_hidden(basin: Basin, open_stage: OpenStage) -> None:
    stage = open_stage(over(basin, vector_data("line", "boundary", [LINE], visible=False, opacity=0.5)))
    assert not stage.layers["line"].visible
    hidden = drawn(stage)
    show_layer(stage, "line", visible=True)
    assert differ(hidden, drawn(stage)).any()


@pytest.mark.parametrize("id_", ["terrain", "water", "sky", "surroundings"])
def test_data_named_like_a_part_of_the_scene_takes_nothing_away(
    id_: str, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_stage(over(basin, vector_data(id_, "boundary", [LINE])))
    assert stage.layers["water"] is stage.water
    assert stage.layers["terrain"] is stage.terrain
    assert len(stage.layers) == 4
    assert {layer.kind for layer in stage.layers.values()} == {"terrain", "water", "sky", "boundary"}
    assert all(layer.id == id_ for id_, layer in stage.layers.items())


def test_a_river_ends_where_the_water_has_reached_it(basin: Basin, open_stage: OpenStage) -> None:
    river = vector_data("river", "river", [shapely.LineString([at(20, 70), at(100, 70)])], colour="#ff00ff")
    stage = open_stage(over(basin, river), size=SIZE)
    show(stage, camera=FROM_ABOVE)

    def reach(level_m: float) -> int:
        show(stage, level_m=level_m)
        show_layer(stage, "river", visible=False)
        without = drawn(stage)
        show_layer(stage, "river", visible=True)
        return int(np.flatnonzero(differ(without, drawn(stage)).any(axis=0)).max())

    shores = {level: 2 * (100 - (level - 120.0) / 0.05 / CELL_M) for level in (130.0, 140.0, 150.0)}
    for level, shore in shores.items():
        assert abs(reach(level) - shore) <= 8, level
