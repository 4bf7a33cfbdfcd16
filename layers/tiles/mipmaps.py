"""Pictures of tiles in all the sizes that OpenGL wants, made in load threads and handed over as they are.

Having OpenGL make the smaller copies and the 16 bits a pixel costs the thread that draws 3 to 14 ms for a
tile of 512 pixels on a CPU; copying what is ready costs half a millisecond.
"""

from __future__ import annotations

from ctypes import c_uint, c_void_p

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError
from layers.model import U8
from layers.opengl import opengl

U16 = NDArray[np.uint16]
Mipmaps = tuple[U16, ...]

GL_TEXTURE_2D, GL_RGB, GL_RGB565 = 0x0DE1, 0x1907, 0x8D62
GL_UNSIGNED_SHORT_5_6_5, GL_UNPACK_ALIGNMENT = 0x8363, 0x0CF5


def mipmaps(pixels: U8) -> Mipmaps:
    """A picture (rows, cols, 3) and its halves down to one pixel, for any thread.

    Each is (rows, cols) uint16, with 5, 6 and 5 bits of red, green and blue, and the mean of the one before.
    """
    picture = Image.fromarray(pixels)
    out = [_packed(pixels)]
    while max(picture.size) > 1:
        width, height = picture.size
        picture = picture.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.BOX)
        out.append(_packed(np.asarray(picture)))
    return tuple(out)


def _packed(pixels: U8) -> U16:
    red = _share(pixels[..., 0], 249, 1014, 11)
    green = _share(pixels[..., 1], 253, 505, 10)
    red <<= 11
    green <<= 5
    red |= green
    red |= _share(pixels[..., 2], 249, 1014, 11)
    return red


def _share(band: U8, factor: int, half: int, shift: int) -> U16:
    """A byte's rounded share of 31 or 63, by numbers that do it without a division."""
    out = band.astype(np.uint16)
    out *= factor
    out += half
    out >>= shift
    return out


def mipmapped(levels: Mipmaps, window: vtkRenderWindow) -> vtkOpenGLTexture:
    """The sizes of a picture as a texture whose first row lies at v = 0.

    To be called in the thread of the window, which is current. Raises RenderError where OpenGL refuses.
    """
    rows, cols = levels[0].shape
    holder = vtkTextureObject()
    holder.SetContext(window)
    holder.SetWrapS(vtkTextureObject.ClampToEdge)
    holder.SetWrapT(vtkTextureObject.ClampToEdge)
    holder.SetMinificationFilter(vtkTextureObject.LinearMipmapLinear)
    holder.SetMagnificationFilter(vtkTextureObject.Linear)
    holder.SetInternalFormat(GL_RGB565)
    holder.SetMaxLevel(len(levels) - 1)
    if not holder.Allocate2D(cols, rows, 3, VTK_UNSIGNED_CHAR):
        raise RenderError(f"OpenGL refused a texture of {cols} × {rows} pixels")
    holder.Activate()
    opengl("glPixelStorei", *[c_uint] * 2)(GL_UNPACK_ALIGNMENT, 1)
    put = opengl("glTexImage2D", *[c_uint] * 8, c_void_p)
    for level, pixels in enumerate(levels):
        height, width = pixels.shape
        kind = (GL_RGB, GL_UNSIGNED_SHORT_5_6_5)
        put(
            GL_TEXTURE_2D, level, GL_RGB565, width, height, 0, *kind, np.ascontiguousarray(pixels).ctypes.data
        )
    holder.Deactivate()
    out = vtkOpenGLTexture()
    out.SetTextureObject(holder)
    return out
