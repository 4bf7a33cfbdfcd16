"""Convert colours between sRGB bytes and glTF's linear COLOR_0.

The latter is linear light in 16 bits. 8 bits of linear light have 13 of the darkest 100 tones; 16 keep every
byte.
"""

from __future__ import annotations

import numpy as np

from twin.arrays import F64, U8, U16


def _decoded(share: F64) -> F64:
    """IEC 61966-2-1: sRGB 0..1 as linear light."""
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


_LINEAR = np.rint(_decoded(np.arange(256) / 255) * 65535).astype(np.uint16)
_HALFWAY = _decoded((np.arange(255) + 0.5) / 255) * 65535
_SCREEN = np.searchsorted(_HALFWAY, np.arange(65536)).astype(np.uint8)


def linear(colour: U8) -> U16:
    """Convert sRGB (n, 4) RGBA to linear light, 0..65535.

    Alpha is a share in both.
    """
    out = _LINEAR[colour]
    out[:, 3] = colour[:, 3].astype(np.uint16) * 257
    return out


def screen(light: U16) -> U8:
    """Invert :func:`linear`, exactly."""
    out = _SCREEN[light]
    out[:, 3] = light[:, 3] // 257
    return out
