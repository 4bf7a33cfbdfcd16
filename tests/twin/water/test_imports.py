"""A process that serves looks up water without a compiler and without a large library."""

from __future__ import annotations

import subprocess
import sys

SERVING = ("curve", "deriving", "hypsometry", "published", "scenario", "surface")
LARGE = ("numba", "scipy", "rasterio", "pandas")


def test_serving_imports_neither_numba_nor_scipy_nor_gdal():
    imports = "; ".join(f"import twin.water.{name}" for name in SERVING)
    ask = f"import sys; print([name for name in {LARGE} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", f"{imports}; {ask}"], check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]"
