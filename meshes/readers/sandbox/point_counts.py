"""Select a cloud's points, and count the others by reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox.las_header import LasHeader
from meshes.readers.sandbox.parts import FARTHEST
from twin.arrays import F64, I64, U8, Bools
from twin.ingest.sandbox.extremes import Extremes
from twin.ingest.sandbox.sidecars import Words

LEFT_OUT: Final = {7: "noise (class 7)", 18: "high noise (class 18)"}
"""ASPRS classes that hold no surface."""
NOWHERE: Final = "without a place on earth"


@dataclass
class Counts:
    """Counts of all blocks so far.

    What was left out, by its reason; what was kept, by its class; their box.
    """

    header: LasHeader
    left_out: dict[str, int] = field(default_factory=dict)
    classes: I64 = field(default_factory=lambda: np.zeros(256, np.int64))
    low: F64 = field(default_factory=lambda: np.full(3, np.inf))
    high: F64 = field(default_factory=lambda: np.full(3, -np.inf))
    outside: int = 0
    heights: Extremes = field(default_factory=Extremes)

    @property
    def kept(self) -> int:
        """Number of points kept."""
        return int(self.classes.sum())

    def select(self, places: list[F64], classes: U8, withheld: NDArray[Any]) -> Bools | None:
        """Mask a block's points that are kept; None for all.

        By x, y and z (n,) each.
        """
        with np.errstate(invalid="ignore"):
            somewhere = reduce(np.logical_and, [np.abs(axis) <= FARTHEST for axis in places])
        reasons: list[tuple[str, Bools]] = [(NOWHERE, ~somewhere), ("flagged Withheld", withheld != 0)]
        reasons += [(name, classes == number) for number, name in LEFT_OUT.items()]
        kept: Bools | None = None
        for reason, mine in reasons:
            if not mine.any():
                continue
            left = mine if kept is None else mine & kept  # the first reason counts
            self.left_out[reason] = self.left_out.get(reason, 0) + int(left.sum())
            kept = ~mine if kept is None else kept & ~mine
        return kept

    def add(self, places: list[F64], classes: U8) -> None:
        """Count points that are kept.

        x, y and z (n,), in the units of the header's box.
        """
        self.classes += np.bincount(classes, minlength=256)
        low = np.array([axis.min(initial=np.inf) for axis in places])
        high = np.array([axis.max(initial=-np.inf) for axis in places])
        self.outside += self._outside(places, low, high)
        self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)
        self.heights.add(places[2])

    def _outside(self, places: list[F64], low: F64, high: F64) -> int:
        """Points outside the header's box, but for its rounding."""
        box, room = (self.header.low, self.header.high), np.abs(self.header.scale) * 1.01
        if not np.isfinite(box).all():
            return len(places[0])
        if (low >= box[0] - room).all() and (high <= box[1] + room).all():
            return 0
        beyond = [
            (axis < box[0][k] - room[k]) | (axis > box[1][k] + room[k]) for k, axis in enumerate(places)
        ]
        return int(reduce(np.logical_or, beyond).sum())

    def say(self, words: Words, *, height_mult: float) -> None:
        """Note what was omitted and what is doubtful.

        Raises where nothing is left, or too little.
        """
        many = self.header.count
        if (nowhere := self.left_out.get(NOWHERE, 0)) * 2 >= many:
            raise DamagedError(
                f"{nowhere:,} of {many:,} points have no place on earth: its scale or offset is wrong"
            )
        left = [f"{lost:,} {reason}" for reason, lost in self.left_out.items()]
        if not self.kept:
            raise UnsupportedForeignError(f"none of its {many:,} points is shown: {', '.join(left)}")
        if left:
            words.doubts.append(f"points left out: {', '.join(left)}")
        for height, alike, following in self.heights.lone():
            if alike * 2 < self.kept:
                words.doubts.append(
                    f"the height {height * height_mult:,.1f} ({alike:,} of its points) lies far from all "
                    f"others, which follow at {following * height_mult:,.1f}: noise that is not classified?"
                )
        if self.outside:
            words.doubts.append(f"points outside the box that its header announces: {self.outside:,}")
