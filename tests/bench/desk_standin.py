"""A stand-in for the stage: a fractal terrain of a given number of triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray


def fractal(n: int, *, seed: int = 7) -> NDArray[np.float32]:
    """Heights of an n × n fractal terrain in 0..1, shape (n, n)."""
    spectrum = np.fft.rfft2(np.random.default_rng(seed).standard_normal((n, n)))
    fy, fx = np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None, :]
    heights = np.fft.irfft2(spectrum / np.maximum(np.hypot(fx, fy), 1 / n) ** 1.9, s=(n, n))
    heights -= heights.min()
    return np.asarray(heights / heights.max(), dtype=np.float32)


def terrain(triangles: int) -> pv.PolyData:
    """A textured terrain, 60 km wide, of about ``triangles`` triangles."""
    n = int(np.sqrt(triangles / 2)) + 2
    z = fractal(n) * 2000
    x, y = np.meshgrid(np.linspace(-30_000, 30_000, n), np.linspace(30_000, -30_000, n))
    index = np.arange(n * n).reshape(n, n)
    a, b, c, d = (q.ravel() for q in (index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]))
    faces = np.stack([a, c, b, b, c, d], axis=1).reshape(-1, 3)
    mesh = pv.PolyData.from_regular_faces(np.c_[x.ravel(), y.ravel(), z.ravel()].astype("f4"), faces)
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(1, 0, n))
    mesh.active_texture_coordinates = np.c_[u.ravel(), v.ravel()].astype("f4")
    return mesh


def picture(n: int = 2048) -> NDArray[np.uint8]:
    """A surface picture from height and slope, shape (n, n, 3)."""
    z = fractal(n)
    gy, gx = np.gradient(z * n / 12)
    light = np.clip(0.75 - 0.6 * gx + 0.5 * gy, 0.25, 1.2)[..., None]
    green, rock = np.array([92, 120, 78]), np.array([170, 160, 140])
    return np.clip((green + (rock - green) * z[..., None]) * light, 0, 255).astype(np.uint8)


def plotter(triangles: int, *, multi_samples: int | None = 0) -> pv.Plotter:
    """An off-screen plotter with the terrain and nothing else."""
    plot = pv.Plotter(off_screen=True, window_size=[1280, 720])
    if multi_samples is not None:
        plot.render_window.SetMultiSamples(multi_samples)
    plot.background_color = "#9fb6c6"
    actor = plot.add_mesh(terrain(triangles), texture=pv.Texture(picture()), lighting=False, culling="back")
    actor.mapper.SetStatic(True)
    plot.camera.position, plot.camera.focal_point = (0, -42_000, 22_000), (0, 0, 500)
    plot.camera.up = (0, 0, 1)
    plot.camera.view_angle = 45
    plot.reset_camera_clipping_range()
    return plot


class _Camera:
    def __init__(self, plot: pv.Plotter) -> None:
        self._plot = plot

    def orbit(self, dx: float, dy: float) -> None:
        camera = self._plot.camera
        camera.Azimuth(-120 * dx)
        camera.elevation = float(np.clip(camera.elevation + 60 * dy, -20, 30))
        self._plot.renderer.ResetCameraClippingRange()

    def pan(self, dx: float, dy: float) -> None:
        del dx, dy

    def zoom(self, factor: float) -> None:
        self._plot.camera.Dolly(factor)
        self._plot.renderer.ResetCameraClippingRange()


class StandIn:
    """Has what the stream needs of a stage."""

    def __init__(self, triangles: int = 300_000) -> None:
        self._plot = plotter(triangles)
        self._plot.show(auto_close=False)
        self.window = self._plot.render_window
        self.camera = _Camera(self._plot)

    def resize(self, width: int, height: int) -> None:
        if tuple(self.window.GetSize()) != (width, height):
            self.window.SetSize(width, height)

    def render(self) -> NDArray[np.uint8]:
        self.window.Render()
        width, height = self.window.GetSize()
        pixels = vtkUnsignedCharArray()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, pixels)
        return np.ascontiguousarray(vtk_to_numpy(pixels).reshape(height, width, 4)[::-1])

    def overlay(self) -> dict[str, Any]:
        return {"labels": [{"id": "a", "text": "水", "x": 0.5, "y": 0.5}]}
