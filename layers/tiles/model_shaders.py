"""Cache shaders of a model's tiles.

One for each variant there is, shared by all of them.
"""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkShaderProperty

from layers.gl.uniforms import Uniforms
from layers.tiles import shader_source
from layers.tiles.shader_source import ShaderVariant


class ModelShaders:
    """Shaders by variant, made on first use."""

    def __init__(self, shared: Uniforms) -> None:
        self._shared = shared
        self._style = Uniforms(tileOpacity=1.0, doorShift=(0.0, 0.0))
        self._shaders: dict[ShaderVariant, vtkShaderProperty] = {}
        self._faded = False

    def of(self, kind: ShaderVariant) -> vtkShaderProperty:
        """Return the shader of a variant."""
        if kind not in self._shaders:
            shader = self._shaders[kind] = vtkShaderProperty()
            shader.SetVertexShaderCode(shader_source.vertex(kind))
            shader.SetFragmentShaderCode(shader_source.fragment(kind, faded=self._faded))
            self._shared.join(shader)
            self._style.join(shader)
        return self._shaders[kind]

    def shift(self, right: float, up: float) -> None:
        """Shift the dither pattern of faded models with the frame's jitter.

        By a pixel to the sides that a frame is shifted to (any unit).
        """
        self._style.set(doorShift=(float(right > 0.0), float(up > 0.0)))

    def fade(self, opacity: float) -> None:
        """Dither the model to ``opacity``, 0 to 1.

        So many of the pixels show the model and the others what is behind it.
        """
        self._style.set(tileOpacity=opacity)
        self._faded = opacity < 1.0
        for kind, shader in self._shaders.items():
            code = shader_source.fragment(kind, faded=self._faded)
            if shader.GetFragmentShaderCode() != code:
                shader.SetFragmentShaderCode(code)
