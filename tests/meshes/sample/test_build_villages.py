"""A village of the sample, from its feature to tiles on disk: complete, in its place, with its people."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
import shapely

from meshes.sample.village_tiles import build_villages
from meshes.tiles import map_glb, read_tree
from meshes.tiles.check import check_tileset
from twin.frame import Frame
from twin.grid import Grid
from twin.products import load_building, save_grid
from twin.sample import vectors

CRS = "EPSG:4548"
EAST, NORTH = 500_000.0, 4_480_000.0
GRID = Grid(crs=CRS, west=EAST - 900, north=NORTH + 900, dx=30.0, dy=30.0, rows=60, cols=60)
FRAME = Frame(crs=CRS, east=EAST, north=NORTH)


def ground_m() -> np.ndarray:
    """A gentle slope to the east."""
    _, x = np.mgrid[0:60, 0:60]
    return (150.0 + 0.02 * (x + 0.5) * 30.0).astype(np.float32)


def build(folder: Path, *, villages: int, numbers: Sequence[int], progress: Callable[[float], None]) -> Path:
    """Build villages of one shape, all in one place, into a folder in ``folder``."""
    sample, ground, out = (folder / name for name in ("sample", "ground", "out"))
    for made in (sample, ground, out):
        made.mkdir()
    np.save(ground / "ground.npy", ground_m())
    save_grid(ground, GRID)
    facts = [
        {
            "number": number,
            "name_zh": "试村",
            "name_en": "Trial",
            "households": 30,
            "people": 80,
            "level_m": 168.0,
        }
        for number in range(1, villages + 1)
    ]
    turns = np.linspace(0, 2 * np.pi, 29)
    ring = [(EAST + 110 * np.cos(t), NORTH + 90 * np.sin(t)) for t in turns]
    points = [vectors.feature("Point", (EAST, NORTH), **one) for one in facts]
    vectors.write(sample / "villages.geojson", points)
    vectors.write(
        sample / "village_footprints.geojson", [vectors.feature("Polygon", ring, **one) for one in facts]
    )
    build_villages(
        out,
        numbers=numbers,
        sample=sample,
        ground=ground,
        frame=FRAME,
        ellipsoid_minus_working_m=-7.35,
        detail="normal",
        progress=progress,
    )
    return out


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    told: list[float] = []
    out = build(tmp_path_factory.mktemp("built"), villages=1, numbers=range(3), progress=told.append)
    assert told == [1.0]
    return out / "000"


FOR_LONG = """
import sys
from pathlib import Path
from tests.meshes.sample.test_build_villages import build
build(Path(sys.argv[1]), villages=200, numbers=range(200), progress=lambda done: None)
"""


def test_all_that_a_build_has_started_ends_with_it(tmp_path: Path, project: Path) -> None:
    command = [sys.executable, "-c", FOR_LONG, str(tmp_path)]
    with subprocess.Popen(command, cwd=project) as child:
        try:
            while not list(tmp_path.glob("out/*")) and child.poll() is None:  # until a worker works
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(0.05)
            started = psutil.Process(child.pid).children(recursive=True)
        finally:
            child.kill()
    _, alive = psutil.wait_procs(started, timeout=10)
    for process in alive:
        process.kill()
    assert len(started) >= 3, "a fork server, a resource tracker and a worker at least"
    assert alive == []


def test_the_tileset_keeps_its_rules_and_lies_where_the_village_is(built: Path) -> None:
    check_tileset(built)
    tree = read_tree(built)
    assert tree.low[0, 0] > EAST - 250 and tree.high[0, 0] < EAST + 250
    assert 160.0 < tree.low[0, 2] < 168.0 < tree.high[0, 2] < 195.0


def test_every_tile_has_a_picture_and_the_finest_have_all_buildings(built: Path) -> None:
    tree = read_tree(built)
    leaves = np.flatnonzero(tree.child_count == 0)
    numbers: set[int] = set()
    for k in leaves:
        for part in map_glb(built / tree.content[k]).primitives:
            assert part.image is not None and part.feature is not None
            numbers |= {int(n) for n in np.unique(part.feature)}
    features = json.loads((built / "buildings.geojson").read_text())["features"]
    known = {feature["properties"]["number"] for feature in features}
    assert len(known) > 20 and numbers - {0} == known


def test_all_people_of_the_village_live_in_one_of_its_buildings(built: Path) -> None:
    features = json.loads((built / "buildings.geojson").read_text())["features"]
    assert sum(f["properties"]["people"] for f in features) == 80
    assert sum(f["properties"]["households"] for f in features) == 30
    one = load_building(built, features[0]["properties"]["number"])
    assert one is not None and one["village_zh"] == "试村"
    assert load_building(built, 10_000) is None


def test_the_ring_of_its_own_ground_is_the_models_edge(built: Path) -> None:
    (ring,) = json.loads((built / "cover.json").read_text())
    own = shapely.Polygon(ring)
    assert ring[0] == ring[-1] and own.is_valid
    tree = read_tree(built)
    leaves = [map_glb(built / tree.content[k]) for k in np.flatnonzero(tree.child_count == 0)]
    places = np.concatenate([x.position[:, :2] + leaf.centre[:2] for leaf in leaves for x in leaf.primitives])
    hull = shapely.convex_hull(shapely.MultiPoint(places))
    assert shapely.hausdorff_distance(hull, own.convex_hull) < 1.0
