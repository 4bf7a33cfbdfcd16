"""Compute visibility, screen error and centrality of tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from meshes.stream.view import View
from meshes.tiles.tree import TileTree
from twin.arrays import F64, I64, Bools

LINES = 720.0
MISSED_PX = 16.0
"""A tree is left out where that is an error of less than this on a screen of so many lines."""


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """Visibility of tiles in several views, (m,) each.

    ``error_px`` is the largest error on the screen over the views that see the tile, and over all views for a
    tile that none sees; inf from inside the tile's box. ``centred`` is the cosine between the view's axis and
    the tile's middle, in the view where it is largest.
    """

    in_view: Bools
    error_px: F64
    centred: F64


def visibility(tree: TileTree, tiles: I64, views: Sequence[View]) -> Visibility:
    """Compute visibility of the boxes of ``tiles`` (m,) in ``views``.

    Without a view nothing is in view.
    """
    low, high = tree.low[tiles], tree.high[tiles]
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    error_m = tree.error_m[tiles]
    if not views:
        none = np.zeros(len(tiles))
        return Visibility(in_view=none.astype(bool), error_px=none, centred=none)
    each = [_one(middle, half, error_m, view) for view in views]
    if len(each) == 1:
        return each[0]
    seen = np.array([one.in_view for one in each])
    in_view = np.asarray(seen.any(axis=0), bool)
    px = np.array([one.error_px for one in each])
    return Visibility(
        in_view=in_view,
        error_px=np.where(seen | ~in_view, px, 0.0).max(axis=0),
        centred=np.array([one.centred for one in each]).max(axis=0),
    )


def missed(tree: TileTree, roots: I64, views: Sequence[View]) -> Bools:
    """Mask trees, by roots (m,), that some view needs.

    Whether they are in view or not. Judged as on a screen of 720 lines, whatever the picture's size: a
    village must not come and go with the resolution of frames that move.
    """
    if tree.absent_m is None:
        return np.ones(len(roots), bool)
    found = np.zeros(len(roots), bool)
    low, high = tree.low[roots], tree.high[roots]
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    for view in views:
        scale = np.array([1.0, 1.0, view.exaggeration])
        gap = np.maximum(np.abs(middle * scale - view.eye) - half * scale, 0.0)
        screen = replace(view, height_px=LINES)
        found |= _error_px(tree.absent_m[roots], gap, screen) > MISSED_PX
    return found


def _one(middle: F64, half: F64, error_m: F64, view: View) -> Visibility:
    """What one view sees of boxes around ``middle`` (m, 3) that reach ``half`` (m, 3) to each side."""
    scale = np.array([1.0, 1.0, view.exaggeration])
    offset, reach = middle * scale - view.eye, half * scale
    away = np.sqrt(np.einsum("ij,ij->i", offset, offset))
    return Visibility(
        in_view=_seen(offset, reach, view),
        error_px=_error_px(error_m, np.maximum(np.abs(offset) - reach, 0.0), view),
        centred=(offset @ view.forward) / np.maximum(away, 1e-9),
    )


def _seen(offset: F64, reach: F64, view: View) -> Bools:
    """Whether boxes lie on the inner side of all planes with at least one corner each.

    Relative to the eye, so that large coordinates cost no digits.
    """
    normals = view.planes[:, :3]
    at_eye = normals @ view.eye + view.planes[:, 3]
    inner = offset @ normals.T + reach @ np.abs(normals).T + at_eye
    return np.asarray((inner >= 0).all(axis=1))


def _error_px(error_m: F64, gap: F64, view: View) -> F64:
    """Error on the screen of tiles whose boxes begin ``gap`` (m, 3) metres from the eye."""
    away = np.sqrt(np.einsum("ij,ij->i", gap, gap))
    per_m = view.height_px / (2 * view.tan_half)
    near = np.where(error_m > 0, np.inf, 0.0)
    np.divide(error_m * per_m, away, out=near, where=away > 0)
    return near
