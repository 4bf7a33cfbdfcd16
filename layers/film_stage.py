"""Draw frames of a film: complete, and independent of those before.

The stage of a page shows what is loaded and refines it; here a frame waits for its tiles, and everything that
may depend on the frames before (the error that fits the budget, the order of drawing) is set by the view
alone. So any process draws the same bytes for a frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import dist
from time import monotonic

import numpy as np
from PIL import Image

from layers.camera import camera as cameras
from layers.errors import TilesMissingError
from layers.gl.capture import still
from layers.heights import Ground
from layers.model import SceneBasin
from layers.stage import Stage
from twin.arrays import U8

LARGEST_PX = 5120 * 2880
"""Pixels of a window drawn at twice the size. A larger picture is the mean of four frames: one of 3840 × 2160
took 2.7 GB at twice the size."""
NAMED = 5
"""Missing tiles that an error names."""


@dataclass(frozen=True, kw_only=True)
class FilmQuality:
    """Errors of surfaces, px of the picture, and smoothness.

    ``smooth`` pictures are supersampled 2 × 2.
    """

    ground_px: float = 3.0
    tiles_px: float = 8.0
    smooth: bool = True


FILM, DRAFT = FilmQuality(), FilmQuality(ground_px=6.0, tiles_px=16.0, smooth=False)


class FilmStage(Stage):
    """Stage that draws whole pictures of one ``size`` (width, height).

    Raises what :class:`Stage` raises.
    """

    def __init__(
        self,
        basin: SceneBasin,
        *,
        size: tuple[int, int],
        quality: FilmQuality = FILM,
        ground: Ground | None = None,
    ) -> None:
        self.picture_size, self.quality = size, quality
        self._prepared = False
        twice = quality.smooth and 4 * size[0] * size[1] <= LARGEST_PX
        self._samples = 2 if twice else 1
        super().__init__(basin, size=(self._samples * size[0], self._samples * size[1]), ground=ground)

    def whole_picture(self, *, timeout_s: float = 60.0) -> U8:
        """Return the scene's picture, once all its tiles are there.

        (height, width, 3) uint8. Raises TilesMissingError after ``timeout_s``, or at once where a tile cannot
        be read.
        """
        self._load(timeout_s)
        self._prepared = True
        try:
            if self.quality.smooth and self._samples == 1:
                camera = self.renderer.GetActiveCamera()
                frame = still(self.window, self._drawn, camera, self.picture_size, smooth=True)
            else:
                frame = _mean(self._drawn(), self._samples)
        finally:
            self._prepared = False
        return self._stamped(frame)

    @property
    def driver(self) -> str:
        """Name of what draws, as OpenGL has it: a card, or llvmpipe."""
        lines = self.window.ReportCapabilities().splitlines()
        return next((line.partition(":")[2].strip() for line in lines if "renderer string" in line), "")

    def tiles(self) -> list[str]:
        """Name the tiles of the last picture: layer, tileset, content."""
        return sorted(
            f"{layer.id}/{layer.content(row)}"
            for layer in self._scenery.streamed
            for row in layer.drawn.values()
        )

    # -- inner ----------------------------------------------------------------------------------------

    def _before_frame(self, *_: object) -> None:
        if self._prepared:  # :meth:`_load` did it, and choosing and sorting tiles takes 8 ms
            return
        self._scenery.prepare(
            cameras.widened(self.scene.camera, self.widened),
            exaggeration=self.scene.exaggeration,
            max_error_px=self.quality.ground_px,
            tile_error_px=self.quality.tiles_px,
            samples=self._samples,
            exact=True,
        )
        self._order()

    def _load(self, timeout_s: float) -> None:
        until = monotonic() + timeout_s
        while True:
            self._before_frame()
            waiting = [layer for layer in self._scenery.streamed if not layer.settled]
            if not waiting or monotonic() > until:
                break
            waiting[0].wait(0.25)
        visible = [layer for layer in self._scenery.streamed if layer.visible]
        if lacking := [f"{layer.id}/{name}" for layer in visible for name in layer.lacking]:
            more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
            raise TilesMissingError(
                f"tiles of this picture are missing: {', '.join(lacking[:NAMED])}{more}", tiles=lacking
            )

    def _order(self) -> None:
        """Draw tiles near ones first, then the rest: hidden pixels are skipped, ties have one winner.

        Tiles come and go in the order they were loaded in, which no two runs share.
        """
        eye, frame = self.renderer.GetActiveCamera().GetPosition(), self.basin.frame
        at = (eye[0] + frame.east, eye[1] + frame.north, eye[2])
        tiles = [
            (dist(at, tile.centre), number, row, tile)
            for number, layer in enumerate(self._scenery.streamed)
            for tile, row in layer.drawn.items()
        ]
        shown = dict.fromkeys(
            actor for *_, tile in sorted(tiles, key=lambda x: x[:3]) for actor in tile.actors
        )
        props = self.renderer.GetViewProps()
        rest = [x for k in range(props.GetNumberOfItems()) if (x := props.GetItemAsObject(k)) not in shown]
        props.RemoveAllItems()
        for prop in (*shown, *rest):
            props.AddItem(prop)


def _mean(frame: U8, samples: int) -> U8:
    """Average ``samples`` × ``samples`` pixels, (rows, cols, 4) uint8, to a picture of three channels."""
    if samples == 1:
        return np.ascontiguousarray(frame[..., :3])
    upside_down = np.ascontiguousarray(np.flipud(frame))  # as OpenGL gave it: no copy
    rows, cols = frame.shape[:2]
    image = Image.frombuffer("RGBX", (cols, rows), upside_down, "raw", "RGBX", 0, 1).reduce(samples)
    return np.ascontiguousarray(np.flipud(np.asarray(image))[..., :3])
