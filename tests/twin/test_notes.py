"""What a build left out travels from the readers through the store to whoever opens the basin."""

from __future__ import annotations

import json
from pathlib import Path

from meshes.pipeline import build
from tests.meshes.build_foreign.making import model, write_tileset
from tests.meshes.readers.foreign import b3dm, house, tile
from tests.small import write_small_basin
from twin.basin import Basin
from twin.catalog import load_catalog
from twin.notes import Notes, read_notes, write_notes

ANCHOR = "anchor: {east: 492010, north: 4483590, height_m: 158.2}"


def test_notes_come_back_as_they_were_written_and_none_leave_no_file(tmp_path: Path) -> None:
    write_notes(tmp_path, {"a": (), "b": Notes(tiles=89)})
    assert list(tmp_path.iterdir()) == []
    town = Notes(lines=("t/3.b3dm: is cut off",), missing=1, tiles=89)
    write_notes(tmp_path, {"town": town, "rivers": ["2 features without geometry left out"], "a": ()})
    assert read_notes(tmp_path) == {
        "town": town,
        "rivers": Notes(lines=("2 features without geometry left out",)),
    }


def test_what_was_left_out_is_told_by_the_open_basin_also_where_nothing_is_built_anew(tmp_path: Path) -> None:
    path = write_small_basin(tmp_path)
    town = model("town", "tileset", "town/tileset.json", ANCHOR, reference="local")
    path.write_text(path.read_text("utf-8") + town, "utf-8")
    whole = b3dm(house().bytes())
    leaves = [tile("a.b3dm"), tile("b.b3dm")]
    files = {"r.b3dm": whole, "a.b3dm": whole, "b.b3dm": b"b3dm"}
    write_tileset(tmp_path / "town" / "tileset.json", tile("r.b3dm", 8, children=leaves), files)
    rivers = json.loads((tmp_path / "villages.geojson").read_text("utf-8"))
    rivers["features"].append({"type": "Feature", "geometry": None, "properties": {"name": "无"}})
    (tmp_path / "villages.geojson").write_text(json.dumps(rivers), "utf-8")
    assert "town" in Basin(load_catalog(path), build(path).generation).notes
    again = build(path)
    assert again.made == ()
    notes = Basin.open(path).notes
    assert notes["villages"] == Notes(lines=("1 feature without geometry left out",))
    assert (notes["town"].missing > 0, notes["town"].tiles) == (True, 3)
    assert notes["town"].lines[0].startswith("b.b3dm: ")
    assert {*notes} == {"villages", "town"}
