"""Arrays into VTK without a copy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

from twin.arrays import F32, I32


def triangles(position: F32, corners: I32, *, tcoord: F32, attributes: Mapping[str, F32]) -> vtkPolyData:
    """Return triangles over the arrays as they are.

    Position (n, 3), corners (m, 3), tcoord (n, 2), each C-ordered. ``attributes`` become point arrays of the
    same names, (n,) or (n, k) float32. VTK keeps references to the arrays, so that they live as long as the
    result.
    """
    return with_triangles(shared_vertices(position, tcoord=tcoord, attributes=attributes), corners)


def shared_vertices(position: F32, *, tcoord: F32, attributes: Mapping[str, F32]) -> vtkPolyData:
    """Return the points of :func:`triangles` without a triangle."""
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
    """Return triangles (m, 3) over vertices that others may use too.

    OpenGL gets those once.
    """
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtk(np.ascontiguousarray(corners).reshape(-1), deep=False))
    data = vtkPolyData()
    data.ShallowCopy(vertices)
    data.SetPolys(cells)
    return data
