"""Paint the strip of materials below a village's ground picture.

Once for each size.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

from meshes.sample import material_brushes
from meshes.sample.atlas import CELL, GROUND_ROWS, INDEX, MATERIALS, SIZE, Sheet
from meshes.sample.ground_covers import Colour
from meshes.sample.material_brushes import ROOF_LIGHT, WALL_LIGHT, Front
from twin.arrays import F32, U8

WHITE: Colour = (232, 234, 232)
GREEN: Colour = (96, 132, 118)
RED: Colour = (150, 40, 34)


@lru_cache(maxsize=2)
def strip(sheet: Sheet) -> U8:
    """Paint all materials, uint8 (512 · scale, 2048 · scale, 3).

    Nobody writes into it.
    """
    wide, high = CELL[0] * sheet.scale, CELL[1] * sheet.scale
    out = np.zeros(((SIZE - GROUND_ROWS) * sheet.scale, sheet.size, 3), np.uint8)
    for name in MATERIALS:
        fine = Image.fromarray(np.clip(_cell(name), 0, 255).astype(np.uint8))
        row, col = divmod(INDEX[name], 8)
        cell = np.asarray(fine.resize((wide, high), Image.Resampling.BOX))
        out[row * high : (row + 1) * high, col * wide : (col + 1) * wide] = cell
    out.flags.writeable = False
    return out


def _cell(name: str) -> F32:
    family, _, light = name.rpartition("_")
    if family.startswith("roof"):
        return _roof(name, family, light)
    if family in {"brick", "plaster", "stone"}:
        return material_brushes.wall(name, light=WALL_LIGHT[light])
    if name.startswith("leaf"):
        dark, bright = {
            "leaf_locust": ((26, 40, 20), (134, 154, 84)),
            "leaf_poplar": ((28, 46, 24), (128, 160, 92)),
            "leaf_fruit": ((34, 52, 24), (150, 164, 88)),
            "leaf_pine": ((14, 32, 22), (84, 118, 74)),
        }[name]
        return material_brushes.leaves(name, dark, bright)
    if name == "film":
        return material_brushes.film()
    if name == "plain":
        return material_brushes.plain()
    return _front(name)


def _roof(name: str, family: str, light: str) -> F32:
    if family == "roof":  # roof_flat
        out = material_brushes.wall("plaster_sun", light=0.84)
        return np.asarray(out[::-1], np.float32)
    lit = ROOF_LIGHT[light]
    if family == "roof_blue":
        return material_brushes.sheet_roof(name, (112, 138, 166), light=lit)
    colour, worn = {
        "roof_grey": ((124, 124, 124), 0.05),
        "roof_old": ((110, 106, 98), 0.12),
        "roof_red": ((150, 86, 70), 0.07),
    }[family]
    return material_brushes.tiled_roof(name, colour, light=lit, columns=50, courses=15, worn=worn)


def _front(name: str) -> F32:
    """Walls with openings. A house's cell is 13.2 m wide and 4.5 m high, of which 1.3 m is its foundation."""
    if name in {"front_two", "front_public", "back_public"}:
        return _tall(name)
    if name == "gate":
        return _gate()
    light = WALL_LIGHT["sun" if name.endswith("sun") else "shade"]
    style = {"front_brick": "brick", "front_grey": "stone", "wing_shade": "brick", "wing_sun": "brick"}
    front = Front(material_brushes.wall(style.get(name, "plaster"), light=1.0), wide_m=13.2, high_m=4.5)
    front.rect(0, 0, 13.2, 1.55, (138, 132, 122))
    if name == "front_glass":
        for k in range(5):
            left = 0.4 + k * 2.52
            if k == 2:
                front.door(left + 0.45, 1.3, 1.4, 2.2, RED)
            else:
                front.window(left, 2.0, 2.3, 1.85, frame=WHITE, panes=4)
    elif name == "back_sun":
        for left in (1.6, 5.9, 10.2):
            front.window(left, 2.9, 1.1, 0.8, frame=WHITE, panes=2)
    elif name.startswith("wing"):
        front.door(1.2, 1.3, 1.9, 2.1, (124, 92, 66))
        front.window(5.0, 2.1, 2.4, 1.3, frame=GREEN)
        front.window(9.6, 2.1, 2.4, 1.3, frame=GREEN)
    else:
        frame = {"front_brick": GREEN, "front_grey": (134, 60, 44)}.get(name, WHITE)
        for left in (0.9, 3.6, 8.0, 10.7):
            front.window(left, 2.2, 1.7, 1.5, frame=frame)
        front.door(5.85, 1.3, 1.5, 2.3, RED)
    return front.done(light)


def _tall(name: str) -> F32:
    """Two storeys on 1.3 m of foundation."""
    front = Front(
        material_brushes.wall("plaster", light=1.0), wide_m=24.0 if "public" in name else 13.2, high_m=8.4
    )
    wide = 24.0 if "public" in name else 13.2
    front.rect(0, 0, wide, 1.6, (150, 140, 126))
    front.rect(0, 4.55, wide, 0.3, (190, 96, 70) if "public" in name else (202, 196, 184))
    bays = 8 if "public" in name else 4
    for k in range(bays):
        left = wide / bays * (k + 0.5)
        front.window(left - 0.95, 5.5, 1.9, 1.6, frame=WHITE)
        if name == "back_public" or k not in {bays // 2, bays // 2 - 1}:
            front.window(left - 0.95, 2.3, 1.9, 1.6, frame=WHITE)
    if name == "front_public":
        front.rect(9.6, 1.4, 4.8, 2.9, (92, 108, 118))
        for k in range(5):
            front.rect(9.55 + 1.2 * k, 1.4, 0.1, 2.9, WHITE)
        front.rect(9.0, 4.2, 6.0, 0.35, (196, 40, 32))
    elif name == "front_two":
        front.door(wide / 2 - 0.85, 1.3, 1.7, 2.4, RED)
    return front.done(WALL_LIGHT["sun" if name.startswith("back") else "shade"])


def _gate() -> F32:
    """A red gate of two leaves between brick piers, 2 m wide, on a metre of foundation."""
    front = Front(material_brushes.wall("brick", light=1.0), wide_m=2.0, high_m=3.6)
    front.rect(0.3, 1.0, 1.4, 2.2, (92, 30, 26))
    for left in (0.34, 1.02):
        front.rect(left, 1.05, 0.64, 2.1, (172, 42, 34))
        front.rect(left + 0.1, 2.0, 0.42, 0.6, (206, 60, 40))
        front.rect(left + 0.28, 1.7, 0.08, 0.16, (216, 176, 80))
    for left in (0.06, 1.76):
        front.rect(left, 1.4, 0.18, 1.6, (206, 44, 34))
    front.rect(0.34, 3.26, 1.3, 0.2, (206, 44, 34))
    return front.done(0.84)
