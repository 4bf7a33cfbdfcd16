"""Takes the documentation's picture of a built tileset in CesiumJS.

    python -m tests.interop.picture FOLDER docs/images/cesium-village.jpg --range 400

FOLDER holds ``tileset.json``: a village of the store (``.twin/products/models-*/NNN``) or any of ours.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.interop.conftest import installed_cesium
from tests.interop.viewer import viewing

SIZE = (1280, 720)


def main() -> None:
    parser = argparse.ArgumentParser(description="A tileset in CesiumJS as a picture.")
    parser.add_argument("folder", type=Path, help="holds tileset.json")
    parser.add_argument("picture", type=Path, help="the JPEG to write")
    parser.add_argument("--heading", type=float, default=0.0, help="degrees from north")
    parser.add_argument("--pitch", type=float, default=-30.0, help="degrees, down is negative")
    parser.add_argument("--range", type=float, default=400.0, help="metres from the tileset's middle")
    given = parser.parse_args()
    cesium = installed_cesium(Path(tempfile.gettempdir()) / "cesium.lock")
    with viewing(given.folder, cesium=cesium, error_px=2.0, samples=4, size=SIZE) as viewer:
        middle = np.array(viewer.call("whole")["centre"])
        viewer.look(middle, headingDeg=given.heading, pitchDeg=given.pitch, rangeM=given.range)
        Image.fromarray(viewer.picture()).save(given.picture, quality=85, optimize=True)
        if faults := viewer.faults():
            raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
