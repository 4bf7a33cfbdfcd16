"""Convert foreign surfaces into a pyramid of tiles.

OBJ, PLY, STL, GLB, glTF.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from meshes.build.foreign.assembly import Made
from meshes.build.foreign.contents import colours, features, finish
from meshes.build.foreign.pieces import pieces, taken
from meshes.build.foreign.placement import Place
from meshes.build.foreign.tree_repair import joined
from meshes.build.foreign.wrapping import repeating
from meshes.build.surface import TexturedPart, TexturedSurface, build_pyramid
from meshes.errors import DamagedError
from meshes.readers.surface import SurfaceData, read_surface
from meshes.readers.surface import SurfacePart as ForeignPart
from meshes.tiles import TileTree, write_glb
from twin.arrays import U8

PIECE = 3_000_000
"""Triangles of a piece: with 350 bytes for each it takes a gigabyte."""
READ = 0.2  # of all the work


def build_surface(
    folder: Path, path: Path, *, place: Place, z_up: bool | None, progress: Callable[[float], None]
) -> Made:
    """Write the tiles of a surface into a folder.

    Returns what was made. One of more triangles than ``PIECE`` is built in pieces under a root without a
    content, so that 2 GB of it take less than 3 GB of memory. ``z_up`` as in ``read_surface``. Raises
    ForeignFileError, PlacementError, EmptySurfaceError.
    """
    data = read_surface(path, z_up=z_up)
    cut = pieces(data, most_triangles=PIECE)

    def built(k: int) -> TileTree:
        name = f"{k}-" if len(cut) > 1 else ""
        tree = build_pyramid(
            surface_of(taken(data, cut[k]), place, path=path),
            write=lambda tile, content: write_glb(folder / f"{name}{tile}", content),
            hold_rim=len(cut) > 1,
            progress=lambda part: progress(READ + (1 - READ) * (k + part) / len(cut)),
        )
        return replace(tree, content=tuple(f"{name}{tile}" for tile in tree.content))

    progress(READ)
    return Made(tree=joined([built(k) for k in range(len(cut))]), notes=data.notes)


def surface_of(data: SurfaceData, place: Place, *, path: Path) -> TexturedSurface:
    """Return a surface in the frame.

    Parts that share a picture share its pixels. Raises DamagedError, PlacementError.
    """
    wanted = {
        (part.image, part.finish.alpha != "opaque")
        for part in data.parts
        if part.tcoord is not None and part.image is not None
    }
    pictures = {one: _pixels(*one, path) for one in wanted}
    return TexturedSurface(
        parts=tuple(_part(part, place, pictures) for part in data.parts if len(part.triangles))
    )


def _part(part: ForeignPart, place: Place, pictures: dict[tuple[bytes, bool], U8]) -> TexturedPart:
    picture = tcoord = None
    if part.image is not None and part.tcoord is not None:
        picture, tcoord = repeating(
            pictures[part.image, part.finish.alpha != "opaque"], part.tcoord, part.finish.wrap
        )
    colour = colours(part)
    return TexturedPart(
        position=place(part.position),
        triangles=part.triangles,
        tcoord=tcoord,
        picture=picture,
        colour=colour,
        feature=features(part),
        finish=finish(part, colour, clear=picture is not None and picture.shape[2] == 4),
    )


def _pixels(image: bytes, may_be_clear: bool, path: Path) -> U8:
    """(height, width, 3), or 4 where it is clear anywhere and that may be seen."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if may_be_clear and opened.has_transparency_data:
                pixels = np.asarray(opened.convert("RGBA"))
                return pixels if pixels[..., 3].min() < 255 else pixels[..., :3]
            return np.asarray(opened.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise DamagedError(f"{path}: a picture of it cannot be decoded: {said}", path=path) from None
