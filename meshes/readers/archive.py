"""Open tilesets in an archive, unpacked while they are read.

3tz, zip.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from meshes.errors import ForeignFileError
from meshes.guard import DEFAULT, Limits, guarded
from meshes.readers.tileset import ForeignTileset, open_tileset

ENDINGS = (".3tz", ".zip")


@contextmanager
def opened_tileset(path: Path, *, limits: Limits = DEFAULT) -> Iterator[ForeignTileset]:
    """Open a tileset by its ``tileset.json`` or its archive.

    Unpacked until the context ends. Raises ForeignFileError.
    """
    if path.suffix.lower() not in ENDINGS:
        yield open_tileset(path, limits=limits)
        return
    with guarded("archive", path, {}, limits=limits) as (answer, folder):
        try:
            foreign = open_tileset(folder / str(answer["tileset"]), limits=limits)
            problems = tuple(str(problem) for problem in answer["problems"])
            yield replace(foreign, problems=(*problems, *foreign.problems))
        except ForeignFileError as error:
            words = str(error).replace(f"{folder}/", "").removeprefix(f"{path}: ")
            raise type(error)(f"{path}: {words}", path=path) from None
