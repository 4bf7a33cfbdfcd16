"""Decode pictures of tiles from JPEG or PNG, within bounds.

Runs in load threads, without OpenGL.
"""

from __future__ import annotations

import io
import struct

import numpy as np
import simplejpeg
from PIL import Image

from meshes.errors import TilePictureError
from twin.arrays import U8

WIDEST_PX = 4096
LARGEST_PX = 8192 * 8192
"""A picture of more pixels than this is refused before any memory is taken for it."""

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"


def decoded(content: bytes | memoryview, *, clear: bool = False) -> U8:
    """Decode a JPEG or PNG file to (rows, cols, 4) uint8.

    RGBA, the first row on top. They are opaque, unless a PNG may be ``clear`` in places. A picture wider or
    higher than 4096 pixels comes halved until it fits. Raises TilePictureError.
    """
    try:
        if bytes(content[:2]) == _JPEG:
            rows, cols = simplejpeg.decode_jpeg_header(content)[:2]
            _check(cols, rows)
            return _jpeg(content, rows, cols)
        if bytes(content[:8]) == _PNG:
            cols, rows = struct.unpack(">II", content[16:24])
            _check(cols, rows)
            return _png(content, "RGBA" if clear else "RGB")
    except (ValueError, OSError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise TilePictureError(
            f"a tile's picture cannot be decoded: {error}; build or export it again"
        ) from error
    raise TilePictureError("a tile's picture is neither JPEG nor PNG; export the tileset with one of them")


def _check(cols: int, rows: int) -> None:
    if not 0 < cols * rows <= LARGEST_PX:
        raise TilePictureError(
            f"a tile's picture is {cols} × {rows} pixels; at most {LARGEST_PX:,} are read: make it smaller"
        )


def _jpeg(content: bytes | memoryview, rows: int, cols: int) -> U8:
    """libjpeg halves while it decodes."""
    while max(rows, cols) > WIDEST_PX:
        rows, cols = -(-rows // 2), -(-cols // 2)
    out: U8 = simplejpeg.decode_jpeg(content, "RGBA", min_height=rows, min_width=cols, min_factor=1)
    return out


def _png(content: bytes | memoryview, mode: str) -> U8:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        small = picture.convert(mode).reduce(max(1, -(-max(picture.size) // WIDEST_PX)))
        return np.asarray(small.convert("RGBA"))
