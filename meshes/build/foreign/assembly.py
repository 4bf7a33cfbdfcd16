"""Assemble tiles read and written one by one into a tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.build.foreign.contents import Extent
from meshes.build.foreign.tree_repair import kept, sound_tree, without
from meshes.errors import DamagedError, MeshError, PlacementError
from meshes.tiles import TileTree
from twin.arrays import F64, I32, Bools
from twin.errors import TwinError
from twin.readable import readable


@dataclass(frozen=True, kw_only=True)
class Made:
    """Tree of written tiles, and notes of what was left out.

    Notes are a line of English each. ``missing`` of the source's ``tiles`` were left out; both 0 where it is
    not made of tiles.
    """

    tree: TileTree
    notes: tuple[str, ...] = ()
    missing: int = 0
    tiles: int = 0


def assembled(
    folder: Path, made: Sequence[Extent | None], *, parent: I32, error_m: F64, add: Bools, broken: Bools
) -> TileTree:
    """Return the tree over the tiles ``<number>.glb`` of a folder.

    Some were never written (None). ``parent``, ``error_m``, ``add`` and ``broken`` (n,) as in ``trees``.
    Tiles that go lose their file.
    """
    held = np.array([tile is not None for tile in made])
    stays = kept(parent, held=held, broken=broken, add=add)
    for k in np.flatnonzero(held & ~stays).tolist():
        (folder / f"{k}.glb").unlink()
    low, high = _boxes(made, parent)
    rows = np.flatnonzero(stays).tolist()
    return sound_tree(
        parent=without(parent, stays),
        error_m=error_m[stays],
        low=low[stays],
        high=high[stays],
        add=add[stays],
        content=tuple(f"{k}.glb" if held[k] else "" for k in rows),
        nbytes=np.array([0 if (tile := made[k]) is None else tile.nbytes for k in rows]),
    )


def readers() -> int:
    """Return the number of concurrent guarded readers."""
    return max(1, min(4, len(os.sched_getaffinity(0))))


def naming(error: TwinError, path: Path) -> TwinError:
    """Prefix errors with their file, unless they name it already.

    Or one beside or beneath it.
    """
    words, own, whole = str(error), readable(str(path)), readable(str(path.absolute()))
    if own != whole and words.startswith(f"{whole}: "):  # readers of several files work with whole paths
        words = words.removeprefix(f"{whole}: ")
    elif readable(f"{path.parent}/") in words:
        return error
    kind = type(error) if type(error).__init__ is TwinError.__init__ else MeshError
    return kind(f"{own}: {words}", **(error.data | {"path": path}))


def short(error: Exception, *, beneath: Path) -> str:
    """Format an error in one line, its file relative to a folder."""
    return str(error).replace(readable(f"{beneath}/"), "")


def left_out(error: TwinError, *names: str, beneath: Path) -> str:
    """Format a note about a tile that is not shown.

    Under the names of its files beneath a folder.
    """
    words = short(error, beneath=beneath)
    if not words.startswith(names):
        words = f"{', '.join(names)}: {words}"
    return f"{words}: left out"


def none_shown(
    errors: Sequence[TwinError], lines: Sequence[str], *, besides: Sequence[str] = (), what: str = "tiles"
) -> TwinError:
    """Return why nothing of a model is shown.

    Where all lie elsewhere that is the reason, and what is wrong ``besides``. ``lines`` say what was left out
    of its tiles or files (``what``).
    """
    if not errors or not all(isinstance(error, PlacementError) for error in errors):
        first = lines[0].removesuffix(": left out") if lines else ""
        words = (
            f"none of its {what} can be read: {first}" if first else f"none of its {what} holds a triangle"
        )
        return DamagedError(words)
    return _besides(errors[0], besides)


@contextmanager
def telling(besides: Sequence[str]) -> Iterator[None]:
    """Add doubts about a place to errors of misplaced models.

    One may be the cause.
    """
    try:
        yield
    except PlacementError as error:
        raise _besides(error, besides) from None


def _besides(error: TwinError, besides: Sequence[str]) -> PlacementError:
    if not besides:
        return PlacementError(f"{error}")
    more = f" (and {len(besides) - 1:,} lines more)" if len(besides) > 1 else ""
    return PlacementError(f"{error}; besides, {besides[0]}{more}")


def _boxes(made: Sequence[Extent | None], parent: I32) -> tuple[F64, F64]:
    """Boxes (n, 3), (n, 3) around the tiles and all below them; what holds nothing is a point of the tile
    above, whatever volume its file told."""
    low, high = np.full((len(made), 3), np.inf), np.full((len(made), 3), -np.inf)
    for k in range(len(made) - 1, -1, -1):
        if (tile := made[k]) is not None:
            low[k], high[k] = np.minimum(low[k], tile.low), np.maximum(high[k], tile.high)
        if parent[k] >= 0:
            low[parent[k]] = np.minimum(low[parent[k]], low[k])
            high[parent[k]] = np.maximum(high[parent[k]], high[k])
    for k in range(len(made)):
        if not np.isfinite(low[k]).all():
            low[k] = high[k] = (low[parent[k]] + high[parent[k]]) / 2
    return low, high
