"""The colours of the ground on a summer's day in the mountains of north China, as sRGB bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.catalog.cover import COVER

F32 = NDArray[np.float32]
Rgb = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Paint:
    """A kind of ground: two shades that lie in patches, and how rough it looks.

    ``clumps`` is the contrast of what is some 40 m wide, ``specks`` that of single pixels.
    """

    shades: tuple[Rgb, Rgb]
    clumps: float = 0.0
    specks: float = 0.0


PAINTS: dict[str, Paint] = {
    "river": Paint(shades=((86, 116, 116), (98, 128, 124))),
    "bed": Paint(shades=((150, 139, 116), (166, 154, 129)), clumps=0.03, specks=0.02),
    "drawdown": Paint(shades=((190, 178, 148), (172, 168, 128)), clumps=0.04, specks=0.04),
    "wetland": Paint(shades=((120, 138, 92), (136, 148, 100)), clumps=0.10, specks=0.06),
    "shore_wood": Paint(shades=((92, 116, 74), (106, 126, 82)), clumps=0.14, specks=0.08),
    "sand": Paint(shades=((214, 206, 184), (196, 190, 166)), clumps=0.05, specks=0.04),
    "field": Paint(shades=((148, 158, 106), (128, 146, 94)), clumps=0.03, specks=0.025),
    "orchard": Paint(shades=((112, 130, 82), (128, 138, 90)), clumps=0.09, specks=0.05),
    "broadleaf": Paint(shades=((86, 108, 68), (100, 119, 76)), clumps=0.13, specks=0.07),
    "conifer": Paint(shades=((68, 92, 66), (80, 101, 69)), clumps=0.13, specks=0.08),
    "shrub": Paint(shades=((118, 129, 87), (106, 123, 80)), clumps=0.11, specks=0.06),
    "grass": Paint(shades=((140, 146, 102), (126, 138, 92)), clumps=0.08, specks=0.05),
    "rock": Paint(shades=((168, 158, 142), (148, 141, 126)), clumps=0.11, specks=0.06),
    "settlement": Paint(shades=((180, 175, 166), (166, 164, 152)), clumps=0.05, specks=0.08),
    "road": Paint(shades=((202, 198, 188), (194, 190, 180))),
    "dam": Paint(shades=((198, 194, 186), (186, 182, 174)), specks=0.03),
}

# What grows on a parcel of field: its colour, and how many parcels of a hundred carry it.
CROPS: tuple[tuple[Rgb, int], ...] = (
    ((124, 146, 88), 28),  # maize
    ((112, 136, 82), 22),  # beans
    ((152, 160, 104), 18),  # millet
    ((180, 172, 126), 14),  # stubble of wheat
    ((166, 150, 120), 8),  # ploughed
    ((102, 128, 78), 10),  # vegetables
)

# Roofs, yards and the trees between them.
ROOFS: tuple[Rgb, ...] = (
    (166, 162, 156), (188, 182, 172), (172, 134, 114), (162, 124, 108), (208, 204, 196), (130, 144, 158),
    (138, 148, 116), (118, 132, 96), (122, 136, 100),
)  # fmt: skip


def shades() -> F32:
    """Both shades of every class by its number, (classes + 1, 2, 3), 0 … 1; class 0 is grass."""
    return np.array([paint.shades for paint in _by_number()], np.float32) / 255.0


def texture() -> F32:
    """(clumps, specks) of every class by its number, (classes + 1, 2)."""
    return np.array([(paint.clumps, paint.specks) for paint in _by_number()], np.float32)


def crops() -> F32:
    """The colours of a hundred parcels, (100, 3), 0 … 1."""
    return np.repeat(np.array([c for c, _ in CROPS], np.float32) / 255.0, [n for _, n in CROPS], axis=0)


def roofs() -> F32:
    """Colours of roofs and yards, (n, 3), 0 … 1."""
    return np.array(ROOFS, np.float32) / 255.0


def _by_number() -> list[Paint]:
    return [PAINTS["grass"], *(PAINTS[name] for name in COVER)]
