"""Upload rasters into OpenGL and set how textures are filtered."""

from __future__ import annotations

from ctypes import c_float, c_uint
from math import log2

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR, VTK_UNSIGNED_SHORT
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError
from layers.gl.opengl import opengl

GL_TEXTURE_2D, GL_TEXTURE_LOD_BIAS = 0x0DE1, 0x8501


def texture(pixels: NDArray[np.generic], window: vtkRenderWindow) -> vtkOpenGLTexture:
    """Return a raster as a texture for reads of single texels.

    (rows, cols, bands), uint8 or uint16; its first row lies at v = 0. The pixels go to OpenGL and are not
    kept. The shader sees them as 0..1. (``vtkTexture`` with an image would keep a copy, and turns one or two
    bands into colours.) Raises RenderError where OpenGL refuses.
    """
    rows, cols, bands = pixels.shape
    holder = vtkTextureObject()
    holder.SetContext(window)
    holder.SetWrapS(vtkTextureObject.ClampToEdge)
    holder.SetWrapT(vtkTextureObject.ClampToEdge)
    holder.SetMinificationFilter(vtkTextureObject.Nearest)
    holder.SetMagnificationFilter(vtkTextureObject.Nearest)
    kind = {"uint8": VTK_UNSIGNED_CHAR, "uint16": VTK_UNSIGNED_SHORT}[pixels.dtype.name]
    if not holder.Create2DFromRaw(cols, rows, bands, kind, np.ascontiguousarray(pixels)):
        raise RenderError(f"OpenGL refused a texture of {cols} × {rows} pixels with {bands} bands")
    out = vtkOpenGLTexture()
    out.SetTextureObject(holder)
    return out


def suit(picture: vtkOpenGLTexture, enlarged: float) -> None:
    """Set a texture's filter and LOD bias for frames shown ``enlarged``.

    One at rest is filtered trilinearly: that costs a tenth of a frame on a CPU, and is hardly visible while
    the picture moves. A smaller frame takes as fine a mipmap as the large one would. As a parameter of the
    texture the bias costs nothing; as an argument of the shader's look-up it was a twentieth of a frame. Call
    in the thread of the window, which is current.
    """
    at_rest = enlarged <= 1.0
    holder = picture.GetTextureObject()
    wanted = vtkTextureObject.LinearMipmapLinear if at_rest else vtkTextureObject.LinearMipmapNearest
    if holder.GetMinificationFilter() != wanted:
        holder.SetMinificationFilter(wanted)
    holder.Activate()
    opengl("glTexParameterf", c_uint, c_uint, c_float)(GL_TEXTURE_2D, GL_TEXTURE_LOD_BIAS, -log2(enlarged))
    holder.Deactivate()
