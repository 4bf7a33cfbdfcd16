"""An exact picture of a flood, without meshes, shaders or levels of detail: a ray per pixel, cast at cells.

The surface is the raster's own: heights at cell centres, max(z, level) where the flood has reached the cell
(its sill where it is a pocket), bilinear between. A pixel is wet where the nearest cell is. Written apart
from the product's code, from the definition.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import F32, F64, I32, I64, U8, Bools
from twin.water.centimetres import hollow

SKY, DRY, WET = 0, 1, 2
BLOCK = 16


def flood(ground: F32, connection_cm: I32, level: float, highest: float) -> tuple[F64, Bools]:
    """(surface, wet) of every cell at a level, after ``highest``."""
    z, link = ground.astype(np.float64), connection_cm / 100.0
    reached = link <= level
    pocket = ~reached & (link <= highest) & hollow(z, connection_cm)
    surface = np.where(reached, np.maximum(z, level), np.where(pocket, link, z))
    return surface, reached | pocket


def classes(
    surface: F64,
    wet: Bools,
    *,
    eye: tuple[float, float, float],
    cell_m: tuple[float, float],
    heading_deg: float,
    pitch_deg: float,
    view_angle_deg: float,
    size: tuple[int, int],
) -> tuple[U8, I64]:
    """(SKY, DRY or WET; the cell that is seen, row · cols + col, or -1) of each pixel, (height, width) each.

    ``eye`` is (col, row, height in m), ``cell_m`` a cell's (width, height); the picture is level.
    """
    h, p = np.radians(heading_deg), np.radians(pitch_deg)
    forward = np.array([np.sin(h) * np.cos(p), np.cos(h) * np.cos(p), np.sin(p)])  # east, north, up
    right = np.array([np.cos(h), -np.sin(h), 0.0])
    up = np.cross(right, forward)
    to_cells = np.array([1.0 / cell_m[0], -1.0 / cell_m[1], 1.0])
    half = np.tan(np.radians(view_angle_deg) / 2)
    axes = forward * to_cells, right * to_cells, up * to_cells
    return _cast(surface, wet, _blocks(surface), np.array(eye), *axes, half, size[0], size[1])


def _blocks(surface: F64) -> F64:
    """Highest surface in each block of cells, the next block's first row and column included."""
    rows, cols = surface.shape
    out = np.full((-(-rows // BLOCK), -(-cols // BLOCK)), -np.inf)
    for dr in range(BLOCK + 1):
        for dc in range(BLOCK + 1):
            part = surface[dr::BLOCK, dc::BLOCK]
            part = part[: out.shape[0], : out.shape[1]]
            at = out[: part.shape[0], : part.shape[1]]
            np.fmax(at, part, out=at)
    return out


@njit(cache=True)
def _height(surface, col, row):
    rows, cols = surface.shape
    r, c = min(int(row), rows - 2), min(int(col), cols - 2)
    fr, fc = row - r, col - c
    top = surface[r, c] * (1 - fc) + surface[r, c + 1] * fc
    bottom = surface[r + 1, c] * (1 - fc) + surface[r + 1, c + 1] * fc
    return top * (1 - fr) + bottom * fr


@njit(cache=True)
def _cast(surface, wet, blocks, eye, f, right, up, half, width, height):
    rows, cols = surface.shape
    out = np.zeros((height, width), np.uint8)
    seen = np.full((height, width), -1, np.int64)
    aspect = width / height
    for j in range(height):
        for i in range(width):
            a = (2 * (i + 0.5) / width - 1) * half * aspect
            b = (1 - 2 * (j + 0.5) / height) * half
            d = f + a * right + b * up
            level = np.hypot(d[0], d[1])
            near, far = 0.0, 1e9
            for k, last in ((0, cols - 1.0), (1, rows - 1.0)):
                if abs(d[k]) < 1e-12:
                    if eye[k] < 0 or eye[k] > last:
                        far = -1.0
                    continue
                t0, t1 = -eye[k] / d[k], (last - eye[k]) / d[k]
                near, far = max(near, min(t0, t1)), min(far, max(t0, t1))
            t = near + 1e-9
            step = 0.25 / max(level, 1e-6)
            before = 1.0
            while t < far:
                x, y, z = eye[0] + t * d[0], eye[1] + t * d[1], eye[2] + t * d[2]
                br, bc = int(y) // BLOCK, int(x) // BLOCK
                # Over a block that lies wholly below the ray there is nothing to find.
                out_x = ((bc + (1 if d[0] > 0 else 0)) * BLOCK - x) / d[0] if abs(d[0]) > 1e-12 else 1e9
                out_y = ((br + (1 if d[1] > 0 else 0)) * BLOCK - y) / d[1] if abs(d[1]) > 1e-12 else 1e9
                leave = max(min(out_x, out_y), 0.0) + 1e-6
                lowest = z + min(0.0, leave * d[2])
                if lowest > blocks[br, bc]:
                    t += leave
                    before = 1.0
                    continue
                above = z - _height(surface, x, y)
                if above <= 0:
                    if before > 0:
                        lo, hi = max(near, t - step), t
                        for _ in range(30):
                            mid = 0.5 * (lo + hi)
                            gap = (
                                eye[2]
                                + mid * d[2]
                                - _height(surface, eye[0] + mid * d[0], eye[1] + mid * d[1])
                            )
                            if gap > 0:
                                lo = mid
                            else:
                                hi = mid
                        t = hi
                    x, y = eye[0] + t * d[0], eye[1] + t * d[1]
                    r, c = min(int(y + 0.5), rows - 1), min(int(x + 0.5), cols - 1)
                    out[j, i] = 2 if wet[r, c] else 1
                    seen[j, i] = r * cols + c
                    break
                before = above
                t += step
    return out, seen
