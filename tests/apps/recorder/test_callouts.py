"""A call-out follows its place and nothing else."""

from __future__ import annotations

from dataclasses import replace
from math import cos, hypot, radians, sin, tan

import numpy as np
import pytest
from numpy.typing import ArrayLike

from apps.recorder.film_frame import CalloutWords, FrameWords
from apps.recorder.overprint.callout_boxes import PlacedCallout, place_callouts
from apps.recorder.overprint.regions import frame_regions
from apps.recorder.shot_callouts import seen_share
from tests.apps.recorder.frames import CAMERA, film_frame
from twin.arrays import F64
from twin.scene import Camera, Scene

SIZE = (1280, 720)
FREE = (40.0, 60.0, 1240.0, 560.0)


def placed(camera: Camera, *callouts: CalloutWords, exaggeration: float = 1.0) -> list[PlacedCallout]:
    scene: Scene = film_frame(FrameWords(), camera=camera, exaggeration=exaggeration).scene
    return place_callouts(callouts, scene, frame_regions(*SIZE), free=FREE)


def callout(east_m: float, north_m: float, height_m: float, text: str = "大坝") -> CalloutWords:
    return CalloutWords(text=text, east_m=east_m, north_m=north_m, height_m=height_m, opacity=1.0)


def test_the_target_is_the_middle_of_the_view() -> None:
    (one,) = placed(CAMERA, callout(1000.0, 2000.0, 150.0), exaggeration=2.0)
    assert (one.x, one.y) == pytest.approx((640.0, 360.0))


def test_a_place_is_projected_as_a_pinhole_does() -> None:
    """Homogeneous matrices, built here from the camera's angles alone, are the oracle."""
    camera = CAMERA.model_copy(update={"heading_deg": 70.0, "pitch_deg": -20.0})
    h, p = radians(70.0), radians(-20.0)
    look = np.array([sin(h) * cos(p), cos(h) * cos(p), sin(p)])
    side = np.cross(look, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    rotation = np.stack([side, np.cross(side, look), look])
    eye = np.array([1000.0, 2000.0, 1.5 * 150.0]) - 5000.0 * look
    focal = SIZE[1] / 2 / tan(radians(camera.view_angle_deg) / 2)
    for place in ((900.0, 1800.0, 200.0), (1400.0, 2500.0, 100.0), (600.0, 2100.0, 160.0)):
        a, b, ahead = rotation @ (np.array(place) * (1.0, 1.0, 1.5) - eye)
        (one,) = placed(camera, callout(*place), exaggeration=1.5)
        expected = SIZE[0] / 2 + focal * a / ahead, SIZE[1] / 2 - focal * b / ahead
        assert (one.x, one.y) == pytest.approx(expected, abs=1e-6)


def test_behind_the_camera_or_off_the_view_is_hidden() -> None:
    behind = callout(1000.0 - 9000 * sin(radians(30)), 2000.0 - 9000 * cos(radians(30)), 9000.0)
    assert placed(CAMERA, behind, callout(9000.0, 2000.0, 150.0)) == []


def test_it_fades_out_towards_the_edge() -> None:
    opacities = [
        one.opacity
        for east in np.linspace(1000.0, 4000.0, 400)
        for one in placed(CAMERA, callout(float(east), 2000.0 - 0.577 * (float(east) - 1000.0), 150.0))
    ]
    assert opacities[0] == 1.0
    assert opacities[-1] < 0.4
    assert np.abs(np.diff(opacities)).max() < 0.35


def test_boxes_neither_jump_nor_overlap_while_the_camera_turns() -> None:
    """A full turn in 2,880 steps of 1/8°: no box moves much more than the places do."""
    three = [
        callout(1000.0, 2000.0, 150.0, "溪翁庄：142 栋房屋"),
        callout(2100.0, 2900.0, 150.0, "白河主坝"),
        callout(300.0, 2500.0, 170.0, "The road to the dam"),
    ]
    before: dict[str, PlacedCallout] = {}
    for step in range(2880):
        camera = CAMERA.model_copy(update={"heading_deg": step / 8.0})
        now = placed(camera, *three)
        assert len(now) == 3
        for k, one in enumerate(now):
            last = before.get(three[k].text, one)
            moved = hypot(one.x - last.x, one.y - last.y)
            assert hypot(one.left - last.left, one.top - last.top) <= 6.0 * moved + 0.5
            before[three[k].text] = one
            assert (
                one.left >= FREE[0] and one.box[2] <= FREE[2] and one.top >= FREE[1] and one.box[3] <= FREE[3]
            )
            for other in now[k + 1 :]:
                a, b = one.box, other.box
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_caption_that_comes_moves_no_callout() -> None:
    from apps.recorder.film_frame import CaptionWords
    from apps.recorder.overprint.print_words import taken_boxes

    words = FrameWords(callouts=(callout(1000.0, 2000.0, 150.0),))
    alone = taken_boxes(film_frame(words), SIZE)
    captioned = taken_boxes(film_frame(replace(words, caption=CaptionWords(text="水位", opacity=0.5))), SIZE)
    assert captioned[: len(alone)] == alone


class Ridge:
    """Flat ground at 100 m but for a ridge from west to east, 1 km north of 0, 300 m high."""

    def height(self, east: ArrayLike, north: ArrayLike, /) -> F64:
        return 100.0 + 300.0 * np.maximum(0.0, 1.0 - np.abs(np.asarray(north, dtype=float) - 1000.0) / 200.0)


def test_what_a_ridge_hides_fades_away_as_the_camera_sinks() -> None:
    """From the ridge's foot in the north, seen from the south; the line over its crest is closed form."""
    place = (0.0, 1400.0, 100.0)  # 300 m below the crest, 400 m behind it: seen from above 36.9 degrees
    shares = []
    for pitch in np.linspace(-60.0, -10.0, 101):
        camera = Camera(
            target_east_m=0.0,
            target_north_m=1400.0,
            target_m=100.0,
            distance_m=4000.0,
            heading_deg=0.0,
            pitch_deg=float(pitch),
        )
        scene = film_frame(FrameWords(), camera=camera).scene
        shares.append(seen_share(place, scene, Ridge()))
    seen = np.linspace(60.0, 10.0, 101)
    assert all(share == 1.0 for share, pitch in zip(shares, seen, strict=True) if pitch > 40.0)
    assert all(share == 0.0 for share, pitch in zip(shares, seen, strict=True) if pitch < 35.5)
    assert any(0.0 < share < 1.0 for share in shares), "it fades"
    assert seen_share((0.0, 600.0, 100.0), scene, Ridge()) == 1.0, "before the ridge"
