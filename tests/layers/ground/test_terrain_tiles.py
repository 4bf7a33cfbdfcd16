"""The streamed terrain: coarse while it moves, fine at rest, and still there where tiles cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from layers.stage import Stage
from meshes.tiles import read_tree
from tests.layers.altered import Altered
from tests.layers.plan import differ, drawn, map_stage
from twin.basin import Basin

OpenStage = Callable[..., Stage]


@pytest.fixture
def tiles(basin: Basin, tmp_path: Path) -> Path:
    """A copy of the terrain's tiles, to be spoilt."""
    return Path(shutil.copytree(basin.terrain_tiles(), tmp_path / "tiles"))


def over(basin: Basin, tiles: Path, open_stage: OpenStage) -> Stage:
    """A map of the small basin with these tiles."""
    return map_stage(open_stage, basin, terrain_tiles=tiles)


def triangles(stage: Stage) -> int:
    """Triangles of the terrain that the last frame drew."""
    actors = [actor for tile in stage.terrain.drawn for actor in tile.actors if actor.GetVisibility()]
    return sum(actor.GetMapper().GetInput().GetNumberOfPolys() for actor in actors)


def test_a_frame_that_moves_has_fewer_triangles_and_nearly_the_same_water(stage: Stage) -> None:
    stage.max_error_px = 0.3
    still = drawn(stage)
    fine = triangles(stage)
    moving = stage.render(enlarged=2.0)[..., :3].astype(np.int16)
    assert triangles(stage) < 0.7 * fine
    assert differ(still, moving, by=40).mean() < 0.05
    assert not differ(still, drawn(stage), by=0).any(), "at rest it is as it was"


def test_a_tile_that_cannot_be_read_leaves_its_parent_in_its_place(
    basin: Basin, tiles: Path, open_stage: OpenStage
) -> None:
    stage = over(basin, tiles, open_stage)
    stage.max_error_px = 0.3
    whole = drawn(stage)
    stage.close()
    tree = read_tree(tiles)
    leaf = int(np.flatnonzero(tree.child_count == 0)[0])
    (tiles / tree.content[leaf]).write_bytes(b"glTF nonsense")
    stage = over(basin, tiles, open_stage)
    stage.max_error_px = 0.3
    spoilt = drawn(stage)
    assert differ(whole, spoilt, by=40).mean() < 0.1
    assert stage.terrain.reason is not None
    assert tree.content[leaf] in stage.terrain.reason.message
    (gap,) = stage.terrain.missing_tiles()
    assert gap.count == 1


def test_without_any_tile_there_is_sky_and_the_reason(
    basin: Basin, tiles: Path, open_stage: OpenStage
) -> None:
    shutil.rmtree(tiles)
    stage = over(basin, tiles, open_stage)
    assert stage.picture().shape[2] == 3
    assert stage.terrain.reason is not None
    assert "tileset.json" in stage.terrain.reason.message


def test_tiles_that_vanish_while_it_is_looked_at_stay_on_the_screen(
    basin: Basin, tiles: Path, open_stage: OpenStage
) -> None:
    stage = over(basin, tiles, open_stage)
    before = drawn(stage)
    shutil.rmtree(tiles)
    np.testing.assert_array_equal(before, drawn(stage))
    stage.max_error_px = 0.1
    after = drawn(stage)
    assert differ(before, after, by=60).mean() < 0.2


def test_a_larger_picture_may_hold_more_tiles(basin: Basin, open_stage: OpenStage) -> None:
    stage = open_stage(Altered(basin), size=(1280, 720))
    stage.render()
    usual = stage.terrain._streamer.budget_bytes
    stage.resize(2560, 1440)
    stage.render()
    assert stage.terrain._streamer.budget_bytes == 4 * usual
    stage.resize(1280, 720)
    stage.render(enlarged=2.0)
    assert stage.terrain._streamer.budget_bytes == 4 * usual, "drawn small for a large picture"
