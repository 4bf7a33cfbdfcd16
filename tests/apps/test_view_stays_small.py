"""A view process loads what it draws with, and nothing that only a build needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPEN_AND_DRAW = """
import sys
import apps.hub.desk_server
from tests.scenes import show
from layers.stage import Stage
from twin.basin import Basin

basin = Basin.open(sys.argv[1])
stage = Stage(basin, size=(320, 180))
show(stage, level_m=150.0)
stage.render()
basin.water.at(level_m=150.0)
stage.close()
heavy = {"numba", "llvmlite", "geopandas", "pandas", "pyarrow", "rasterio", "pyogrio"}
heavy |= {"sqlalchemy", "psycopg", "pint", "aiomqtt", "paho", "jmespath"}
print(*sorted(heavy & set(sys.modules)))
"""


def test_opening_and_drawing_a_basin_loads_no_compiler_no_gdal_no_data_frames(small_basin: Path) -> None:
    command = [sys.executable, "-c", OPEN_AND_DRAW, str(small_basin)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
