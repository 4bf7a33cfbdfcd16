"""Paint a village's ground picture.

A map of surfaces drawn as polygons, then coloured, grained and shaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from meshes.sample.atlas import GROUND_ROWS, SIZE, Sheet
from meshes.sample.ground_covers import NUMBER, table
from meshes.sample.outline import DIRECTIONS, Outline
from meshes.sample.plan import APRON_M
from meshes.sample.trees import Trees
from meshes.sample.works import Works
from twin.arrays import F32, F64, U8
from twin.compiled import serial

EDGE_PX = 4.0  # of the picture that the ground leaves free
# The light of the whole scene (the relief's too) comes from the north-west, 42 degrees high.
SUN_HEIGHT_DEG = 42.0
DARKEST = 0.4  # what a full shadow takes
STEPS_PER_M = 16.0  # of the raster of heights that casts the shadows


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """Placement of the ground's picture.

    Its north-west corner in the frame and a normal pixel's size, m.
    """

    west: float
    north: float
    pixel_m: float

    def pixel(self, points: F64) -> F64:
        """Convert points (..., 2) to column and row of the picture.

        In pixels of the normal picture.
        """
        return np.stack([points[..., 0] - self.west, self.north - points[..., 1]], axis=-1) / self.pixel_m


def canvas_of(outline: Outline) -> Canvas:
    """Return the smallest canvas of the outline and its apron."""
    turns = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    reach = outline.reach_m + APRON_M
    x, y = reach * np.cos(turns), reach * np.sin(turns)
    wide, high = float(np.ptp(x)), float(np.ptp(y))
    pixel_m = max(wide / (SIZE - 2 * EDGE_PX), high / (GROUND_ROWS - 2 * EDGE_PX))
    west = outline.east + float(x.min()) - EDGE_PX * pixel_m
    return Canvas(west=west, north=outline.north + float(y.max()) + EDGE_PX * pixel_m, pixel_m=pixel_m)


class Brush:
    """Draws surfaces by name on a raster of their numbers."""

    def __init__(self, canvas: Canvas, sheet: Sheet) -> None:
        self.canvas, self.scale = canvas, sheet.scale
        self.image = Image.new("L", (sheet.size, sheet.ground_rows), NUMBER["wild"])
        self.draw = ImageDraw.Draw(self.image)

    def polygons(self, rings: F64, surface: str) -> None:
        """Fill rings (n, k, 2)."""
        pixels = self.canvas.pixel(rings) * self.scale
        for ring in pixels.reshape(-1, 2 * rings.shape[1]).tolist():
            self.draw.polygon(ring, fill=NUMBER[surface])

    def line(self, points: F64, surface: str, *, width_m: float) -> None:
        """Draw a line (n, 2) of some width."""
        if len(points) > 1:
            ahead = np.gradient(points, axis=0)
            aside = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
            aside *= width_m / 2
            self.polygons(np.concatenate([points - aside, (points + aside)[::-1]])[None], surface)


def develop(brush: Brush, sheet: Sheet, *, light: F32, heading: float, rng: np.random.Generator) -> U8:
    """Colour the map of surfaces, uint8 (rows, columns, 3).

    ``light`` (rows, columns) is 1 in the sun.
    """
    number = np.asarray(brush.image)
    colour, drift, pattern = table()
    broad, grain = _noise(sheet)
    shift = (int(rng.integers(sheet.ground_rows)), int(rng.integers(sheet.size)))
    pixel_m = brush.canvas.pixel_m / sheet.scale
    stripes = ((heading, 1.25), (heading + np.pi / 2, 1.1))
    waves = [_wave(turn, max(apart / pixel_m, 3.2)) for turn, apart in stripes]
    out = np.empty((*number.shape, 3), np.uint8)
    _colour(out, number, light, colour, drift, pattern, broad, grain, shift, np.array(waves, np.float64))
    return out


def _wave(turn: float, apart_px: float) -> tuple[float, float]:
    """Radians for each column and each row (southwards) of stripes that run in the direction ``turn``."""
    return -np.sin(turn) * 2 * np.pi / apart_px, -np.cos(turn) * 2 * np.pi / apart_px


@serial
def _colour(
    out: U8, number: U8, light: F32, colour: F32, drift: F32, pattern: F32, broad: F32, grain: F32,
    shift: tuple[int, int], waves: F64,
) -> None:  # fmt: skip
    rows, cols = number.shape
    for row in range(rows):
        r = (row + shift[0]) % rows
        for col in range(cols):
            c = (col + shift[1]) % cols
            k = number[row, col]
            value = np.float32(1.0) + pattern[k, 0] * grain[r, c]
            for side in range(2):
                if pattern[k, 1 + side] > 0:
                    value += pattern[k, 1 + side] * np.sin(waves[side, 0] * col + waves[side, 1] * row)
            value *= light[row, col]
            for band in range(3):
                shade = (colour[k, band] + drift[k, band] * broad[r, c]) * value
                out[row, col, band] = np.uint8(min(max(shade, 0.0), 255.0))


@lru_cache(maxsize=2)
def _noise(sheet: Sheet) -> tuple[F32, F32]:
    """(broad, grain) noise, about −1 … 1, of the ground's size; kept, since every village shifts it only."""
    shape = (sheet.ground_rows, sheet.size)
    rng = np.random.default_rng(7)
    half = np.zeros((shape[0] // 2, shape[1] // 2), np.float32)
    for octave in range(6):
        knots = [n // (128 * sheet.scale >> octave) + 1 for n in half.shape]
        coarse = rng.standard_normal(knots, dtype=np.float32)
        zoom = [n / k for n, k in zip(half.shape, knots, strict=True)]
        half += np.float32(0.55**octave) * ndimage.zoom(
            coarse, zoom, order=3, mode="grid-wrap", grid_mode=True
        )
    half *= np.float32(0.6) / half.std()
    broad = np.repeat(np.repeat(half, 2, 0), 2, 1)
    fine = np.random.default_rng(11).standard_normal(shape, dtype=np.float32)
    grain = 0.75 * ndimage.gaussian_filter(fine, 0.8, mode="wrap") * 2.0 + 0.4 * fine
    return broad, np.clip(grain, -2.0, 2.0).astype(np.float32)


def daylight(works: Works, trees: Trees, canvas: Canvas, sheet: Sheet) -> F32:
    """Return light on the ground (rows, columns).

    Shadows to the south-east, and less sky beside walls and trees.
    """
    scale = sheet.scale / 2
    heights = Image.new("L", (sheet.size // 2, sheet.ground_rows // 2), 0)
    draw = ImageDraw.Draw(heights)
    middle, radius = canvas.pixel(trees.at) * scale, trees.radius / canvas.pixel_m * scale * 0.9
    tall = np.clip(trees.height * 0.82 * STEPS_PER_M, 0, 255).astype(int)
    for (x, y), r, h in zip(middle.tolist(), radius.tolist(), tall.tolist(), strict=True):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=h)
    for rings, tops in works.shades:
        steps = np.clip((tops + 0.6) * STEPS_PER_M, 0, 255).astype(int).tolist()
        for ring, h in zip((canvas.pixel(rings) * scale).reshape(-1, 8).tolist(), steps, strict=True):
            draw.polygon(ring, fill=h)
    z = np.asarray(heights, np.float32) / np.float32(STEPS_PER_M)
    return _enlarged(_shade(z, pixel_m=canvas.pixel_m / scale))


def _shade(z: F32, *, pixel_m: float) -> F32:
    drop = float(np.tan(np.radians(SUN_HEIGHT_DEG)) * np.sqrt(2.0) * pixel_m)
    over, reach, step = z.copy(), float(z.max()) / drop, 1
    over[:] = np.float32(-1.0)
    over[1:, 1:] = z[:-1, :-1] - np.float32(drop)
    while step < reach:
        moved = over[:-step, :-step] - np.float32(step * drop)
        np.maximum(over[step:, step:], moved, out=over[step:, step:])
        step *= 2
    dark = ndimage.gaussian_filter(np.clip(over / np.float32(0.6), 0.0, 1.0), 0.8)
    near = ndimage.gaussian_filter((z > 0.5).astype(np.float32), max(0.8, 0.7 / pixel_m), truncate=2.5)
    light = (1.0 - np.float32(DARKEST) * dark) * (1.0 - np.float32(0.2) * near)
    return np.asarray(light, np.float32)


def _enlarged(light: F32) -> F32:
    """Twice as many rows and columns, between the values."""
    small: U8 = np.clip(light * 240.0, 0, 255).astype(np.uint8)
    image = Image.fromarray(small).resize((small.shape[1] * 2, small.shape[0] * 2), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) / np.float32(240.0)
