"""Terrains and insets as they came from the field, beside the same heights as plain metres."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from meshes.pipeline import build
from twin.basin import Basin

pytestmark = pytest.mark.real


def area_m2(catalog: Path, store: Path) -> float:
    """The wet area at 140 m."""
    build(catalog, store=store)
    area = Basin.open(catalog, store=store).water.at(level_m=140).area_m2
    assert area is not None
    return area


@pytest.mark.parametrize("case", ["01-dem-scale-offset", "03-dem-in-feet"])
def test_an_inset_s_own_unit_counts(shared: Path, tmp_path: Path, case: str) -> None:
    wanted = area_m2(shared / "cases/01-dem-scale-offset/ref.yaml", tmp_path / "ref")
    found = area_m2(shared / "cases" / case / "inset.yaml", tmp_path / "inset")
    assert found == pytest.approx(wanted, rel=0.01)  # the inset's cells are half as large


@pytest.mark.parametrize(
    "case", ["01-dem-scale-offset/cat", "03-dem-in-feet/cat", "36-worldfile-and-pam/tfw"]
)
def test_a_terrain_s_own_words_are_read(shared: Path, case: str) -> None:
    report = check(shared / "cases" / f"{case}.yaml")
    assert report.ok
    terrain = report.rows[0]
    assert (terrain.crs, "121.1 to 175.0 m" in terrain.facts) == ("EPSG:4548", True)


def test_no_data_of_pam_is_a_void_and_pixels_as_points_lie_right(shared: Path, tmp_path: Path) -> None:
    folder = shared / "cases/36-worldfile-and-pam"
    areas = {
        name: area_m2(folder / f"{name}.yaml", tmp_path / name) for name in ("own", "pam", "tfw", "point")
    }
    assert areas["pam"] == areas["own"]
    assert areas["tfw"] == areas["point"]
