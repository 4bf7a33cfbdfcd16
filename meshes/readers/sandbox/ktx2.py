"""Decode KTX 2 pictures of Basis Universal.

ETC1S, UASTC, as KHR_texture_basisu has them.
"""

from __future__ import annotations

import numpy as np
import opengl_basisu

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from twin.arrays import U8

BEGINS = opengl_basisu.texture.KTX2_IDENTIFIER[:7]


def pixels(data: bytes, name: str, *, most: int) -> U8:
    """Decode to (height, width, 4) RGBA, the first row on top.

    Of several pictures in the file the first and largest. Raises UnsupportedForeignError, DamagedError;
    OverLimitError above ``most`` pixels, by the header alone.
    """
    try:
        texture = opengl_basisu.open(data)
        if texture.width * texture.height > most:
            raise OverLimitError(
                f"the texture {name} has {texture.width:,} × {texture.height:,} pixels; "
                f"at most {most:,} are read"
            )
        out = np.asarray(texture.transcode("rgba8").data, np.uint8)
    except opengl_basisu.UnsupportedError:
        raise UnsupportedForeignError(
            f"the texture {name} is KTX2, but neither ETC1S nor UASTC, which is not read: use JPEG"
        ) from None
    except (ValueError, RuntimeError, IndexError) as error:
        if isinstance(error, OverLimitError):
            raise
        raise DamagedError(f"the texture {name} is a damaged KTX2 file") from None
    return out if texture.has_alpha else np.dstack([out[..., :3], np.full(out.shape[:2], 255, np.uint8)])
