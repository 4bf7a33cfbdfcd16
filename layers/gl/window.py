"""The picture's canvas: an off-screen render window with one renderer, fit for a machine without a GPU."""

from __future__ import annotations

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (registers the OpenGL classes)
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from layers.gl.offscreen import prefer_egl, require_opengl
from twin.arrays import U8


def off_screen(size: tuple[int, int]) -> tuple[vtkRenderWindow, vtkRenderer]:
    """Open a window of ``size`` (width, height) pixels that no screen shows, and its renderer.

    Raises NoOpenGLError where this machine cannot draw.
    """
    require_opengl()
    return opened(size)


def opened(size: tuple[int, int]) -> tuple[vtkRenderWindow, vtkRenderer]:
    """Open the window without a trial: where OpenGL does not work this ends the process.

    Multisampling is off: on a CPU it costs four times the frame (stills are drawn larger and shrunk).
    """
    prefer_egl()
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    renderer = vtkRenderer()
    renderer.GetCullers().RemoveAllItems()  # the scene culls its own tiles, with the water's height in them
    renderer.SetUseOIT(False)  # plain blending, in the order of drawing
    window.AddRenderer(renderer)
    window.Initialize()  # textures are made before the first frame
    return window, renderer


def pixels(window: vtkRenderWindow) -> U8:
    """What the window shows, (height, width, 4) uint8 RGBA, first row on top."""
    width, height = window.GetSize()
    out = vtkUnsignedCharArray()
    window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, out, 0)
    return np.flipud(vtk_to_numpy(out).reshape(height, width, 4))
