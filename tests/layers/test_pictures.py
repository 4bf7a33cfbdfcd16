"""Pictures to keep: their size, their writing, and a stage that is none the worse for them."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from vtkmodules.vtkCommonCore import vtkWeakReference

from layers.errors import LayerError, NoFontError
from layers.labels import fonts
from layers.labels.overlay import Label
from layers.labels.painter import paint, stamp
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.layers.plan import differ, drawn, map_stage
from tests.scenes import DRY_M, grab, orbit, show, show_layer, show_mode
from twin.arrays import I16, U8, Bools
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import LayerState, Scene

OpenStage = Callable[..., Stage]


@pytest.mark.parametrize("size", [(640, 360), (321, 181), (33, 17), (200, 400), (1, 1)])
@pytest.mark.parametrize("smooth", [False, True])
def test_a_picture_has_the_size_asked_for_and_leaves_the_stage_as_it_was(
    size: tuple[int, int], smooth: bool, stage: Stage
) -> None:
    before = drawn(stage)
    picture = stage.picture(size=size, smooth=smooth)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert stage.size == (320, 180)
    assert not differ(before, drawn(stage), by=0).any()


def test_a_frame_that_will_be_enlarged_is_crisper_and_leaves_no_trace(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_stage(Altered(basin, synthetic=False))
    far = {"distance_m": 4.0 * stage.camera.distance_m}
    # Several pixels of the ground's picture lie in one.
    show(stage, camera=stage.camera.model_copy(update=far), level_m=DRY_M)
    before = drawn(stage)
    crisp = stage.render(max_error_px=50.0, enlarged=4.0)[..., :3].astype(np.int16)
    assert np.abs(np.diff(crisp, axis=1)).mean() > 1.1 * np.abs(np.diff(before, axis=1)).mean()
    assert not differ(before, drawn(stage), by=0).any()


def test_a_picture_is_the_frame_but_smoother(basin: Basin, open_stage: OpenStage) -> None:
    stage = open_stage(Altered(basin, synthetic=False))
    show(stage, level_m=150.0)
    frame, picture = drawn(stage), stage.picture(overlay=False).astype(np.int16)
    assert np.abs(frame - picture).mean() < 3.0

    def roughness(image: I16) -> float:
        return float(np.abs(np.diff(image, axis=1)).mean())

    assert roughness(picture) < roughness(frame)


def test_frames_have_the_first_row_on_top(stage: Stage) -> None:
    show(stage, camera=stage.camera.model_copy(update={"pitch_deg": -12.0}))
    frame = stage.render()
    assert frame.shape == (180, 320, 4)
    assert frame[5, 160, 2] > 200, "the sky"
    assert not differ(drawn(stage), frame[..., :3].astype(np.int16), by=0).any(), "and each is drawn alike"


def test_a_resized_stage_draws_in_the_new_size_and_asks_once(stage: Stage) -> None:
    asked: list[int] = []
    stage.on_change = lambda: asked.append(1)
    stage.resize(200, 100)
    stage.resize(200, 100)
    assert len(asked) == 1
    assert stage.size == (200, 100)
    assert stage.render().shape == (100, 200, 4)


def test_what_lies_over_the_picture_is_painted_when_asked(stage: Stage) -> None:
    size = (640, 360)
    show_mode(stage, "live")
    bare, full = (stage.picture(size=size, overlay=on).astype(np.int16) for on in (False, True))
    painted = differ(bare, full)
    overlay = stage.overlay(size=size)
    for mark in overlay.marks:
        assert painted[round(mark.y * 360), round(mark.x * 640)], "the village's mark"
    assert painted[250:, 540:].sum() > 400, "north arrow and scale bar, lower right"
    assert not painted[:60].any()


def test_invented_data_is_stamped_on_every_picture_and_frame(basin: Basin, open_stage: OpenStage) -> None:
    invented, real = open_stage(size=(640, 360)), open_stage(Altered(basin, synthetic=False), size=(640, 360))
    pairs = [
        (invented.render()[..., :3], real.render()[..., :3]),
        (invented.picture(overlay=False), real.picture(overlay=False)),
    ]
    for with_it, without in pairs:
        stamped = differ(with_it.astype(np.int16), without.astype(np.int16), by=8)
        rows, cols = np.flatnonzero(stamped.any(axis=1)), np.flatnonzero(stamped.any(axis=0))
        assert 330 < rows[0] < rows[-1] < 360
        assert 220 < cols[0] < cols[-1] < 420
        assert stamped.sum() > 800
    invented.stamp_at = (0.1, 0.1)
    moved = differ(invented.render()[..., :3].astype(np.int16), pairs[0][1].astype(np.int16), by=8)
    assert moved[:80, :200].any()
    assert not moved[180:].any()


def written(text: str, stage: Stage) -> Bools:
    """Pixels of the strokes of a name on a dark picture, without their halo."""
    label = Label(id="x", layer="x", kind="reservoir", text=text, x=0.5, y=0.5, mark=False)
    bare = replace(stage.overlay(), labels=(), marks=())
    dark = np.zeros((90, 320, 3), dtype=np.uint8)
    added = paint(dark, replace(bare, labels=(label,))).astype(np.int16) - paint(dark, bare)
    strokes: Bools = added.min(axis=-1) > 140
    return strokes


def test_chinese_is_really_written_and_not_as_boxes(stage: Stage) -> None:
    box = written("\U000f0000", stage)  # nobody has this sign: what a font shows for one it lacks
    signs = {sign: written(sign, stage) for sign in "合成数据密云水库"}
    for sign, ink in signs.items():
        assert ink.sum() > 20, sign
        assert (ink != box).sum() > 20, f"{sign} is a box"
    shapes = {ink.tobytes() for ink in signs.values()}
    assert len(shapes) == len(signs), "each sign has its own shape"


@pytest.mark.parametrize("text", ["密云水库", "Miyun Reservoir", "白河 Bai River", "示例—（一）"])
def test_both_languages_are_written_and_longer_names_are_wider(text: str, stage: Stage) -> None:
    def width(name: str) -> int:
        return int(np.ptp(np.flatnonzero(written(name, stage).any(axis=0))))

    assert width(text) > width(text[: len(text) // 2]) > 0


def test_the_stamp_writes_its_chinese(stage: Stage) -> None:
    picture: U8 = np.zeros((720, 1280, 3), dtype=np.uint8)
    stamp(picture, at=(0.5, 0.5))
    white = (picture > 200).all(axis=-1)
    cols = np.flatnonzero(white.any(axis=0))
    assert white.sum() > 500
    assert np.ptp(cols) > 120
    badge = np.flatnonzero(picture.any(axis=(1, 2)))
    assert 690 / 2 < badge.mean() < 750 / 2


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without a Chinese font."""
    monkeypatch.setattr(fonts, "_FOLDERS", ("/no/such/folder",))
    fonts.font.cache_clear()
    yield
    fonts.font.cache_clear()


