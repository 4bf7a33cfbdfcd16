"""Build mipmaps of tile pictures in load threads, ready for OpenGL.

Having OpenGL make the smaller copies and the 16 bits a pixel costs the thread that draws 3 to 14 ms for a
tile of 512 pixels on a CPU; copying what is ready costs half a millisecond.
"""

from __future__ import annotations

from ctypes import c_uint, c_void_p

import numpy as np
from PIL import Image
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError
from layers.gl.opengl import opengl
from meshes.tiles.finish import Wrap
from twin.arrays import U8, U16

Mipmaps = tuple[U16 | U8, ...]
"""(rows, cols) uint16 each, or (rows, cols, 4) uint8 where a picture is clear in places."""

GL_TEXTURE_2D, GL_RGB, GL_RGB565 = 0x0DE1, 0x1907, 0x8D62
GL_RGBA, GL_RGBA8, GL_UNSIGNED_BYTE = 0x1908, 0x8058, 0x1401
GL_UNSIGNED_SHORT_5_6_5, GL_UNPACK_ALIGNMENT = 0x8363, 0x0CF5

WRAPS = {
    "clamp": vtkTextureObject.ClampToEdge,
    "repeat": vtkTextureObject.Repeat,
    "mirror": vtkTextureObject.MirroredRepeat,
}
CLAMPED: tuple[Wrap, Wrap] = ("clamp", "clamp")
PIECE = 1 << 15


def mipmaps(pixels: U8, *, clear: bool = False) -> Mipmaps:
    """Return a picture's mipmaps down to one pixel, for any thread.

    The picture is (rows, cols, 4) RGBA. Each is (rows, cols) uint16, with 5, 6 and 5 bits of red, green and
    blue, and the mean of the one before. One that may be ``clear`` in places comes as RGBA, (rows, cols, 4),
    whose means weigh colours by alpha.
    """
    rows, cols = pixels.shape[:2]
    if clear:
        return _with_alpha(pixels)
    # As RGBX the four bytes are taken as they are; RGBA would be weighed by its fourth.
    picture = Image.frombuffer("RGBX", (cols, rows), np.ascontiguousarray(pixels), "raw", "RGBX", 0, 1)
    out = [_packed(pixels)]
    while max(picture.size) > 1:
        picture = _halved(picture)
        out.append(_packed(np.asarray(picture)))
    return tuple(out)


def _with_alpha(pixels: U8) -> tuple[U8, ...]:
    picture = Image.fromarray(pixels)
    out = [pixels]
    while max(picture.size) > 1:
        picture = _halved(picture)
        out.append(np.asarray(picture))
    return tuple(out)


def _halved(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width % 2 == height % 2 == 0:
        return picture.reduce(2)  # what BOX does, three times as fast
    return picture.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.BOX)


def _packed(pixels: U8) -> U16:
    """(rows, cols) uint16 of (rows, cols, 4) uint8, each colour rounded to the nearest of its steps.

    A byte's share of 31 is (249 x + 1014) >> 11, of 63 (253 x + 505) >> 10: no division, and never over 16
    bits, so that red and blue are counted in one word. Piece by piece, as large as a core's cache.
    """
    words = np.ascontiguousarray(pixels).view("<u4").ravel()
    out = np.empty(len(words), np.uint16)
    for start in range(0, len(words), PIECE):
        word = words[start : start + PIECE]
        red_blue = word & 0x00FF00FF
        red_blue *= 249
        red_blue += 1014 << 16 | 1014
        green = word >> 8
        green &= 0xFF
        green *= 253
        green += 505
        green >>= 5
        green &= 0x07E0
        green |= red_blue >> 27
        red_blue &= 0xF800
        out[start : start + PIECE] = np.bitwise_or(red_blue, green, out=green)
    return out.reshape(pixels.shape[:2])


def mipmapped(
    levels: Mipmaps, window: vtkRenderWindow, wrap: tuple[Wrap, Wrap] = CLAMPED
) -> vtkOpenGLTexture:
    """Return a mipmapped texture, first row at v = 0.

    ``wrap`` is across and down. To be called in the thread of the window, which is current. Raises
    RenderError where OpenGL refuses.
    """
    rows, cols = levels[0].shape[:2]
    clear = levels[0].ndim == 3
    inner = GL_RGBA8 if clear else GL_RGB565
    kind = (GL_RGBA, GL_UNSIGNED_BYTE) if clear else (GL_RGB, GL_UNSIGNED_SHORT_5_6_5)
    holder = vtkTextureObject()
    holder.SetContext(window)
    holder.SetWrapS(WRAPS[wrap[0]])
    holder.SetWrapT(WRAPS[wrap[1]])
    holder.SetMinificationFilter(vtkTextureObject.LinearMipmapLinear)
    holder.SetMagnificationFilter(vtkTextureObject.Linear)
    holder.SetInternalFormat(inner)
    holder.SetMaxLevel(len(levels) - 1)
    if not holder.Allocate2D(cols, rows, 4 if clear else 3, VTK_UNSIGNED_CHAR):
        raise RenderError(f"OpenGL refused a texture of {cols} × {rows} pixels")
    holder.Activate()
    opengl("glPixelStorei", *[c_uint] * 2)(GL_UNPACK_ALIGNMENT, 1)
    put = opengl("glTexImage2D", *[c_uint] * 8, c_void_p)
    for level, pixels in enumerate(levels):
        height, width = pixels.shape[:2]
        put(GL_TEXTURE_2D, level, inner, width, height, 0, *kind, np.ascontiguousarray(pixels).ctypes.data)
    holder.Deactivate()
    out = vtkOpenGLTexture()
    out.SetTextureObject(holder)
    return out
