"""Takes the documentation's pictures of built tilesets in CesiumJS.

    python -m tests.interop.picture docs/images/cesium-village.jpg FOLDER --range 400
    python -m tests.interop.picture docs/images/cesium-terrain.jpg TERRAIN FOLDER --range 1500

Each FOLDER holds ``tileset.json``: a village of the store (``.twin/products/models-*/NNN``), its terrain
(``.twin/products/terrain-tiles-*``), or any of ours. The camera looks at the last one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from meshes.tiles import write_root
from tests.interop.conftest import installed_cesium
from tests.interop.viewer import viewing

SIZE = (1280, 720)


def main() -> None:
    parser = argparse.ArgumentParser(description="A tileset in CesiumJS as a picture.")
    parser.add_argument("picture", type=Path, help="the JPEG to write")
    parser.add_argument("folder", type=Path, nargs="+", help="holds tileset.json")
    parser.add_argument("--heading", type=float, default=0.0, help="degrees from north")
    parser.add_argument("--pitch", type=float, default=-30.0, help="degrees, down is negative")
    parser.add_argument("--range", type=float, default=400.0, help="metres from the tileset's middle")
    given = parser.parse_args()
    cesium = installed_cesium(Path(tempfile.gettempdir()) / "cesium.lock")
    with viewing(given.folder[-1], cesium=cesium) as viewer:
        middle = np.array(viewer.call("whole")["centre"])
    with (
        tempfile.TemporaryDirectory(dir=given.folder[0].parent) as place,
        viewing(
            joined(Path(place), given.folder), cesium=cesium, error_px=2.0, samples=4, size=SIZE
        ) as viewer,
    ):
        viewer.look(middle, headingDeg=given.heading, pitchDeg=given.pitch, rangeM=given.range)
        Image.fromarray(viewer.picture()).save(given.picture, quality=85, optimize=True)
        if faults := viewer.faults():
            raise SystemExit("\n".join(faults))


def joined(place: Path, folders: list[Path]) -> Path:
    """A folder whose ``tileset.json`` shows all of them: their files, under further names."""
    for number, folder in enumerate(folders):
        shutil.copytree(folder, place / str(number), copy_function=os.link)
    write_root(place, [str(number) for number in range(len(folders))])
    return place


if __name__ == "__main__":
    main()
