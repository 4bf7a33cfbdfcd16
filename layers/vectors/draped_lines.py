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
AFAR_M = 8_000.0
"""From so high above the ground many pieces are drawn coarsely."""
MANY = 4_000
AFAR_SPACING_M, AFAR_STRAIGHT_M = 300.0, 30.0


class DrapedLines:
    """Actors of any number of lines.

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
        self._afar = False
        self._visible = True
        pieces = _pieces(lines, context.ground, SPACING_M, STRAIGHT_M)
        self._actors = [self._actor(pieces, context)] if len(pieces) else []
        if len(pieces) > MANY:  # each costs a vertex shader in every frame, seen or not
            coarse = _pieces(lines, context.ground, AFAR_SPACING_M, AFAR_STRAIGHT_M)
            self._actors.append(self._actor(coarse, context))

    def _actor(self, pieces: F64, context: RenderContext) -> vtkActor:
        shader = vtkShaderProperty()
        shader.SetVertexShaderCode(shaders.LINE_VERTEX)
        shader.SetFragmentShaderCode(shaders.LINE_FRAGMENT)
        context.uniforms.join(shader)
        self._style.join(shader)
        actor = vtkActor()
        actor.SetShaderProperty(shader)
        actor.SetMapper(_mapper(pieces, context.ground))
        actor.GetProperty().LightingOff()
        actor.ForceTranslucentOn()
        context.add(actor)
        return actor

    def show(self, *, visible: bool, opacity: float) -> None:
        self._visible = visible
        self._style.set(lineOpacity=opacity)
        self._choose()

    def look_from(self, above_m: float) -> None:
        """Choose fine or coarse pieces by the eye's height above ground."""
        self._afar = above_m > AFAR_M
        self._choose()

    def _choose(self) -> None:
        for number, actor in enumerate(self._actors):
            wanted = number == min(int(self._afar), len(self._actors) - 1)
            actor.SetVisibility(self._visible and wanted)


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


def _pieces(lines: Sequence[F64], ground: Ground, spacing_m: float, straight_m: float) -> F64:
    """(n, 2, 4) ends of pieces: east, north, height, connection level; those without ground are left out."""
    parts = [np.zeros((0, 2, 4))]
    for line in lines:
        if len(line) < 2:
            continue
        straight = shapely.simplify(shapely.LineString(np.asarray(line)[:, :2]), straight_m)
        points = resampled(shapely.get_coordinates(straight), spacing_m)
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
