"""The cases of areas that people sent: one cone on four grids, and a terrain of Web Mercator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.apps.command import twin

pytestmark = pytest.mark.real

TRUE_M2, TRUE_M3 = 78_539_772.0, 2.61799e9  # of the cone at 200 m


@pytest.mark.parametrize("crs", ["EPSG_4326", "EPSG_4548", "EPSG_32650", "EPSG_3857"])
def test_the_cone_holds_the_same_on_every_grid(shared: Path, tmp_path: Path, crs: str) -> None:
    case = shared / "cases" / "truth-01-projected-areas" / crs
    catalog = shutil.copy(case / "data_catalog.yaml", tmp_path)
    place = ("--root", str(case), "--store", str(tmp_path / "store"))
    built = twin("build", catalog, *place, "--progress", "none")
    assert built.returncode == 0
    answer = json.loads(twin("water", catalog, *place, "--level", "200", "--json").stdout)
    assert answer["terrain_storage_m3"] == pytest.approx(TRUE_M3, rel=5e-6)
    assert answer["area_m2"] == pytest.approx(TRUE_M2, rel=5e-4)
    checked = twin("check", catalog, "--root", str(case))
    assert checked.returncode == 0
    for told in (checked.stdout, built.stderr):
        assert ("times those on the ground" in " ".join(told.split())) == (crs == "EPSG_3857")
