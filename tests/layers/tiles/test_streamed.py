"""Models in a scene: streamed as the camera needs them, shown, hidden, picked, and honest where broken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.stage import Stage
from layers.tiles.tiles_layer import TilesLayer
from meshes.tiles.read import read_tree
from meshes.tiles.write import write_tileset
from tests.layers.altered import Altered
from tests.layers.plan import CLEAR, FROM_ABOVE, SIZE, differ, drawn
from tests.layers.seeing import on_screen
from tests.layers.tiles.villages import place, write_square_village
from tests.scenes import show, show_layer
from twin.basin import Basin
from twin.errors import Reason
from twin.layer_data import ModelData

OpenStage = Callable[..., Stage]
COARSE, FINE = (40, 160, 60), (210, 30, 40)
TITLE = {"zh": "村庄模型", "en": "Village models"}


def model(*folders: Path, **more: Any) -> ModelData:
    return ModelData(id="models", title=TITLE, folders=folders, **more)


@pytest.fixture
def village(tmp_path: Path, basin: Basin) -> Path:
    return write_square_village(tmp_path / "village", frame=basin.frame, col=40, row=40, height_m=180.0)


def open_map(open_stage: OpenStage, basin: Basin, *models: ModelData) -> Stage:
    stage = open_stage(
        Altered(basin, synthetic=False, vectors=[], models=list(models)), size=SIZE, light=CLEAR
    )
    show(stage, camera=FROM_ABOVE)
    stage.tile_error_px = 16.0  # 40 m are 4 pixels
    return stage


def layer_of(stage: Stage) -> TilesLayer:
    layer = stage.layers["models"]
    assert isinstance(layer, TilesLayer)
    return layer


def share(picture: np.ndarray, colour: tuple[int, int, int]) -> float:
    """Of the village's place, how much has a colour."""
    return float((~differ(picture[62:98, 62:98], np.array(colour, np.int16), by=12)).mean())


