"""Convert S2 cells that bound tiles to boxes.

3DTILES_bounding_volume_S2.
"""

from __future__ import annotations

import numpy as np

from meshes.errors import DamagedError
from twin.arrays import F64

_LEVELS = 30
# The order in which the Hilbert curve visits the four quarters (i, j), and how the next curves turn: swapped,
# or turned about; from Google's s2geometry (s2coords.cc, "kPosToIJ" and "kPosToOrientation").
_POS_TO_IJ = ((0, 1, 3, 2), (0, 2, 3, 1), (3, 2, 0, 1), (3, 1, 0, 2))
_POS_TO_TURN = (1, 0, 0, 3)
# Face to the direction of (u, v, 1): x, y and z in turn, each way.
_FACES = (
    lambda u, v: (np.ones_like(u), u, v),
    lambda u, v: (-u, np.ones_like(u), v),
    lambda u, v: (-u, -v, np.ones_like(u)),
    lambda u, v: (-np.ones_like(u), -v, -u),
    lambda u, v: (v, -np.ones_like(u), -u),
    lambda u, v: (v, u, -np.ones_like(u)),
)


def grid(token: object, *, steps: int) -> tuple[F64, F64, float]:
    """Return longitude and latitude of a grid over a cell.

    Radians, (steps + 1, steps + 1); and the angle of its side. Raises DamagedError for what is no token.
    """
    face, i, j, level = _cell(token)
    size = 1.0 / 2**level
    share = np.linspace(0, size, steps + 1)
    s, t = np.meshgrid(i * size + share, j * size + share, indexing="ij")
    x, y, z = _FACES[face](_projected(s), _projected(t))
    lon = np.unwrap(np.unwrap(np.arctan2(y, x), axis=0), axis=1)
    return lon, np.arctan2(z, np.hypot(x, y)), float(np.pi / 2 * size * 1.5)


def _cell(token: object) -> tuple[int, int, int, int]:
    """Face, i, j and level of a token, hexadecimal digits whose zeros at the end are left out."""
    if not isinstance(token, str):
        raise DamagedError("has an S2 cell without its token")
    try:
        number = int(token.ljust(16, "0"), 16) if 0 < len(token) <= 16 else 0
    except ValueError:
        number = 0
    low = number & -number
    at = low.bit_length() - 1
    face = number >> 61
    if not number or at % 2 or face > 5:
        raise DamagedError(f"has the S2 token {token[:20]!r}, which is none")
    level = _LEVELS - at // 2
    i = j = 0
    turn = face & 1
    for k in range(level):
        position = number >> (2 * (_LEVELS - k) - 1) & 3
        ij = _POS_TO_IJ[turn][position]
        i, j = 2 * i + (ij >> 1), 2 * j + (ij & 1)
        turn ^= _POS_TO_TURN[position]
    return face, i, j, level


def _projected(s: F64) -> F64:
    """From the cell space [0, 1] to [-1, 1] on a face: the quadratic projection."""
    return np.where(s >= 0.5, (4 * s * s - 1) / 3, (1 - 4 * (1 - s) * (1 - s)) / 3)
