"""Convert parts of a foreign surface into a tile's content."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from meshes.build.foreign.height_ramp import greys
from meshes.build.foreign.placement import Place
from meshes.build.foreign.skirts import skirted
from meshes.readers.surface import SurfaceCloud, SurfaceData
from meshes.readers.surface import SurfacePart as ForeignPart
from meshes.tiles import Content, Primitive, write_glb
from meshes.tiles.colour_space import linear, screen
from meshes.tiles.finish import Finish
from meshes.tiles.primitive_check import MOST_FEATURES
from twin.arrays import F32, F64, U8

WHITE = (255, 255, 255, 255)
GREY = (200, 200, 200, 255)

Image.MAX_IMAGE_PIXELS = None  # the reader has a limit of its own


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Extent of a written tile.

    The exact box of its vertices, (3,) each, and the bytes that it takes in memory.
    """

    low: F64
    high: F64
    nbytes: int


def written(
    path: Path, data: SurfaceData, place: Place, *, grey: tuple[float, float] | None = None
) -> Extent | None:
    """Write a surface as a tile with skirts, and its points.

    Its pictures as they are; None, and no file, where it has neither. ``grey``: the heights between which
    points without a colour go from dark to bright. Raises PlacementError, BadTileError.
    """
    parts = [part for part in data.parts if len(part.triangles)]
    clouds = [cloud for cloud in data.clouds if len(cloud.position)]
    if not parts and not clouds:
        return None
    positions = [place(part.position) for part in parts] + [place(cloud.position) for cloud in clouds]
    ends = np.array([[position.min(axis=0), position.max(axis=0)] for position in positions])
    centre = np.round((ends[:, 0].min(axis=0) + ends[:, 1].max(axis=0)) / 2, 2)
    own = [_part(part, position - centre) for part, position in zip(parts, positions, strict=False)]
    loose = [
        _points(cloud, position, centre, grey)
        for cloud, position in zip(clouds, positions[len(parts) :], strict=True)
    ]
    return write_parts(path, [*skirted(own), *loose], centre=centre)


def write_parts(path: Path, parts: list[Primitive], *, centre: F64) -> Extent:
    """Writes parts around a centre (3,) as a tile."""
    content = Content(centre=(float(centre[0]), float(centre[1]), float(centre[2])), primitives=tuple(parts))
    write_glb(path, content)
    lows = np.array([part.position.min(axis=0) for part in parts], np.float64)
    highs = np.array([part.position.max(axis=0) for part in parts], np.float64)
    texels = sum(_texels(image) for image in {bytes(part.image) for part in parts if part.image is not None})
    return Extent(
        low=lows.min(axis=0) + centre,
        high=highs.max(axis=0) + centre,
        nbytes=4 * texels + sum(part.nbytes for part in parts),
    )


def colours(part: ForeignPart) -> U8 | None:
    """Return a part's colours (n, 4) times its material's, as linear light.

    None where its file says no colour, and where its picture is shown as it is.
    """
    if part.base == WHITE:
        pictured = part.image is not None and part.tcoord is not None
        unchanged = part.colour is None or (pictured and part.colour.min() == 255)
        return None if unchanged else part.colour
    base = linear(np.array([part.base], np.uint8)).astype(np.uint32)
    own = np.full((len(part.position), 4), 255, np.uint8) if part.colour is None else part.colour
    return screen(((linear(own) * base + 32767) // 65535).astype(np.uint16))


def finish(part: ForeignPart, colour: U8 | None, *, clear: bool) -> Finish:
    """Return how a part is drawn.

    Opaque where neither its ``colour`` nor its picture is ``clear`` anywhere. Models made by others are seen
    from behind as well: many of their triangles are wound the wrong way.
    """
    clear = clear or (colour is not None and colour[:, 3].min() < 255)
    return replace(part.finish, alpha=part.finish.alpha if clear else "opaque", two_sided=True)


def features(part: ForeignPart) -> F32 | None:
    """Return a part's features where they fit into a tile."""
    feature = part.feature
    if feature is None or not (np.isfinite(feature).all() and feature.min() >= 0):
        return None
    whole = np.round(feature).astype(np.float32)
    return whole if whole.max() < MOST_FEATURES else None


def _part(part: ForeignPart, position: F64) -> Primitive:
    image = part.image if part.tcoord is not None else None
    colour = colours(part)
    return Primitive(
        position=position.astype(np.float32),
        triangles=np.ascontiguousarray(part.triangles),
        tcoord=None if image is None or part.tcoord is None else np.ascontiguousarray(part.tcoord),
        colour=colour,
        feature=features(part),
        image=image,
        finish=finish(
            part, colour, clear=image is not None and part.finish.alpha != "opaque" and _has_alpha(image)
        ),
    )


def _points(cloud: SurfaceCloud, position: F64, centre: F64, grey: tuple[float, float] | None) -> Primitive:
    """Points as a part; they are drawn opaque, grey by height where they have no colour."""
    colour = np.full((len(position), 4), GREY, np.uint8)
    if cloud.colour is not None:
        colour[:, :3] = cloud.colour[:, :3]
    elif grey is not None:
        colour[:, :3] = greys(position[:, 2], grey)[:, None]
    return Primitive(position=(position - centre).astype(np.float32), triangles=None, colour=colour)


def _has_alpha(image: bytes) -> bool:
    """Whether a JPEG or PNG file is clear anywhere."""
    with Image.open(io.BytesIO(image)) as picture:
        return (
            picture.has_transparency_data and picture.convert("RGBA").getchannel("A").getextrema()[0] != 255
        )


def _texels(image: bytes) -> int:
    with Image.open(io.BytesIO(image)) as picture:
        return picture.width * picture.height
