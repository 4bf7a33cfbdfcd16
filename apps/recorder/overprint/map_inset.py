"""Draw a small map: terrain, lake, footprint of the view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import hypot

import numpy as np
from PIL import Image, ImageDraw

from apps.recorder.overprint.ink import ACCENT, PAPER, SMOOTH, InkBlock, Plate, blend, blend_at
from apps.recorder.overprint.regions import FrameRegions, frame_regions
from layers.camera import camera as geometry
from layers.heights import Ground
from layers.labels.placer import Box
from twin.arrays import F64, I32, U8, Bools
from twin.scene import Scene
from twin.water.centimetres import to_cm

LONG, PAD = 300.0, 10.0
FINE = 2
"""The map is sampled so many times as finely as it is drawn: the shore has smooth edges."""
RELIEF = 1.3
"""Heights are exaggerated by it for the shade alone."""
LAKE, LAND = (52, 134, 206), (122, 136, 116)


@dataclass(frozen=True, eq=False)
class InsetMap:
    """Map of a film: made once by :func:`make_inset`, drawn in every frame.

    ``shade`` (rows, cols, 3) uint8; ``connection_cm`` and ``hollow`` (FINE · rows, FINE · cols) say what is
    wet at a level; ``extent`` is west, south, east, north in the frame's CRS, m.
    """

    shade: U8
    known: U8
    connection_cm: I32
    hollow: Bools
    extent: tuple[float, float, float, float]


def make_inset(ground: Ground, size: tuple[int, int]) -> InsetMap:
    """Make the map of a film; ``size`` is (width, height), px."""
    west, south, east, north = ground.extent
    long = LONG * frame_regions(*size).unit
    step = max(east - west, north - south) / long
    cols, rows = max(8, round((east - west) / step)), max(8, round((north - south) / step))
    x = west + (np.arange(FINE * cols) + 0.5) * (east - west) / (FINE * cols)
    y = north - (np.arange(FINE * rows) + 0.5) * (north - south) / (FINE * rows)
    at = np.meshgrid(x, y)
    heights = ground.height(*at)
    row, col = (np.rint(a).astype(np.int64) for a in ground.row_col(*at))
    ground_m, connection = ground.rasters
    inside = (row >= 0) & (row < ground_m.shape[0]) & (col >= 0) & (col < ground_m.shape[1])
    cells = np.where(inside, row, 0), np.where(inside, col, 0)
    never = np.iinfo(np.int32).max
    links = np.where(inside, np.asarray(connection)[cells], never).astype(np.int32)
    under = np.nan_to_num(np.asarray(ground_m)[cells], nan=np.inf)
    hollow = inside & np.isfinite(under) & (links > to_cm(np.where(np.isfinite(under), under, 0.0)))
    known = Image.fromarray((255 * np.isfinite(heights)).astype(np.uint8)).reduce(FINE)
    shade = Image.fromarray(_shaded(heights, step_m=step / FINE)).reduce(FINE)
    return InsetMap(np.asarray(shade), np.asarray(known), links, hollow, ground.extent)


def draw_inset(
    picture: U8, inset: InsetMap, scene: Scene, regions: FrameRegions, *, opacity: float
) -> Box | None:
    """Draw the map in place; returns its box."""
    if opacity <= 0.0:
        return None
    moment, u = scene.moment, regions.unit
    map_block = _with_water(inset, round(100 * moment.level_m), round(100 * moment.highest_m), regions)
    x, y = round(regions.left[0]), round(regions.left[1])
    blend(picture, map_block, x, y, opacity=opacity)
    pad, (rows, cols) = round(PAD * u), inset.known.shape
    at, eye = _footprint(inset, scene, regions.size[0] / regions.size[1])
    blend(picture, _wedge(at, cols, rows, u), x + pad, y + pad, opacity=opacity)
    if 0 <= eye[0] < cols and 0 <= eye[1] < rows:
        dot = _eye(max(3, round(5.0 * u)))
        half = (dot.size[0] - 1) / 2
        blend_at(picture, dot, x + pad + eye[0] - half, y + pad + eye[1] - half, opacity=opacity)
    return float(x), float(y), float(x + map_block.size[0]), float(y + map_block.size[1])


@lru_cache(maxsize=4)
def _with_water(inset: InsetMap, level_cm: int, highest_cm: int, regions: FrameRegions) -> InkBlock:
    links = inset.connection_cm
    wet = (links <= level_cm) | (inset.hollow & (links <= highest_cm))
    share = Image.fromarray((255 * wet).astype(np.uint8)).reduce(FINE)
    land = Image.fromarray(inset.shade)
    land.paste(LAKE, (0, 0), share)
    pad = round(PAD * regions.unit)
    plate = Plate(land.width + 2 * pad, land.height + 2 * pad)
    plate.box(0, 0, *plate.size, radius=8.0 * regions.unit)
    block = plate.block()
    known = Image.fromarray(inset.known)
    block.rgb.paste(land, (pad, pad), known)
    block.alpha.paste(Image.new("L", known.size, 255), (pad, pad), known)
    return block


def _shaded(heights_m: F64, *, step_m: float) -> U8:
    """Shade the relief from the north-west, as maps do; flat ground is of the land's colour."""
    filled = np.nan_to_num(heights_m, nan=float(np.nanmean(heights_m)))
    down, right = np.gradient(filled, step_m)
    light = (np.sqrt(0.5) + RELIEF * 0.5 * (right + down)) / np.sqrt(1.0 + RELIEF**2 * (down**2 + right**2))
    lit = 0.62 + 0.55 * np.clip(light / np.sqrt(0.5), 0.0, 1.3)
    colours: U8 = np.clip(lit[..., None] * 0.86 * np.array(LAND), 0, 255).astype(np.uint8)
    return colours


