"""A frame may show more than the scene's view: for whoever moves the picture afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from math import radians, tan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.camera import camera as cameras
from layers.stage import Stage
from twin.basin import Basin
from twin.scene import Camera


@pytest.fixture
def stage(small_basin: Path) -> Iterator[Stage]:
    it = Stage(Basin.open(small_basin), size=(320, 180))
    yield it
    it.close()


@pytest.mark.parametrize("factor", [1.0, 1.12, 2.5])
def test_a_wider_camera_sees_so_many_times_the_view(stage: Stage, factor: float) -> None:
    wide = cameras.widened(stage.camera, factor)
    half, before = (tan(radians(camera.view_angle_deg) / 2) for camera in (wide, stage.camera))
    assert half == pytest.approx(factor * before)
    assert cameras.eye(wide, 1.0) == cameras.eye(stage.camera, 1.0)


def test_the_middle_of_a_wider_frame_is_the_scenes_own(stage: Stage) -> None:
    stage.stamp_at = (0.5, 0.5)
    stage.settle()
    own = stage.render(max_error_px=0.5)
    stage.resize(640, 360)
    stage.widened = 2.0
    stage.settle()
    wide = stage.render(max_error_px=0.5)[90:270, 160:480]
    apart = np.abs(wide.astype(int) - own).mean(axis=2)
    assert (apart > 24).mean() < 0.05


def test_what_a_wider_frame_shows_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for less let go of the margin's tiles, which each frame loaded again: there was no rest."""
    prepare, seen = stage._scenery.prepare, []

    def watched(camera: Camera, **rest: Any) -> None:
        seen.append(camera)
        prepare(camera, **rest)

    monkeypatch.setattr(stage._scenery, "prepare", watched)
    stage.widened = 1.12
    stage.settle()
    stage.render()
    assert len(seen) > 1 and len(set(seen)) == 1
    assert seen[0] == cameras.widened(stage.camera, 1.12)
