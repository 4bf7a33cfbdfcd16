"""Walk a scene of OpenSceneGraph.

What is drawn where, and the files that refine it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from meshes.errors import OverLimitError
from meshes.readers.sandbox import osg_state, osgt
from meshes.readers.sandbox.osgt import Block, numbers
from twin.arrays import F64

SWITCH_PX = 16.0
"""The screen-space error at which a tile of ours gives way to its children."""
FOCAL_PX = 935.0
"""Of a picture 1080 px high and 60° tall: what a range in metres means in pixels."""
DEEPEST = 64
MOST_NODES = 100_000
_UPRIGHT = np.eye(4)


@dataclass(frozen=True, kw_only=True)
class PagedLod:
    """Node whose finer levels lie in other files.

    Each shown from a size (or within a distance) on.
    """

    radius_m: float
    by_pixels: bool
    ranges: tuple[tuple[float, float], ...]
    files: tuple[str, ...]
    path: str = ""
    """A folder before the names of the files, where the file says one."""

    def error_m(self, radius_m: float) -> float:
        """Return the geometric error at which the files are due.

        16 px of it call for them. Seen at the size of X px, a ball of radius r is 2 r f / X away (f: focal
        length in px), where an error e has e f / distance px: e = 32 r / X.
        """
        radius = self.radius_m if self.radius_m > 0 else radius_m
        errors = []
        for (low, high), name in zip(self.ranges, self.files, strict=False):
            if name and self.by_pixels and low > 0:
                errors.append(2 * SWITCH_PX * radius / low)
            elif name and not self.by_pixels and 0 < high < 1e20:
                errors.append(SWITCH_PX * high / FOCAL_PX)
        return max(errors, default=radius / 8)


@dataclass(kw_only=True)
class SceneGraph:
    """Result of a walk.

    ``matrix`` of ``drawn`` (4, 4): columns, as OpenSceneGraph keeps them transposed.
    """

    drawn: list[tuple[Block, F64, osg_state.StateSet]] = field(default_factory=list)
    pages: list[PagedLod] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


class Walk:
    """Walk through the blocks of a file."""

    def __init__(self, top: Block) -> None:
        self._objects = osgt.shared(top)
        self._many = 0
        self.scene = SceneGraph()
        for root in top.blocks:
            self._node(root, _UPRIGHT, osg_state.StateSet(), 0)

    def of(self, block: Block) -> Block:
        """Return a block's object: itself, or the shared one."""
        number = block.row("UniqueID")
        return block if number is None else self._objects.get(number, block)

    def _node(self, block: Block, matrix: F64, state: osg_state.StateSet, depth: int) -> None:
        self._many += 1
        if depth > DEEPEST or self._many > MOST_NODES:
            raise OverLimitError(f"has over {MOST_NODES:,} nodes, or {DEEPEST} in each other")
        node = self.of(block)
        for told in node.inner("StateSet"):
            state = osg_state.merged(state, self.of(told), self.of)
        kind = node.kind.removeprefix("osg::")
        if kind == "Geometry":
            self.scene.drawn.append((node, matrix, state))
            return
        if kind == "PagedLOD":
            self._page(node)
        elif kind == "ProxyNode":
            self.scene.left_out["files named by ProxyNode"] += not node.inner("Children")
        elif kind.endswith("Transform"):
            matrix = _own(node, kind, matrix)
        below = [*self._children(node, kind), *node.inner("Drawables")]
        if not below and kind not in _SILENT:
            self.scene.left_out[f"nodes of kind {node.kind[:60]}"] += 1
        for child in below:
            self._node(child, matrix, state, depth + 1)

    def _children(self, node: Block, kind: str) -> list[Block]:
        """The children that are drawn: of several levels the finest, of a switch what is on."""
        children = node.inner("Children")
        if kind == "Switch":
            words = b" ".join(node.list("ValueList")).split()
            return [
                child for k, child in enumerate(children) if k >= len(words) or words[k] in (b"TRUE", b"1")
            ]
        if kind in ("LOD", "PagedLOD") and len(children) > 1:
            ranges = _ranges(node)[: len(children)]
            if len(ranges) == len(children):
                by_pixels = node.word("RangeMode") == "PIXEL_SIZE_ON_SCREEN"
                best = [low if by_pixels else -high for low, high in ranges]
                return [child for child, mark in zip(children, best, strict=True) if mark == max(best)]
        return children

    def _page(self, node: Block) -> None:
        files = tuple(osgt.texts(node.list("RangeDataList")))
        if not any(files):
            return
        centre = node.row("UserCenter")
        self.scene.pages.append(
            PagedLod(
                radius_m=float(numbers(centre, least=4)[3]) if centre else -1.0,
                by_pixels=node.word("RangeMode") == "PIXEL_SIZE_ON_SCREEN",
                ranges=tuple(_ranges(node)),
                files=files,
                path=next(osgt.texts([node.row("DatabasePath") or b""]), ""),
            )
        )


_SILENT = ("Geode", "Group", "LOD", "PagedLOD", "Switch", "ProxyNode", "MatrixTransform", "Node")


def _ranges(node: Block) -> list[tuple[float, float]]:
    return [(low, high) for low, high, *_ in (numbers(row, least=2) for row in node.list("RangeList"))]


def _own(node: Block, kind: str, above: F64) -> F64:
    """The matrix of a transform after those above it; points are rows, as OpenSceneGraph has them."""
    own = np.eye(4)
    if kind == "MatrixTransform" and (rows := node.list("Matrix")):
        own = numbers(b" ".join(rows), least=16)[:16].reshape(4, 4)
    elif kind == "PositionAttitudeTransform":
        own = _attitude(node)
    if node.word("ReferenceFrame").startswith("ABSOLUTE"):
        return own
    return own @ above


def _attitude(node: Block) -> F64:
    """Pivot, scale, turn and shift of a PositionAttitudeTransform, in this order."""
    x, y, z, w = numbers(node.row("Attitude") or b"0 0 0 1", least=4)[:4]
    length = float(np.sqrt(x * x + y * y + z * z + w * w)) or 1.0
    x, y, z, w = x / length, y / length, z / length, w / length
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    scale = numbers(node.row("Scale") or b"1 1 1", least=3)[:3]
    pivot = numbers(node.row("PivotPoint") or b"0 0 0", least=3)[:3]
    own = np.eye(4)
    own[:3, :3] = (turn * scale).T
    own[3, :3] = numbers(node.row("Position") or b"0 0 0", least=3)[:3] - pivot @ own[:3, :3]
    return own