def _footprint(
    inset: InsetMap, scene: Scene, aspect: float
) -> tuple[tuple[tuple[float, float], ...], tuple[float, float]]:
    """Return the view's corners on the level of its target, and its eye, in px of the map."""
    west, south, east, north = inset.extent
    rows, cols = inset.known.shape
    camera, k = scene.camera, scene.exaggeration
    eye = geometry.eye(camera, k)
    far = 2.0 * hypot(east - west, north - south)
    corners = []
    for x, y in ((0.0, 1.0), (0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
        look = geometry.ray(camera, x, y, aspect)
        level = max(1e-9, hypot(look[0], look[1]))
        down = (
            (camera.target_m * k - eye[2]) / look[2] if look[2] * (camera.target_m * k - eye[2]) > 0 else far
        )
        along = min(down, far / level)
        corners.append((eye[0] + along * look[0], eye[1] + along * look[1]))
    points = [
        ((x - west) / (east - west) * cols, (north - y) / (north - south) * rows)
        for x, y in (*corners, eye[:2])
    ]
    return tuple(points[:4]), points[4]


@lru_cache(maxsize=4)
def _wedge(at: tuple[tuple[float, float], ...], cols: int, rows: int, unit: float) -> InkBlock:
    large = [(SMOOTH * x, SMOOTH * y) for x, y in at]
    alpha = Image.new("L", (SMOOTH * cols, SMOOTH * rows), 0)
    draw = ImageDraw.Draw(alpha)
    draw.polygon(large, fill=42)
    draw.line([*large, large[0]], fill=255, width=max(SMOOTH, round(2.0 * unit * SMOOTH)), joint="curve")
    return InkBlock(Image.new("RGB", (cols, rows), ACCENT), alpha.reduce(SMOOTH))


@lru_cache(maxsize=8)
def _eye(radius: int) -> InkBlock:
    side = 2 * radius + 3
    plate = Plate(side, side, colour=PAPER)
    plate.box(1, 1, side - 2, side - 2, colour=PAPER, alpha=255, radius=side)
    return plate.block()
