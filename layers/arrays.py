"""Arrays into VTK without a copy, and pictures out of it."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR, VTK_UNSIGNED_SHORT, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture, vtkTextureObject

from layers.errors import RenderError
from layers.model import F32, I32, U8

GL_RGB565 = 0x8D62


def triangles(position: F32, corners: I32, *, tcoord: F32, attributes: Mapping[str, F32]) -> vtkPolyData:
    """Triangles over the arrays as they are: position (n, 3), corners (m, 3), tcoord (n, 2), each C-ordered.

    ``attributes`` become point arrays of the same names, (n,) or (n, k) float32. VTK keeps references to
    the arrays, so that they live as long as the result.
    """
    return with_triangles(shared_vertices(position, tcoord=tcoord, attributes=attributes), corners)


def shared_vertices(position: F32, *, tcoord: F32, attributes: Mapping[str, F32]) -> vtkPolyData:
    """The points of :func:`triangles` without a triangle."""
    points = vtkPoints()
    points.SetData(numpy_to_vtk(position, deep=False))
    data = vtkPolyData()
    data.SetPoints(points)
    data.GetPointData().SetTCoords(numpy_to_vtk(tcoord, deep=False))
    for name, values in attributes.items():
        array = numpy_to_vtk(values, deep=False)
        array.SetName(name)
        data.GetPointData().AddArray(array)
    return data


def with_triangles(vertices: vtkPolyData, corners: I32) -> vtkPolyData:
    """Triangles (m, 3) over vertices that others may use too: OpenGL gets those once."""
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtk(np.ascontiguousarray(corners).reshape(-1), deep=False))
    data = vtkPolyData()
    data.ShallowCopy(vertices)
    data.SetPolys(cells)
    return data


def let_go(*arrays: NDArray[np.generic]) -> None:
    """Give the pages of memory-mapped arrays back; they come back from the file when they are read again.

    What was read once, to be handed to OpenGL, need not stay in every view process.
    """
    for array in arrays:
        base: object = array
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, mmap.mmap):
            base.madvise(mmap.MADV_DONTNEED)


def texture(pixels: NDArray[np.generic], window: vtkRenderWindow, *, smooth: bool) -> vtkOpenGLTexture:
    """A texture of (rows, cols, bands), uint8 or uint16, whose first row lies at v = 0.

    The pixels go to OpenGL and are not kept. The shader sees them as 0..1.
    ``smooth`` interpolates and keeps smaller copies for the distance; without it every texel is itself.
    (``vtkTexture`` with an image would keep a copy, and turns one or two bands into colours.)
    """
    rows, cols, bands = pixels.shape
    holder = vtkTextureObject()
    holder.SetContext(window)
    holder.SetWrapS(vtkTextureObject.ClampToEdge)
    holder.SetWrapT(vtkTextureObject.ClampToEdge)
    holder.SetMinificationFilter(vtkTextureObject.LinearMipmapLinear if smooth else vtkTextureObject.Nearest)
    holder.SetMagnificationFilter(vtkTextureObject.Linear if smooth else vtkTextureObject.Nearest)
    holder.SetGenerateMipmap(smooth)
    if smooth and bands == 3:
        # Five or six bits a band are less of a loss than JPEG's, and two thirds of the memory.
        holder.SetInternalFormat(GL_RGB565)
    kind = {"uint8": VTK_UNSIGNED_CHAR, "uint16": VTK_UNSIGNED_SHORT}[pixels.dtype.name]
    if not holder.Create2DFromRaw(cols, rows, bands, kind, np.ascontiguousarray(pixels)):
        raise RenderError(f"OpenGL refused a texture of {cols} × {rows} pixels with {bands} bands")
    out = vtkOpenGLTexture()
    out.SetTextureObject(holder)
    return out


def picture_texture(path: Path, window: vtkRenderWindow, *, widest: int = 4096) -> vtkOpenGLTexture:
    """The picture in a file as a smooth texture, halved until it is at most ``widest`` pixels wide."""
    if path.suffix == ".jpg":
        return texture(_read_jpeg(path.read_bytes(), widest), window, smooth=True)
    with Image.open(path) as picture:
        small = picture.reduce(max(1, -(-picture.width // widest)))
        return texture(np.asarray(small.convert("RGB")), window, smooth=True)


def _read_jpeg(content: bytes, widest: int) -> U8:
    """Decoded without a second copy, and at once in the size that is wanted."""
    height, width, *_ = simplejpeg.decode_jpeg_header(content)
    while width > widest:
        height, width = -(-height // 2), -(-width // 2)
    pixels: U8 = simplejpeg.decode_jpeg(content, "RGB", min_height=height, min_width=width, min_factor=1)
    return pixels
