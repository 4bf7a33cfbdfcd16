"""A small run of the flight's benchmark, and what its own instruments show where the answer is known."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.bench import flight, flight_servers, stills
from tests.bench.flight_holes import holes, terrain_in_courtyards
from tests.bench.flight_many import COPIES, ManyVillages, ShiftedFolders, shift_m
from tests.bench.flight_places import Flown, near_villages, villages
from tests.layers.tiles.villages import place, write_square_village
from tests.small import PLATEAU_M
from twin.basin import Basin
from twin.frame import Frame
from twin.store import Store

MODELS = """  village-models:
    kind: model
    title: {zh: 村庄模型, en: Village models}
    driver: sample
    uri: village_models
    vertical: {reference: local}
    edition: "1"
    source: two squares
    access: public
"""
HALF_M = 200.0
PLACES = ((40.0, 40.0), (160.0, 40.0))
"""Column and row on the small basin's plateau."""


def write_villages(folder: Path, *, frame: Frame, height_m: float) -> None:
    """Two square villages with their outlines, as a step of the build leaves them."""
    for number, (col, row) in enumerate(PLACES):
        village = write_square_village(
            folder / f"{number:03d}", frame=frame, col=col, row=row, height_m=height_m, half_m=HALF_M
        )
        east, north = place(col, row)
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
        ring = [[east + 0.95 * HALF_M * x, north + 0.95 * HALF_M * y] for x, y in corners]
        (village / "cover.json").write_text(json.dumps([ring]))


def with_villages(small_basin: Path, folder: Path, *, height_m: float) -> Path:
    """A copy of the small basin with two villages in its store; returns its catalog."""
    shutil.copytree(small_basin.parent, folder)
    catalog = folder / small_basin.name
    with catalog.open("a", encoding="utf-8") as file:
        file.write(MODELS)
    frame = Basin.open(small_basin).frame
    store = Store(folder / ".twin")
    built = store.current()
    assert built is not None
    name = "models/village-models/000"
    with store.writing():
        product = store.make(name, "0", lambda inside: write_villages(inside, frame=frame, height_m=height_m))
        store.publish(catalog=built.catalog, products={**built.products, name: product}, faults=())
    return catalog


@pytest.fixture(scope="module")
def village_basin(small_basin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of a small basin with two villages half a metre above its plateau."""
    return with_villages(small_basin, tmp_path_factory.mktemp("flight") / "basin", height_m=PLATEAU_M + 0.5)


@pytest.mark.bench
@pytest.mark.browser
def test_the_benchmark_measures_every_figure(village_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The peers' servers are those of the desk's benchmark, which runs beside: their scene is looked at below.
    flight.main(village_basin, seconds=1.0, stops=2, frames=4, files=4, flight_s=1.0, peers=False)
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:]]
    found = {what.strip(): measured.strip() for what, measured, _ in rows}
    assert len(found) == 22, found
    memory = {what for what in found if what.startswith(("memory of", "… its growth"))}
    assert len(memory) == 2 and all(re.fullmatch(r"[+-][\d.]+%", found.pop(what)) for what in memory)
    nothing = {what for what, measured in found.items() if measured == "0 px"}
    assert len(nothing) == 2, found  # no hole, no terrain in a courtyard
    for what, measured in found.items():
        number = re.search(r"[\d,.]+", measured)
        assert number is not None and (what in nothing or float(number.group().replace(",", "")) > 0), found


@pytest.mark.bench
def test_the_peers_show_all_villages_whole(village_basin: Path) -> None:
    basin = Flown.open(village_basin)
    plot = flight_servers.whole(basin)
    meshes = [actor.mapper.dataset for actor in plot.actors.values()]
    with_pictures = [actor for actor in plot.actors.values() if actor.texture is not None]
    plot.close()
    folders = (folder for model in basin.models() for folder in model.folders)
    assert sum(mesh.n_cells for mesh in meshes) > flight.finest_triangles(basin) > 0
    assert len(with_pictures) >= sum(1 for _ in folders)


def test_villages_are_looked_at_where_they_lie(village_basin: Path) -> None:
    basin = Flown.open(village_basin)
    assert isinstance(basin, Flown)
    found = villages(basin, count=11)
    assert [(v.east, v.north) for v in found] == [pytest.approx(place(*spot)) for spot in PLACES]
    assert all(v.ground_m == pytest.approx(PLATEAU_M) for v in found)
    assert [view.id for view in near_villages(basin)] == ["flight-0", "flight-1"]
    assert basin.site.home_viewpoint == Basin.open(village_basin).site.home_viewpoint
    assert len(basin.site.viewpoints) == 3


def test_ground_that_pokes_through_a_village_is_counted(
    village_basin: Path, small_basin: Path, tmp_path: Path
) -> None:
    found, looked = terrain_in_courtyards(Basin.open(village_basin))
    assert found == 0
    assert looked == 2 * 640 * 360  # both villages are larger than the picture
    # The terrain is left out under models that are opaque only: this village lies buried.
    catalog = with_villages(small_basin, tmp_path / "buried", height_m=PLATEAU_M - 10.0)
    with catalog.open("a", encoding="utf-8") as file:
        file.write("    show: {opacity: 0.5}\n")
    assert terrain_in_courtyards(Basin.open(catalog)) == (looked, looked)


def test_only_background_that_is_no_sky_is_a_hole() -> None:
    without = np.zeros((40, 60), bool)
    without[:10] = True  # the sky
    assert holes(without, without) == 0
    pierced = without.copy()
    pierced[20:23, 30:32] = True
    assert holes(pierced, without) == 6  # a gap between tiles
    assert holes(pierced, pierced) == 6  # a gap in the terrain itself
    lower = without.copy()
    lower[10] = True
    assert holes(lower, without) == 0  # a roof line one pixel lower than the hill it stands on
    assert holes(np.ones((40, 60), bool), without) == 29 * 60  # nothing is drawn at all


def test_copies_of_a_village_are_shifted_as_a_whole(village_basin: Path) -> None:
    basin = Flown.open(village_basin)
    many = ManyVillages(basin.catalog, basin.generation).models()[0]
    assert len(many.folders) == COPIES * len(PLACES)
    folders = ShiftedFolders()
    names, _ = folders.change(many.folders)
    first, third = names[0], names[3 * len(PLACES)]
    trees = [folders.tree(name) for name in (first, third)]
    tiles = [folders.fetch(f"{name}/1.glb") for name in (first, third)]
    by = [*shift_m(3), 0.0]
    assert not isinstance(trees[0], str) and not isinstance(trees[1], str)
    np.testing.assert_allclose(trees[1].low - trees[0].low, [by] * 5, atol=1e-6)
    assert np.subtract(tiles[1].centre, tiles[0].centre) == pytest.approx(by)


@pytest.mark.bench
def test_frames_at_rest_are_timed_in_both_sizes(village_basin: Path) -> None:
    (_, drawn_by), *rows = stills.rows(Flown.open(village_basin), frames=1)
    assert drawn_by
    assert len(rows) == 4
    assert all(float(measured.removesuffix(" ms")) > 0.0 for _, measured in rows)
