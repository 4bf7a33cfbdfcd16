"""The shaders of a model's tiles: one for each kind, shared by all of them."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkShaderProperty

from layers.tiles import shaders
from layers.uniforms import Uniforms


class Looks:
    """Four shaders: with a picture or with colours, where water may reach and where it cannot."""

    def __init__(self, shared: Uniforms) -> None:
        self._style = Uniforms(tileOpacity=1.0, doorShift=(0.0, 0.0))
        self._shaders: dict[tuple[bool, bool], vtkShaderProperty] = {}
        for pictured in (True, False):
            for water in (True, False):
                shader = vtkShaderProperty()
                shader.SetVertexShaderCode(shaders.vertex(pictured=pictured, water=water))
                shared.join(shader)
                self._style.join(shader)
                self._shaders[pictured, water] = shader
        self.fade(1.0)

    def of(self, *, pictured: bool, water: bool) -> vtkShaderProperty:
        """The shader of a kind."""
        return self._shaders[pictured, water]

    def shift(self, right: float, up: float) -> None:
        """Move the pattern of what is faded by a pixel to the sides that a frame is shifted to (any unit)."""
        self._style.set(doorShift=(float(right > 0.0), float(up > 0.0)))

    def fade(self, opacity: float) -> None:
        """Let ``opacity``, 0 to 1, of the pixels show the model and the others what is behind it."""
        self._style.set(tileOpacity=opacity)
        for (pictured, water), shader in self._shaders.items():
            code = shaders.fragment(pictured=pictured, water=water, faded=opacity < 1.0)
            if shader.GetFragmentShaderCode() != code:
                shader.SetFragmentShaderCode(code)
