"""Build a pyramid of tiles from a textured surface, leaves first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshes.build.surface.areas import middles
from meshes.build.surface.cells import Cell
from meshes.build.surface.deviation import deviation_m
from meshes.build.surface.loops import box
from meshes.build.surface.mesh import Mesh, mesh
from meshes.build.surface.retexture import Retextured, as_it_is, dressed
from meshes.build.surface.simplify import simplified
from meshes.build.surface.surface_tile import tile
from meshes.build.surface.textured_surface import TexturedSurface, check
from meshes.build.vertices import compacted
from meshes.tiles import Content, TileTree
from twin.arrays import F32, F64, I32

GROWTH = 1.001  # a parent's error over its children's, at least
FAR_GROWTH = (
    2.0  # the same above a tile of the whole, where what goes is all houses, none of which lies far off
)
LEAST_M = 0.001
KEPT = 1.25  # times the texels of its largest child that a parent may have
SMALL_PX = 256  # a picture of this size need not become smaller
FAR_TRIANGLES, LEAST_PX = 600, 64  # what is seen from afar may have, and the side of its picture


@dataclass(frozen=True, kw_only=True)
class _SurfaceNode:
    name: str
    error_m: float
    low: F64
    high: F64
    nbytes: int
    level: int
    texels: int
    triangles: I32
    children: tuple[_SurfaceNode, ...]


def build_pyramid(
    surface: TexturedSurface,
    *,
    write: Callable[[str, Content], int],
    tile_triangles: int = 8000,
    picture_px: int = 1024,
    quality: int = 88,
    texels: float = 16.0,
    hold_rim: bool = False,
    progress: Callable[[float], None] = lambda part: None,
) -> TileTree:
    """Cut a surface into tiles, simplify to a root, ``write`` each.

    ``write`` gets a name ("0.glb" for a tile of the whole, "02.glb" for its third child; "far1.glb",
    "far2.glb" and so on for coarser ones of the whole, down to 600 triangles) and the content, and
    returns the file's bytes. ``progress`` gets the part that is done, 0..1. Leaves hold every triangle of the
    surface (those without an area are dropped), positions rounded to a quarter of a millimetre.

    A tile's error is the largest distance of any vertex or middle of a triangle of the finest surface under
    it to its own, measured; and, where its picture is coarser than the source's, at least ``texels`` times
    the size of its texels: at 16 px a screen then shows each texel of it at most 16 / ``texels`` pixels
    large (0: the surface alone counts). Leaves have 0, a parent always more than its children, and a coarser
    tile of the whole at least twice as much as the one before.

    With ``hold_rim`` the surface's open rim never changes, at any level: surfaces that are pieces of one and
    were built one by one, to save memory, then meet without a crack.

    Two million triangles under a picture of 4096 × 4096 took 17 s of one core and 0.7 GB, and became 341
    tiles in 5 levels, none with more than 7,813 triangles: the borders that never change cost no tile more
    than it may have.

    Raises BadSurfaceError, EmptySurfaceError, and whatever ``write`` raises. Keeps nothing between calls, so
    several surfaces may be built at once.
    """
    check(surface)
    fine = mesh(surface, tile_triangles=tile_triangles, picture_px=picture_px, hold_rim=hold_rim)
    making = _Making(
        fine,
        write=write,
        tile_triangles=tile_triangles,
        picture_px=picture_px,
        quality=quality,
        texels=texels,
        progress=progress,
    )
    return _tree(making.seen_from_afar(making.built(fine.root, "0")))


class _Making:
    """One pyramid while it is made; see :func:`build_pyramid`."""

    def __init__(
        self,
        fine: Mesh,
        *,
        write: Callable[[str, Content], int],
        tile_triangles: int,
        picture_px: int,
        quality: int,
        texels: float,
        progress: Callable[[float], None],
    ) -> None:
        self._fine = fine
        self._write, self._progress = write, progress
        self._tile_triangles, self._picture_px = tile_triangles, picture_px
        self._quality, self._texels = quality, texels
        self._middle = middles(fine.position, fine.triangles)
        self._slot = np.full(len(fine.position), -1, np.int32)
        self._done = 0

    def built(self, cell: Cell, name: str) -> _SurfaceNode:
        """The tile of a cell, after those of its children."""
        fine, px = self._fine, self._picture_px
        if not cell.children:
            worn = as_it_is(fine, fine.triangles[cell.start : cell.stop])
            leaf = self._made(cell, name, worn, (), fits=4.0 * px**2)
            self._done += cell.stop - cell.start
            self._progress(self._done / len(fine.triangles))
            return leaf
        children = tuple(self.built(child, f"{name}{k}") for k, child in enumerate(cell.children))
        count = sum(len(child.triangles) for child in children)
        target = int(np.clip(count // 4, 5 * self._tile_triangles // 8, self._tile_triangles))
        fits = max(SMALL_PX**2, KEPT * max(child.texels for child in children))
        worn = self._coarser(cell, children, target)
        return self._made(cell, name, worn, children, fits=min(2.0 * px**2, fits))

    def seen_from_afar(self, node: _SurfaceNode) -> _SurfaceNode:
        """Ever smaller tiles above that of the whole: a model far away must not cost what a near one does."""
        far, root = 1, self._fine.root
        while (count := len(node.triangles)) > FAR_TRIANGLES:
            worn = self._coarser(root, (node,), count // 4)
            if len(worn.vertex) > count // 2:
                break
            fits = max(LEAST_PX**2, KEPT * node.texels / 4)
            node = self._made(root, f"far{far}", worn, (node,), fits=fits, growth=FAR_GROWTH)
            far += 1
        return node

    def _coarser(self, cell: Cell, children: tuple[_SurfaceNode, ...], target: int) -> Retextured:
        triangles = np.concatenate([child.triangles for child in children])
        triangles, seamless = simplified(
            self._fine, triangles, start=cell.start, stop=cell.stop, target=target, slot=self._slot
        )
        return dressed(self._fine, triangles, seamless=seamless)

    def _made(
        self,
        cell: Cell,
        name: str,
        worn: Retextured,
        children: tuple[_SurfaceNode, ...],
        *,
        fits: float,
        growth: float = GROWTH,
    ) -> _SurfaceNode:
        """Write a tile; its picture ``fits`` so many texels."""
        fine = self._fine
        level = max((child.level for child in children), default=0)
        out = tile(fine, worn, level=level, most_px=2 * self._picture_px, fits=fits, quality=self._quality)
        error = 0.0
        if children:
            used, local = compacted(worn.vertex, self._slot)
            error = max(LEAST_M, deviation_m(fine.position[used], local, self._under(cell)))
            error = max(error, *(growth * child.error_m for child in children))
            if out.level:
                error = max(error, self._texels * fine.sharpness_m * 2.0**out.level)
        self._write(f"{name}.glb", out.content)
        low, high = _bounds(out.content)
        return _SurfaceNode(
            name=f"{name}.glb",
            error_m=error,
            low=np.min([low, *(child.low for child in children)], axis=0),
            high=np.max([high, *(child.high for child in children)], axis=0),
            nbytes=out.nbytes,
            level=out.level,
            texels=out.texels,
            triangles=worn.vertex,
            children=children,
        )

    def _under(self, cell: Cell) -> tuple[F32, ...]:
        """What a tile of a cell stands for: vertices and middles of triangles of the finest surface."""
        low, high = self._fine.reach[cell.start], self._fine.reach[cell.stop]
        return self._fine.position[low:high], self._middle[cell.start : cell.stop]


def _bounds(content: Content) -> tuple[F64, F64]:
    boxes = [box(part.position) for part in content.primitives]
    low, high = (np.array(ends, np.float64) for ends in zip(*boxes, strict=True))
    return low.min(axis=0) + content.centre, high.max(axis=0) + content.centre


def _tree(root: _SurfaceNode) -> TileTree:
    """The nodes as arrays, level by level."""
    nodes, parent, first = [root], [-1], []
    for k, node in enumerate(nodes):
        first.append(len(nodes) if node.children else 0)
        nodes.extend(node.children)
        parent.extend([k] * len(node.children))
    return TileTree(
        parent=np.array(parent, np.int32),
        first_child=np.array(first, np.int32),
        child_count=np.array([len(node.children) for node in nodes], np.int32),
        error_m=np.array([node.error_m for node in nodes]),
        low=np.array([node.low for node in nodes]),
        high=np.array([node.high for node in nodes]),
        add=np.zeros(len(nodes), bool),
        content=tuple(node.name for node in nodes),
        nbytes=np.array([node.nbytes for node in nodes], np.int64),
    )
