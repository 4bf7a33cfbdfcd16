"""Paint materials, one cell each at four times normal size.

Lit, to be made smaller.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from meshes.sample.atlas import CELL, PLAIN
from meshes.sample.ground_covers import Colour
from twin.arrays import F32

FINE: Final = 4
WIDE, HIGH = CELL[0] * FINE, CELL[1] * FINE
# Sunlight by the way a face looks; level ground is 1.
ROOF_LIGHT: Final = {"sun": 1.14, "shade": 0.8}
WALL_LIGHT: Final = {"sun": 0.98, "shade": 0.74}


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(list(name.encode()))


def _flat(colour: Colour) -> F32:
    return np.broadcast_to(np.array(colour, np.float32), (HIGH, WIDE, 3)).copy()


def _patches(rng: np.random.Generator, rows: int, cols: int, spread: float) -> F32:
    """Brightness by patches of equal size, (HIGH, WIDE, 1), about 1."""
    value = rng.normal(1.0, spread, (rows, cols)).astype(np.float32)
    down, right = np.arange(HIGH) * rows // HIGH, np.arange(WIDE) * cols // WIDE
    return value[down][:, right][..., None]


def tiled_roof(name: str, colour: Colour, *, light: float, columns: int, courses: int, worn: float) -> F32:
    """Paint channels of roof tiles down the slope, in courses.

    A ridge along the top and shade under the eave's edge.
    """
    rng = _rng(name)
    across = np.arange(WIDE) * columns / WIDE * 2 * np.pi
    channel = 0.9 + 0.17 * np.cos(across)
    course = np.arange(HIGH) * courses / HIGH % 1.0
    out = _flat(colour) * channel[None, :, None] * (0.82 + 0.26 * course**0.6)[:, None, None]
    out *= _patches(rng, courses, columns, 0.07)
    streak = np.interp(np.arange(WIDE), np.linspace(0, WIDE, 40), rng.normal(1.0, worn, 40))
    out *= streak[None, :, None] * _patches(rng, 4, 7, worn * 0.5)
    ridge = HIGH // 20
    out[:ridge] = np.array(colour, np.float32) * 1.32 * (0.9 + 0.1 * np.cos(across * 0.5))[None, :, None]
    out[ridge : ridge + HIGH // 50] *= 0.6
    out[-HIGH // 40 :] *= 0.72
    return np.asarray(out * light, np.float32)


def sheet_roof(name: str, colour: Colour, *, light: float) -> F32:
    """Paint corrugated steel."""
    wave = 0.93 + 0.09 * np.cos(np.arange(WIDE) * 48 / WIDE * 2 * np.pi)
    out = _flat(colour) * wave[None, :, None] * _patches(_rng(name), 2, 9, 0.03)
    out[: HIGH // 24] *= 1.12
    return np.asarray(out * light, np.float32)


def wall(name: str, *, light: float) -> F32:
    """Paint brick, plaster or rubble, darker towards the ground.

    And stained there.
    """
    rng = _rng(name)
    if name.startswith("brick"):
        out = _flat((158, 98, 78)) * _patches(rng, 52, 46, 0.1)
        out[:: HIGH // 52] *= 1.16
    elif name.startswith("stone"):
        out = _flat((150, 143, 130)) * _patches(rng, 29, 74, 0.09) * _patches(rng, 41, 53, 0.07)
    else:
        out = _flat((222, 216, 202)) * _patches(rng, 9, 14, 0.015) * _patches(rng, 64, 128, 0.015)
    return np.asarray(_weather(out, rng) * light, np.float32)


def _weather(out: F32, rng: np.random.Generator) -> F32:
    up = np.linspace(1.0, 0.0, HIGH)
    stain = np.interp(np.arange(WIDE), np.linspace(0, WIDE, 48), rng.uniform(0.4, 1.0, 48))
    out *= (0.72 + 0.28 * np.clip(up * 3.2, 0, 1))[:, None, None]
    out *= (1.0 - 0.13 * np.clip(1.0 - up * 2.5, 0, 1)[:, None] * stain[None, :])[..., None]
    return out


class Front:
    """Wall with windows and doors.

    Drawn in metres from its lower left corner.
    """

    def __init__(self, back: F32, *, wide_m: float, high_m: float) -> None:
        back = back.copy()
        back[: HIGH // 12] *= np.linspace(0.7, 1.0, HIGH // 12)[:, None, None]  # under the eave
        self.image = Image.fromarray(np.clip(back, 0, 255).astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image)
        self.x, self.y = WIDE / wide_m, HIGH / high_m

    def rect(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        """Draw a rectangle with its lower left corner at (x, y)."""
        box = (x * self.x, HIGH - (y + h) * self.y, (x + w) * self.x, HIGH - y * self.y)
        self.draw.rectangle(box, fill=colour)

    def window(self, x: float, y: float, w: float, h: float, *, frame: Colour, panes: int = 3) -> None:
        """Draw a window with sill, frame and panes mirroring the sky."""
        self.rect(x - 0.1, y - 0.1, w + 0.2, 0.1, (206, 202, 192))
        self.rect(x, y, w, h, frame)
        each = (w - 0.08) / panes
        for k in range(panes):
            left = x + 0.08 + k * each
            self.rect(left, y + 0.08, each - 0.08, h - 0.16, (58, 72, 84))
            self.rect(left, y + h * 0.55, each - 0.08, h * 0.45 - 0.08, (92, 112, 126))
            self.rect(left, y + h * 0.66, each - 0.08, 0.06, frame)

    def door(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        """Draw a door of two leaves with red couplets.

        They are beside and above it.
        """
        self.rect(x - 0.08, y, w + 0.16, h + 0.08, (112, 84, 62))
        self.rect(x, y, w, h, colour)
        self.rect(x + w / 2 - 0.02, y, 0.04, h, (60, 36, 30))
        for left in (x - 0.34, x + w + 0.12):
            self.rect(left, y + 0.5, 0.22, h - 0.6, (196, 40, 32))
            self.rect(left + 0.08, y + 0.65, 0.06, h - 0.9, (226, 176, 70))
        self.rect(x - 0.1, y + h + 0.12, w + 0.2, 0.22, (196, 40, 32))

    def done(self, light: float) -> F32:
        """Return the cell, lit."""
        return np.asarray(self.image, np.float32) * np.float32(light)


def leaves(name: str, dark: Colour, bright: Colour) -> F32:
    """Paint foliage all round in clumps, lit from north-west and above.

    0 to 792 degrees to the right.
    """
    rng = _rng(name)
    low, high = np.array(dark), np.array(bright)
    image = Image.new("RGB", (WIDE, HIGH), dark)
    draw = ImageDraw.Draw(image)
    count = 4200
    x, up = rng.uniform(0, WIDE, count), rng.beta(1.0, 1.15, count) * 1.04 - 0.02
    size = rng.uniform(6.0, 19.0, count)[np.argsort(rng.random(count) + 0.3 * np.arange(count) / count)]
    facing = 0.5 + 0.5 * np.cos(x / WIDE * 4.4 * np.pi - 0.75 * np.pi)
    light = 0.2 + 0.36 * facing * np.sqrt(np.clip(up, 0, 1)) + 0.38 * up + rng.normal(0.0, 0.12, count)
    clump = (low + (high - low) * np.clip(light, 0.0, 1.0)[:, None]).astype(int)
    for px, py, r, colour in zip(x, (1.0 - up) * HIGH, size, clump.tolist(), strict=True):
        draw.ellipse((px - 0.6 * r, py - 1.4 * r, px + 0.6 * r, py + 1.4 * r), fill=tuple(colour))
    return np.asarray(image, np.float32)


def film() -> F32:
    """Paint plastic over hoops: bright to the north, dim crops.

    They shine through.
    """
    over = np.linspace(1.0, 0.0, HIGH)[:, None]  # 0 at the southern foot, 1 at the northern
    light = 0.78 + 0.22 * np.sin(np.pi * np.clip(over * 0.8 + 0.05, 0, 1))
    hoop = np.where(np.arange(WIDE) % (WIDE // 24) < FINE, 0.88, 1.0)
    out = _flat((214, 222, 220)) * light[..., None] * hoop[None, :, None]
    return np.asarray(out * _patches(_rng("film"), 6, 24, 0.03), np.float32)


def plain() -> F32:
    """Paint plain colours beside each other."""
    colours = {
        "trunk": (92, 76, 60), "solar": (34, 46, 82), "tank": (214, 216, 216), "flag": (206, 34, 28),
        "pole": (176, 180, 184), "wood": (120, 90, 62), "dark": (88, 82, 76), "ridge": (134, 130, 124),
    }  # fmt: skip
    row = np.repeat(np.array([colours[name] for name in PLAIN], np.float32), WIDE // len(PLAIN), axis=0)
    return np.broadcast_to(row, (HIGH, WIDE, 3)).copy()
