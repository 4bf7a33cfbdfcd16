"""Two small villages as ``twin build`` writes them, on a ground with a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.build.surface import build_pyramid
from meshes.sample.generate import village_model
from meshes.sample.village_model import VillageModel, VillageSite
from meshes.sample.village_tiles import surface_of
from meshes.tiles import Content, TileTree, write_glb, write_root, write_tileset
from twin.arrays import F64
from twin.frame import Frame
from twin.sample.facts import CRS, SEED
from twin.sample.villages import Village

EAST, NORTH = 489_000.0, 4_486_000.0
FRAME = Frame(crs=CRS, east=EAST, north=NORTH)
APART_M = 400.0


@dataclass(frozen=True, kw_only=True)
class Built:
    """A folder with a tileset over villages, what went in, and the tree of each."""

    folder: Path
    models: tuple[VillageModel, ...]
    trees: tuple[TileTree, ...]


def ground_m(east: F64, north: F64) -> F64:
    """A hillside with a swell."""
    return np.asarray(160.0 + 0.03 * (east - EAST) + 0.8 * np.sin(north / 60.0))


def site(number: int) -> VillageSite:
    """A village of thirty households; each further number lies farther east."""
    one = Village(
        number=number, name_zh="青穗庄", name_en="Qingsuizhuang", east=EAST + number * APART_M, north=NORTH,
        level_m=160.0, radius_m=100.0, households=30, people=80,
    )  # fmt: skip
    return VillageSite(
        number=one.number, name_zh=one.name_zh, name_en=one.name_en, east=one.east, north=one.north,
        level_m=one.level_m, radius_m=one.radius_m, households=one.households, people=one.people,
        outline=tuple(one.outline(seed=SEED)),
    )  # fmt: skip


def build_two(folder: Path) -> Built:
    """Writes ``folder/tileset.json`` over ``folder/000`` and ``folder/001``."""
    made = [_build(folder / f"{number:03d}", number) for number in range(2)]
    write_root(folder, ["000", "001"])
    models, trees = zip(*made, strict=True)
    return Built(folder=folder, models=models, trees=trees)


def _build(folder: Path, number: int) -> tuple[VillageModel, TileTree]:
    folder.mkdir(parents=True)
    model = village_model(site(number), heights=ground_m, detail="normal", seed=SEED)

    def write(name: str, content: Content) -> int:
        return write_glb(folder / name, content)

    # Few triangles a tile, so that even villages as small as these have several levels.
    tree = build_pyramid(surface_of(model), write=write, tile_triangles=3000, picture_px=256)
    write_tileset(folder, tree, frame=FRAME)
    return model, tree
