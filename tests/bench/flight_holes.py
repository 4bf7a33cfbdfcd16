"""Looking for what must not be seen: the background through the ground, the ground through courtyards.

Both are read from the depth of the picture, so no colour can hide them.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy import ndimage
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray

from layers.camera import camera as geometry
from layers.governor import MOVING
from layers.stage import Stage
from tests.bench.flight_pictures import LOAD_S, cameras, open_stage, tiles_of
from tests.bench.flight_places import COURTYARDS, Village, into_courtyard, villages
from tests.scenes import flight_to, show, show_layer
from twin.arrays import F32, Bools
from twin.basin import Basin

SMALL = (640, 360)
FRAMES = 24
"""Pictures looked at on each leg of the flight."""
FAR = 1.0
INSIDE_M = 3.0
"""So far within a village's outline its own ground must be what is seen."""


def depth(stage: Stage) -> F32:
    """Depth of the last picture, (rows, cols), the first row on top; 1 where nothing was drawn."""
    width, height = stage.size
    out = vtkFloatArray()
    stage.window.GetZbufferData(0, 0, width - 1, height - 1, out)
    return np.flipud(vtk_to_numpy(out).reshape(height, width)).copy()


def holes(background: Bools, without: Bools) -> int:
    """Pixels of ``background`` that are no sky: the sky is what a picture ``without`` models shows of it and
    what reaches the picture's edge there, and one pixel around."""
    named, _ = ndimage.label(without, structure=np.ones((3, 3)))
    edge = np.concatenate([named[0], named[-1], named[:, 0], named[:, -1]])
    sky = np.isin(named, np.unique(edge[edge > 0]))
    return int((background & ~ndimage.binary_dilation(sky, structure=np.ones((3, 3)))).sum())


def holes_in_flight(basin: Basin, *, frames: int = FRAMES) -> tuple[int, int]:
    """Pixels of background seen through the ground on a flight past all viewpoints, and pictures looked at.

    The flight goes on as tiles arrive, as finely as a moving picture is drawn.
    """
    stage = open_stage(basin)
    stage.resize(*SMALL)
    show_layer(stage, "sky", visible=False)
    found = looked = 0
    stops = cameras(stage)
    for camera in [*stops[1:], stops[0]]:
        way = flight_to(stage, camera)
        for t in np.linspace(0.0, way.seconds, frames):
            show(stage, camera=way.at(float(t)))
            found += holes(_background(stage), _without_models(stage))
            looked += 1
    stage.close()
    return found, looked


def _background(stage: Stage) -> Bools:
    step = MOVING[0]
    stage.render(max_error_px=step.max_error_px, tile_error_px=step.tile_error_px, enlarged=2.0)
    return depth(stage) >= FAR


def _without_models(stage: Stage) -> Bools:
    for layer in tiles_of(stage):
        show_layer(stage, layer.id, visible=False)
    try:
        return _background(stage)
    finally:
        for layer in tiles_of(stage):
            show_layer(stage, layer.id, visible=True)


def terrain_in_courtyards(basin: Basin) -> tuple[int, int]:
    """Pixels of the terrain, with the water at its lowest, within the outlines of 12 villages that are looked
    into, and the pixels looked at."""
    stage = open_stage(basin)
    show(stage, level_m=basin.catalog.head.reservoir.lowest_m)
    stage.resize(*SMALL)
    found = looked = 0
    for village in villages(basin, count=COURTYARDS):
        show(stage, camera=into_courtyard(village))
        stage.settle(timeout_s=LOAD_S)
        stage.render()
        whole = depth(stage)
        show_layer(stage, "terrain", visible=False)
        stage.render()
        inside = _inside(stage, village)
        found += int(((depth(stage) != whole) & inside).sum())
        looked += int(inside.sum())
        show_layer(stage, "terrain", visible=True)
    stage.close()
    return found, looked


def _inside(stage: Stage, village: Village) -> Bools:
    """The pixels whose look meets the height of a village's ground within its outline."""
    width, height = stage.size
    camera = stage.camera
    east, north, up = geometry.eye(camera, stage.scene.exaggeration)
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    right, top = geometry.right(camera), geometry.up(camera)
    ahead = geometry.ray(camera, 0.5, 0.5, width / height)
    corner = geometry.ray(camera, 1.0, 0.0, width / height)
    across = np.dot(np.subtract(corner, ahead), right)
    upward = np.dot(np.subtract(corner, ahead), top)
    a, b = (2 * x - 1) * across, (1 - 2 * y) * upward
    looks = [f + a * r + b * u for f, r, u in zip(ahead, right, top, strict=True)]
    far = (village.ground_m - up) / looks[2]
    ring = shapely.Polygon(village.outline).buffer(-INSIDE_M)
    return np.asarray((far > 0) & shapely.contains_xy(ring, east + far * looks[0], north + far * looks[1]))
