"""OSGB deliveries that people sent: a picture inside, no place, GB 2312, a file without an end."""

from __future__ import annotations

import io
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.errors import OverLimitError
from meshes.readers.osgb import open_osgb, read_osgb
from meshes.tiles import map_glb, read_tree
from twin.catalog import ModelEntry, load_catalog
from twin.notes import read_notes

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("osgconv") is None, reason="osgconv is not installed"),
]

TILE = "Data/Tile_+000_+000/Tile_+000_+000"


def built(case: Path, folder: Path) -> tuple[list[Path], list[str], list[str]]:
    """The tiles that were written, what the build said, and what the check said."""
    catalog = load_catalog(case / "catalog.yaml", root=case)
    entry = catalog.entries["model"]
    assert isinstance(entry, ModelEntry)
    build_foreign(folder, catalog, entry, progress=lambda part: None)
    own = folder / "model"
    doubts = [line for line in inspect_model(catalog, entry)[1] if not line.startswith("lacks")]
    found = read_notes(folder).get("model")
    notes = [] if found is None else list(found.lines)
    return [own / name for name in read_tree(own).content if name], notes, doubts


@pytest.mark.parametrize("name", ["mesh-osgb-embedded-jpeg", "mesh-osgb-anchor-without-srs"])
def test_both_tiles_have_their_picture(shared: Path, tmp_path: Path, name: str) -> None:
    tiles, notes, doubts = built(shared / "cases" / name, tmp_path)
    assert len(tiles) == 2
    for tile in tiles:
        textured = [part for part in map_glb(tile).primitives if part.image is not None]
        with Image.open(io.BytesIO(bytes(textured[0].image or b""))) as picture:
            assert picture.size == (256, 128)
            assert len(set(picture.convert("L").tobytes())) > 50
    assert notes == doubts
    assert all("catalog's anchor is used" in note for note in notes)


def test_metadata_in_gb2312_is_read_and_a_broken_finer_file_is_named(shared: Path, tmp_path: Path) -> None:
    tiles, notes, doubts = built(shared / "cases" / "mesh-osgb-metadata-gbk", tmp_path)
    assert len(tiles) == 1
    assert notes == doubts
    assert len(notes) == 1
    assert notes[0].startswith(f"{TILE}_L16_0.osgb: is damaged")


def test_a_file_without_an_end_has_a_verdict_in_ten_seconds(shared: Path) -> None:
    tree = open_osgb(shared / "cases" / "mesh-osgb-hang" / "data" / "metadata.xml")
    start = time.monotonic()
    with pytest.raises(OverLimitError, match=r"T\.osgb: reading took more than"):
        read_osgb(tree, tree.roots[0])
    assert time.monotonic() - start < 10
