"""Read foreign meshes, points and tiles in a limited child.

See ``twin.ingest.guard``. Several children may run at a time, so that one slow file does not hold up the
tiles of a flight. What goes wrong comes back as a ForeignFileError of one line: the file, what is wrong, and
what to do.
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
    UnsupportedForeignError,
)
from twin.ingest.errors import IngestError, LimitError, MissingFileError, TooLargeError
from twin.ingest.guard import ForkServers
from twin.ingest.guard import guarded as _guarded
from twin.ingest.limits import Limits, alone, with_folder

__all__ = ["DEFAULT", "OSGB", "TILE", "Limits", "guarded", "stored"]

DEFAULT = Limits(s_per_mib=4.0)
"""For a whole surface, cloud or tileset."""
TILE = Limits(memory_mib=1024, output_mib=1024, cpu_s=60, wall_s=90.0, s_per_mib=0.5)
"""For one tile of many: a bad one holds up the others."""
OSGB = Limits(cpu_s=60, wall_s=90.0, s_per_mib=1.5)
"""For one file of an OSGB tree; a picture in it has twenty times its bytes when it is unpacked."""
_NAMING_OTHERS = ("surface", "tileset")
"""Tasks whose file names others beneath its folder."""

_FORK_SERVERS = ForkServers("meshes.readers.fork_server", most=max(2, min(4, os.cpu_count() or 1)))
_KINDS = {
    kind.__name__: kind
    for kind in (
        ForeignFileError,
        MissingForeignError,
        DamagedError,
        UnsupportedForeignError,
        UnsafeUriError,
        OverLimitError,
        MissingToolError,
    )
}


@contextmanager
def guarded(
    task: str, path: Path, arguments: Mapping[str, object], *, limits: Limits = DEFAULT
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run a task of ``meshes.readers.sandbox`` on a file.

    Yields its answer and the folder with its arrays. Raises ForeignFileError.
    """
    with ExitStack() as stack:
        try:
            found = stack.enter_context(
                _guarded(
                    task,
                    path,
                    arguments,
                    limits=limits,
                    fork_servers=_FORK_SERVERS,
                    kinds=_KINDS,
                    weigh=with_folder if task in _NAMING_OTHERS else alone,
                )
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
    """Load an array that the child wrote, checked.

    None in ``shape`` is any length. With ``mapped`` the file is mapped, not read; the map outlives the
    folder. Raises OverLimitError.
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