@pytest.mark.usefixtures("no_fonts")
def test_without_a_chinese_font_there_is_one_clear_error(stage: Stage) -> None:
    with pytest.raises(NoFontError, match="fonts-noto-cjk") as caught:
        stage.picture(size=(64, 36))
    assert isinstance(caught.value, LayerError)
    assert "\n" not in str(caught.value)
    assert stage.size == (320, 180), "the stage is as it was"


@pytest.mark.parametrize("mode", ["what-if", "history", "forecast", "drill"])
def test_what_is_not_live_is_framed_and_says_so(mode: str, stage: Stage) -> None:
    show_mode(stage, "live")
    live = stage.picture(size=(640, 360)).astype(np.int16)
    show_mode(stage, mode)  # type: ignore[arg-type]
    assert stage.overlay().mode == mode
    picture = stage.picture(size=(640, 360)).astype(np.int16)
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert np.ptp(edge, axis=0).max() < 25, "one colour all around"
    framed = differ(live, picture)
    assert framed[2:16, 290:350].mean() > 0.9, "the tab that names the mode"
    assert (picture[2:16, 270:370].max(axis=-1) < 60).sum() > 50, "in letters"
    assert not framed[30:330, 20:500].any()


def test_a_scene_from_a_link_draws_the_same_picture_on_another_stage(
    basin: Basin, open_stage: OpenStage
) -> None:
    first = open_stage()
    moment = what_if(146.0, generation=basin.generation.id)
    show(first, language="en", exaggeration=2.0, moment=moment)
    orbit(first, grab(first, 0.4, 0.6), right_deg=33.0, up_deg=-12.0)
    show_layer(first, "dam", visible=False)
    show_layer(first, "water", opacity=0.5)
    scene = first.scene
    second = open_stage()
    second.apply(Scene.from_link(scene.to_link()))
    assert second.scene == scene
    assert not differ(drawn(first), drawn(second), by=0).any()
    assert first.overlay() == second.overlay()


