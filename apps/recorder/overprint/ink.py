"""Draw blocks of text once, blend them into pictures.

A block is cached by what it shows, so that a frame costs no more than the pixels under its blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, hypot
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from layers.labels.fonts import font
from layers.labels.glyphs import raised_runs
from twin.arrays import U8

Colour = tuple[int, int, int]

INK: Colour = (10, 21, 31)
PAPER: Colour = (255, 255, 255)
QUIET: Colour = (188, 203, 214)
ACCENT: Colour = (127, 208, 255)
CAUTION: Colour = (255, 210, 125)
BOX_ALPHA = 184
"""Of boxes under words: white on it has a contrast of 7 to 1 over snow."""
PANEL_ALPHA = 206
"""Of boxes with small words."""
LINE = 1.32
ASCENT = 0.88
"""Of a line's size, from its top to the baseline: the ideographic box of Noto Sans CJK."""
RAISED_SIZE, RAISED_BY = 0.62, 0.33
AIR = 0.11
"""Between a Chinese character and a Latin letter or figure that follow without a space, of the size."""
_MEETING = re.compile(r"(?<=[\u3400-\u9fff])(?=[A-Za-z0-9±])|(?<=[A-Za-z0-9%°²³])(?=[\u3400-\u9fff])")
SMOOTH = 4
"""Pillow draws shapes without smooth edges: they are drawn so many times as large."""


@dataclass(frozen=True, eq=False)
class InkBlock:
    """Picture with coverage: RGB and L images of one size."""

    rgb: Image.Image
    alpha: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.size

    def cropped(self, left: int, right: int) -> InkBlock:
        """Return the columns from ``left`` up to ``right``."""
        box = (left, 0, right, self.size[1])
        return InkBlock(self.rgb.crop(box), self.alpha.crop(box))


def blend(picture: U8, block: InkBlock, x: int, y: int, *, opacity: float = 1.0) -> None:
    """Blend a block into a picture, in place.

    What lies outside is cut off. (height, width, 3) uint8; (x, y) is the block's upper left corner, px.
    """
    height, width = picture.shape[:2]
    wide, tall = block.size
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + wide), min(height, y + tall)
    if opacity <= 0.0 or left >= right or top >= bottom:
        return
    rgb, alpha = block.rgb, block.alpha
    if (right - left, bottom - top) != block.size:
        inner = (left - x, top - y, right - x, bottom - y)
        rgb, alpha = rgb.crop(inner), alpha.crop(inner)
    if opacity < 1.0:
        alpha = alpha.point([round(opacity * k) for k in range(256)])
    part = picture[top:bottom, left:right]
    under = Image.fromarray(np.ascontiguousarray(part))
    under.paste(rgb, (0, 0), alpha)
    part[...] = np.asarray(under)


def blend_at(picture: U8, block: InkBlock, x: float, y: float, *, opacity: float = 1.0) -> None:
    """Blend a block at a fraction of a pixel, in place.

    What moves slowly would go in steps of a pixel otherwise; bilinear.
    """
    left, top = floor(x), floor(y)
    size, shift = (block.size[0] + 1, block.size[1] + 1), (1, 0, left - x, 0, 1, top - y)
    moved = [
        image.transform(size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR)
        for image in (block.rgb, block.alpha)
    ]
    blend(picture, InkBlock(*moved), left, top, opacity=opacity)


def stroke(
    picture: U8,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    width: float,
    colour: Colour,
    opacity: float,
) -> None:
    """Draw a straight line with smooth edges, in place; px."""
    (x0, y0), (x1, y1) = start, end
    if abs(x1 - x0) > abs(y1 - y0):
        turned = picture.swapaxes(0, 1)
        stroke(turned, (y0, x0), (y1, x1), width=width, colour=colour, opacity=opacity)
        return
    if y1 < y0:
        (x0, y0), (x1, y1) = (x1, y1), (x0, y0)
    rows = np.arange(max(0, ceil(y0)), min(picture.shape[0] - 1, floor(y1)) + 1)
    if not rows.size:
        return
    slope = (x1 - x0) / max(1e-9, y1 - y0)
    middle, half = x0 + (rows - y0) * slope, width / 2 * hypot(1.0, slope)
    reach = ceil(half) + 1
    cols = np.floor(middle).astype(np.int64)[:, None] + np.arange(-reach, reach + 2)
    cover = opacity * np.clip(half + 0.5 - np.abs(cols - middle[:, None]), 0.0, 1.0)
    cover[(cols < 0) | (cols >= picture.shape[1])] = 0.0
    at = rows[:, None], cols.clip(0, picture.shape[1] - 1)
    mixed = picture[at] * (1.0 - cover[..., None]) + np.array(colour) * cover[..., None]
    inside = cover > 0.0
    picture[at[0].repeat(cols.shape[1], axis=1)[inside], at[1][inside]] = (mixed[inside] + 0.5).astype(
        np.uint8
    )


