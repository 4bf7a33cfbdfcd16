"""Encode pictures as JPEG with full colour resolution.

Shores and thin lines need it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import simplejpeg

from twin.arrays import U8

MOVING_QUALITY = 90
STILL_QUALITY = 93


class Jpeg(NamedTuple):
    """Encoded picture and its size in pixels."""

    content: bytes
    width: int
    height: int


def encode(picture: U8, *, still: bool) -> Jpeg:
    """Encode a picture, (rows, cols, 4) RGBA from the top.

    A ``still`` one better, a moving one faster.
    """
    content = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture),
        quality=STILL_QUALITY if still else MOVING_QUALITY,
        colorspace="RGBA",
        colorsubsampling="444",
        fastdct=not still,
    )
    return Jpeg(bytes(content), width=picture.shape[1], height=picture.shape[0])
