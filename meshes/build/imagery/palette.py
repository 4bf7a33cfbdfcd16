"""Colours of the ground on a summer's day, sRGB bytes.

In the mountains of north China.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import F32
from twin.catalog.landcover_classes import COVER

Rgb = tuple[int, int, int]


PLAIN: Rgb = (168, 166, 154)
"""Ground of which nothing is known: one even tone, so that only its relief shows."""


@dataclass(frozen=True, kw_only=True)
class GroundPaint:
    """Paint of one kind of ground.

    Two shades that lie in patches, and how rough it is. ``clumps`` is the contrast of what is some 40 m wide,
    ``specks`` that of single pixels.
    """

    shades: tuple[Rgb, Rgb]
    clumps: float = 0.0
    specks: float = 0.0


PAINTS: dict[str, GroundPaint] = {
    "river": GroundPaint(shades=((84, 112, 116), (96, 124, 124))),
    "bed": GroundPaint(shades=((150, 140, 119), (166, 155, 132)), clumps=0.03, specks=0.015),
    "drawdown": GroundPaint(shades=((188, 177, 150), (170, 166, 132)), clumps=0.04, specks=0.03),
    "wetland": GroundPaint(shades=((112, 132, 92), (130, 144, 102)), clumps=0.09, specks=0.04),
    "shore_wood": GroundPaint(shades=((82, 108, 72), (96, 118, 80)), clumps=0.13, specks=0.05),
    "sand": GroundPaint(shades=((212, 205, 186), (194, 189, 168))),
    "field": GroundPaint(shades=((141, 150, 101), (130, 143, 94)), clumps=0.03, specks=0.02),
    "orchard": GroundPaint(shades=((106, 122, 82), (120, 130, 88)), clumps=0.09, specks=0.03),
    "broadleaf": GroundPaint(shades=((80, 102, 68), (92, 111, 75)), clumps=0.13, specks=0.04),
    "conifer": GroundPaint(shades=((67, 90, 62), (77, 97, 66)), clumps=0.13, specks=0.045),
    "shrub": GroundPaint(shades=((110, 118, 86), (98, 111, 77)), clumps=0.11, specks=0.04),
    "grass": GroundPaint(shades=((126, 130, 97), (113, 122, 87)), clumps=0.08, specks=0.03),
    "rock": GroundPaint(shades=((146, 138, 123), (129, 123, 110)), clumps=0.11, specks=0.04),
    "settlement": GroundPaint(shades=((178, 173, 164), (164, 162, 151)), clumps=0.05, specks=0.05),
    "road": GroundPaint(shades=((190, 186, 174), (182, 178, 166))),
    "dam": GroundPaint(shades=((196, 192, 184), (184, 180, 172))),
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
    """Return both shades of every class, 0 … 1.

    (classes + 1, 2, 3), by its number; class 0 is plain.
    """
    return np.array([paint.shades for paint in _by_number()], np.float32) / 255.0


def texture() -> F32:
    """Return clumps and specks of every class, (classes + 1, 2)."""
    return np.array([(paint.clumps, paint.specks) for paint in _by_number()], np.float32)


def crops() -> F32:
    """Return the colours of a hundred parcels, (100, 3), 0 … 1."""
    return np.repeat(np.array([c for c, _ in CROPS], np.float32) / 255.0, [n for _, n in CROPS], axis=0)


def roofs() -> F32:
    """Return colours of roofs and yards, (n, 3), 0 … 1."""
    return np.array(ROOFS, np.float32) / 255.0


def _by_number() -> list[GroundPaint]:
    return [GroundPaint(shades=(PLAIN, PLAIN)), *(PAINTS[name] for name in COVER)]
