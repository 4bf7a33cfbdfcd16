"""Draw the catchment around the terrain, so that nothing ends abruptly."""

from __future__ import annotations

from collections.abc import Mapping

from vtkmodules.vtkRenderingCore import vtkActor

from layers.gl.render_context import RenderContext
from layers.gl.uniforms import Uniforms
from layers.ground import shaders
from layers.ground.ground_tiles import GroundHost, GroundLayer
from layers.ground.legend import painting_legend
from layers.ground.terrain import ground_shader
from layers.heights import RasterPlace
from layers.layer import Layer
from layers.model import SceneBasin, Surroundings
from layers.tiles.host import DrawnTile

EDGE_FADE = 0.12
BUDGET_BYTES = 12 << 20


class SurroundingsLayer(GroundLayer):
    """Streamed tiles with a hole where the terrain is.

    The far edge dissolves in haze.
    """

    kind = "surroundings"

    def __init__(self, data: Surroundings, *, context: RenderContext) -> None:
        self._style = Uniforms(surfaceOpacity=1.0, edgeFade=EDGE_FADE)
        self._shader = ground_shader(
            shaders.ground_vertex(water=False, placed=True, behind=True), context.uniforms, self._style
        )
        super().__init__(
            "surroundings",
            data.folder,
            host=GroundHost(
                context,
                shape=data.grid.shape,
                placement=RasterPlace(data.grid, context.ground.frame),
                set_shader=self._set_shader,
            ),
            context=context,
            budget_bytes=BUDGET_BYTES,
            title={"zh": "流域背景", "en": "Surroundings"},
        )
        self.extent = None  # it is no data set to fly to
        self.restyle()

    def restyle(self) -> None:
        self._style.set(surfaceOpacity=self.opacity)
        code = shaders.ground_fragment(water=False, muted=self.opacity < 1.0, fades=True)
        if self._shader.GetFragmentShaderCode() != code:
            self._shader.SetFragmentShaderCode(code)

    def _set_shader(self, _tile: DrawnTile, actors: Mapping[vtkActor, bool]) -> None:
        for actor in actors:
            actor.SetShaderProperty(self._shader)


def surroundings_layers(basin: SceneBasin, context: RenderContext) -> list[Layer]:
    """Make the layer of the catchment around the terrain.

    None where the catalog has none.
    """
    around = basin.surroundings()
    if around is None:
        return []
    layer = SurroundingsLayer(around, context=context)
    layer.legend = painting_legend("invented" if basin.synthetic else "relief")
    return [layer]
