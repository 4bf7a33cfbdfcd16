"""Write an ``.npy`` head when the number of rows is known last."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np


def write_head(file: BinaryIO, rows: int, *, row: tuple[int, ...], kind: type[np.generic]) -> None:
    """Write the head of ``rows`` rows at the file's start.

    It is as long for any number of rows. numpy pads it for that. ``row`` is the shape of one row. Leaves the
    file behind the head.
    """
    file.seek(0)
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(kind)),
        "fortran_order": False,
        "shape": (rows, *row),
    }
    np.lib.format.write_array_header_1_0(file, header)
