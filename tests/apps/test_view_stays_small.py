"""The hub loads nothing that draws, a painter no page, and neither what only a build needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOR_BUILDS = {"numba", "llvmlite", "geopandas", "pandas", "pyarrow", "rasterio", "pyogrio"}
FOR_BUILDS |= {"sqlalchemy", "psycopg", "pint", "aiomqtt", "paho", "jmespath"}

HUB = """
import sys
import apps.hub.hub_server
from apps.hub.opened import opened
from apps.painter.messages import Target
from twin.basin import Basin

basin = Basin.open(sys.argv[1])
session = opened(basin).session()
session.show_what_if("level", 150.0)
camera = session.scene.camera
session.points.water(camera.target_east_m, camera.target_north_m, moment=session.scene.moment)
print(*sys.modules)
"""

PAINTER = """
import sys
from pathlib import Path
from apps.painter.__main__ import paint
from apps.painter.messages import Describe, Paint, Target
from apps.painter.painter import Painter
from apps.painter.viewport import Viewport
from layers.governor import FINE
from twin.basin import Basin

catalog = Path(sys.argv[1])
target = Target(generation=Basin.open(catalog).generation.id, models=Basin.open(catalog).generation.id)
painter = Painter(catalog, root=None, store=None)
painter.describe(Describe(target=target))
stage = painter._stage(target)
painter.paint(Paint(target=target, view="desk", scene=stage.scene, viewport=Viewport(), size=(320, 180),
                    sharpness=FINE))
painter.close()
print(*sys.modules)
"""


IS_BUILT = """
import sys
from pathlib import Path
from meshes.pipeline import is_built

assert is_built(Path(sys.argv[1]))
print(*sys.modules)
"""


def modules(script: str, catalog: Path) -> set[str]:
    """What a script has loaded at its end."""
    command = [sys.executable, "-c", script, str(catalog)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_hub_loads_neither_what_draws_nor_what_only_a_build_needs(small_basin: Path) -> None:
    loaded = modules(HUB, small_basin)
    assert loaded & (FOR_BUILDS | {"vtk", "vtkmodules", "pyvista"}) == set()
    assert "trame" in loaded


def test_a_painter_loads_neither_a_page_nor_what_only_a_build_needs(small_basin: Path) -> None:
    loaded = modules(PAINTER, small_basin)
    assert loaded & (FOR_BUILDS | {"trame", "trame_server", "wslink", "aiohttp"}) == set()
    assert "vtkmodules" in loaded


def test_asking_whether_a_basin_is_built_loads_no_step_s_libraries(small_basin: Path) -> None:
    """Every start asks it; steps import what they work with when they run."""
    assert modules(IS_BUILT, small_basin) & (FOR_BUILDS | {"scipy", "shapely", "PIL"}) == set()
