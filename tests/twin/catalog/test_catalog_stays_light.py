"""A serving process that opens a catalog must not pay for the libraries of a build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("geopandas", "pandas", "rasterio", "pyogrio", "pyarrow", "shapely", "numba", "scipy", "vtkmodules")


def test_opening_a_catalog_loads_no_heavy_library(project: Path) -> None:
    program = (
        "import sys; from twin.catalog import load_catalog_leniently; import twin.ingest, twin.scene\n"
        f"load_catalog_leniently({str(project / 'data_catalog.yaml')!r})\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
