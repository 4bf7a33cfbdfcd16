"""Check pictures on surfaces, and convert to JPEG or PNG.

Measured before they are decoded.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox import ktx2

MOST_PIXELS = 1 << 28
"""16,384 × 16,384."""
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TGA", "TIFF", "GIF", "DDS")

Image.MAX_IMAGE_PIXELS = None  # our own limit stands below, with words of its own
Image.init()  # its plugins are loaded once, not in every child


def checked(data: bytes, name: str) -> bytes:
    """Return a JPEG or PNG file with the picture of ``data``.

    The same bytes where it is one already. Raises UnsupportedForeignError, DamagedError; OverLimitError above
    MOST_PIXELS, by the header alone.
    """
    if data[:7] == ktx2.BEGINS:
        return _as_file(Image.fromarray(ktx2.pixels(data, name, most=MOST_PIXELS)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _checked(data, name)
    except UnidentifiedImageError:
        raise DamagedError(f"the texture {name} is no picture ({', '.join(_FORMATS)} are read)") from None
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, NotImplementedError):
        raise DamagedError(f"the texture {name} is cut off or damaged") from None


def may_be_seen_through(data: bytes) -> bool:
    """Return whether a picture is transparent in places.

    A JPEG or PNG file that was checked; not where it is all over. Some exporters write an alpha channel and
    never fill it.
    """
    with Image.open(io.BytesIO(data)) as picture:
        if not picture.has_transparency_data:
            return False
        # Without a copy where that can be: the largest picture takes a gigabyte.
        own = picture if "A" in picture.getbands() else picture.convert("RGBA")
        least, most = np.asarray(own.getchannel("A").getextrema())
    return bool(least < 255 and most > 0)


def _checked(data: bytes, name: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        wide, high = picture.size
        if wide * high > MOST_PIXELS:
            raise OverLimitError(
                f"the texture {name} has {wide:,} × {high:,} pixels; at most {MOST_PIXELS:,} are read"
            )
        kind, mode = picture.format, picture.mode
        if kind in ("JPEG", "MPO") and mode in ("RGB", "L"):
            picture.draft(
                "RGB", (max(1, wide // 8), max(1, high // 8))
            )  # an eighth: enough to see it is whole
            picture.load()
            return data
        if kind == "PNG" and mode in ("RGB", "RGBA", "L", "LA", "P"):
            picture.load()
            return data
        if mode.startswith("I;16"):
            grey = np.asarray(picture) >> 8
            return _as_file(Image.fromarray(grey.astype(np.uint8)))
        if mode in ("I", "F"):
            raise UnsupportedForeignError(
                f"the texture {name} is not of bytes, which is not read: save it with 8 bits"
            )
        return _as_file(picture)


def _as_file(picture: Image.Image) -> bytes:
    """A JPEG, or a PNG where the picture is clear anywhere."""
    clear = picture.has_transparency_data
    if clear:
        picture = picture.convert("RGBA")
        clear = picture.getchannel("A").getextrema()[0] != 255
    file = io.BytesIO()
    picture.convert("RGBA" if clear else "RGB").save(file, "PNG" if clear else "JPEG", quality=92)
    return file.getvalue()
