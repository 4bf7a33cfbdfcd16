"""Connection levels of a fractal terrain, beside topotoolbox and scikit-image.

All levels against all levels, 8-connected, one thread each, arrays in memory, warm. The results are compared
cell by cell before they are timed.
"""

from __future__ import annotations

import argparse

import numpy as np
import topotoolbox
from skimage.morphology import reconstruction
from water_terrain import HURST, fractal_cm, lowest, medians_s

from twin.arrays import F32, F64, I32
from twin.water.connection import connection_level
from twin.water.walls import FaceWalls


def with_topotoolbox(ground: F32, seed: tuple[int, int]) -> F32:
    """``fillsinks`` with the seed as the only outlet; z and bc in one memory order."""
    grid = topotoolbox.GridObject()
    grid.z, grid.cellsize = ground, 1.0
    outlet = np.zeros_like(ground, dtype=np.uint8)
    outlet[seed] = 1
    filled: F32 = grid.fillsinks(bc=outlet).z
    return filled


def with_scikit_image(ground: I32, seed: tuple[int, int]) -> F64:
    """Reconstruction by erosion from a marker that is the ground at the seed and the highest elsewhere."""
    marker = np.full_like(ground, ground.max())
    marker[seed] = ground[seed]
    level: F64 = reconstruction(marker, ground, method="erosion")
    return level


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()

    ground = fractal_cm(asked.size)
    seed, cap = lowest(ground), int(ground.max()) + 1
    fortran = np.asfortranarray(ground.astype(np.float32))
    by_rows = np.ascontiguousarray(fortran)
    walls = FaceWalls.none(ground.shape)

    ours = connection_level(ground, seed=seed, cap_cm=cap, connectivity=8)
    for theirs in (
        with_topotoolbox(fortran, seed),
        with_topotoolbox(by_rows, seed),
        with_scikit_image(ground, seed),
    ):
        assert (theirs == ours).all(), "the peers disagree"

    seconds = medians_s(
        {
            "miyun-twin": lambda: connection_level(ground, seed=seed, cap_cm=cap, connectivity=8),
            "topotoolbox `fillsinks(bc=seed)`, rows first": lambda: with_topotoolbox(by_rows, seed),
            "topotoolbox `fillsinks(bc=seed)`, columns first": lambda: with_topotoolbox(fortran, seed),
            "scikit-image `reconstruction`": lambda: with_scikit_image(ground, seed),
            "miyun-twin, 4-connected, as the product floods": lambda: connection_level(
                ground, seed=seed, cap_cm=cap
            ),
            "miyun-twin, 4-connected, with walls on faces": lambda: connection_level(
                ground, seed=seed, cap_cm=cap, walls=walls
            ),
            "miyun-twin, 4-connected, capped at a tenth of the relief": lambda: connection_level(
                ground, seed=seed, cap_cm=cap // 10
            ),
        },
        asked.repeat,
    )

    million = ground.size / 1e6
    base = seconds["miyun-twin"]
    print(
        f"{asked.size} × {asked.size} cells, Hurst exponent {HURST}, seed in the lowest cell, medians of "
        f"{asked.repeat} rounds in turn.\n"
    )
    print("| what | s | million cells/s | × ours |\n|---|---|---|---|")
    for what, took in seconds.items():
        print(f"| {what} | {took:.3f} | {million / took:.1f} | {took / base:.2f} |")


if __name__ == "__main__":
    main()
