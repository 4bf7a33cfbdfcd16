"""Rewrite pictures with other wrap modes to repeating ones.

Pyramids need them to repeat.
"""

from __future__ import annotations

import numpy as np

from meshes.tiles.finish import Wrap
from twin.arrays import F32, U8

MOST_EDGE = 2.0
"""What lies farther beyond a clamped edge, in pictures, takes the place there: the colour is the same."""


def repeating(picture: U8, tcoord: F32, wrap: tuple[Wrap, Wrap]) -> tuple[U8, F32]:
    """Return a repeating picture and coordinates that show the same.

    (height, width, k) and (n, 2). A mirrored one stands beside its mirror image; a clamped one has its edge
    around it as far as it is seen.
    """
    for axis, how in enumerate(wrap):
        if how == "mirror":
            picture, tcoord = _mirrored(picture, tcoord, axis)
        elif how == "clamp":
            picture, tcoord = _clamped(picture, tcoord, axis)
    return picture, tcoord


def _mirrored(picture: U8, tcoord: F32, axis: int) -> tuple[U8, F32]:
    if not len(tcoord) or (tcoord[:, axis].min() >= 0 and tcoord[:, axis].max() <= 1):
        return picture, tcoord
    place = tcoord.copy()
    place[:, axis] /= 2
    return np.concatenate([picture, np.flip(picture, axis=1 - axis)], axis=1 - axis), place


def _clamped(picture: U8, tcoord: F32, axis: int) -> tuple[U8, F32]:
    if not len(tcoord):
        return picture, tcoord
    size = picture.shape[1 - axis]
    low = max(float(tcoord[:, axis].min()), -MOST_EDGE)
    high = min(float(tcoord[:, axis].max()), 1 + MOST_EDGE)
    before, after = max(0, int(np.ceil(-low * size))), max(0, int(np.ceil((high - 1) * size)))
    if not before and not after:
        return picture, tcoord
    around = [(0, 0)] * 3
    around[1 - axis] = (before, after)
    place = tcoord.copy()
    place[:, axis] = (np.clip(place[:, axis], low, high) * size + before) / (size + before + after)
    return np.pad(picture, around, mode="edge"), place
