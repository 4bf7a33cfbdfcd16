"""Generate the sample's villages as pyramids of tiles.

Each in a folder of its own.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.build.surface import TexturedPart, TexturedSurface, build_pyramid
from meshes.sample.generate import building_features, village_model
from meshes.sample.village_ground import ground_ring
from meshes.sample.village_model import VillageSite, from_features
from meshes.tiles import Content, write_glb, write_tileset
from twin.arrays import F64
from twin.frame import Frame
from twin.interpolation import bilinear
from twin.products import BUILDINGS, load_grid
from twin.sample import vectors
from twin.sample.facts import SEED
from twin.strict_json import read_json

if TYPE_CHECKING:
    from meshes.sample.village_model import Detail, VillageModel


ABSENT_M = 120.0
"""Without its model a village is a patch of the terrain's picture, whose texels are 15 m: eight of them. It
shows from 10 km on."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    site: VillageSite
    folder: Path
    ground: Path
    frame: Frame
    ellipsoid_minus_working_m: float
    detail: Detail


def build_villages(
    folder: Path,
    *,
    numbers: Sequence[int],
    sample: Path,
    ground: Path,
    frame: Frame,
    ellipsoid_minus_working_m: float,
    detail: Detail,
    progress: Callable[[float], None],
) -> None:
    """Build some of the villages, on all cores.

    Counted from 0 in the sample's order. Each gets a folder with ``tileset.json``, its GLBs,
    ``buildings.geojson`` (who lives where) and ``cover.json``: the rings inside which it brings the ground.
    ``sample`` and ``ground`` are the folders of these products. Raises what generating and building raise.
    """
    points, footprints = (
        _features(sample / f"{name}.geojson") for name in ("villages", "village_footprints")
    )
    every = from_features(points, footprints)
    jobs = [
        _Job(
            site=every[k],
            folder=folder / f"{k:03d}",
            ground=ground,
            frame=frame,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m,
            detail=detail,
        )
        for k in numbers
        if k < len(every)
    ]
    workers = min(len(os.sched_getaffinity(0)), len(jobs))
    with ProcessPoolExecutor(
        max_workers=max(1, workers), mp_context=get_context("forkserver"), initializer=_end_with_parent
    ) as pool:
        for done, job in enumerate(as_completed([pool.submit(_build, job) for job in jobs]), start=1):
            job.result()
            progress(done / len(jobs))


def surface_of(model: VillageModel) -> TexturedSurface:
    """Return a generated model as a surface for tiling."""
    part = TexturedPart(
        position=model.position,
        triangles=model.triangles,
        tcoord=model.tcoord,
        picture=model.picture,
        feature=model.feature,
    )
    return TexturedSurface(parts=(part,))


def _end_with_parent() -> None:
    """End this worker once the process that builds is gone.

    A worker holds the writing end of the pipe it reads jobs from, and of the one that ends the fork server:
    neither sees an end of file when the build is killed, and all of them would stay.
    """
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


def _build(job: _Job) -> None:
    ground_m = np.load(job.ground / "ground.npy", mmap_mode="r")
    grid = load_grid(job.ground)

    def heights(east: F64, north: F64) -> F64:
        return bilinear(ground_m, *grid.row_col(*job.frame.to_crs(grid.crs, east, north)))

    job.folder.mkdir()
    model = village_model(job.site, heights=heights, detail=job.detail, seed=SEED)

    def write(name: str, content: Content) -> int:
        return write_glb(job.folder / name, content)

    tree = build_pyramid(surface_of(model), write=write)
    tree = replace(tree, absent_m=np.where(tree.parent < 0, ABSENT_M, np.inf))
    write_tileset(job.folder, tree, frame=job.frame, ellipsoid_minus_working_m=job.ellipsoid_minus_working_m)
    vectors.write(job.folder / BUILDINGS, building_features([model]))
    (job.folder / "cover.json").write_text(json.dumps([ground_ring(job.site)]))


def _features(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = read_json(path)["features"]
    return found
