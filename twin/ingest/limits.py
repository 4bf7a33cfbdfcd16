"""Limits of reading one file: memory, output, time by size."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

_MOST_LISTED = 5_000
_MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of reading one file.

    Memory counts on top of the loaded libraries. ``cpu_s`` and ``wall_s`` are for the largest; a file may
    take ``small_s`` of computing and ``s_per_mib`` for each MiB of it, so that a small one that no reader
    comes to the end of has its verdict in 10 s. Under load, readers of small files need a tenth of
    ``small_s``.
    """

    memory_mib: int = 2048
    cpu_s: int = 300
    wall_s: float = 600.0
    output_mib: int = 4096
    small_s: int = 6
    s_per_mib: float = 10.0

    def for_size(self, nbytes: int) -> Limits:
        """Return the limits for a file of so many bytes.

        Never more than these.
        """
        more = self.s_per_mib * nbytes / _MIB
        return replace(
            self,
            cpu_s=min(self.cpu_s, math.ceil(self.small_s + more)),
            wall_s=min(self.wall_s, float(round(self.small_s + 1 + 2 * more))),
        )


def alone(path: Path) -> int:
    """Return the bytes of a file."""
    return path.stat().st_size


def with_stem(path: Path) -> int:
    """Return the bytes of a file and its stem's files.

    As a Shapefile's parts share it.
    """
    try:
        beside = [file for file in path.parent.iterdir() if file.name.startswith(f"{path.stem}.")]
    except OSError:  # a folder whose files may be read and not listed
        return alone(path)
    return sum(map(_size, beside))


def with_folder(path: Path) -> int:
    """Return the bytes of all files beneath the folder.

    Which the file may name; no limit where they are too many.
    """
    total = listed = 0
    for inside, folders, files in os.walk(path.parent):
        folders[:] = [name for name in folders if not name.startswith(".")]
        listed += len(files)
        if listed > _MOST_LISTED:
            return 1 << 62
        total += sum(_size(Path(inside, name)) for name in files)
    return total


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
