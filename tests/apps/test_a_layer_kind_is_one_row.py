"""A new kind of layer is a file in each package that it needs and one row of the table of kinds."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from apps.parts import layers as layers_part
from apps.session.lacks import lacks_of
from layers.light import Light
from layers.stage import Stage
from meshes.build.catalog_check import check
from meshes.pipeline import build
from tests.apps.soundings.soundings import Soundings, SoundingsEntry
from tests.layers.plan import FROM_ABOVE, SIZE
from tests.scenes import show, show_layer
from tests.small import NORTH, WEST
from twin.arrays import Bools
from twin.basin import Basin
from twin.build.closure import Closures
from twin.catalog import load_catalog_leniently
from twin.catalog.layer_kinds import LAYER_KINDS, LayerKind
from twin.catalog.schema import schemas
from twin.scene import Scene

ROW = LayerKind(
    entry="tests.apps.soundings.soundings:SoundingsEntry",
    check="tests.apps.soundings.soundings:check_soundings",
    steps="tests.apps.soundings.soundings:sounding_steps",
    data="tests.apps.soundings.soundings:Soundings",
    layers="tests.apps.soundings.sounding_layer:sounding_layers",
)
ENTRY = """  boat:
    kind: soundings
    title: {zh: 测深, en: Soundings}
    driver: table
    uri: boat.csv
    crs: EPSG:4548
    level_m: 150.0
    edition: "1"
    source: a boat
    access: public
"""
POINTS = [
    (WEST + 1500, NORTH - 1400, 4.0),
    (WEST + 2000, NORTH - 1000, 9.5),
    (WEST + 2500, NORTH - 1400, 5.0),
]


@pytest.fixture(autouse=True)
def _one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYER_KINDS, "soundings", ROW)


@pytest.fixture
def catalog(small_catalog: Path) -> Path:
    """A small basin's catalog, with soundings."""
    with small_catalog.open("a", encoding="utf-8") as file:
        file.write(ENTRY)
    _sound(small_catalog)
    return small_catalog


def _sound(catalog: Path, *, deeper_m: float = 0.0) -> None:
    lines = ["x,y,depth_m", *(f"{x},{y},{depth_m + deeper_m}" for x, y, depth_m in POINTS)]
    (catalog.parent / "boat.csv").write_text("\n".join(lines), encoding="utf-8")


def test_its_entries_are_read_by_their_own_keys(catalog: Path) -> None:
    read, problems = load_catalog_leniently(catalog)
    assert problems == ()
    entry = read.entries["boat"]
    assert isinstance(entry, SoundingsEntry)
    assert entry.level_m == 150.0
    catalog.write_text(catalog.read_text("utf-8").replace("level_m: 150.0", "levl_m: 150.0"), "utf-8")
    broken, wrong = load_catalog_leniently(catalog)
    assert list(broken.broken) == ["boat"]
    assert any("did you mean 'level_m'" in str(problem) for problem in wrong)


def test_editors_are_offered_its_keys() -> None:
    schema = json.loads(schemas()["data_catalog.schema.json"])
    own = schema["$defs"]["SoundingsEntry"]
    assert own["properties"]["kind"]["const"] == "soundings"
    assert "level_m" in own["required"]
    assert "soundings" in schema["$defs"]["VectorEntry"]["properties"]["kind"]["not"]["enum"]


def test_check_reads_its_file_and_says_what_is_doubtful_or_wrong(catalog: Path) -> None:
    def row() -> tuple[str, str, str]:
        return next((row.status, row.facts, row.reason) for row in check(catalog).rows if row.id == "boat")

    assert row() == ("ok", "3 soundings, 140.5 to 146.0 m", "")
    _sound(catalog, deeper_m=100.0)
    assert "110 m is deeper than the lake" in [problem.message for problem in check(catalog).problems]
    (catalog.parent / "boat.csv").write_text("x,y,depth_m\n1,2,deep\n", encoding="utf-8")
    assert (row()[0], "deep" in row()[2]) == ("broken", True)


def test_it_is_built_once_read_drawn_and_listed(catalog: Path) -> None:
    assert "soundings/boat" in build(catalog).made
    assert build(catalog).made == ()
    _sound(catalog, deeper_m=60.0)
    assert build(catalog).made == ("soundings/boat",)
    basin = Basin.open(catalog)
    (data,) = basin.data(Soundings)
    assert data.bed is not None
    assert data.bed[:, 2].tolist() == [150.0 - depth_m - 60.0 for _, _, depth_m in POINTS]
    assert data.bed[0, :2].tolist() == [POINTS[0][0], POINTS[0][1]]
    with closing(Stage(basin, size=SIZE, light=Light(haze=0.0))) as stage:
        show(stage, camera=FROM_ABOVE, level_m=130.0)
        assert _magenta(stage) > 100
        assert {"86.0", "80.5", "85.0"} <= {label.text for label in stage.overlay().labels}
        row = next(row for row in _listed(stage, stage.scene, basin) if row.id == "boat")
        assert (row.name, row.visible, row.broken) == ("测深", True, False)
        assert [entry.colour for entry in row.legend] == ["#ff00ff"]
        assert any("70 m is deeper than the lake" in note for note in row.notes)
        show_layer(stage, "boat", visible=False)
        assert _magenta(stage) == 0


def test_what_cannot_be_read_is_a_greyed_layer_that_says_why(catalog: Path) -> None:
    (catalog.parent / "boat.csv").write_text("x,y,depth_m\n1,2,deep\n", encoding="utf-8")
    build(catalog)
    basin = Basin.open(catalog)
    with closing(Stage(basin, size=SIZE)) as stage:
        (row,) = (row for row in _listed(stage, stage.scene, basin) if row.id == "boat")
    assert row.broken
    assert "测深数据无法读取" in row.reason


def test_a_row_more_makes_no_product_anew() -> None:
    """The table of kinds is in no step's closure."""
    closures = Closures()
    for root in ("twin.build.ground_step", "twin.build.vectors", "meshes.build.picture_step"):
        assert "twin.catalog.layer_kinds" not in closures.closure(root)[0]


def _listed(stage: Stage, scene: Scene, basin: Basin) -> list[layers_part.LayerView]:
    facts = {name: layer.facts() for name, layer in stage.layers.items()}
    return layers_part.view(facts, scene, lacks_of(basin))


def _magenta(stage: Stage) -> int:
    assert stage.settle()
    red, green, blue = np.moveaxis(stage.render()[..., :3].astype(np.int16), -1, 0)
    mask: Bools = (red - green > 100) & (blue - green > 100)
    return int(mask.sum())
