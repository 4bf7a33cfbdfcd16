"""Encode pictures as JPEG with full colour resolution.

Shores and thin lines need it. Those to keep may be PNG.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import simplejpeg
from PIL import Image

from twin.arrays import U8

if TYPE_CHECKING:
    from apps.painter.messages import Format

MOVING_QUALITY = 90
STILL_QUALITY = 93


class Jpeg(NamedTuple):
    """Encoded picture and its size in pixels.

    A PNG where one was requested.
    """

    content: bytes
    width: int
    height: int


def encode(picture: U8, *, still: bool, quality: int = 0) -> Jpeg:
    """Encode a picture as JPEG.

    (rows, cols, 4) RGBA or 3 RGB, from the top. A ``still`` one better, a moving one faster; or of another
    ``quality``, with half of the colour's resolution.
    """
    content = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture),
        quality=quality or (STILL_QUALITY if still else MOVING_QUALITY),
        colorspace="RGBA" if picture.shape[2] == 4 else "RGB",
        colorsubsampling="420" if quality else "444",
        fastdct=not still,
    )
    return Jpeg(bytes(content), width=picture.shape[1], height=picture.shape[0])


def encode_saved(picture: U8, *, kind: Format) -> Jpeg:
    """Encode a picture to keep, (rows, cols, 3) RGB from the top."""
    if kind == "jpeg":
        return encode(picture, still=True)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="PNG", compress_level=4)
    return Jpeg(stream.getvalue(), width=picture.shape[1], height=picture.shape[0])
