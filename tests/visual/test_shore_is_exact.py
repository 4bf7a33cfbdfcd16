"""What is drawn wet is wet: from twelve viewpoints and at five levels, beside an exact ray cast."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.stage import Stage
from meshes.pipeline import build
from tests.scenes import show
from tests.visual.exact import SHARE, Exact, bare_stage
from tests.visual.world import LEVELS_M, VIEWS, World
from twin.basin import Basin

SIZE = (512, 288)


@pytest.fixture(scope="module")
def exact(world: World) -> Exact:
    return Exact(world)


@pytest.fixture(scope="module")
def stage(world: World) -> Iterator[Stage]:
    stage = bare_stage(world, SIZE)
    yield stage
    stage.close()


@pytest.mark.parametrize("view", VIEWS)
def test_at_most_half_a_percent_of_the_shore_band_differs_and_nothing_is_wet_behind_a_dam(
    view: str, exact: Exact, stage: Stage
) -> None:
    for level in LEVELS_M:
        found = exact.difference(stage, VIEWS[view], level_m=level)
        assert found.exact_enough, (level, found)


@pytest.mark.parametrize("view", ["dike", "above"])
def test_pockets_lie_at_their_own_sills(view: str, exact: Exact, stage: Stage) -> None:
    for level in LEVELS_M[:4]:
        found = exact.difference(stage, VIEWS[view], level_m=level, highest_m=158.0)
        assert found.exact_enough, (level, found)


@pytest.mark.parametrize("view", ["dam", "south"])
def test_exaggerated_heights_move_the_shore_as_they_should(view: str, exact: Exact, stage: Stage) -> None:
    show(stage, exaggeration=3.0)
    try:
        for level in LEVELS_M[::2]:
            found = exact.difference(stage, VIEWS[view], level_m=level)
            assert found.exact_enough, (level, found)
    finally:
        show(stage, exaggeration=1.0)


def test_a_wrong_level_is_noticed(world: World, exact: Exact, stage: Stage) -> None:
    """The measure itself: 20 cm more water moves the shore by more than the test forgives."""
    high = world.connection() + 20
    moved = Exact(
        type("Moved", (), {"ground": world.ground, "connection": lambda _: high, "frame": world.frame})()
    )
    assert moved.difference(stage, VIEWS["above"], level_m=146.0).share > SHARE
    assert exact.difference(stage, VIEWS["above"], level_m=146.0).share < SHARE


def check_everywhere(basin: Basin) -> None:
    """Six viewpoints of a site, at five levels of its reservoir."""
    exact, stage = Exact(basin), bare_stage(basin, SIZE)
    views = {view.id: stage.viewpoint(view.id) for view in basin.site.viewpoints[:6]}
    assert len(views) == 6
    for name, view in views.items():
        for level in (130.0, 144.0, 147.0, 155.59, 158.5):
            found = exact.difference(stage, view, level_m=level)
            assert found.exact_enough, (name, level, found)
    stage.close()


@pytest.mark.real
def test_the_real_terrain_is_drawn_exactly(shared: Path, project: Path, tmp_path: Path) -> None:
    """Miyun's 90 m terrain, in its own CRS so that the exact picture needs no projection."""
    own = (project / "tests/real/miyun_90m.yaml").read_text(encoding="utf-8")
    catalog = tmp_path / "miyun.yaml"
    catalog.write_text(own.replace("frame: {crs: EPSG:4548}", "frame: {crs: EPSG:32650}"), encoding="utf-8")
    shutil.copy(project / "tests/real/miyun_90m_site.yaml", tmp_path)
    build(catalog, root=shared)
    check_everywhere(Basin.open(catalog, root=shared))


@pytest.mark.skipif(
    os.environ.get("TWIN_ENDURANCE") != "1", reason="builds the sample basin: script/endurance"
)
def test_the_sample_basin_is_drawn_exactly(project: Path, tmp_path: Path) -> None:
    for name in ("data_catalog.yaml", "site.yaml"):
        shutil.copy(project / name, tmp_path)
    build(tmp_path / "data_catalog.yaml")
    check_everywhere(Basin.open(tmp_path / "data_catalog.yaml"))
