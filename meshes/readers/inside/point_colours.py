"""Bring the colours of points to bytes: LAS has 16 bits a channel, and many writers use 8 of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
I64 = NDArray[np.int64]

SOURCES: Final = 1 << 16
"""Point source IDs: the flight lines, or files, that a cloud was merged of."""
_DARK: Final = 1024
"""Of 65,535: a photograph of 16 bits with points below 256 has as many and more between 256 and this."""
_BARE_SHARE: Final = 0.01
"""So many points of a source in pure black were not photographed: in a photograph they are fewer."""
_DIM: Final = 4096
"""A cloud of 16 bits that is brighter nowhere was written with 12 bits or fewer."""


def _zeros() -> I64:
    return np.zeros(SOURCES, np.int64)


@dataclass
class Colours:
    """Counts colours block by block, by the source of their points, and narrows them once all are counted."""

    points: I64 = field(default_factory=_zeros)
    black: I64 = field(default_factory=_zeros)
    low: I64 = field(default_factory=_zeros)
    dark: I64 = field(default_factory=_zeros)
    high: I64 = field(default_factory=_zeros)
    stretched: I64 = field(default_factory=_zeros)
    brightest: int = 0

    def add(self, rgb: U16, source: U16) -> None:
        """Count colours (n, 3) of points from sources (n,)."""
        if not len(rgb):
            return
        most = rgb.max(axis=1)
        high = most > 255
        # What was made of 8 bits by × 256 or × 257 has nothing between 0 and 256.
        of_bytes = ((rgb & 255) == 0).all(axis=1) | ((rgb & 255) == (rgb >> 8)).all(axis=1)
        for counts, mine in (
            (self.points, None),
            (self.black, most == 0),
            (self.low, ~high & (most > 0)),
            (self.dark, high & (most < _DARK)),
            (self.high, high),
            (self.stretched, high & of_bytes),
        ):
            own = source if mine is None else source[mine]
            np.add(counts, np.bincount(own, minlength=SOURCES), out=counts)
        self.brightest = max(self.brightest, int(most.max()))

    @property
    def any(self) -> bool:
        """Whether a point has a colour at all."""
        return self.brightest > 0

    @property
    def bytes_of(self) -> NDArray[np.bool_]:
        """Of each source, whether its points below 256 hold bytes: (65536,).

        They do where all that are brighter, if any, were stretched from bytes, and where so dark a
        photograph of 16 bits would have more points just above.
        """
        found: NDArray[np.bool_] = (self.stretched == self.high) | (self.low > self.dark)
        return found

    @property
    def bare(self) -> NDArray[np.bool_]:
        """Of each source, whether its black points have no colour: (65536,)."""
        return self.black > _BARE_SHARE * self.points

    def narrowed(self, rgb: U16, source: U16) -> tuple[U8, NDArray[np.bool_]]:
        """Colours (n, 3) as bytes, and which points have one, (n,)."""
        most = rgb.max(axis=1)
        small = (most < 256) & self.bytes_of[source]
        colour = np.where(small[:, None], rgb, rgb >> 8).astype(np.uint8)
        return colour, (most > 0) | ~self.bare[source]

    def words(self) -> list[str]:
        """What is worth saying of them."""
        if not self.any:
            return []
        said = []
        bytes_of = self.bytes_of
        eight, sixteen = int(self.low[bytes_of].sum()), int(self.high.sum())
        if eight and sixteen:
            said.append(
                f"colours of 8 bits ({eight:,} points) and of 16 ({sixteen:,}) are mixed: each is read as it "
                "is"
            )
        if bare := int(self.black[self.bare].sum()):
            said.append(f"points without a colour (0, 0, 0), grey by height: {bare:,}")
        if 255 < self.brightest < _DIM:
            said.append(
                f"its colours are dark: the brightest is {self.brightest:,} of 65,535; were they written "
                "with 12 bits?"
            )
        return said
