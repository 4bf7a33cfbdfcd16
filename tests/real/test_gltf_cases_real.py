"""The cases of glTF looks: a tile says what its file means, and a picture that is gone costs no shape."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.readers.surface import read_surface
from meshes.tiles import Primitive, map_glb, read_tree
from meshes.tiles.finish import Alpha
from twin.catalog import ModelEntry, load_catalog
from twin.notes import Notes, read_notes

pytestmark = pytest.mark.real

Build = Callable[[str], tuple[list[Primitive], tuple[str, ...], list[str]]]


@pytest.fixture
def build(shared: Path, tmp_path: Path) -> Build:
    """The parts of a case's finest tiles, what its build says, and what a check says."""

    def do(name: str) -> tuple[list[Primitive], tuple[str, ...], list[str]]:
        path = shared / "cases" / name
        catalog = load_catalog(path, root=path.parent)
        entry = catalog.entries["model"]
        assert isinstance(entry, ModelEntry)
        build_foreign(tmp_path, catalog, entry, progress=lambda part: None)
        tree = read_tree(tmp_path / "model")
        finest = [
            name for name, many in zip(tree.content, tree.child_count, strict=True) if name and not many
        ]
        parts = [part for name in finest for part in map_glb(tmp_path / "model" / name).primitives]
        return parts, read_notes(tmp_path).get("model", Notes()).lines, inspect_model(catalog, entry)[1]

    return do


def area_m2(parts: list[Primitive], alpha: Alpha) -> float:
    """Of all triangles that are drawn so, as seen from above."""
    total = 0.0
    for part in parts:
        if part.finish.alpha == alpha and part.triangles is not None:
            a, b, c = part.position[part.triangles].astype(float).transpose(1, 0, 2)
            total += float(np.abs(np.cross(b - a, c - a)[:, 2]).sum() / 2)
    return total


@pytest.mark.parametrize("catalog", ["catalog.yaml", "catalog_surface.yaml"])
def test_repeat_mask_blend_and_colours_under_a_picture_are_kept(build: Build, catalog: str) -> None:
    """Twelve quads: one is a mask, one is blended, two are tinted to 0.2 of their light."""
    parts, notes, doubts = build(f"mesh-tileset-repeat/{catalog}")
    assert (notes, doubts) == ((), [])
    whole = sum(area_m2(parts, alpha) for alpha in ("opaque", "mask", "blend"))
    for alpha in ("mask", "blend"):
        assert area_m2(parts, alpha) == pytest.approx(whole / 12, rel=0.02)
    tinted = [part.colour for part in parts if part.image is not None and part.colour is not None]
    assert min(int(colour[:, 0].min()) for colour in tinted) == 124  # 0.2 of the light
    if catalog == "catalog.yaml":
        (wide,) = (p for p in parts if p.tcoord is not None and float(np.ptp(p.tcoord)) > 2.9)
        assert wide.finish.wrap == ("repeat", "repeat")


def test_a_picture_over_a_black_base_is_not_darkened(build: Build) -> None:
    parts, notes, doubts = build("mesh-emissive-black/catalog.yaml")
    assert (notes, doubts) == ((), [])
    for part in parts:
        assert part.image is not None
        assert part.colour is None
        assert part.finish.alpha == "opaque"
        with Image.open(io.BytesIO(bytes(part.image))) as picture:
            assert np.asarray(picture.convert("L")).mean() > 40


def test_a_tile_without_its_picture_keeps_its_shape_and_is_told(build: Build, shared: Path) -> None:
    parts, notes, doubts = build("mesh-faults-untold/catalog.yaml")
    assert sum(len(part.triangles) for part in parts if part.triangles is not None) >= 2
    for lines in (notes, doubts):
        (line,) = lines
        assert line.startswith("c.gltf: names 'gone.jpg', and there is no such file")
    alone = read_surface(shared / "cases" / "mesh-faults-untold" / "data" / "c.gltf")
    assert alone.triangles == 2
    assert "gone.jpg" in alone.notes[0]
