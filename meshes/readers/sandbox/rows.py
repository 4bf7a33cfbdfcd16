"""Collect rows of a foreign tileset, one per tile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, ForeignFileError
from meshes.readers.problems import Problems
from meshes.readers.sandbox import properties as tile
from meshes.readers.sandbox import volumes
from twin.arrays import F64

MOST_TILES = 200_000
UNKNOWN = -1.0
"""For a geometric error that nobody tells: it is taken from the size of the tile."""
ERRORS_OF_A_TILE = 16
"""As many of such errors make up the tile's diagonal."""


@dataclass(frozen=True, kw_only=True)
class TilesetFile:
    """Tileset file.

    Its folder, the files that it was named by, itself last, and what points up in it. ``error`` is the
    geometric error of the whole, where it is told.
    """

    folder: Path
    chain: tuple[Path, ...]
    up: str
    error: float | None


class TileRows:
    """Growing arrays of tiles.

    ``broken`` tiles lack something that their file names for them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems = Problems()
        self.parent: list[int] = []
        self.number: list[int] = []
        self.file: list[TilesetFile] = []
        self.error: list[float] = []
        self.add: list[bool] = []
        self.broken: list[bool] = []
        self.transform: list[F64] = []
        self.volume: list[object] = []
        self.contents: list[list[str]] = []

    def __len__(self) -> int:
        return len(self.parent)

    def append(self, *, parent: int, number: int, file: TilesetFile, add: bool, above: F64) -> int:
        """Append an empty tile; returns its row.

        ``number`` counts it among its parent's children, -1 for a file's root.
        """
        self.parent.append(parent)
        self.number.append(number)
        self.file.append(file)
        self.error.append(0.0)
        self.add.append(add)
        self.broken.append(False)
        self.transform.append(above)
        self.volume.append(volumes.UNTOLD)
        self.contents.append([])
        return len(self.parent) - 1

    def lost(self, row: int, error: ForeignFileError) -> None:
        """Note that a tile is left out, with what is under it."""
        self.broken[row] = True
        self.problems.add(self.where(row), f"{error.message}: left out, with what is under it", error)

    def missing(self, row: int, of: str, error: ForeignFileError) -> None:
        """Note that a file which a tile names is left out.

        What the tileset has under the tile stays.
        """
        self.broken[row] = True
        self.problems.add(of or self.where(row), f"{error.message}: left out", error)

    def _never_refined(self) -> list[int]:
        """Tiles that show something, and by their error of 0 keep what is under them from ever being seen."""
        error, parent = np.array(self.error), np.array(self.parent[1:], np.int64)
        below = np.full(len(self), -np.inf)
        np.maximum.at(below, parent, error[1:])
        return [row for row in np.flatnonzero((error == 0) & (below == 0)).tolist() if self.contents[row]]

    def where(self, row: int, told: object = None) -> str:
        """Return a tile's name for notes.

        Its file, its path in it, and what it shows.
        """
        steps, k = [], row
        while self.number[k] >= 0:
            steps.append(f".children[{self.number[k]}]")
            k = self.parent[k]
        path = "root" + "".join(reversed(steps))
        try:
            uri = tile.uri_of(tile.contents_of(told)[0]) if isinstance(told, dict) else None
        except (DamagedError, IndexError):
            uri = None
        shown = f" ({uri[:80]})" if isinstance(uri, str) and uri.strip() else ""
        return f"{self.name(self.file[row].chain[-1])}, {path}{shown}"

    def name(self, path: Path) -> str:
        """Return a file's name beneath the root folder."""
        return os.path.relpath(path, self.root)

    def written(self, out: Path) -> dict[str, object]:
        """Save the arrays; the rest is the answer.

        Raises ForeignFileError where nothing can be shown.
        """
        transform = np.stack(self.transform)
        corners, faults = volumes.corners(self.volume, transform)
        for row, words in faults.items():
            self.problems.add(self.where(row), f"{words}; its box is taken from what it shows")
        if self.problems.first is not None and not any(self.contents):
            kind, line = self.problems.first
            raise kind(f"has nothing that can be shown: {line}")
        for row in self._never_refined():
            words = "has a geometricError of 0, which hides what is under it: one of its size is taken"
            self.problems.add(self.where(row), words)
            self.error[row] = UNKNOWN
        scale = np.linalg.norm(transform[:, :3, :3], axis=1).max(axis=1)
        np.save(out / "parent.npy", np.array(self.parent, np.int32))
        error = np.array(self.error) * scale
        across = np.nan_to_num(np.linalg.norm(np.ptp(corners, axis=1), axis=1))
        np.save(out / "error.npy", np.where(error < 0, across / ERRORS_OF_A_TILE, error))
        np.save(out / "add.npy", np.array(self.add, bool))
        np.save(out / "broken.npy", np.array(self.broken, bool))
        np.save(out / "transform.npy", transform)
        np.save(out / "corners.npy", corners)
        return {
            "contents": self.contents,
            "up": "".join(file.up for file in self.file),
            "problems": self.problems.lines(),
        }
