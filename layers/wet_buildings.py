"""Mark the buildings that the flood reaches, certainly or possibly.

A translucent prism around each; the vertex shader compares first-wet levels with the level, so that a new
level is the water's own uniforms.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import shapely
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkShaderProperty

from layers.gl.arrays import triangles
from layers.gl.render_context import RenderContext
from layers.gl.uniforms import Uniforms, rgb
from layers.labels.theme import THEME
from layers.layer import Layer, LegendEntry, layer_of
from layers.model import SceneBasin
from twin.arrays import F32, F64, I32
from twin.layer_data import BuildingData

AROUND_M, ABOVE_M, BELOW_M = 0.8, 1.0, 3.0
"""How far a prism reaches beyond a building: to the sides, over the roof, into the ground."""
STOREY_M = 4.0
"""Height of a building where it is not known."""
STRIPE_PX = 4.0

_VERTEX = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec4 wetMC;
uniform mat4 MCDCMatrix;
out vec3 mark;
void main() {
  // wetMC: first-wet level, level of the hollow it lies in, 1 on the roof, shade of the side.
  bool joined = wetMC.x <= level;
  bool behind = wetMC.y > level && wetMC.y <= highest;
  float off = joined || !behind ? wetMC.x - level : wetMC.y - level;
  bool unsure = abs(off) < error - 0.001;
  float shown = joined || behind ? (unsure ? 1.0 : 2.0) : (unsure ? 1.0 : 0.0);
  vec4 at = vertexMC;
  if (wetMC.z > 0.5) at.z = max(at.z, level + 1.5);
  float far = length((at.xyz - eye) * vec3(1.0, 1.0, exaggeration));
  mark = vec3(shown, wetMC.w, haze * (1.0 - exp(-far / visibility)));
  gl_Position = shown > 0.5 ? MCDCMatrix * at : vec4(2.0, 2.0, 2.0, 1.0);
}
"""

_FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
//VTK::CustomUniforms::Dec
in vec3 mark;
void main() {
  bool certain = mark.x > 1.5;
  float stripe = step(0.5, fract((gl_FragCoord.x + gl_FragCoord.y) / (samples * stripeWidth)));
  vec3 colour = (certain ? certainColour : possibleColour) * mark.y;
  float cover = certain ? 0.8 : 0.3 + 0.45 * stripe;
  gl_FragData[0] = vec4(mix(colour, horizon, mark.z), cover * buildingOpacity);
}
"""


class WetBuildingsLayer(Layer):
    """Buildings reached by the flood, marked by a prism around each."""

    kind = "buildings"

    def __init__(self, data: BuildingData, *, context: RenderContext, error_m: float) -> None:
        colours = THEME["affected"]
        super().__init__(
            data.id,
            title=data.title,
            visible=data.visible,
            opacity=data.opacity,
            legend=(
                LegendEntry(
                    colour=colours["certain"], text={"zh": "淹没的建筑", "en": "building under water"}
                ),
                LegendEntry(
                    colour=colours["possible"],
                    text={"zh": "可能淹没的建筑（误差范围内）", "en": "building possibly under water"},
                ),
            ),
        )
        self.source = data.source
        self._style = Uniforms(
            certainColour=rgb(colours["certain"]),
            possibleColour=rgb(colours["possible"]),
            error=error_m,
            stripeWidth=STRIPE_PX,
            buildingOpacity=data.opacity,
        )
        self._actor = vtkActor()
        position, corners, wet = _prisms(data, context)
        if len(corners):
            self._actor.SetMapper(_mapper(position, corners, wet))
            shader = vtkShaderProperty()
            shader.SetVertexShaderCode(_VERTEX)
            shader.SetFragmentShaderCode(_FRAGMENT)
            context.uniforms.join(shader)
            self._style.join(shader)
            self._actor.SetShaderProperty(shader)
            self._actor.GetProperty().LightingOff()
            self._actor.GetProperty().BackfaceCullingOn()
            self._actor.ForceTranslucentOn()
            context.add(self._actor)
        self.restyle()

    def restyle(self) -> None:
        self._actor.SetVisibility(self.visible)
        self._style.set(buildingOpacity=self.opacity)


def building_layers(basin: SceneBasin, context: RenderContext) -> list[Layer]:
    """Make a layer for every data set of buildings."""
    make = partial(WetBuildingsLayer, context=context, error_m=basin.vertical_error_m)
    return [layer_of(data, make) for data in basin.data(BuildingData)]


def _prisms(data: BuildingData, context: RenderContext) -> tuple[F32, I32, F32]:
    """Vertices (n, 3), triangles (m, 3), what the shader compares (n, 4) of buildings on the terrain."""
    positions, faces, wet, count = [], [], [], 0
    frame = context.ground.frame
    middles = np.array([ring.mean(axis=0) for ring in data.outlines]).reshape(-1, 2)
    grounds = context.ground.height(middles[:, 0], middles[:, 1])
    for k in np.flatnonzero(np.isfinite(grounds)).tolist():
        ring = _around(data.outlines[k]) - (frame.east, frame.north)
        high = STOREY_M if np.isnan(data.height_m[k]) else float(data.height_m[k])
        floor, roof = float(grounds[k]) - BELOW_M, float(grounds[k]) + high + ABOVE_M
        n = len(ring)
        following = np.roll(ring, -1, axis=0)
        along = following - ring
        shade = 0.72 + 0.14 * (along[:, 1] - along[:, 0]) / np.maximum(np.hypot(*along.T), 1e-6) / np.sqrt(
            2.0
        )
        sides = np.stack([ring, following, following, ring], axis=1).reshape(-1, 2)
        heights = np.tile([floor, floor, roof, roof], n)
        on_roof = np.tile([0.0, 0.0, 1.0, 1.0], n)
        first = count + 4 * np.arange(n)[:, None]
        walls = (first[:, :, None] + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
        top = count + 4 * n + np.array([[0, j, j + 1] for j in range(1, n - 1)], dtype=np.int64)
        levels = (np.inf if np.isnan(v[k]) else v[k] for v in (data.first_wet_m, data.pocket_m))
        dry = [min(level, 1e6) for level in levels]
        positions.append(
            np.column_stack([np.vstack([sides, ring]), np.concatenate([heights, np.full(n, roof)])])
        )
        told = np.column_stack(
            [np.concatenate([on_roof, np.ones(n)]), np.concatenate([np.repeat(shade, 4), np.ones(n)])]
        )
        wet.append(np.column_stack([np.broadcast_to(dry, (5 * n, 2)), told]))
        faces += [walls, top]
        count += 5 * n
    if not positions:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros((0, 4), np.float32)
    return (
        np.concatenate(positions).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(wet).astype(np.float32),
    )


def _around(ring: F64) -> F64:
    """(n, 2) corners around a building, anticlockwise; without dents, so that a fan covers the roof."""
    hull: Any = shapely.Polygon(ring).convex_hull.buffer(AROUND_M, join_style="mitre")
    return shapely.get_coordinates(shapely.orient_polygons(hull))[:-1]


def _mapper(position: F32, corners: I32, wet: F32) -> vtkPolyDataMapper:
    tcoord = np.zeros((len(position), 2), np.float32)
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(triangles(position, corners, tcoord=tcoord, attributes={"wetMC": wet}))
    mapper.MapDataArrayToVertexAttribute("wetMC", "wetMC", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    mapper.SetVBOShiftScaleMethod(0)
    mapper.ScalarVisibilityOff()
    mapper.StaticOn()
    return mapper
