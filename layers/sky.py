"""Draw the sky.

Paler towards the horizon, where it meets the haze, and brighter around the sun.
"""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkShaderProperty

from layers.gl.arrays import triangles
from layers.gl.render_context import RenderContext
from layers.ground import shaders
from layers.layer import Layer
from layers.light import Light

_CORNERS = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float32)
_FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


class SkyLayer(Layer):
    """Cube around the camera at the far end of the depth.

    Coloured by the view direction.
    """

    kind = "sky"

    def __init__(self, context: RenderContext, light: Light) -> None:
        super().__init__("sky", title={"zh": "天空", "en": "Sky"})
        heading, height = radians(light.sun_heading_deg), radians(light.sun_height_deg)
        context.uniforms.set(
            zenith=light.zenith,
            sunColour=light.sun,
            sunDirection=(sin(heading) * cos(height), cos(heading) * cos(height), sin(height)),
        )
        shader = vtkShaderProperty()
        shader.SetVertexShaderCode(shaders.SKY_VERTEX)
        shader.SetFragmentShaderCode(shaders.SKY_FRAGMENT)
        context.uniforms.join(shader)
        corners = np.array([t for a, b, c, d in _FACES for t in ((a, b, c), (a, c, d))], dtype=np.int32)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(
            triangles(_CORNERS * 1000, corners, tcoord=np.zeros((8, 2), dtype=np.float32), attributes={})
        )
        mapper.SetVBOShiftScaleMethod(0)
        mapper.StaticOn()
        self._actor = vtkActor()
        self._actor.SetMapper(mapper)
        self._actor.SetShaderProperty(shader)
        self._actor.GetProperty().LightingOff()
        self._actor.UseBoundsOff()
        context.add(self._actor)

    def restyle(self) -> None:
        self._actor.SetVisibility(self.visible)
