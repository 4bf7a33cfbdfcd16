"""Convert VTK's camera to a view of the streaming core."""

from __future__ import annotations

from math import radians, tan

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera

from meshes.stream.view import View
from twin.frame import Frame


def view_of(camera: vtkCamera, frame: Frame, *, size: tuple[int, int], exaggeration: float) -> View:
    """Return the view of a VTK camera.

    Its coordinates are the frame's minus its origin, heights exaggerated. ``size`` is the picture's width and
    height in pixels. A shift of its window centre by a part of a pixel is left out: samples of one picture
    that wanted other tiles evicted each other's from a full cache, and the scene never came to rest.
    """
    origin = np.array([frame.east, frame.north, 0.0])
    raw = [0.0] * 24
    shift = camera.GetWindowCenter()
    camera.SetWindowCenter(0.0, 0.0)
    camera.GetFrustumPlanes(size[0] / size[1], raw)
    camera.SetWindowCenter(*shift)
    planes = np.array(raw).reshape(6, 4)[:4]  # the sides; near and far follow the scene
    planes /= np.linalg.norm(planes[:, :3], axis=1, keepdims=True)
    planes[:, 3] -= planes[:, :3] @ origin
    return View(
        eye=np.array(camera.GetPosition()) + origin,
        planes=planes,
        forward=np.array(camera.GetDirectionOfProjection()),
        height_px=float(size[1]),
        tan_half=tan(radians(camera.GetViewAngle()) / 2.0),
        exaggeration=exaggeration,
    )
