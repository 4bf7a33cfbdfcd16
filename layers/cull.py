"""Which chunks the camera can see."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkCamera

from layers.model import F64


class Culler:
    """Shows the actors whose boxes touch the view and hides the others.

    VTK's own culler takes boxes from the vertices; here the shader lifts vertices to the water.
    ``boxes`` is (n, 6): west, east, south, north, lowest, highest in the scene before exaggeration.
    """

    def __init__(self, actors: list[vtkActor], boxes: F64) -> None:
        self._actors = actors
        self._middle = (boxes[:, 0::2] + boxes[:, 1::2]) / 2
        self._half = (boxes[:, 1::2] - boxes[:, 0::2]) / 2
        self._shown = np.ones(len(actors), dtype=bool)

    def update(self, camera: vtkCamera, *, aspect: float, exaggeration: float, visible: bool) -> int:
        """Bring the actors' visibility to the camera; returns how many are shown."""
        seen = self.seen(camera, aspect=aspect, exaggeration=exaggeration) if visible else np.False_
        seen = np.broadcast_to(seen, self._shown.shape)
        for i in np.flatnonzero(seen != self._shown):
            self._actors[i].SetVisibility(bool(seen[i]))
        self._shown = seen.copy()
        return int(seen.sum())

    def seen(self, camera: vtkCamera, *, aspect: float, exaggeration: float) -> np.ndarray:
        """Which boxes touch the view's frustum, (n,) bool; a few more at its corners."""
        raw = [0.0] * 24
        camera.GetFrustumPlanes(aspect, raw)
        planes = np.array(raw).reshape(6, 4)[:4]  # the sides; near and far follow the scene
        scale = np.array([1.0, 1.0, exaggeration])
        reach = (self._half * scale) @ np.abs(planes[:, :3]).T
        distance = (self._middle * scale) @ planes[:, :3].T + planes[:, 3]
        return np.asarray((distance + reach >= 0).all(axis=1))
