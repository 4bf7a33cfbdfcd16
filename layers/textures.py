"""Pictures and rasters into OpenGL."""

from __future__ import annotations

from ctypes import c_uint

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR, VTK_UNSIGNED_SHORT
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError
from layers.opengl import opengl

GL_RGB565 = 0x8D62
GL_TEXTURE_2D = 0x0DE1


def texture(pixels: NDArray[np.generic], window: vtkRenderWindow, *, smooth: bool) -> vtkOpenGLTexture:
    """A texture of (rows, cols, bands), uint8 or uint16, whose first row lies at v = 0.

    The pixels go to OpenGL and are not kept. The shader sees them as 0..1.
    ``smooth`` interpolates and keeps smaller copies for the distance; without it every texel is itself.
    (``vtkTexture`` with an image would keep a copy, and turns one or two bands into colours.)
    Raises RenderError where OpenGL refuses.
    """
    rows, cols, bands = pixels.shape
    holder = vtkTextureObject()
    holder.SetContext(window)
    holder.SetWrapS(vtkTextureObject.ClampToEdge)
    holder.SetWrapT(vtkTextureObject.ClampToEdge)
    holder.SetMinificationFilter(vtkTextureObject.LinearMipmapLinear if smooth else vtkTextureObject.Nearest)
    holder.SetMagnificationFilter(vtkTextureObject.Linear if smooth else vtkTextureObject.Nearest)
    if smooth and bands == 3:
        # Five or six bits a band are less of a loss than JPEG's, and two thirds of the memory.
        holder.SetInternalFormat(GL_RGB565)
    kind = {"uint8": VTK_UNSIGNED_CHAR, "uint16": VTK_UNSIGNED_SHORT}[pixels.dtype.name]
    if not holder.Create2DFromRaw(cols, rows, bands, kind, np.ascontiguousarray(pixels)):
        raise RenderError(f"OpenGL refused a texture of {cols} × {rows} pixels with {bands} bands")
    if smooth:
        _fill_smaller_copies(holder, window, levels=max(rows, cols).bit_length())
    out = vtkOpenGLTexture()
    out.SetTextureObject(holder)
    return out


def blend_sizes(picture: vtkOpenGLTexture, on: bool) -> None:
    """Whether a look at a smooth texture mixes two of its sizes, or takes the nearest one: a tenth of a frame
    on a CPU, and hardly seen while the picture moves."""
    wanted = vtkTextureObject.LinearMipmapLinear if on else vtkTextureObject.LinearMipmapNearest
    holder = picture.GetTextureObject()
    if holder.GetMinificationFilter() != wanted:
        holder.SetMinificationFilter(wanted)


def _fill_smaller_copies(holder: vtkTextureObject, window: vtkRenderWindow, *, levels: int) -> None:
    """Have OpenGL make the half, the quarter and so on, down to one pixel.

    VTK does so only for textures of whole bytes that it loads itself; its "GenerateMipmap" is about cubes.
    """
    window.MakeCurrent()
    holder.SetMaxLevel(levels - 1)
    holder.Activate()
    opengl("glGenerateMipmap", c_uint)(GL_TEXTURE_2D)
    holder.Deactivate()
