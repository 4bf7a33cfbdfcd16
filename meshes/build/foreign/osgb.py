"""Convert an OSGB tree file by file into a tileset.

Chinese oblique photography; its levels of detail are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from meshes.build.foreign.assembly import Made, assembled, left_out, none_shown, readers
from meshes.build.foreign.contents import Extent, written
from meshes.build.foreign.placement import Place
from meshes.errors import MissingToolError, OverLimitError
from meshes.guard import OSGB
from meshes.readers.osgb import OsgbTree, read_osgb
from meshes.readers.problems import Problems
from meshes.readers.time_budget import TimeBudget
from meshes.tiles.tree_check import MOST_LEVELS
from twin.errors import TwinError
from twin.readable import readable

MOST_FILES = 200_000
UNNAMED = "no file that was read names it: left out (a block of its own goes into a folder of its own)"

Found = tuple[Extent | None, tuple[str, ...], float, tuple[str, ...]]
"""What was written, the files that refine it, the error that calls for them, and notes."""


def build_osgb(
    folder: Path, source: OsgbTree, *, place: Place, scale: float, progress: Callable[[float], None]
) -> Made:
    """Write the files of a tree as tiles into a folder.

    Returns these, and what was left out, in words. ``place`` takes coordinates after the tree's origin is
    added; ``scale`` is metres in a unit. Where a file cannot be read, the one above it stays the finest
    there. Raises MissingToolError, OverLimitError for a tree without an end, DamagedError where no file can
    be read.
    """
    origin, patience = np.array(source.origin), TimeBudget(OSGB)

    def one(job: tuple[int, str]) -> Found | TwinError:
        number, name = job
        try:
            with patience.limits() as limits:
                tile = read_osgb(source, name, limits=limits)
            extent = written(folder / f"{number}.glb", tile.surface, lambda points: place(points + origin))
        except MissingToolError:
            raise
        except TwinError as error:
            return error
        return extent, tile.children, tile.error_m * scale, tile.surface.notes

    # One tile without a file over all of them: a tileset has one root, a delivery a hundred.
    made: list[Extent | None] = [None]
    parent, error_m, broken = [-1], [0.0], [False]
    problems, errors = Problems(), list[TwinError]()
    waiting, seen = [(0, name) for name in source.roots], set(source.roots)
    with ThreadPoolExecutor(max_workers=readers()) as pool:
        for level in range(MOST_LEVELS):
            if not waiting:
                break
            if level == MOST_LEVELS - 1 or len(seen) > MOST_FILES:
                raise OverLimitError(
                    f"{source.folder}: over {MOST_FILES:,} files, or {MOST_LEVELS} in each other",
                    path=source.folder,
                )
            below = []
            start = len(made)
            jobs = [(start + k, name) for k, (_, name) in enumerate(waiting)]
            for (number, name), (above, _), found in zip(jobs, waiting, pool.map(one, jobs), strict=True):
                parent.append(above)
                broken.append(isinstance(found, TwinError))
                progress(len(made) / (len(seen) + 1))
                if isinstance(found, TwinError):
                    errors.append(found)
                    problems.add_line(left_out(found, readable(name), beneath=source.folder))
                    made.append(None)
                    error_m.append(0.0)
                    continue
                extent, children, error, lost = found
                made.append(extent)
                error_m.append(error)
                for note in lost:
                    problems.add(name, note)
                fresh = [child for child in children if child not in seen]
                seen.update(fresh)
                below += [(number, child) for child in fresh]
            waiting = below
    if not any(made):
        raise none_shown(errors, problems.lines(), what="files")
    unnamed = [name for name in source.others if name not in seen]
    for name in unnamed:
        problems.add(name, UNNAMED)
    without = source.lost + len(unnamed)
    tree = assembled(
        folder,
        made,
        parent=np.array(parent, np.int32),
        error_m=np.array(error_m),
        add=np.zeros(len(made), bool),
        broken=np.array(broken),
    )
    return Made(
        tree=tree,
        notes=tuple(problems.lines()),
        missing=sum(broken) + without,
        tiles=len(made) - 1 + without,
    )
