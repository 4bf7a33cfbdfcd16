"""Collect faces family by family.

All roofs at once, all walls at once; no loop over faces.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F32, F64, I32

QUAD = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


@dataclass(kw_only=True)
class Faces:
    """Growing mesh.

    Vertices are not shared between faces, since their texture differs.
    """

    positions: list[F64] = field(default_factory=list)
    tcoords: list[F32] = field(default_factory=list)
    triangles: list[I32] = field(default_factory=list)
    features: list[I32] = field(default_factory=list)
    count: int = 0

    def add(self, position: F64, *, tcoord: F64, triangles: I32, feature: ArrayLike) -> None:
        """Add N copies of one piece's faces.

        ``position`` (N, V, 3), ``tcoord`` (N, V, 2), ``triangles`` (T, 3) of one piece. ``feature`` (N,) is
        the number of the building that each piece belongs to.
        """
        pieces, each = position.shape[:2]
        if pieces == 0:
            return
        first = self.count + each * np.arange(pieces, dtype=np.int32)
        self.positions.append(position.reshape(-1, 3))
        self.tcoords.append(tcoord.reshape(-1, 2).astype(np.float32))
        self.triangles.append((triangles[None] + first[:, None, None]).reshape(-1, 3).astype(np.int32))
        owner = np.broadcast_to(np.asarray(feature, np.int32), (pieces,))
        self.features.append(np.repeat(owner, each).astype(np.int32))
        self.count += pieces * each

    def quads(self, corners: F64, *, tcoord: F64, feature: ArrayLike) -> None:
        """Add quads, anticlockwise from outside.

        ``corners`` (N, 4, 3), ``tcoord`` (N, 4, 2).
        """
        self.add(corners, tcoord=tcoord, triangles=QUAD, feature=feature)

    def done(self) -> tuple[F64, F32, I32, I32]:
        """Return (position, tcoord, triangles, feature) of everything."""
        return (
            np.concatenate(self.positions),
            np.concatenate(self.tcoords),
            np.concatenate(self.triangles),
            np.concatenate(self.features),
        )
