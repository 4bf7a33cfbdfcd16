"""Which chunks of a mesh are drawn: those in view, at the level of detail that the picture needs."""

from __future__ import annotations

from math import radians, tan

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkCamera

from layers.model import F64

Mask = NDArray[np.bool_]


class Culler:
    """Shows the actors that a camera needs and hides the others.

    VTK's own culler takes boxes from the vertices; here the shader lifts vertices to the water.
    ``boxes`` is (n, 6): west, east, south, north, lowest, highest in the scene before exaggeration.
    ``errors_m`` is (n,): each chunk's geometric error; chunks of one error are one whole surface.
    """

    def __init__(self, actors: list[vtkActor], boxes: F64, errors_m: F64) -> None:
        self._actors = actors
        self._middle = (boxes[:, 0::2] + boxes[:, 1::2]) / 2
        self._half = (boxes[:, 1::2] - boxes[:, 0::2]) / 2
        self._errors_m = errors_m
        self._shown: Mask = np.ones(len(actors), dtype=bool)

    def update(
        self, camera: vtkCamera, *, size: tuple[int, int], exaggeration: float, max_error_px: float
    ) -> None:
        """Bring the actors' visibility to the camera; silhouettes may be off by ``max_error_px`` pixels."""
        seen = self.seen(camera, aspect=size[0] / size[1], exaggeration=exaggeration)
        self._show(seen & (self._errors_m == self._level(camera, seen, size, exaggeration, max_error_px)))

    def hide(self) -> None:
        """Hide all of them."""
        self._show(np.zeros_like(self._shown))

    @property
    def shown(self) -> Mask:
        """Which actors are drawn, (n,) bool."""
        return self._shown

    def seen(self, camera: vtkCamera, *, aspect: float, exaggeration: float) -> Mask:
        """Which boxes touch the view's frustum, (n,) bool; a few more at its corners."""
        raw = [0.0] * 24
        camera.GetFrustumPlanes(aspect, raw)
        planes = np.array(raw).reshape(6, 4)[:4]  # the sides; near and far follow the scene
        scale = np.array([1.0, 1.0, exaggeration])
        reach = (self._half * scale) @ np.abs(planes[:, :3]).T
        distance = (self._middle * scale) @ planes[:, :3].T + planes[:, 3]
        return np.asarray((distance + reach >= 0).all(axis=1))

    def _level(
        self, camera: vtkCamera, seen: Mask, size: tuple[int, int], exaggeration: float, max_error_px: float
    ) -> float:
        """The error of the coarsest surface that is good enough at the nearest box in view."""
        finest = float(self._errors_m.min())
        near = seen & (self._errors_m == finest)
        if not near.any():
            return finest
        scale = np.array([1.0, 1.0, exaggeration])
        away = np.abs(np.array(camera.GetPosition()) - self._middle[near] * scale) - self._half[near] * scale
        nearest = float(np.linalg.norm(np.maximum(away, 0.0), axis=1).min())
        metres_per_px = 2.0 * nearest * tan(radians(camera.GetViewAngle()) / 2) / size[1]
        allowed = max_error_px * metres_per_px / exaggeration
        return float(self._errors_m[self._errors_m <= max(allowed, finest)].max())

    def _show(self, wanted: Mask) -> None:
        for i in np.flatnonzero(wanted != self._shown):
            self._actors[i].SetVisibility(bool(wanted[i]))
        self._shown = wanted
