"""Draw draped lines of constant width on the screen.

Each piece of a line is a quad; the vertex shader lifts its ends onto the water like the terrain's, draws them
a little towards the eye (so that the terrain's own triangles do not cover them) and widens the quad.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkShaderProperty

from layers.gl.arrays import triangles
from layers.gl.render_context import RenderContext
from layers.gl.uniforms import Uniforms, rgb
from layers.ground import shaders
from layers.heights import Ground
from twin.arrays import F64

SPACING_M = 120.0
STRAIGHT_M = 8.0  # bends smaller than this are not drawn


class DrapedLines:
    """Actor of any number of lines.

    ``lines`` are (n, 2) east and north in the frame's CRS. ``width_px`` is for a picture 720 high;
    ``width_m`` is the width on the ground where that is more. With ``drowns`` the parts that the flood has
    reached are hidden.
    """

    def __init__(
        self,
        lines: Sequence[F64],
        *,
        context: RenderContext,
        colour: str,
        casing: str = "#16242f",
        width_px: float = 2.0,
        casing_px: float = 1.0,
        width_m: float = 0.0,
        drowns: bool = False,
    ) -> None:
        self._style = Uniforms(
            lineColour=rgb(colour),
            casingColour=rgb(casing),
            lineWidth=width_px,
            casingWidth=casing_px,
            groundWidth=width_m,
            drowns=float(drowns),
            lineOpacity=1.0,
        )
        self.actor = vtkActor()
        pieces = _pieces(lines, context.ground)
        if not len(pieces):
            return
        shader = vtkShaderProperty()
        shader.SetVertexShaderCode(shaders.LINE_VERTEX)
        shader.SetFragmentShaderCode(shaders.LINE_FRAGMENT)
        context.uniforms.join(shader)
        self._style.join(shader)
        self.actor.SetShaderProperty(shader)
        self.actor.SetMapper(_mapper(pieces, context.ground))
        self.actor.GetProperty().LightingOff()
        self.actor.ForceTranslucentOn()
        context.add(self.actor)

    def show(self, *, visible: bool, opacity: float) -> None:
        self.actor.SetVisibility(visible)
        self._style.set(lineOpacity=opacity)


def resampled(line: F64, spacing_m: float) -> F64:
    """Resample a line at most ``spacing_m`` apart, (n, 2).

    Its own points stay among them.
    """
    steps = np.hypot(*np.diff(line, axis=0).T)
    out = [line[:1]]
    for a, b, length in zip(line[:-1], line[1:], steps, strict=True):
        share = np.linspace(0.0, 1.0, int(length // spacing_m) + 2)[1:, None]
        out.append(a + share * (b - a))
    return np.concatenate(out)


def _pieces(lines: Sequence[F64], ground: Ground) -> F64:
    """(n, 2, 4) ends of pieces: east, north, height, connection level; those without ground are left out."""
    parts = [np.zeros((0, 2, 4))]
    for line in lines:
        if len(line) < 2:
            continue
        straight = shapely.simplify(shapely.LineString(np.asarray(line)[:, :2]), STRAIGHT_M)
        points = resampled(shapely.get_coordinates(straight), SPACING_M)
        height = ground.height(points[:, 0], points[:, 1])
        link = ground.connection(points[:, 0], points[:, 1])
        ends = np.column_stack([points, height, link])
        pieces = np.stack([ends[:-1], ends[1:]], axis=1)
        parts.append(pieces[np.isfinite(pieces[..., 2]).all(axis=1)])
    return np.concatenate(parts)


def _mapper(pieces: F64, ground: Ground) -> vtkPolyDataMapper:
    origin = np.array([ground.frame.east, ground.frame.north, 0.0])
    ends = pieces.copy()
    ends[..., :3] -= origin
    own = ends[:, [0, 0, 1, 1]].reshape(-1, 4)
    other = ends[:, [1, 1, 0, 0]].reshape(-1, 4)
    # Left of the way from its own end to the other one swaps at the far end; left of the line does not.
    left_of_way, left_of_line = (
        np.tile(s, len(pieces)) for s in ((1.0, -1.0, -1.0, 1.0), (1.0, -1.0, 1.0, -1.0))
    )
    first = 4 * np.arange(len(pieces), dtype=np.int32)[:, None, None]
    corners = (first + np.array([[0, 1, 2], [2, 1, 3]], dtype=np.int32)).reshape(-1, 3)
    data = triangles(
        own[:, :3].astype(np.float32),
        np.ascontiguousarray(corners, dtype=np.int32),
        tcoord=np.zeros((len(own), 2), dtype=np.float32),
        attributes={
            "otherMC": other.astype(np.float32),
            "sideMC": np.column_stack([left_of_way, own[:, 3], left_of_line]).astype(np.float32),
        },
    )
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    for name in ("otherMC", "sideMC"):
        mapper.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    mapper.SetVBOShiftScaleMethod(0)
    mapper.ScalarVisibilityOff()
    mapper.StaticOn()
    return mapper
