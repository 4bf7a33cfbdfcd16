"""Every test of the scene fails where VTK complains or where something of VTK survives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from layers.model import SceneBasin
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.layers.tiles.villages import write_square_village
from tests.layers.watching import no_complaints, no_leaks
from tests.scenes import show
from twin.basin import Basin
from twin.layer_data import ModelData

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    item.stash[_FAILED] = report.failed or item.stash.get(_FAILED, False)
    return report


@pytest.fixture(autouse=True)
def vtk_is_quiet_and_leaves_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    stash = request.node.stash
    # The traceback of a failed test holds its stage: that is no leak of the stage's.
    with no_complaints(), no_leaks(forgiven=lambda: stash.get(_FAILED, False)):
        yield
        request.node.funcargs.clear()


@pytest.fixture
def basin(small_basin: Path) -> Basin:
    """The small basin of tests/small.py, open."""
    return Basin.open(small_basin)


@pytest.fixture
def open_stage(basin: Basin) -> Iterator[Callable[..., Stage]]:
    """Opens stages, 320 × 180 unless asked otherwise, and closes them after the test."""
    with ExitStack() as closing:

        def open_one(of: SceneBasin | None = None, **options: Any) -> Stage:
            stage = Stage(of or basin, **{"size": (320, 180), **options})
            closing.callback(stage.close)
            return stage

        yield open_one


@pytest.fixture
def plotter() -> Iterator[Any]:
    """An off-screen plotter of PyVista, 320 × 180."""
    import pyvista as pv

    plotter = pv.Plotter(off_screen=True, window_size=(320, 180))
    yield plotter
    plotter.close()
    plotter.deep_clean()


@pytest.fixture
def with_village(basin: Basin, tmp_path: Path) -> Altered:
    """The small basin with a village of one coarse tile and four fine ones."""
    folder = write_square_village(tmp_path / "village", frame=basin.frame, col=40, row=40, height_m=180.0)
    title = {"zh": "村庄模型", "en": "Village models"}
    return Altered(basin, models=[ModelData(id="models", title=title, folders=(folder,))])


@pytest.fixture
def stage(open_stage: Callable[..., Stage]) -> Stage:
    """The small basin with its lake at 150 m."""
    stage = open_stage()
    show(stage, level_m=150.0)
    return stage
