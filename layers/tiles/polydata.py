"""Wrap a tile's primitive as VTK polydata without copies.

Its arrays as they are, under the names that the shaders read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper

from layers.gl.arrays import with_triangles
from meshes.tiles.content import Primitive
from twin.arrays import F32, U8


def mapper(
    primitive: Primitive, *, place: F32 | None, pictured: bool, tinted: bool, colour: tuple[int, int, int]
) -> vtkPolyDataMapper:
    """Return the mapper that draws a primitive.

    VTK keeps references to its arrays and copies none. ``place`` (n, 2) float32, on the water raster, goes to
    the shader where it is given; so do the primitive's colours, or ``colour`` (RGB, 0 to 255) everywhere,
    unless it is ``pictured`` and not ``tinted``.
    """
    attributes: dict[str, NDArray[np.generic]] = {} if place is None else {"placeMC": place}
    if tinted or not pictured:
        attributes["colourMC"] = (
            primitive.colour if primitive.colour is not None else _painted(primitive, colour)
        )
    out = vtkPolyDataMapper()
    # VTK binds textures only to what has texture coordinates, and the water raster is one.
    out.SetInputData(_data(primitive, primitive.tcoord if pictured else place, attributes))
    for name in attributes:
        out.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    out.SetVBOShiftScaleMethod(0)  # the shaders read positions as they are
    out.ScalarVisibilityOff()
    out.StaticOn()
    return out


def _painted(primitive: Primitive, colour: tuple[int, int, int]) -> U8:
    return np.full((len(primitive.position), 4), (*colour, 255), dtype=np.uint8)


def _data(
    primitive: Primitive, tcoord: F32 | None, attributes: dict[str, NDArray[np.generic]]
) -> vtkPolyData:
    points = vtkPoints()
    points.SetData(numpy_to_vtk(primitive.position, deep=False))
    data = vtkPolyData()
    data.SetPoints(points)
    if tcoord is not None:
        data.GetPointData().SetTCoords(numpy_to_vtk(tcoord, deep=False))
    for name, values in attributes.items():
        array = numpy_to_vtk(values, deep=False)
        array.SetName(name)
        data.GetPointData().AddArray(array)
    if primitive.triangles is not None:
        return with_triangles(data, primitive.triangles)
    cells = vtkCellArray()
    cells.SetData(1, numpy_to_vtk(np.arange(len(primitive.position), dtype=np.int32), deep=False))
    data.SetVerts(cells)
    return data
