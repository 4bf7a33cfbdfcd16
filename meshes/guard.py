"""Meshes, points and tiles made by others are read in a child with limits (see ``twin.ingest.guard``).

Several children may run at a time, so that one slow file does not hold up the tiles of a flight. What goes
wrong comes back as a ForeignFileError of one line: the file, what is wrong, and what to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import (
    DamagedError,
    ForeignFileError,
    MissingForeignError,
    MissingToolError,
    OverLimitError,
    UnsafeUriError,
    UnsupportedError,
)
from twin.ingest.errors import IngestError, LimitError, MissingFileError, TooLargeError
from twin.ingest.guard import Limits, Nurseries
from twin.ingest.guard import guarded as _guarded

__all__ = ["DEFAULT", "TILE", "Limits", "guarded", "stored"]

DEFAULT = Limits()
"""For a whole surface, cloud or tileset."""
TILE = Limits(memory_mib=1024, cpu_s=8, wall_s=9.0, output_mib=1024)
"""For one tile: whoever flies by waits for it."""

_NURSERIES = Nurseries("meshes.readers.nursery", most=max(2, min(4, os.cpu_count() or 1)))
_KINDS = {
    kind.__name__: kind
    for kind in (
        ForeignFileError,
        MissingForeignError,
        DamagedError,
        UnsupportedError,
        UnsafeUriError,
        OverLimitError,
        MissingToolError,
    )
}


@contextmanager
def guarded(
    task: str, path: Path, arguments: Mapping[str, object], *, limits: Limits = DEFAULT
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run a task of ``meshes.readers.inside`` on a file; yields its answer and the folder with its arrays.

    Raises ForeignFileError.
    """
    with ExitStack() as stack:
        try:
            found = stack.enter_context(
                _guarded(task, path, arguments, limits=limits, nurseries=_NURSERIES, kinds=_KINDS)
            )
        except IngestError as error:
            raise _ours(error)(error.message, path=path, again=getattr(error, "again", False)) from None
        yield found


def _ours(error: IngestError) -> type[ForeignFileError]:
    if isinstance(error, MissingFileError):
        return MissingForeignError
    if isinstance(error, LimitError | TooLargeError):
        return OverLimitError
    return DamagedError


def stored(
    folder: Path, name: str, *, dtype: str, shape: tuple[int | None, ...], mapped: bool = False
) -> NDArray[Any]:
    """An array that the child left, checked against what it must be; None in ``shape`` is any length.

    With ``mapped`` the file is mapped, not read; the map outlives the folder. Raises OverLimitError.
    """
    file = folder / f"{name}.npy"
    try:
        array: NDArray[Any] = np.load(file, allow_pickle=False, mmap_mode="r" if mapped else None)
    except (OSError, ValueError, EOFError):
        raise OverLimitError(f"the reader left no array {name}", path=file) from None
    fits = len(array.shape) == len(shape) and all(
        want is None or want == is_ for want, is_ in zip(shape, array.shape, strict=True)
    )
    if array.dtype.name != dtype or not fits:
        raise OverLimitError(f"the reader's array {name} is not what it should be", path=file)
    return array
