"""Arrays into VTK without a copy."""

from __future__ import annotations

import mmap
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

from layers.model import F32, I32


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
