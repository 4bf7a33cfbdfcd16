"""Rectangles of ground with axes of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F64, Bools, Index

Kinds = NDArray[np.str_]


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Rectangles, each with its own axes.

    ``a`` along its front from the middle, ``b`` from the front back. ``east`` and ``north`` (n,) are the
    middle of the front, ``turn`` the front's angle from east, radians.
    """

    east: F64
    north: F64
    turn: F64
    width: F64
    depth: F64
    kind: Kinds

    def __len__(self) -> int:
        return self.east.size

    def pick(self, which: Bools | Index) -> Plots:
        """Return some of the plots."""
        return Plots(
            east=self.east[which], north=self.north[which], turn=self.turn[which],
            width=self.width[which], depth=self.depth[which], kind=self.kind[which],
        )  # fmt: skip

    def at(self, a: F64, b: F64) -> F64:
        """Return points (..., 2) in the frame.

        The first axis of ``a`` and ``b`` counts plots.
        """
        shape = (-1,) + (1,) * (np.ndim(a) - 1)
        cos, sin = np.cos(self.turn).reshape(shape), np.sin(self.turn).reshape(shape)
        east, north = self.east.reshape(shape), self.north.reshape(shape)
        return np.stack([east + a * cos - b * sin, north + a * sin + b * cos], axis=-1)

    def corners(self, *, grow_m: float = 0.0) -> F64:
        """Return (n, 4, 2), anticlockwise from the south-west."""
        half = self.width / 2 + grow_m
        back = self.depth + grow_m
        front = np.full_like(back, -grow_m)
        return self.at(
            np.stack([-half, half, half, -half], axis=1), np.stack([front, front, back, back], axis=1)
        )
