"""The layers panel tells how a layer streams, and no number that nobody has counted."""

from __future__ import annotations

from pathlib import Path

from apps.parts import layers as layers_panel
from apps.session.lacks import lacks_of
from layers.layer import Layer, LayerFacts, StreamStatus
from meshes.errors import BadTileError
from meshes.pipeline import build
from tests.apps.flat import SCENE
from tests.meshes.build_foreign.making import model, write_tileset
from tests.meshes.readers.foreign import b3dm, house, tile
from tests.small import write_small_basin
from twin.basin import Basin
from twin.errors import Reason
from twin.ingest.errors import EmptyFileError
from twin.scene import LayerState
from twin.store import NOT_BUILT

ANCHOR = "anchor: {east: 492010, north: 4483590, height_m: 158.2}"
VERTICAL = "    vertical: {reference: EGM2008}\n"


def streamed(status: StreamStatus, reason: Reason | None = None) -> LayerFacts:
    """A layer that says how its streaming stands."""
    title = {"zh": "地形", "en": "Terrain"}
    return LayerFacts(id="terrain", title=title, at_first=LayerState(), reason=reason, streaming=status)


def row(status: StreamStatus) -> str:
    (only,) = layers_panel.view({"terrain": streamed(status)}, SCENE)
    return only.gauge


def test_before_the_first_frame_nothing_is_told_and_then_what_it_showed() -> None:
    assert row(StreamStatus()) == ""
    assert (
        row(StreamStatus(tiles=24, nbytes=91_000_000, error_px=4.7)) == "瓦片 24 块 · 内存 91 MB · 误差 5 px"
    )
    assert "0 块" in row(StreamStatus(error_px=16.0)), "none is needed from so far away"


def test_a_layer_names_its_sources_with_edition_and_licence(small_basin: Path) -> None:
    basin = Basin.open(small_basin)
    entries = basin.catalog.entries.values()
    (terrain,) = layers_panel.view({"terrain": streamed(StreamStatus())}, SCENE, {}, entries)
    assert "a cone · 版本 1 · 未注明许可" in terrain.sources
    assert len(set(terrain.sources)) == len(terrain.sources)


def test_what_is_broken_says_why_in_the_readers_language() -> None:
    why = Reason.of(EmptyFileError("rivers.geojson is empty"))
    layers = {
        name: Layer(name, title={"zh": name, "en": name}, reason=reason).facts()
        for name, reason in (("rivers", why), ("later", NOT_BUILT), ("whole", None))
    }
    broken = streamed(
        StreamStatus(tiles=1, error_px=3.0, faults=2), Reason.of(BadTileError("t/3.glb: truncated"))
    )
    zh, en = (
        layers_panel.view({**layers, "t": broken}, SCENE.changed(language=language))
        for language in ("zh", "en")
    )
    assert [row.reason for row in zh] == [
        "数据文件是空的：rivers.geojson 为空",
        "尚未构建完成，构建后自动显示",
        "",
        "2 块瓦片无法读取，以较粗的代替：模型瓦片文件损坏，请重新生成：t/3.glb: truncated",
    ]
    assert en[0].reason == "rivers.geojson is empty"
    assert en[3].reason == "2 tiles cannot be read, coarser ones stand in: t/3.glb: truncated"


def test_a_row_says_what_the_scene_says_and_a_broken_layer_is_never_shown() -> None:
    layers = {
        "a": Layer("a", title={"zh": "a", "en": "a"}, visible=False).facts(),
        "b": Layer("b", title={"zh": "b", "en": "b"}, reason=NOT_BUILT).facts(),
    }
    first, broken = layers_panel.view(layers, SCENE)
    assert (first.visible, first.opacity, broken.visible, broken.broken) == (False, 100, False, True)
    states = {"a": LayerState(visible=True, opacity=0.4), "b": LayerState(visible=True)}
    first, broken = layers_panel.view(layers, SCENE.changed(layers=states))
    assert (first.visible, first.opacity, broken.visible) == (True, 40, False)


def test_a_row_says_what_is_missing_of_its_data_in_both_languages(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    text = catalog.read_text("utf-8")
    town = model("town", "tileset", "town/tileset.json", ANCHOR, reference="local")
    photo = model("photo", "raster", "photo.tif").replace("model\n", "imagery\n").replace(VERTICAL, "")
    catalog.write_text(text.replace("label: name", "label: nmae") + town + photo, "utf-8")
    leaves = [tile(f"{k}.b3dm") for k in range(5)]
    whole = b3dm(house().bytes())
    files = {f"{k}.b3dm": b"b3dm" for k in range(5)} | {"r.b3dm": whole}
    write_tileset(tmp_path / "town" / "tileset.json", tile("r.b3dm", 8, children=leaves), files)
    (tmp_path / "photo.tif").write_bytes(b"II*\0")
    (tmp_path / "curve.csv").write_text("a,b\n1,2\n", "utf-8")
    build(catalog)
    lacks = lacks_of(Basin.open(catalog))
    names = ("terrain", "villages", "town")
    layers = {name: Layer(name, title={"zh": name, "en": name}).facts() for name in names}
    zh, en = (
        {row.id: row.notes for row in layers_panel.view(layers, SCENE.changed(language=language), lacks)}
        for language in ("zh", "en")
    )
    (tiles,) = en["town"]
    assert tiles.startswith("5 of 6 tiles are missing: 0.b3dm")
    assert zh["town"][0].startswith("缺 5 块瓦片（共 6 块）：0.b3dm")
    assert en["villages"] == ["show.label: no attribute 'nmae'; there are name: no names are shown"]
    photo_line, curve_line = sorted(en["terrain"], reverse=True)
    assert photo_line.startswith("photo: left out: photo.tif: ")
    assert curve_line.startswith("Curve: left out: curve.csv: "), "the ground speaks for the water"
    assert {line.split("》")[0] for line in zh["terrain"]} == {"《模型", "《库容曲线"}
    assert all(str(tmp_path) not in line for row in (*zh.values(), *en.values()) for line in row)
