"""Open an off-screen window for a scene, or borrow a plotter's."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (registers the OpenGL classes)
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from layers.errors import PlotterError
from layers.gl.offscreen import prefer_egl, require_opengl
from twin.arrays import U8

prefer_egl()  # on import, so that a plotter made later in this process does not try an X server either

WHOLE = (0.0, 0.0, 1.0, 1.0)
NO_SCREEN, OF_SCREEN = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow"), "vtkXRenderWindowInteractor"
"""VTK crashes where a window that has no screen is initialized and its interactor asks for one."""


class Plotter(Protocol):
    """Window with a renderer that other code made.

    PyVista's ``Plotter``, or anything with these two.
    """

    @property
    def render_window(self) -> vtkRenderWindow | None:
        """None once it is closed."""

    @property
    def renderer(self) -> vtkRenderer: ...


class RenderTarget(Protocol):
    """Window and renderer that a scene is drawn with."""

    window: vtkRenderWindow
    renderer: vtkRenderer

    def close(self) -> None:
        """Free or return the window, once all drawn there is removed."""


class OffScreen:
    """Off-screen window with one renderer.

    Of ``size`` (width, height) pixels. Raises NoOpenGLError where this machine cannot draw.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        require_opengl()
        self.window, self.renderer = opened(size)

    def close(self) -> None:
        self.renderer.RemoveAllViewProps()
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()


class Borrowed:
    """Window and renderer of a plotter, until closed.

    With render settings that the shaders need. Multisampling goes off, for a CPU takes twice as long with it,
    or longer; it may be turned on again. Raises PlotterError where the plotter is closed, has several plots
    or wants a screen that is not there, NoOpenGLError where this machine cannot draw.
    """

    def __init__(self, plotter: Plotter, size: tuple[int, int] | None) -> None:
        if plotter.render_window is None:
            raise PlotterError("the plotter is closed: make its Stage before plotter.show() or close()")
        if plotter.renderer.GetViewport() != WHOLE:
            raise PlotterError("a scene fills its plotter: make one with a single plot, shape=(1, 1)")
        require_opengl()
        self.window, self.renderer = plotter.render_window, plotter.renderer
        interactor = self.window.GetInteractor()
        if interactor is not None and interactor.IsA(OF_SCREEN) and self.window.GetClassName() in NO_SCREEN:
            raise PlotterError("there is no screen here: make the plotter with off_screen=True")
        cullers = self.renderer.GetCullers()
        self._cullers = [cullers.GetItemAsObject(i) for i in range(cullers.GetNumberOfItems())]
        self._blending = self.renderer.GetUseOIT(), self.renderer.GetUseDepthPeeling()
        self._samples = self.window.GetMultiSamples()
        self.window.SetMultiSamples(0)
        if size is not None:
            self.window.SetSize(*size)
        _suit(self.renderer)
        self.window.Initialize()
        if hasattr(plotter, "camera_set"):
            plotter.camera_set = True  # or PyVista would move the camera at the first frame

    def close(self) -> None:
        self.window.SetMultiSamples(self._samples)
        for culler in self._cullers:
            self.renderer.AddCuller(culler)
        self.renderer.SetUseOIT(self._blending[0])
        self.renderer.SetUseDepthPeeling(self._blending[1])


def opened(size: tuple[int, int]) -> tuple[vtkRenderWindow, vtkRenderer]:
    """Open the window without a trial.

    Where OpenGL does not work this ends the process. Multisampling is off: on a CPU it costs four times the
    frame (stills are drawn larger and shrunk).
    """
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    renderer = vtkRenderer()
    _suit(renderer)
    window.AddRenderer(renderer)
    window.Initialize()  # textures are made before the first frame
    return window, renderer


def _suit(renderer: vtkRenderer) -> None:
    """Turn off culling, OIT and depth peeling: complete shaders of our own have no code for them."""
    renderer.GetCullers().RemoveAllItems()  # the scene culls its own tiles, with the water's height in them
    renderer.SetUseOIT(False)  # plain blending, in the order of drawing
    renderer.SetUseDepthPeeling(False)


def pixels(window: vtkRenderWindow) -> U8:
    """Read the window's pixels, (height, width, 4) uint8 RGBA.

    The first row is the top one.
    """
    width, height = window.GetSize()
    out = vtkUnsignedCharArray()
    window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, out, 0)
    return np.flipud(vtk_to_numpy(out).reshape(height, width, 4))
