"""Read how far the drawn surfaces are, on a coarse grid.

What a browser needs to move the picture itself.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from twin.arrays import F32, U16

ROWS, COLS = 36, 64
STEPS_PER_OCTAVE = 3000.0
NOTHING = 65535


def depth_grid(window: vtkRenderWindow, renderer: vtkRenderer) -> F32:
    """Return a grid of distances ahead, (36, 64) float32 m.

    First row on top; inf where nothing is drawn. Each is that of the pixel in the middle of its cell. Call
    after the window was rendered.
    """
    width, height = window.GetSize()
    found = vtkFloatArray()
    window.GetZbufferData(0, 0, width - 1, height - 1, found)
    z = np.flipud(vtk_to_numpy(found).reshape(height, width))
    rows = ((np.arange(ROWS) + 0.5) / ROWS * height).astype(np.intp)
    cols = ((np.arange(COLS) + 0.5) / COLS * width).astype(np.intp)
    near, far = renderer.GetActiveCamera().GetClippingRange()
    shares = z[np.ix_(rows, cols)].astype(np.float64)
    with np.errstate(divide="ignore"):
        away = near * far / (far - shares * (far - near))
    return np.where(shares < 1.0, away, np.inf).astype(np.float32)


def packed(grid: F32) -> U16:
    """Return distances as 16-bit logarithmic steps; 65,535 for none.

    In 3,000 steps an octave from 1 m on, which is 0.02 % of each.
    """
    with np.errstate(divide="ignore"):
        steps = np.round(STEPS_PER_OCTAVE * np.log2(np.maximum(grid, 1.0)))
    return np.where(np.isfinite(grid), np.minimum(steps, NOTHING - 1), NOTHING).astype("<u2")
