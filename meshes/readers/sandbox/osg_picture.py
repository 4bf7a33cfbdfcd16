"""Turn the pixels of an ``osg::Image`` into a JPEG or PNG file."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from PIL import Image

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox.osgt import Block, numbers, texts
from meshes.readers.sandbox.pictures import MOST_PIXELS

_CHANNELS = {  # OpenGL's pixel formats: how they are called in Pillow, and in which order
    6403: ("L", (0,)),
    6406: ("LA", (0,)),
    6407: ("RGB", (0, 1, 2)),
    6408: ("RGBA", (0, 1, 2, 3)),
    6409: ("L", (0,)),
    6410: ("LA", (0, 1)),
    32992: ("RGB", (2, 1, 0)),
    32993: ("RGBA", (2, 1, 0, 3)),
}
_ALPHA_ONLY = 6406
_BLOCKS = {0x83F0: 1, 0x83F1: 1, 0x83F2: 2, 0x83F3: 3, 0x8E8C: 7}
_BLOCKS |= {0x8C4C: 1, 0x8C4D: 1, 0x8C4E: 2, 0x8C4F: 3, 0x8E8D: 7}  # the same in sRGB
"""DXT1 without and with alpha, DXT3, DXT5 (S3TC) and BC7, as Pillow counts them."""
_TYPES = {5121: ("u1", 1.0), 5123: ("<u2", 255 / 65535), 5126: ("<f4", 255.0)}


def name_of(image: Block) -> str:
    """Return a picture's file name, or empty."""
    row = image.row("FileName")
    return next(texts([row]), "") if row is not None else ""


def encoded(image: Block, *, alpha: bool) -> bytes:
    """Encode as JPEG, or as PNG with transparency.

    The latter where ``alpha`` counts and the picture is clear in places. Raises UnsupportedForeignError for
    formats that are not decoded, OverLimitError, DamagedError.
    """
    wide, high, *deep = (int(value) for value in numbers(image.row("Size"), least=2))
    if wide < 1 or high < 1:
        raise DamagedError("has no pixels")
    if wide * high > MOST_PIXELS:
        raise OverLimitError(f"has {wide:,} × {high:,} pixels; at most {MOST_PIXELS:,} are read")
    if deep and deep[0] > 1:
        raise UnsupportedForeignError("has three dimensions, which are not read")
    picture = _pixels(image, wide, high)
    if image.word("Origin", "0") == "0":  # its first row is the lowest
        picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    clear = alpha and picture.mode in ("RGBA", "LA") and picture.getextrema()[-1][0] < 255  # type: ignore[index]
    file = io.BytesIO()
    picture.convert("RGBA" if clear else "RGB").save(file, "PNG" if clear else "JPEG", quality=92)
    return file.getvalue()


def _pixels(image: Block, wide: int, high: int) -> Image.Image:
    data, kind = _data(image), _whole(image.word("PixelFormat"))
    if kind in _BLOCKS:
        across, down = max(1, -(-wide // 4)), max(1, -(-high // 4))
        needed = across * down * (8 if _BLOCKS[kind] == 1 else 16)
        if len(data) < needed:
            raise DamagedError("has fewer pixels than it says")
        return Image.frombytes("RGBA", (wide, high), data[:needed], "bcn", _BLOCKS[kind])
    sort = _whole(image.word("DataType", "5121"))
    if kind not in _CHANNELS or sort not in _TYPES:
        raise UnsupportedForeignError(f"is of OpenGL's format {kind}, {sort}, which is not read: use JPEG")
    mode, order = _CHANNELS[kind]
    dtype, scale = _TYPES[sort]
    size = np.dtype(dtype).itemsize
    packing = max(1, _whole(image.word("Packing", "1")))
    row = -(-wide * len(order) * size // packing) * packing
    if len(data) < row * high:
        raise DamagedError("has fewer pixels than it says")
    rows = np.frombuffer(data, np.uint8, row * high).reshape(high, row)[:, : wide * len(order) * size]
    values = np.ascontiguousarray(rows).view(dtype).reshape(high, wide, len(order))[:, :, list(order)]
    if size > 1:
        values = np.clip(np.rint(np.nan_to_num(values.astype(np.float32) * scale)), 0, 255).astype(np.uint8)
    if kind == _ALPHA_ONLY:
        values = np.concatenate([np.full_like(values, 255), values], axis=2)
    return Image.frombytes(mode, (wide, high), np.ascontiguousarray(values).tobytes())


def _data(image: Block) -> bytes:
    try:
        return b"".join(base64.b64decode(row.strip(b'"')) for row in image.list("Data"))
    except binascii.Error:
        raise DamagedError("has damaged pixels") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DamagedError("does not say of what its pixels are") from None
