"""Make VTK data of NumPy arrays.

Points, cells, arrays with names, facts as field data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkAbstractArray, vtkPoints, vtkStringArray
from vtkmodules.vtkCommonDataModel import (
    vtkCellArray,
    vtkCompositeDataSet,
    vtkDataObject,
    vtkMultiBlockDataSet,
    vtkPolyData,
)

from twin.arrays import F32, I32

Column = NDArray[np.generic] | Sequence[str]
"""A value for each point or cell: numbers (n,) or (n, k), or texts."""
Facts = Mapping[str, float | str | Sequence[float] | Sequence[str]]


def poly_data(
    position: F32,
    *,
    points: ArrayLike = (),
    lines: Sequence[int] | NDArray[np.integer] = (),
    faces: NDArray[np.integer] | None = None,
    of_points: Mapping[str, Column] | None = None,
    of_cells: Mapping[str, Column] | None = None,
) -> vtkPolyData:
    """Make poly data of ``position`` (n, 3).

    VTK keeps references to the arrays. ``points`` are vertices that are cells of their own, ``lines`` the
    lengths of polylines that take the vertices after these in turn, ``faces`` (m, 3) triangles or (m, 4)
    quads. Cells stand in this order.
    """
    data, place = vtkPolyData(), vtkPoints()
    place.SetData(numpy_to_vtk(np.ascontiguousarray(position), deep=False))
    data.SetPoints(place)
    single = np.asarray(points, dtype=np.int32)
    if single.size:
        data.SetVerts(_cells(1, single))
    if len(lines):
        ends = np.cumsum([0, *lines]).astype(np.int32)
        cells = vtkCellArray()
        corners = np.arange(single.size, single.size + ends[-1], dtype=np.int32)
        cells.SetData(numpy_to_vtk(ends, deep=False), numpy_to_vtk(corners, deep=False))
        data.SetLines(cells)
    if faces is not None and len(faces):
        data.SetPolys(_cells(faces.shape[1], np.ascontiguousarray(faces, dtype=np.int32).reshape(-1)))
    for attributes, columns in ((data.GetPointData(), of_points), (data.GetCellData(), of_cells)):
        for name, values in (columns or {}).items():
            attributes.AddArray(_array(name, values))
    return data


def multi_block(blocks: Mapping[str, vtkDataObject | None]) -> vtkMultiBlockDataSet:
    """Put blocks under their names, in their order.

    None keeps a name for what is not there.
    """
    out = vtkMultiBlockDataSet()
    out.SetNumberOfBlocks(len(blocks))
    for number, (name, block) in enumerate(blocks.items()):
        if block is not None:
            out.SetBlock(number, block)
        out.GetMetaData(number).Set(vtkCompositeDataSet.NAME(), name)
    return out


def describe(data: vtkDataObject, facts: Facts) -> None:
    """Add facts to the field data of one block.

    One that it has already is kept.
    """
    field = data.GetFieldData()
    for name, fact in facts.items():
        if not field.HasArray(name):
            field.AddArray(_array(name, [fact] if isinstance(fact, str | float | int) else fact))


def describe_all(data: vtkDataObject, facts: Facts) -> None:
    """Add facts to a block and to all blocks in it.

    So that one that is taken out still carries them.
    """
    describe(data, facts)
    if isinstance(data, vtkMultiBlockDataSet):
        for number in range(data.GetNumberOfBlocks()):
            if (block := data.GetBlock(number)) is not None:
                describe_all(block, facts)


def column(values: Iterable[object]) -> Column:
    """Return values of one attribute as one array.

    Int64, float64 with NaN for what is missing, or texts.
    """
    values = list(values)
    if all(isinstance(value, bool | int) and abs(value) < 1 << 63 for value in values):
        return np.array(values, dtype=np.int64)
    if all(value is None or isinstance(value, bool | int | float) for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return ["" if value is None else str(value) for value in values]


def _cells(corners: int, flat: I32) -> vtkCellArray:
    cells = vtkCellArray()
    cells.SetData(corners, numpy_to_vtk(flat, deep=False))
    return cells


def _array(name: str, values: object) -> vtkAbstractArray:
    if isinstance(values, Sequence) and all(isinstance(value, str) for value in values):
        out = vtkStringArray()
        out.SetNumberOfValues(len(values))
        for number, text in enumerate(values):
            out.SetValue(number, text)
    else:
        numbers = np.ascontiguousarray(values)
        out = numpy_to_vtk(numbers.view(np.uint8) if numbers.dtype == bool else numbers, deep=False)
    out.SetName(name)
    return out
