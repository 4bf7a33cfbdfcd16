"""Shore contours of a built basin: what other programs read, and what a view draws."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest

from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.basin import Basin

ENTRY = """  shores:
    kind: shoreline
    title: {zh: 水位等高线, en: Shore contours}
    driver: terrain
    levels_m: [150.0, 140.0, 200.0]
    edition: "1"
    source: the terrain
    access: public
"""


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    catalog = write_small_basin(tmp_path_factory.mktemp("shores"))
    catalog.write_text(catalog.read_text(encoding="utf-8") + ENTRY, encoding="utf-8")
    return Basin.open(shared_store.build(catalog))


def test_rings_and_extents_are_those_of_a_bowl(basin: Basin) -> None:
    folder = basin.generation.path("vectors/shores")
    rings = geopandas.read_parquet(folder / "data.parquet")
    extents = geopandas.read_parquet(folder / "extents.parquet")
    assert rings.crs == extents.crs == basin.frame.crs
    assert list(extents["level_m"]) == [140.0, 150.0]
    for shape, length_m, area_m2, level_m in zip(
        extents.geometry, extents["length_m"], extents["area_m2"], extents["level_m"], strict=True
    ):
        report = basin.water.at(level_m=level_m)
        assert report.area_m2 is not None
        assert area_m2 == pytest.approx(report.area_m2, rel=0.01)
        assert shape.is_valid
        assert length_m >= 2 * np.sqrt(np.pi * area_m2)
    assert set(rings["part"]) == {"shore"}
    assert rings.geometry.is_ring.all()
    assert extents.geometry[1].contains(extents.geometry[0])


def test_a_level_outside_the_range_is_told(basin: Basin) -> None:
    assert basin.notes["shores"].lines == ("200 m is outside the reservoir's range",)


def test_a_view_gets_lines_with_their_levels_for_names(basin: Basin) -> None:
    (data,) = (one for one in basin.vectors() if one.id == "shores")
    assert data.kind == "shoreline"
    assert [row["name_zh"] for row in data.attributes if row["part"] == "shore"] == ["140", "150"]
    assert all(shape.geom_type == "LineString" for shape in data.geometries)
