"""Stream a model and clip the ground under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vtkmodules.vtkRenderingCore import vtkCamera

from layers.gl.render_context import RenderContext
from layers.layer import LegendEntry
from layers.tiles.model_host import ModelHost
from layers.tiles.pick import Hit, boxes_along, first_hit
from layers.tiles.roots import Roots
from layers.tiles.streamed import StreamedLayer
from layers.tiles.water_raster import WaterRaster
from meshes.tiles.content import Content, Point

COLOUR = "#b9b2a6"


class TilesLayer(StreamedLayer[ModelHost]):
    """Tilesets of 3D models."""

    kind = "model"

    def __init__(
        self,
        id: str,  # noqa: A002  (the field's own word)
        *,
        title: Mapping[str, str],
        fetch: Callable[[str], Content],
        context: RenderContext,
        raster: WaterRaster,
        budget_bytes: int,
        visible: bool = True,
        opacity: float = 1.0,
        colour: str = COLOUR,
        two_sided: bool = False,
        source: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            id,
            host=ModelHost(context, raster, two_sided=two_sided, colour=colour),
            fetch=fetch,
            context=context,
            budget_bytes=budget_bytes,
            title=title,
            visible=visible,
            opacity=opacity,
            legend=(LegendEntry(colour=colour, text=title),),
        )
        self.source = source or {}
        #: The tilesets of which the last frame showed something opaque: no ground is needed there.
        self.covers: tuple[str, ...] = ()
        self._roots: Roots | None = None
        self.restyle()

    def restyle(self) -> None:
        self._host.shaders.fade(self.opacity)

    def pick(self, start: Point, direction: Point) -> Hit | None:
        """Pick the first tile of the last frame a ray hits.

        None where there is none. ``start`` is (east, north, height · exaggeration), as ``direction`` in the
        exaggerated scene.
        """
        k, tree, drawn = self._exaggeration, self._streamer.tree, list(self._drawn.items())
        rows = [row for _, row in drawn]
        near = boxes_along(tree.low[rows], tree.high[rows], start, direction, exaggeration=k)
        tiles = ((row, tile.centre, tile.primitives) for tile, row in (drawn[i] for i in near))
        return first_hit(tiles, start, direction, exaggeration=k)

    # -- inner ----------------------------------------------------------------------------------------

    def _followed(self, camera: vtkCamera) -> None:
        self._host.shaders.shift(*camera.GetWindowCenter())
        self._host.update_shaders()
        if self._roots is None:
            self._roots = Roots(self._streamer.tree)
        roots = self._roots.shown(list(self._drawn.values())) if self.opacity == 1.0 else []
        self.covers = tuple(self.name_of(root) for root in roots)

    def _look_around(self) -> None:
        self._roots = None
        super()._look_around()
