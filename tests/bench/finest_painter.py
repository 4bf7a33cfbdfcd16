"""The desk's painter with every terrain triangle in every frame, as the desk's peers have them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from apps.painter.__main__ import paint
from layers.ground.terrain import TerrainLayer
from tests.bench.desk_servers import ALIKE_PX, SIZE

prepare = TerrainLayer.prepare


def finest(self: TerrainLayer, *args: Any, **kwargs: Any) -> None:
    error_px = ALIKE_PX * kwargs["size"][1] / SIZE[1]
    prepare(self, *args, **kwargs | {"max_error_px": error_px, "enlarged": 1.0})


if __name__ == "__main__":
    TerrainLayer.prepare = finest  # type: ignore[method-assign]
    paint()