def test_a_picture_waits_for_the_tiles_and_shows_them_as_finely_as_is_asked(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    assert share(stage.picture(overlay=False).astype(np.int16), COARSE) == 1.0
    stage.tile_error_px = 2.0
    assert share(stage.picture(overlay=False).astype(np.int16), FINE) == 1.0
    gauge = layer_of(stage).status()
    assert (gauge.tiles, gauge.missing, gauge.faults) == (4, 0, 0)
    assert gauge.error_px == 2.0
    assert gauge.nbytes > 0


def test_a_frame_shows_what_is_there_and_asks_for_another_when_more_has_come(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    came = threading.Event()
    stage.on_arrival = came.set
    without = stage.render()[..., :3].astype(np.int16)
    assert share(without, COARSE) == 0.0
    for _ in range(20):
        assert came.wait(10.0)
        came.clear()
        picture = stage.render(tile_error_px=2.0)[..., :3].astype(np.int16)
        if layer_of(stage).settled:
            break
    assert share(picture, FINE) == 1.0


def test_a_moving_frame_may_be_coarser_and_the_still_after_it_is_fine_again(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    assert stage.settle()
    assert share(stage.render(tile_error_px=20.0)[..., :3].astype(np.int16), COARSE) == 1.0
    assert share(drawn(stage), FINE) == 1.0


def test_hiding_fading_and_exaggerating(village: Path, basin: Basin, open_stage: OpenStage) -> None:
    stage = open_map(open_stage, basin, model(village))
    assert stage.settle()
    layer = layer_of(stage)
    shown = drawn(stage)
    show_layer(stage, layer.id, visible=False)
    assert share(drawn(stage), COARSE) == 0.0
    assert stage.settle(), "nothing is waited for"
    show_layer(stage, layer.id, visible=True)
    assert not differ(shown, drawn(stage), by=0).any()
    show_layer(stage, layer.id, opacity=0.5)
    assert share(drawn(stage), COARSE) == pytest.approx(0.5, abs=0.02)
    show_layer(stage, layer.id, opacity=1.0)
    show(stage, exaggeration=3.0)
    assert share(drawn(stage), COARSE) > 0.9


def test_a_faded_model_in_a_smooth_picture_is_even(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    full = stage.picture(overlay=False)[70:90, 70:90].astype(np.int16)
    show_layer(stage, layer_of(stage).id, visible=False)
    ground = stage.picture(overlay=False)[70:90, 70:90].astype(np.int16)
    show_layer(stage, layer_of(stage).id, visible=True)
    show_layer(stage, layer_of(stage).id, opacity=0.5)
    mixed = stage.picture(overlay=False)[70:90, 70:90].astype(np.int16)
    assert np.abs(mixed - (full + ground) / 2).max() <= 12


def test_the_terrain_is_left_out_under_a_model_as_long_as_it_is_shown(
    tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    """A village in a pit: the ground would hide it."""
    village = write_square_village(
        tmp_path / "pit", frame=basin.frame, col=40, row=40, height_m=120.0, half_m=200.0
    )
    ring = [(*place(col, row),) for col, row in ((31, 31), (49, 31), (49, 49), (31, 49), (31, 31))]
    stage = open_map(open_stage, basin, model(village, covers=((ring,),)))
    show_layer(stage, layer_of(stage).id, visible=False)
    ground = drawn(stage)
    show_layer(stage, layer_of(stage).id, visible=True)
    drawn(stage)
    assert share(drawn(stage), COARSE) == 1.0
    show_layer(stage, layer_of(stage).id, opacity=0.5)
    drawn(stage)
    assert not differ(ground, drawn(stage), by=0).any(), "nothing behind the model but ground"
    show_layer(stage, layer_of(stage).id, opacity=1.0)
    show_layer(stage, layer_of(stage).id, visible=False)
    drawn(stage)
    assert not differ(ground, drawn(stage), by=0).any()


def test_a_look_picks_the_building_it_meets_first(village: Path, basin: Basin, open_stage: OpenStage) -> None:
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    assert stage.settle()
    east, north = place(40, 40)
    layer = layer_of(stage)
    for x, y, feature in ((-100.0, -80.0, 1), (-90.0, 120.0, 2), (60.0, -20.0, 3), (10.0, 30.0, 4)):
        hit = layer.pick((east + x, north + y, 900.0), (0.0, 0.0, -2.0))
        assert hit is not None
        assert (hit.feature, hit.tile) == (feature, feature)
        assert hit.place == pytest.approx((east + x, north + y, 180.0), abs=0.01)
    assert layer.pick((east + 300.0, north, 900.0), (0.0, 0.0, -1.0)) is None
    assert layer.pick((east, north, 170.0), (0.0, 0.0, -1.0)) is None, "behind the eye"
    show(stage, exaggeration=2.0)
    drawn(stage)
    hit = layer.pick((east - 700.0, north + 50.0, 360.0 + 700.0), (1.0, 0.0, -1.0))
    assert hit is not None
    assert hit.place == pytest.approx((east, north + 50.0, 180.0), abs=0.01)


def test_a_tile_that_cannot_be_read_leaves_its_parent_and_says_why(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    (village / "2.glb").write_bytes(b"glTF nonsense")
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    assert stage.settle()
    assert share(drawn(stage), COARSE) == 1.0
    layer = layer_of(stage)
    assert layer.state == "ready"
    assert layer.reason is not None
    assert layer.reason.message.startswith("village/2.glb is no usable tile")
    assert str(village.parent) not in layer.reason.message, "where it lies is not told"
    assert "\n" not in layer.reason.message
    assert layer.status().faults == 1


def test_a_mark_stands_where_tiles_cannot_be_read_until_the_layer_is_hidden(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    assert stage.settle()
    assert not [mark for mark in stage.overlay().marks if mark.kind == "gap"]
    stage.close()
    for name in ("2.glb", "3.glb"):
        (village / name).write_bytes(b"glTF nonsense")
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    assert stage.settle()
    assert not stage.overlay().marks, "from too far away for anything of a village"
    east, north = place(40, 40)
    near = {"target_east_m": east, "target_north_m": north, "target_m": 180.0, "distance_m": 15_000.0}
    show(stage, camera=FROM_ABOVE.model_copy(update=near))
    assert stage.settle()
    over = stage.overlay()
    (label,) = [label for label in over.labels if label.kind == "gap"]
    (mark,) = [mark for mark in over.marks if mark.kind == "gap"]
    assert label.text.startswith("2 块瓦片无法读取")
    assert (label.x, label.y) == (mark.x, mark.y)
    assert abs(mark.x - 0.5) < 0.1 and abs(mark.y - 0.5) < 0.1, "over the village"
    show(stage, language="en")
    assert next(x.text for x in stage.overlay().labels if x.kind == "gap").startswith("2 tiles")
    show_layer(stage, layer_of(stage).id, visible=False)
    assert not [x for x in stage.overlay().labels if x.kind == "gap"]


def test_models_that_cannot_be_shown_are_greyed_and_the_rest_is_shown(
    village: Path, tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    lost = ModelData(id="lost", title=TITLE, fault=Reason("lost.obj: there is no such file"))
    stage = open_map(open_stage, basin, model(village, empty), lost)
    assert stage.settle()
    assert share(drawn(stage), COARSE) == 1.0
    assert layer_of(stage).state == "ready"
    assert str(layer_of(stage).reason).startswith("empty/tileset.json")
    assert (stage.layers["lost"].state, stage.layers["lost"].reason) == ("broken", lost.fault)
    assert list(stage.layers)[:4] == ["terrain", "water", "models", "lost"]


def test_models_come_and_go_while_the_scene_is_shown(
    tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    first, second = (
        write_square_village(tmp_path / name, frame=basin.frame, col=col, row=40, height_m=180.0)
        for name, col in (("first", 40), ("second", 150))
    )
    stage = open_map(open_stage, basin, model())
    asked: list[int] = []
    stage.on_change = lambda: asked.append(1)
    assert stage.layers["models"].state == "broken"

    def seen() -> tuple[bool, bool]:
        assert stage.settle()
        picture = drawn(stage)
        red = ~differ(picture, np.array(COARSE, np.int16), by=12)
        return bool(red[80, 80]), bool(red[80, 300])

    for folders, expected, west in (
        ((first,), (True, False), 40),
        ((first, second), (True, True), 40),
        ((second,), (False, True), 150),
        ((), (False, False), None),
    ):
        asked.clear()
        stage.set_models([model(*folders)])
        assert asked
        assert seen() == expected
        if west is not None:
            assert layer_of(stage).extent is not None
            assert layer_of(stage).extent[0] == pytest.approx(place(west, 0)[0] - 200.0)
    assert "models" in stage.layers
    stage.set_models([])
    assert "models" not in stage.layers
    assert list(stage.layers)[:2] == ["terrain", "water"]


def test_a_layer_keeps_what_a_person_has_set_when_its_models_grow(
    tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    first, second = (
        write_square_village(tmp_path / name / "tiles", frame=basin.frame, col=col, row=40, height_m=180.0)
        for name, col in (("first", 40), ("second", 150))
    )
    stage = open_map(open_stage, basin, model(first))
    layer = layer_of(stage)
    show_layer(stage, layer.id, opacity=0.3, visible=False)
    stage.set_models([model(first, second)])
    assert layer_of(stage) is layer
    assert (layer.opacity, layer.visible) == (0.3, False)


def at_village(stage: Stage, *, east_m: float, north_m: float) -> tuple[float, float]:
    """Where in the picture a point lies, so far from the village's centre; seen straight from above."""
    east, north = place(40, 40)
    stage.render()
    return on_screen(stage, east + east_m, north + north_m, 180.0)


def test_a_building_is_found_by_its_folder_and_number(
    village: Path, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_map(open_stage, basin, model(village))
    stage.tile_error_px = 2.0
    stage.picture(overlay=False)
    found = {}
    for number, (east_m, north_m) in enumerate(((-100, -100), (-100, 100), (100, -100), (100, 100)), start=1):
        picked = stage.pick_model(*at_village(stage, east_m=east_m, north_m=north_m))
        assert picked is not None
        assert (picked.layer, picked.folder) == ("models", village)
        found[number] = picked.feature
    assert found == {1: 1, 2: 2, 3: 3, 4: 4}
    assert stage.pick_model(*at_village(stage, east_m=600, north_m=0)) is None


def test_a_hidden_model_is_not_picked(village: Path, basin: Basin, open_stage: OpenStage) -> None:
    stage = open_map(open_stage, basin, model(village))
    stage.picture(overlay=False)
    show_layer(stage, layer_of(stage).id, visible=False)
    assert stage.pick_model(*at_village(stage, east_m=0, north_m=0)) is None


def test_what_lies_under_the_ground_is_not_picked(
    tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    sunken = write_square_village(tmp_path / "sunken", frame=basin.frame, col=40, row=40, height_m=100.0)
    stage = open_map(open_stage, basin, model(sunken))
    stage.picture(overlay=False)
    assert stage.pick_model(*at_village(stage, east_m=0, north_m=0)) is None


def test_ground_is_left_out_only_under_villages_that_are_shown(
    tmp_path: Path, basin: Basin, open_stage: OpenStage
) -> None:
    """Two villages in pits; one is too far away to be missed."""
    folders, rings = [], []
    for name, col in (("shown", 40), ("left-out", 120)):
        folder = write_square_village(
            tmp_path / name, frame=basin.frame, col=col, row=40, height_m=120.0, half_m=200.0
        )
        folders.append(folder)
        corners = ((col - 9, 31), (col + 9, 31), (col + 9, 49), (col - 9, 49), (col - 9, 31))
        rings.append([place(*corner) for corner in corners])
    tree = read_tree(folders[1])
    missed = np.where(tree.parent < 0, 1e-3, np.inf)
    write_tileset(folders[1], replace(tree, absent_m=missed), frame=basin.frame)
    stage = open_map(open_stage, basin, model(*folders, covers=([rings[0]], [rings[1]])))
    ground = drawn(stage)
    assert stage.settle()
    changed = differ(ground, drawn(stage))
    assert share(drawn(stage), COARSE) == 1.0
    assert not changed[:, 160:].any(), "the ground over the far village is whole"
    assert layer_of(stage).status().tiles == 1
