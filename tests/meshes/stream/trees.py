"""Trees of tiles, cameras and masks for the tests of streaming."""

from __future__ import annotations

from itertools import pairwise
from math import radians, tan

import numpy as np
from hypothesis import strategies as st

from meshes.stream.view import View
from meshes.tiles.tree import TileTree
from twin.arrays import F64, I64

Rows = list[dict[str, object]]
SIDE_M = 1000.0
TALL_M = 40.0


def tree_of(rows: Rows) -> TileTree:
    """A tree from rows in order: parent, low, high, error_m, and name, add, nbytes where they matter."""
    parent = np.array([row["parent"] for row in rows], np.int32)
    count = np.bincount(parent[parent >= 0], minlength=len(rows)).astype(np.int32)
    first = np.full(len(rows), -1, np.int32)
    for child in range(len(rows) - 1, -1, -1):
        if parent[child] >= 0:
            first[parent[child]] = child
    return TileTree(
        parent=parent,
        first_child=first,
        child_count=count,
        error_m=np.array([row["error_m"] for row in rows], float),
        low=np.array([row["low"] for row in rows], float).reshape(-1, 3),
        high=np.array([row["high"] for row in rows], float).reshape(-1, 3),
        add=np.array([row.get("add", False) for row in rows], bool),
        content=tuple(str(row.get("name", f"t{place}")) for place, row in enumerate(rows)),
        nbytes=np.array([row.get("nbytes", 1000) for row in rows], np.int64),
    )


def quadtree(depth: int, *, side_m: float = SIDE_M, error_m: float = 64.0, add: bool = False) -> TileTree:
    """A square split into four, ``depth`` times; the error halves with each level and is 0 at the leaves."""
    rows: Rows = [
        {"parent": -1, "low": (0, 0, 0), "high": (side_m, side_m, TALL_M), "error_m": error_m, "add": add}
    ]
    start = 0
    for level in range(1, depth + 1):
        end = len(rows)
        half = side_m / 2**level
        for parent in range(start, end):
            x, y, _ = rows[parent]["low"]  # type: ignore[misc]
            for dx, dy in ((0, 0), (half, 0), (0, half), (half, half)):
                low = (x + dx, y + dy, 0)
                high = (x + dx + half, y + dy + half, TALL_M)
                error = 0.0 if level == depth else error_m / 2**level
                rows.append({"parent": parent, "low": low, "high": high, "error_m": error, "add": add})
        start = end
    return tree_of(rows)


def random_tree(seed: int, *, add: bool) -> TileTree:
    """One to three roots side by side, each cut up at random so that its leaves fill it exactly.

    Some inner tiles have no content; with ``add`` some have their children beside them.
    """
    rng = np.random.default_rng(seed)
    rows: Rows = []
    for root in range(rng.integers(1, 4)):
        low = (root * SIDE_M, 0.0, 0.0)
        rows.append({"parent": -1, "low": low, "high": (low[0] + SIDE_M, SIDE_M, TALL_M), "error_m": 80.0})
    place = 0
    while place < len(rows):
        row = rows[place]
        low, high = np.array(row["low"]), np.array(row["high"])
        if len(rows) < 80 and rng.random() < 0.75:
            axis = int(rng.integers(0, 2))
            cuts = np.sort(rng.random(rng.integers(0, 4)))
            edges = low[axis] + np.array([0.0, *cuts, 1.0]) * (high[axis] - low[axis])
            for a, b in pairwise(edges):
                child_low, child_high = low.copy(), high.copy()
                child_low[axis], child_high[axis] = a, b
                error = float(row["error_m"]) * rng.uniform(0.2, 0.8)  # type: ignore[arg-type]
                rows.append({"parent": place, "low": child_low, "high": child_high, "error_m": error})
            if rng.random() < 0.2:
                row["name"], row["nbytes"] = "", 0
            row["add"] = add and rng.random() < 0.4
        if row.get("name") != "":
            row["nbytes"] = int(rng.integers(200, 3000))
        place += 1
    return tree_of(rows)


def looking(
    eye: tuple[float, float, float],
    at: tuple[float, float, float],
    *,
    angle_deg: float = 60.0,
    height_px: float = 720.0,
    exaggeration: float = 1.0,
) -> View:
    """A camera with a picture of 16 to 9; ``eye`` and ``at`` are in the frame with heights exaggerated."""
    place, forward = np.array(eye, float), np.array(at, float) - np.array(eye, float)
    forward /= np.linalg.norm(forward)
    helper = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, helper)
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    tan_half = tan(radians(angle_deg) / 2)
    normals = [forward * tan_half * 16 / 9 + side * right for side in (-1, 1)]
    normals += [forward * tan_half + side * up for side in (-1, 1)]
    normals.append(forward)  # nothing behind the eye
    unit = np.array([normal / np.linalg.norm(normal) for normal in normals])
    return View(
        eye=place,
        planes=np.column_stack([unit, -(unit @ place)]),
        forward=forward,
        height_px=height_px,
        tan_half=tan_half,
        exaggeration=exaggeration,
    )


def above(side_m: float = SIDE_M, *, up_m: float | None = None) -> View:
    """Straight down on a square at the origin, all of it in view."""
    middle = side_m / 2
    return looking((middle, middle, side_m if up_m is None else up_m), (middle, middle, 0.0))


def chain(tree: TileTree, tile: int) -> list[int]:
    """A tile and its ancestors, upwards."""
    tiles = []
    while tile >= 0:
        tiles.append(tile)
        tile = int(tree.parent[tile])
    return tiles


def leaves(tree: TileTree) -> I64:
    """Tiles without children."""
    return np.flatnonzero(tree.child_count == 0)


def sees(view: View, point: F64) -> bool:
    """Whether a point of the frame lies in a view."""
    scaled = point * np.array([1.0, 1.0, view.exaggeration])
    return bool((view.planes[:, :3] @ scaled + view.planes[:, 3] >= 0).all())


seeds = st.integers(0, 2**32 - 1)
eyes = st.tuples(st.floats(-500, 3500), st.floats(-500, 1500), st.floats(1, 2000))
targets = st.tuples(st.floats(0, 3000), st.floats(0, 1000), st.floats(-10, 0))
cameras = st.builds(
    looking, eyes, targets, angle_deg=st.floats(20, 90), exaggeration=st.sampled_from([1.0, 2.0])
)
