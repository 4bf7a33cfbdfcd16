"""Draw the overprint of a film's frame with transparency, for previews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from apps.recorder.overprint.print_words import dissolve, print_words, taken_boxes
from apps.recorder.overprint.regions import film_zoom
from layers.labels.overlay import Overlay, heights_note, north_deg, scale_bar
from layers.labels.painter import paint

if TYPE_CHECKING:
    from apps.recorder.film_frame import FilmFrame
    from apps.recorder.overprint.map_inset import InsetMap
    from layers.labels.placer import Box
    from twin.arrays import U8
    from twin.basin import Basin

QUALITY = 85


@dataclass(frozen=True, kw_only=True)
class FilmOverprint:
    """Words, panels and edges of a frame: a WebP with transparency.

    ``boxes`` are those that words and panels lie in, call-outs aside, as fractions of the picture: left, top,
    right, bottom.
    """

    webp: bytes
    boxes: tuple[Box, ...]


def film_overprint(
    frame: FilmFrame, size: tuple[int, int], *, basin: Basin, inset: InsetMap | None
) -> FilmOverprint:
    """Draw the overprint of a frame.

    ``size`` is (width, height), px. As the recorder prints it, with a dissolve's share of the shot before.
    Takes some 50 ms: call it in a thread.
    """
    layer = Image.fromarray(overprint_layer(frame, size, basin=basin, inset=inset))
    content = BytesIO()
    layer.save(content, "WEBP", quality=QUALITY, method=0)
    width, height = size
    still = replace(frame, words=replace(frame.words, callouts=()), before=None)
    boxes = [
        (left / width, top / height, right / width, bottom / height)
        for left, top, right, bottom in taken_boxes(still, size, inset=inset)
    ]
    return FilmOverprint(webp=content.getvalue(), boxes=tuple(boxes))


def overprint_layer(frame: FilmFrame, size: tuple[int, int], *, basin: Basin, inset: InsetMap | None) -> U8:
    """Return the overprint as a layer, (height, width, 4) uint8 RGBA.

    It is printed on black and on white: what differs is what shines through.
    """
    black, white = (_printed(frame, size, ground, basin, inset) for ground in (0, 255))
    alpha = 255 - np.min(white - black, axis=2, keepdims=True)
    colour = np.minimum(255, (black.astype(np.uint32) * 255 + alpha // 2) // np.maximum(alpha, 1))
    layer: U8 = np.concatenate([colour.astype(np.uint8), alpha], axis=2)
    return layer


def _printed(
    frame: FilmFrame, size: tuple[int, int], ground: int, basin: Basin, inset: InsetMap | None
) -> U8:
    picture = np.full((size[1], size[0], 3), ground, dtype=np.uint8)
    printed = print_words(
        paint(picture, _edges(frame, size, basin), zoom=film_zoom(size[1])), frame, inset=inset
    )
    if frame.before is None:
        return printed
    return dissolve(_printed(frame.before, size, ground, basin, inset), printed, frame.mix)


def _edges(frame: FilmFrame, size: tuple[int, int], basin: Basin) -> Overlay:
    """The overlay of a picture without names: mode, north arrow, scale bar."""
    scene, basin_frame = frame.scene, basin.frame
    note = heights_note(scene.exaggeration, scene.language)
    return Overlay(
        labels=(),
        marks=(),
        north_deg=north_deg(scene.camera, true_north_deg=basin_frame.true_north_deg),
        scale=scale_bar(scene.camera, size[0] / size[1], metre_m=basin_frame.metre_m, note=note),
        synthetic=None,
        mode=scene.moment.mode,
    )
