"""Rasters that the shaders look up are what they were: nothing is mixed."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.gl.arrays import triangles
from layers.gl.textures import texture
from layers.gl.window import OffScreen, pixels


def shown(picture: np.ndarray, *, size: int) -> np.ndarray:
    """The picture on a square that fills a window of ``size`` pixels."""
    target = OffScreen((size, size))
    window, renderer = target.window, target.renderer
    corners = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], dtype=np.float32)
    square = triangles(
        corners,
        np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32),
        tcoord=(corners[:, :2] + 1) / 2,
        attributes={},
    )
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(square)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.SetTexture(texture(picture, window))
    renderer.AddActor(actor)
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetParallelScale(1.0)
    window.Render()
    out = pixels(window)[..., :3].copy()
    renderer.RemoveAllViewProps()
    window.RemoveRenderer(renderer)
    window.Finalize()
    return out


def test_a_raster_keeps_its_values() -> None:
    squares = np.zeros((8, 8, 3), np.uint8)
    squares[::2, ::2] = 255
    large = shown(squares, size=64)
    assert set(np.unique(large)) == {0, 255}
