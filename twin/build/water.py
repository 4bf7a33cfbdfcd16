"""Build the water of the terrain.

Connection levels, the terrain's own table, and where it leaks.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from twin.areas import cell_areas
from twin.build.step import StepProgress
from twin.catalog import Catalog, TerrainEntry, frame_of
from twin.cog import write_cog
from twin.frame import Frame
from twin.grid import Grid
from twin.ingest import seed_cell
from twin.products import load_grid, write_json
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import hypsometry
from twin.water.leaks import Leak, leaks


def cap_m(catalog: Catalog) -> float:
    """Return a level above all that can be requested.

    The highest of the range, and the terrain's error above it.
    """
    return catalog.head.reservoir.highest_m + catalog.only(TerrainEntry).vertical_error_m + 0.01


def make_water(folder: Path, *, catalog: Catalog, ground: Path, progress: StepProgress) -> None:
    """Write ``connection.tif`` and ``connection.npy`` (int32 cm), ``hypsometry.csv`` and ``leaks.json``."""
    terrain = catalog.only(TerrainEntry)
    grid = load_grid(ground)
    ground_m = np.load(ground / "ground.npy", mmap_mode="r")
    frame = frame_of(catalog.head)
    seed = seed_cell(ground_m, grid, reservoir=catalog.head.reservoir, frame=frame, bed=terrain.bed)
    ground_cm = to_cm(ground_m)
    cap_cm = round(cap_m(catalog) * 100)
    connection_cm = connection_level(ground_cm, seed=seed, cap_cm=cap_cm)
    progress(0.5)
    np.save(folder / "connection.npy", connection_cm)
    write_cog(folder / "connection.tif", connection_cm, grid, overviews="nearest")
    progress(0.7)
    table = hypsometry(ground_m, connection_cm, cap_cm=cap_cm, areas=cell_areas(grid), bed=terrain.bed)
    table.write_csv(folder / "hypsometry.csv")
    progress(0.8)
    up_to_m = catalog.head.reservoir.highest_m
    found = leaks(ground_cm, connection_cm, grid=grid, seed=seed, up_to_m=up_to_m)
    write_json(folder / "leaks.json", [_placed(leak, grid, frame) for leak in found])
    write_json(folder / "facts.json", {"seed": seed, "cap_cm": cap_cm})


def _placed(leak: Leak, grid: Grid, frame: Frame) -> dict[str, object]:
    """A leak with its place in the frame and in degrees, fields as in ``twin.reservoir.Sill``."""
    east, north = frame.from_crs(grid.crs, leak.x, leak.y)
    longitude, latitude = frame.to_lonlat(east, north)
    facts = {name: value for name, value in asdict(leak).items() if name not in ("x", "y")}
    return facts | {
        "east_m": round(float(east), 1),
        "north_m": round(float(north), 1),
        "longitude": round(float(longitude), 6),
        "latitude": round(float(latitude), 6),
    }