def test_a_scene_with_layers_that_are_not_here_is_shown_without_them(stage: Stage) -> None:
    before = drawn(stage)
    stage.apply(stage.scene.changed(layers={**stage.scene.layers, "yachts": LayerState(visible=True)}))
    assert "yachts" not in stage.layers
    assert not differ(before, drawn(stage), by=0).any()


def test_closing_twice_is_harmless(open_stage: OpenStage) -> None:
    stage = open_stage()
    stage.render()
    stage.close()
    stage.close()


def test_a_stage_may_be_closed_before_its_first_frame(open_stage: OpenStage) -> None:
    open_stage().close()


def test_one_stage_after_another_draws_the_same(open_stage: OpenStage) -> None:
    pictures = []
    for _ in range(2):
        stage = open_stage()
        show(stage, level_m=150.0)
        pictures.append(drawn(stage))
        stage.close()
    assert not differ(*pictures, by=0).any()


def test_two_stages_side_by_side_do_not_disturb_each_other(open_stage: OpenStage) -> None:
    one, two = open_stage(), open_stage(size=(200, 150))
    show(one, level_m=150.0)
    alone = drawn(one)
    show(two, level_m=130.0)
    show(two, exaggeration=5.0)
    drawn(two)
    assert not differ(alone, drawn(one), by=0).any()
    two.close()
    assert not differ(alone, drawn(one), by=0).any()


def test_what_a_stage_drew_with_is_gone_after_it_was_closed(basin: Basin) -> None:
    """Also what C++ alone holds, which no look at Python's objects would find."""
    stage = Stage(basin, size=(64, 36))
    stage.render()
    actors = list(stage.renderer.GetActors())
    things = [stage.window, stage.renderer, *actors, *[actor.GetMapper() for actor in actors]]
    assert len(things) >= 8, "window, renderer, terrain, dam, sky"
    watched = []
    for thing in things:
        watched.append(vtkWeakReference())
        watched[-1].Set(thing)
    del things, actors, thing
    stage.close()
    del stage
    gc.collect()
    assert [str(x.Get().GetClassName()) for x in watched if x.Get() is not None] == []


def test_the_very_first_frame_has_ground_wherever_there_is(basin: Basin, open_stage: OpenStage) -> None:
    """Tiles come later than frames; a coarse one is there at once."""
    stage = map_stage(open_stage, basin)
    first = stage.render()[..., :3].astype(np.int16)
    sky = np.array([round(255 * c) for c in stage._scenery._light.horizon], np.int16)
    assert differ(first, np.broadcast_to(sky, first.shape), by=12)[40:-40, 40:-40].all()


def resident_bytes(array: np.ndarray) -> int:
    """How much of the mapping that an array lies in is in this process's memory."""
    inside = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if place := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            inside = int(place[1], 16) <= array.ctypes.data < int(place[2], 16)
        elif inside and line.startswith("Rss:"):
            return 1024 * int(line.split()[1])
    raise AssertionError("the array lies in no mapping")


def test_at_rest_nothing_stays_of_the_rasters_that_names_and_camera_looked_at(stage: Stage) -> None:
    """After a slider's way they came to 25 MB of the sample's view."""
    stage.render()
    ground = stage.ground._ground
    assert float(np.nansum(ground)) > 0.0
    stage.render(enlarged=2.0)
    assert resident_bytes(ground) >= ground.nbytes, "they are looked at while it moves"
    stage.render()
    assert resident_bytes(ground) == 0
