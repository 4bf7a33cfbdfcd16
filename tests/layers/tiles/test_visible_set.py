"""What the streaming core is told of a camera."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera

from layers.tiles.visible_set import view_of
from twin.frame import Frame


def test_samples_of_one_picture_want_the_same_tiles() -> None:
    """At a full cache each of them let go of a tile that the next one loaded again: there was no rest."""
    camera, frame, size = vtkCamera(), Frame(crs="EPSG:4548", east=500_000.0, north=3_500_000.0), (320, 180)
    camera.SetPosition(0.0, -800.0, 500.0)
    own = view_of(camera, frame, size=size, exaggeration=1.0)
    camera.SetWindowCenter(0.375 / 320, -0.25 / 180)
    shifted = view_of(camera, frame, size=size, exaggeration=1.0)
    assert np.array_equal(shifted.planes, own.planes)
    assert camera.GetWindowCenter() == (0.375 / 320, -0.25 / 180)
