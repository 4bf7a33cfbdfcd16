"""What docs/catalog.md shows is copied as it stands: checker and build take it, its numbers are right."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from meshes.build.catalog_check import check
from tests.small import BED_M, CELL_M, DAM_ROW, MIDDLE, SLOPE, ground_m, write_raster
from twin.basin import Basin
from twin.crs import transform

SEED = (116.896, 40.513)


@pytest.fixture
def copied(project: Path, tmp_path: Path) -> Path:
    """The manual's catalog, model, heights and site, with files in the places that it names."""
    import geopandas
    import pyogrio
    import shapely

    manual = (project / "docs" / "catalog.md").read_text(encoding="utf-8")
    catalog, model, vertical, site = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    for folder in ("dem", "vectors", "tables", "models/yard"):
        (tmp_path / folder).mkdir(parents=True)
    east, north = (
        float(v[0]) for v in transform([SEED[0]], [SEED[1]], source="EPSG:4490", target="EPSG:4548")
    )
    west, top = east - (MIDDLE[1] + 0.5) * CELL_M, north + (MIDDLE[0] + 0.5) * CELL_M
    from rasterio.transform import from_origin

    write_raster(tmp_path / "dem/ground.tif", ground_m(), transform=from_origin(west, top, CELL_M, CELL_M))
    y = top - (DAM_ROW + 0.5) * CELL_M
    dam = geopandas.GeoDataFrame(
        {"名称": ["主坝"], "坝顶高程": [165.0]},
        geometry=[shapely.LineString([[east - 260, y], [east + 260, y]])],
        crs=4548,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(dam, tmp_path / "vectors/dams.shp", encoding="GB18030")
    (tmp_path / "vectors/dams.cpg").unlink()
    ring = [[116.88, 40.50], [116.91, 40.50], [116.91, 40.52], [116.88, 40.50]]
    feature = {
        "type": "Feature",
        "properties": {"name": "区"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "vectors/district.geojson").write_text(json.dumps(feature, ensure_ascii=False), "utf-8")
    rows = ["水位,面积,库容"]
    for level in (126.0, 140.0, 150.0, 160.0):
        radius = (level - BED_M) / SLOPE
        rows.append(f"{level},{np.pi * radius**2 / 1e6},{np.pi * radius**2 * (level - BED_M) / 3 / 1e8}")
    (tmp_path / "tables/curve.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "models/yard/yard.obj").write_text("v 0 0 0\nv 10 0 0\nv 0 10 5\nf 1 2 3\n", "utf-8")
    (tmp_path / "site.yaml").write_text(site, "utf-8")
    path = tmp_path / "data_catalog.yaml"
    path.write_text(catalog + model + vertical, "utf-8")
    return path


def _wet_m2(level_m: float) -> float:
    """Plane area of the cells that the lake reaches: the closed dam stands in row DAM_ROW."""
    from scipy.ndimage import label

    ground = ground_m()
    ground[DAM_ROW, MIDDLE[1] - 14 : MIDDLE[1] + 15] = 165.0
    pools, _ = label(ground <= level_m, structure=np.ones((3, 3)))
    return float((pools == pools[MIDDLE]).sum()) * CELL_M**2


def test_the_checker_and_a_build_take_it_and_its_numbers_are_right(copied: Path, tmp_path: Path) -> None:
    from meshes.pipeline import build

    report = check(copied)
    assert [str(problem) for problem in report.problems if problem.severity == "error"] == []
    assert {row.id: row.status for row in report.rows} == dict.fromkeys(
        ("terrain", "dams", "district", "curve-2021", "yard"), "ok"
    )
    made = build(copied, store=tmp_path / "store")
    assert made.generation.faults == ()
    basin = Basin.open(copied, store=tmp_path / "store")
    level_m, radius = 150.0, 30.0 / SLOPE
    told = basin.water.at(level_m=level_m)
    assert told.storage_m3 == pytest.approx(np.pi * radius**2 * 10.0, rel=1e-9)
    assert told.area_m2 == pytest.approx(_wet_m2(level_m), rel=1e-3)
    (dams,) = [data for data in basin.vectors() if data.id == "dams"]
    assert list(dams.attributes) == [{"名称": "主坝", "crest_m": 165.0}]
    assert len(basin.models()[0].folders) == 1
