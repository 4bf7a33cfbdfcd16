"""Results of the readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F64

Cell = float | str | bool | int | None


@dataclass(frozen=True, kw_only=True)
class Features:
    """Records of a vector source.

    ``geometry`` holds shapely geometries in ``crs``, dtype object, shape (n,). ``attributes`` maps a name to
    n values: text, numbers, truth values or None. ``notes`` are English lines about what was left out on
    reading.
    """

    crs: str
    geometry: NDArray[np.object_]
    attributes: Mapping[str, list[Cell]]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)

    def column(self, name: str) -> list[Cell]:
        """Return the values of an attribute.

        Raises KeyError with the names there are.
        """
        if name not in self.attributes:
            raise KeyError(f"no attribute {name!r}; there are {', '.join(self.attributes) or 'none'}")
        return self.attributes[name]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns by name, each of n numbers or texts.

    None where a cell is empty. ``lines`` are the lines of the file that the rows stand on, for messages.
    ``steps`` are what columns of numbers were rounded to in the file, in the units that they have here.
    ``notes`` are English lines about what is doubtful in how it was read.
    """

    columns: Mapping[str, list[Cell]]
    lines: tuple[int, ...]
    steps: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def numbers(self, name: str) -> F64:
        """Return a column of numbers, float64 (n,).

        NaN where empty. Raises KeyError or ValueError.
        """
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns)}")
        cells = self.columns[name]
        if any(isinstance(cell, str) for cell in cells):
            raise ValueError(f"column {name!r} holds text")
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
