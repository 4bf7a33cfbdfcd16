"""Upload rasters into OpenGL and set how textures are filtered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR, VTK_UNSIGNED_SHORT
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError


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


def blend_sizes(picture: vtkOpenGLTexture, on: bool) -> None:
    """Switch between trilinear and nearest-mipmap filtering of a texture.

    Trilinear costs a tenth of a frame on a CPU, and is hardly visible while the picture moves.
    """
    wanted = vtkTextureObject.LinearMipmapLinear if on else vtkTextureObject.LinearMipmapNearest
    holder = picture.GetTextureObject()
    if holder.GetMinificationFilter() != wanted:
        holder.SetMinificationFilter(wanted)
