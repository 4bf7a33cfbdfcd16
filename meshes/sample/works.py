"""Collect faces, buildings and shadows of a growing village."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from meshes.sample.faces import Faces
from meshes.sample.plots import Plots
from meshes.sample.solids import Blocks
from meshes.sample.village_model import Detail, Heights
from twin.arrays import F64, I32

LIFT_M: Final = 0.25  # of the village's ground over the terrain, so that it wins
PLINTH_M: Final = 0.15  # of a floor over the ground
FOUNDATION_M: Final = 1.0  # of a wall below the lowest ground it meets


@dataclass(frozen=True, kw_only=True)
class Group:
    """Buildings of one kind.

    Their blocks, storeys (n,) and ridges' height over the floor (n,).
    """

    kind: str
    blocks: Blocks
    storeys: I32
    ridge_m: F64


@dataclass(kw_only=True)
class Works:
    """Village under construction."""

    heights: Heights
    rng: np.random.Generator
    detail: Detail
    faces: Faces = field(default_factory=Faces)
    groups: list[Group] = field(default_factory=list)
    shades: list[tuple[F64, F64]] = field(default_factory=list)  # (rings (n, 4, 2), heights (n,))
    numbers: int = 0

    @property
    def fine(self) -> bool:
        return self.detail == "high"

    def number(self, count: int) -> I32:
        """Allot the next ``count`` numbers of buildings; the first is 1."""
        self.numbers += count
        return np.arange(self.numbers - count + 1, self.numbers + 1, dtype=np.int32)

    def ground(self, points: F64) -> F64:
        """Return the height of the village's ground at points (..., 2)."""
        return np.asarray(self.heights(points[..., 0], points[..., 1]), np.float64) + LIFT_M

    def stand(
        self, plots: Plots, *, a: tuple[F64, F64], b: tuple[F64, F64], tall: F64, feature: I32,
        plinth_m: float = PLINTH_M,
    ) -> Blocks:  # fmt: skip
        """Build blocks on the ground and note their shadows."""
        zero = np.zeros(len(plots))
        blocks = Blocks(
            plots=plots, a0=a[0] + zero, a1=a[1] + zero, b0=b[0] + zero, b1=b[1] + zero,
            floor=zero, bottom=zero, tall=tall + zero, feature=feature,
        )  # fmt: skip
        ring = blocks.ring()
        z = self.ground(ring)
        self.shades.append((ring, blocks.tall))
        floor = z.mean(axis=1) + plinth_m
        return replace(blocks, floor=floor, bottom=z.min(axis=1) - FOUNDATION_M)
