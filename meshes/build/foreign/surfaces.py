"""A surface made by others (OBJ, PLY, STL, GLB, glTF) into a pyramid of tiles."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from meshes.build.foreign.assembling import Made
from meshes.build.foreign.contents import colours, features
from meshes.build.foreign.pieces import pieces, taken
from meshes.build.foreign.placing import Place
from meshes.build.foreign.trees import joined
from meshes.build.surface import Surface, SurfacePart, build_pyramid
from meshes.errors import DamagedError
from meshes.readers.surface import SurfaceData, read_surface
from meshes.readers.surface import SurfacePart as ForeignPart
from meshes.tiles import TileTree, write_glb

U8 = NDArray[np.uint8]

PIECE = 3_000_000
"""Triangles of a piece: with 350 bytes for each it takes a gigabyte."""
READ = 0.2  # of all the work


def build_surface(
    folder: Path, path: Path, *, place: Place, z_up: bool | None, tell: Callable[[float], None]
) -> Made:
    """Writes the tiles of a surface into a folder; returns what was made.

    One of more triangles than ``PIECE`` is built in pieces under a root without a content, so that 2 GB of it
    take less than 3 GB of memory. ``z_up`` as in ``read_surface``. Raises ForeignFileError, PlacingError,
    EmptySurfaceError.
    """
    data = read_surface(path, z_up=z_up)
    cut = pieces(data, most_triangles=PIECE)

    def built(k: int) -> TileTree:
        name = f"{k}-" if len(cut) > 1 else ""
        tree = build_pyramid(
            surface_of(taken(data, cut[k]), place, path=path),
            write=lambda tile, content: write_glb(folder / f"{name}{tile}", content),
            hold_rim=len(cut) > 1,
            tell=lambda part: tell(READ + (1 - READ) * (k + part) / len(cut)),
        )
        return replace(tree, content=tuple(f"{name}{tile}" for tile in tree.content))

    tell(READ)
    return Made(tree=joined([built(k) for k in range(len(cut))]), notes=data.notes)


def surface_of(data: SurfaceData, place: Place, *, path: Path) -> Surface:
    """A surface in the frame; parts that share a picture share its pixels.

    Raises DamagedError, PlacingError.
    """
    pictures = {
        image: _pixels(image, path)
        for image in {part.image for part in data.parts if part.tcoord is not None}
        if image is not None
    }
    return Surface(parts=tuple(_part(part, place, pictures) for part in data.parts if len(part.triangles)))


def _part(part: ForeignPart, place: Place, pictures: dict[bytes, U8]) -> SurfacePart:
    image = part.image if part.tcoord is not None else None
    return SurfacePart(
        position=place(part.position),
        triangles=part.triangles,
        tcoord=None if image is None else part.tcoord,
        picture=None if image is None else pictures[image],
        colour=colours(part),
        feature=features(part),
    )


def _pixels(image: bytes, path: Path) -> U8:
    try:
        with Image.open(io.BytesIO(image)) as opened:
            return np.asarray(opened.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise DamagedError(f"{path}: a picture of it cannot be decoded: {said}", path=path) from None
