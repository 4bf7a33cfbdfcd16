"""The same cells and volume as GRASS r.lake and SAGA Lake Flood, which flood one level, 8-connected."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from scipy import ndimage

from twin.areas import CellAreas
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import hypsometry

CELL_M = 10.0
LEVELS_M = (25.005, 30.005, 35.005)  # between centimetres: the peers ask "ground < level", we ask "<="


class World:
    """A rough terrain as a file, its seed, and its levels, 8-connected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        noise = np.random.default_rng(11).standard_normal((110, 140))
        rough = sum(2.0**k * ndimage.gaussian_filter(noise, 1.5 * 2**k) for k in range(4))
        ground = np.round((rough - rough.min()) / np.ptp(rough) * 60, 2).astype(np.float32)
        # r.lake leaves out cells on the raster's edge that its 3 × 3 window cannot be centred on; a rim
        # keeps the water away from there.
        ground[[0, -1], :] = ground[:, [0, -1]] = 99.0
        self.ground = ground
        row, col = np.unravel_index(int(np.argmin(ground)), ground.shape)
        self.seed = int(row), int(col)
        self.level = connection_level(to_cm(ground), seed=self.seed, cap_cm=8000, connectivity=8)
        self.table = hypsometry(
            ground,
            self.level,
            cap_cm=8000,
            areas=CellAreas.uniform(ground.shape, CELL_M**2),
            bed="surveyed",
        )

    def write(self, name: str, values: np.ndarray, driver: str) -> Path:
        path = self.folder / name
        rows, cols = values.shape
        with rasterio.open(
            path,
            "w",
            driver=driver,
            width=cols,
            height=rows,
            count=1,
            dtype="float32",
            crs="EPSG:4548",
            transform=from_origin(500_000, 4_500_000, CELL_M, CELL_M),
        ) as file:
            file.write(values.astype(np.float32), 1)
        return path

    def compare(self, depth: np.ndarray, level_m: float) -> None:
        """A peer's depth raster (0 where dry) against our cells and volume."""
        ours = self.level <= level_m * 100
        assert 300 < ours.sum() < ours.size - 300  # the level tells something
        assert ((depth > 0) == ours).all()
        assert depth.sum(dtype=np.float64) * CELL_M**2 == pytest.approx(
            self.table.storage_at(level_m), rel=1e-6
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("peers"))


def _read(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1, masked=True).astype(np.float64).filled(0.0)


@pytest.mark.skipif(shutil.which("grass") is None, reason="GRASS is not installed")
def test_the_same_cells_and_volume_as_r_lake(world):
    world.write("ground.tif", world.ground, "GTiff")
    x = 500_000 + (world.seed[1] + 0.5) * CELL_M
    y = 4_500_000 - (world.seed[0] + 0.5) * CELL_M
    script = ["r.in.gdal input=ground.tif output=ground --quiet", "g.region raster=ground"]
    for number, level in enumerate(LEVELS_M):
        script += [
            f"r.lake elevation=ground water_level={level} lake=lake{number} coordinates={x},{y} --quiet",
            f"r.out.gdal input=lake{number} output=lake{number}.tif type=Float64 -c --quiet",
        ]
    subprocess.run(
        ["grass", "--tmp-location", "ground.tif", "--exec", "sh", "-ec", "\n".join(script)],
        cwd=world.folder,
        check=True,
        capture_output=True,
        timeout=120,
    )
    for number, level in enumerate(LEVELS_M):
        world.compare(_read(world.folder / f"lake{number}.tif"), level)


@pytest.mark.skipif(shutil.which("saga_cmd") is None, reason="SAGA is not installed")
def test_the_same_cells_and_volume_as_saga_lake_flood(world):
    world.write("ground.sdat", world.ground, "SAGA")
    for number, level in enumerate(LEVELS_M):
        seeds = np.zeros_like(world.ground)
        seeds[world.seed] = level
        world.write("seeds.sdat", seeds, "SAGA")
        # tool 16 is "Lake Flood"; with -LEVEL the seed holds the water's height, not its depth
        call = ["saga_cmd", "ta_hydrology", "16", "-ELEV", "ground.sgrd", "-SEEDS", "seeds.sgrd"]
        call += ["-LEVEL", "1", "-OUTDEPTH", f"depth{number}.sgrd", "-OUTLEVEL", f"level{number}.sgrd"]
        subprocess.run(call, cwd=world.folder, check=True, capture_output=True, timeout=120)
        world.compare(_read(world.folder / f"depth{number}.sdat"), level)
