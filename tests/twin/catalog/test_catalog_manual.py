"""The examples in docs/catalog.md are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.catalog import CurveEntry, ModelEntry, VectorEntry, load_catalog
from twin.catalog.layer_kinds import LAYER_KINDS


@pytest.fixture(scope="module")
def manual(project: Path) -> str:
    return (project / "docs" / "catalog.md").read_text(encoding="utf-8")


def test_the_manual_s_examples_load(manual: str, tmp_path: Path) -> None:
    catalog_text, model_text, vertical_text, site_text = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    for name in (
        "dem/ground.tif",
        "vectors/dams.shp",
        "vectors/district.geojson",
        "tables/curve.csv",
        "models/yard/yard.obj",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "site.yaml").write_text(site_text, encoding="utf-8")
    path = tmp_path / "data_catalog.yaml"
    path.write_text(catalog_text + model_text + vertical_text, encoding="utf-8")
    catalog = load_catalog(path)
    assert catalog.head.vertical.offsets_m["Dagu"] == -1.2
    assert catalog.only(ModelEntry).driver == "surface"
    assert catalog.site.levels[0].season is not None
    assert catalog.only(CurveEntry).unit_mult["storage_m3"] == 1e8
    assert [entry.id for entry in catalog.of_class(VectorEntry)] == ["dams", "district"]


def test_the_manual_names_every_kind(manual: str) -> None:
    for kind in LAYER_KINDS:
        assert f"| `{kind}`" in manual
