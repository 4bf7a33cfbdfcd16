"""Frames out of the window.

As it shows them, or smooth ones to keep.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCamera, vtkRenderWindow

from twin.arrays import U8

FOUR_PLACES = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))
"""Places within a pixel, no two in one row or column: edges of every direction come out in five tones."""


def still(
    window: vtkRenderWindow, draw: Callable[[], U8], camera: vtkCamera, size: tuple[int, int], *, smooth: bool
) -> U8:
    """Return a frame of ``size``, (height, width, 3) uint8.

    ``draw`` renders the window and returns its pixels, four channels. A smooth one is the mean of four
    shifted in a pixel. One frame of twice the size would look alike and take four times the memory.
    """
    before = window.GetSize()
    window.SetSize(*size)
    places = FOUR_PLACES if smooth else ((0.0, 0.0),)
    total = np.zeros((size[1], size[0], 3), dtype=np.uint16)
    for right, up in places:
        camera.SetWindowCenter(2.0 * right / size[0], 2.0 * up / size[1])
        total += draw()[..., :3]
    camera.SetWindowCenter(0.0, 0.0)
    window.SetSize(*before)
    return ((total + len(places) // 2) // len(places)).astype(np.uint8)
