"""The catchment around the terrain, coarse, so that nothing ends in a cliff."""

from __future__ import annotations

from layers import shaders
from layers.canvas import Canvas
from layers.chunks import chunk_actors
from layers.cull import Culler
from layers.layer import Layer
from layers.model import Surroundings
from layers.terrain import ground_shader
from layers.textures import picture_texture
from layers.uniforms import Uniforms

EDGE_FADE = 0.12
PICTURE_PX = 1400  # it is seen from far away, and every view process holds it


class SurroundingsLayer(Layer):
    """Its own mesh and picture, with a hole where the terrain is; its far edge dissolves in haze."""

    kind = "surroundings"

    def __init__(self, data: Surroundings, *, canvas: Canvas) -> None:
        super().__init__("surroundings", title={"zh": "流域背景", "en": "Surroundings"})
        self._style = Uniforms(surfaceOpacity=self.opacity, edgeFade=EDGE_FADE)
        self._shader = ground_shader(shaders.SURROUNDINGS_VERTEX, canvas.uniforms, self._style)
        self.restyle()
        self.picture = picture_texture(data.picture, canvas.window, widest=PICTURE_PX)
        chunks = list(chunk_actors(data.mesh, {}))
        for actor in (actor for chunk in chunks for actor in chunk.actors):
            actor.SetShaderProperty(self._shader)
            actor.GetProperty().SetTexture("surfacePicture", self.picture)
            canvas.add(actor)
        self.culler = Culler(chunks)
        self.mesh = data.mesh

    def restyle(self) -> None:
        self._style.set(surfaceOpacity=self.opacity)
        code = shaders.ground_fragment(water=False, muted=self.opacity < 1.0, fades=True)
        if self._shader.GetFragmentShaderCode() != code:
            self._shader.SetFragmentShaderCode(code)
