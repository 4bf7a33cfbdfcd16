"""Narrow colours of points to bytes.

LAS has 16 bits a channel; many writers use 8 of them, and merged clouds hold both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np

from twin.arrays import I64, U8, U16, Bools

SOURCES: Final = 1 << 16
"""Point source IDs: the flight lines, or files, that a cloud was merged of."""
_DARK: Final = 1024
"""Of 65,535: a photograph of 16 bits with points below 256 has as many and more between 256 and this."""
_BARE_SHARE: Final = 0.01
"""So many points of a source in pure black were not photographed: in a photograph they are fewer."""
_DIM: Final = 4096
"""A cloud of 16 bits that is brighter nowhere was written with 12 bits or fewer."""


_BLACK, _LOW, _DIM_HIGH, _HIGH, _KINDS = 0, 1, 2, 4, 6
"""Kinds of a point's colour: (0, 0, 0); below 256; above it and dark; brighter. One more where a point above
256 was not stretched from bytes."""


@dataclass
class PointColours:
    """Counts colours block by block; narrows them to bytes last.

    By the source of their points.
    """

    counts: I64 = field(default_factory=lambda: np.zeros((SOURCES, _KINDS), np.int64))
    brightest: int = 0

    def add(self, rgb: U16, source: U16) -> None:
        """Count colours (n, 3) of points from sources (n,)."""
        if not len(rgb):
            return
        most = reduce(np.maximum, rgb.T)
        # What was made of 8 bits by × 256 or × 257 has nothing between 0 and 256.
        low = [column & 255 for column in rgb.T]
        deep = (low[0] | low[1] | low[2]) != 0
        deep &= reduce(np.logical_or, [column >> 8 != part for column, part in zip(rgb.T, low, strict=True)])
        kind = np.where(most < _DARK, _DIM_HIGH, _HIGH) + deep
        kind = np.where(most > 255, kind, most > 0)
        rows = source.astype(np.int32) * _KINDS + kind
        self.counts += np.bincount(rows, minlength=SOURCES * _KINDS).reshape(SOURCES, _KINDS)
        self.brightest = max(self.brightest, int(most.max()))

    @property
    def any(self) -> bool:
        """Whether a point has a colour at all."""
        return self.brightest > 0

    @property
    def bytes_of(self) -> Bools:
        """Mask of sources whose points below 256 hold bytes, (65536,).

        They do where all that are brighter, if any, were stretched from bytes, and where so dark a
        photograph of 16 bits would have more points just above.
        """
        low, dark = self.counts[:, _LOW], self.counts[:, _DIM_HIGH : _DIM_HIGH + 2].sum(axis=1)
        deep = self.counts[:, _DIM_HIGH + 1] + self.counts[:, _HIGH + 1]
        found: Bools = (deep == 0) | (low > dark)
        return found

    @property
    def bare(self) -> Bools:
        """Mask of sources whose black points have no colour, (65536,)."""
        bare: Bools = self.counts[:, _BLACK] > _BARE_SHARE * self.counts.sum(axis=1)
        return bare

    def narrowed(self, rgb: U16, source: U16) -> tuple[U8, Bools]:
        """Return colours (n, 3) as bytes, and which points have one, (n,)."""
        most = reduce(np.maximum, rgb.T)
        small = (most < 256) & self.bytes_of[source]
        colour = (rgb >> np.where(small, 0, 8).astype(np.uint16)[:, None]).astype(np.uint8)
        return colour, (most > 0) | ~self.bare[source]

    def words(self) -> list[str]:
        """Return notes on the colours."""
        if not self.any:
            return []
        said = []
        bytes_of = self.bytes_of
        eight, sixteen = int(self.counts[bytes_of, _LOW].sum()), int(self.counts[:, _DIM_HIGH:].sum())
        if eight and sixteen:
            said.append(
                f"colours of 8 bits ({eight:,} points) and of 16 ({sixteen:,}) are mixed: each is read as it "
                "is"
            )
        if bare := int(self.counts[self.bare, _BLACK].sum()):
            said.append(f"points without a colour (0, 0, 0), grey by height: {bare:,}")
        if 255 < self.brightest < _DIM:
            said.append(
                f"its colours are dark: the brightest is {self.brightest:,} of 65,535; were they written "
                "with 12 bits?"
            )
        return said