class Plate:
    """Block under construction: shapes first, words on them."""

    def __init__(self, width: float, height: float, *, colour: Colour = INK) -> None:
        size = max(1, ceil(width)), max(1, ceil(height))
        self._rgb = Image.new("RGB", size, colour)
        self._alpha = Image.new("L", size, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._rgb.size

    def cover(
        self, mask: Image.Image, colour: Colour, alpha: int = 255, at: tuple[int, int] = (0, 0)
    ) -> None:
        """Blend a colour over the block, by a mask (L)."""
        own = mask if alpha == 255 else mask.point([k * alpha // 255 for k in range(256)])
        box = (*at, at[0] + mask.width, at[1] + mask.height)
        under = self._alpha.crop(box)
        both = Image.composite(Image.new("L", mask.size, 255), under, own)
        # The share of the new colour in what is covered: alone where nothing lay there.
        share = np.asarray(own, np.float32) / np.maximum(np.asarray(both, np.float32), 1.0)
        mix = Image.fromarray((255.0 * np.minimum(share, 1.0) + 0.5).astype(np.uint8))
        self._rgb.paste(colour, box, mix)
        self._alpha.paste(both, box)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        tall: float,
        *,
        colour: Colour = INK,
        alpha: int = BOX_ALPHA,
        radius: float = 0.0,
    ) -> None:
        """Draw a filled rectangle with round corners."""
        size = max(1, round(wide)), max(1, round(tall))
        self.cover(_rounded(*size, round(radius)), colour, alpha, (round(x), round(y)))

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        colour: Colour = PAPER,
        bold: bool = False,
        anchor: str = "l",
    ) -> None:
        """Write a line.

        (x, y) is its top, at its left, middle or right (``anchor`` l, m, r).
        """
        wide = measure(text, size, bold=bold)
        x -= {"l": 0.0, "m": wide / 2, "r": wide}[anchor]
        mask = Image.new("L", self._rgb.size, 0)
        draw = ImageDraw.Draw(mask)
        base = round(y + ASCENT * size)
        for run in _runs(text, size):
            at = (round(x + run.gap), base - run.up)
            draw.text(at, run.text, font=font(run.px, bold=bold), fill=255, anchor="ls")
            x += run.width(bold=bold)
        inner = mask.getbbox()
        if inner is not None:
            self.cover(mask.crop(inner), colour, at=inner[:2])

    def polyline(
        self, points: list[tuple[float, float]], *, colour: Colour, pen: float, alpha: int = 255
    ) -> None:
        """Draw a line with smooth edges through points, px."""
        if len(points) > 1:
            mask = Image.new("L", (SMOOTH * self._rgb.width, SMOOTH * self._rgb.height), 0)
            large = [(SMOOTH * (x + 0.5), SMOOTH * (y + 0.5)) for x, y in points]
            ImageDraw.Draw(mask).line(large, fill=255, width=max(1, round(SMOOTH * pen)), joint="curve")
            self.cover(mask.reduce(SMOOTH), colour, alpha)

    def polygon(self, points: list[tuple[float, float]], *, colour: Colour, alpha: int = 255) -> None:
        """Fill a polygon with smooth edges, px."""
        mask = Image.new("L", (SMOOTH * self._rgb.width, SMOOTH * self._rgb.height), 0)
        ImageDraw.Draw(mask).polygon([(SMOOTH * x, SMOOTH * y) for x, y in points], fill=255)
        self.cover(mask.reduce(SMOOTH), colour, alpha)

    def block(self) -> InkBlock:
        """Return what was drawn."""
        return InkBlock(self._rgb, self._alpha)


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return a line's width in px."""
    return sum(run.width(bold=bold) for run in _runs(text, size))


class _Run(NamedTuple):
    """Letters of one size, the gap before them and how much higher they lie, px."""

    text: str
    px: int
    gap: float
    up: int

    def width(self, *, bold: bool) -> float:
        return self.gap + _run_width(self.text, self.px, bold=bold)


@lru_cache(maxsize=1024)
def _runs(text: str, size: float) -> tuple[_Run, ...]:
    """Split a line where letters are raised, and where Chinese meets Latin."""
    found: list[_Run] = []
    for letters, raised in raised_runs(text):
        px = max(1, round(RAISED_SIZE * size if raised else size))
        up = round(RAISED_BY * size) if raised else 0
        for number, part in enumerate(_MEETING.split(letters)):
            found.append(_Run(part, px, AIR * size if number else 0.0, up))
    return tuple(found)


@lru_cache(maxsize=2048)
def _run_width(run: str, px: int, *, bold: bool) -> float:
    return font(px, bold=bold).getlength(run)


@lru_cache(maxsize=256)
def line_block(text: str, size: float, *, colour: Colour = PAPER, bold: bool = False) -> InkBlock:
    """Draw a line of text as a block, cached."""
    plate = Plate(measure(text, size, bold=bold) + 2.0, LINE * size, colour=colour)
    plate.write(0.0, (LINE - 1.0) / 2.0 * size, text, size, colour=colour, bold=bold)
    return plate.block()


@lru_cache(maxsize=64)
def _rounded(wide: int, tall: int, radius: int) -> Image.Image:
    """Mask of a rectangle with round corners."""
    mask = Image.new("L", (wide, tall), 255)
    r = min(radius, wide // 2, tall // 2)
    if r > 0:
        disc = Image.new("L", (2 * r * SMOOTH, 2 * r * SMOOTH), 0)
        ImageDraw.Draw(disc).ellipse((0, 0, 2 * r * SMOOTH - 1, 2 * r * SMOOTH - 1), fill=255)
        disc = disc.reduce(SMOOTH)
        for x, left in ((0, 0), (wide - r, r)):
            for y, top in ((0, 0), (tall - r, r)):
                mask.paste(disc.crop((left, top, left + r, top + r)), (x, y))
    return mask
