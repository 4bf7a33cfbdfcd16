"""The clouds of the field's cases: what is left out, the CRS, units of heights, depth of colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.errors import PlacementError
from meshes.tiles import map_glb, read_tree
from twin.catalog import ModelEntry, load_catalog
from twin.notes import read_notes

pytestmark = pytest.mark.real


def built(shared: Path, case: str, out: Path) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Places (n, 3) and colours (n, 4) of the built tiles, and what was told; a check tells the same."""
    catalog = load_catalog(shared / "cases" / case / "cat.yaml", root=shared / "cases" / case)
    entry = catalog.entries["lidar"]
    assert isinstance(entry, ModelEntry)
    build_foreign(out, catalog, entry, progress=lambda part: None)
    tree = read_tree(out / "lidar")
    contents = [map_glb(out / "lidar" / name) for name in tree.content if name]
    places = np.concatenate([tile.primitives[0].position + np.array(tile.centre) for tile in contents])
    colours = np.concatenate(
        [tile.primitives[0].colour for tile in contents if tile.primitives[0].colour is not None]
    )
    notes = read_notes(out)
    lines = notes["lidar"].lines if notes else ()
    assert tuple(inspect_model(catalog, entry)[1]) == lines
    return places, colours, lines


def test_withheld_points_and_noise_are_left_out_and_counted(shared: Path, tmp_path: Path) -> None:
    places, _, lines = built(shared, "19-las-withheld-noise", tmp_path)
    assert len(places) == 400
    assert (places[:, 2].min(), places[:, 2].max()) == pytest.approx((165.0, 167.0), abs=0.02)
    assert lines == ("points left out: 1 flagged Withheld, 1 noise (class 7), 1 high noise (class 18)",)


def test_another_system_than_the_catalogs_is_refused(shared: Path, tmp_path: Path) -> None:
    with pytest.raises(PlacementError, match=r"EPSG:32650.*the catalog says EPSG:4548, 1,793 m away"):
        built(shared, "20-las-other-crs", tmp_path)


def test_heights_in_feet_become_metres(shared: Path, tmp_path: Path) -> None:
    places, _, lines = built(shared, "21-las-feet", tmp_path)
    assert (places[:, 2].min(), places[:, 2].max()) == pytest.approx((165.0, 167.0), abs=0.02)
    assert lines == ()


def test_colours_of_8_and_of_16_bits_are_both_seen(shared: Path, tmp_path: Path) -> None:
    _, colours, lines = built(shared, "45-las-mixed-colour-depth", tmp_path)
    assert len(colours) == 400
    assert (colours == [180, 90, 60, 255]).all()
    assert "8 bits (200 points) and of 16 (200) are mixed" in lines[0]
