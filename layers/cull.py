"""Which chunks of a mesh are drawn: the tiles in view, each as finely as the picture needs."""

from __future__ import annotations

from math import radians, tan

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkCamera

from layers.chunks import Chunk
from layers.model import F64

Mask = NDArray[np.bool_]


class Culler:
    """Shows the chunks that a camera needs and hides the others.

    VTK's own culler takes boxes from the vertices; here the shader lifts vertices to the water.
    """

    def __init__(self, chunks: list[Chunk]) -> None:
        self._order = sorted(range(len(chunks)), key=lambda i: (chunks[i].tile, chunks[i].error_m))
        self._actors: list[tuple[vtkActor, ...]] = [chunk.actors for chunk in chunks]
        chunks = [chunks[i] for i in self._order]
        tiles = np.array([chunk.tile for chunk in chunks])
        self._errors_m = np.array([chunk.error_m for chunk in chunks])
        self._finest = np.append(True, tiles[1:] != tiles[:-1])
        self._coarsest = np.append(tiles[1:] != tiles[:-1], True)
        low, high = (np.array([c.box[i] for c in chunks]) for i in (0, 1))
        # A tile is in view, and as far away, whichever of its chunks is drawn.
        first = np.flatnonzero(self._finest)
        length = np.diff(np.append(first, len(chunks)))
        low = np.repeat(np.minimum.reduceat(low, first), length, axis=0)
        high = np.repeat(np.maximum.reduceat(high, first), length, axis=0)
        self._middle, self._half = (low + high) / 2, (high - low) / 2
        #: Which chunks are drawn, in the order they were given.
        self.shown: Mask = np.ones(len(chunks), dtype=bool)
        #: Whether chunks are shown that have never been drawn: VTK will read their arrays.
        self.fresh = False
        self._drawn: Mask = np.zeros(len(chunks), dtype=bool)

    def update(
        self, camera: vtkCamera, *, size: tuple[int, int], exaggeration: float, max_error_px: float
    ) -> None:
        """Bring the actors' visibility to the camera; surfaces may be off by ``max_error_px`` pixels."""
        scale = np.array([1.0, 1.0, exaggeration])
        seen = self._seen(camera, size[0] / size[1], scale)
        metres_per_px = self._away(camera, scale) * 2.0 * tan(radians(camera.GetViewAngle()) / 2) / size[1]
        enough = self._finest | (self._errors_m * exaggeration <= max_error_px * metres_per_px)
        coarser_is_enough = np.append(enough[1:], False) & ~self._coarsest
        wanted = np.zeros_like(self.shown)
        wanted[self._order] = seen & enough & ~coarser_is_enough
        self._show(wanted)

    def hide(self) -> None:
        """Hide all of them."""
        self._show(np.zeros_like(self.shown))

    def _seen(self, camera: vtkCamera, aspect: float, scale: F64) -> Mask:
        """Which boxes touch the view's frustum, (n,) bool; a few more at its corners."""
        raw = [0.0] * 24
        camera.GetFrustumPlanes(aspect, raw)
        planes = np.array(raw).reshape(6, 4)[:4]  # the sides; near and far follow the scene
        reach = (self._half * scale) @ np.abs(planes[:, :3]).T
        distance = (self._middle * scale) @ planes[:, :3].T + planes[:, 3]
        return np.asarray((distance + reach >= 0).all(axis=1))

    def _away(self, camera: vtkCamera, scale: F64) -> F64:
        """Distance from the eye to each box, (n,) m."""
        outside = np.abs(np.array(camera.GetPosition()) - self._middle * scale) - self._half * scale
        return np.asarray(np.linalg.norm(np.maximum(outside, 0.0), axis=1))

    def _show(self, wanted: Mask) -> None:
        for i in np.flatnonzero(wanted != self.shown):
            for actor in self._actors[i]:
                actor.SetVisibility(bool(wanted[i]))
        self.shown = wanted
        self.fresh |= bool((wanted & ~self._drawn).any())
        self._drawn |= wanted
