"""Tiles for tests: flat squares and boxes of one colour, as a tileset would hold them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

from meshes.tiles.content import Content, Primitive
from meshes.tiles.glb import write_glb
from meshes.tiles.tree import TileTree
from meshes.tiles.write import write_tileset
from tests.small import CELL_M, NORTH, WEST
from twin.frame import Frame

Colour = tuple[int, int, int]


def jpeg(colour: Colour, size: int = 16) -> bytes:
    """A picture of one colour."""
    pixels = np.full((size, size, 3), colour, np.uint8)
    return bytes(simplejpeg.encode_jpeg(pixels, quality=95, colorsubsampling="444"))


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def square(
    half_m: float, *, steps: int = 4, height_m: float = 0.0, image: bytes | None = None, **more: object
) -> Primitive:
    """A level square around the tile's centre, seen from above, of 2 · steps² triangles."""
    ticks = np.linspace(-half_m, half_m, steps + 1)
    x, y = (a.ravel() for a in np.meshgrid(ticks, ticks))
    position = np.stack([x, y, np.full(len(x), height_m)], axis=1).astype(np.float32)
    i = np.arange(len(x)).reshape(steps + 1, steps + 1)
    a, b, c, d = (part.ravel() for part in (i[:-1, :-1], i[:-1, 1:], i[1:, 1:], i[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    tcoord = np.stack([(x + half_m) / (2 * half_m), (half_m - y) / (2 * half_m)], axis=1).astype(np.float32)
    facts: dict[str, object] = {"tcoord": tcoord if image else None, "image": image}
    return Primitive(position=position, triangles=triangles, **(facts | more))  # type: ignore[arg-type]


def place(col: float, row: float) -> tuple[float, float]:
    """East and north of a place on the small basin's raster."""
    return WEST + col * CELL_M, NORTH - row * CELL_M


def tile(*parts: Primitive, col: float, row: float, height_m: float) -> Content:
    """A tile whose centre lies at a place of the small basin."""
    return Content(centre=(*place(col, row), height_m), primitives=parts)


def write_square_village(
    folder: Path,
    *,
    frame: Frame,
    col: float,
    row: float,
    height_m: float,
    half_m: float = 200.0,
    coarse: Colour = (40, 160, 60),
    fine: Colour = (210, 30, 40),
    error_m: float = 40.0,
) -> Path:
    """A tileset on disk: one square tile that is ``error_m`` off, and four in its place that are exact."""
    folder.mkdir(parents=True)
    east, north = place(col, row)
    boxes = [(0.0, 0.0, half_m)]
    boxes += [(sx * half_m / 2, sy * half_m / 2, half_m / 2) for sx in (-1, 1) for sy in (-1, 1)]
    names, sizes = [], []
    for number, (x, y, half) in enumerate(boxes):
        part = square(half, image=jpeg(fine if number else coarse), feature=None)
        part = replace(part, feature=np.full(len(part.position), number, np.float32))
        content = Content(centre=(east + x, north + y, height_m), primitives=(part,))
        names.append(f"{number}.glb")
        sizes.append(write_glb(folder / names[-1], content))
    x, y, half = np.array(boxes).T
    low = np.stack([east + x - half, north + y - half, np.full(5, height_m - 1.0)], axis=1)
    high = np.stack([east + x + half, north + y + half, np.full(5, height_m + 1.0)], axis=1)
    tree = TileTree(
        parent=np.array([-1, 0, 0, 0, 0], np.int32),
        first_child=np.array([1, 5, 5, 5, 5], np.int32),
        child_count=np.array([4, 0, 0, 0, 0], np.int32),
        error_m=np.array([error_m, 0.0, 0.0, 0.0, 0.0]),
        low=low,
        high=high,
        add=np.zeros(5, bool),
        content=tuple(names),
        nbytes=np.array(sizes, np.int64),
    )
    write_tileset(folder, tree, frame=frame)
    return folder
