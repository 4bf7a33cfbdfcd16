"""From the catalog to the store: models made by others are late steps, and a broken one is only a fault."""

from __future__ import annotations

from pathlib import Path

from meshes.pipeline import build, is_built
from tests.meshes.build_foreign.making import model, write_obj
from twin.basin import Basin

ANCHOR = "anchor: {east: 492010, north: 4483590, height_m: 165}"


def with_models(catalog: Path, *models: str) -> None:
    catalog.write_text(catalog.read_text(encoding="utf-8") + "".join(models), encoding="utf-8")


def test_a_broken_model_is_a_fault_and_the_others_are_built(small_catalog: Path) -> None:
    folder = small_catalog.parent
    write_obj(folder / "house" / "house.obj")
    (folder / "broken").mkdir()
    (folder / "broken" / "cloud.laz").write_bytes(b"LASF and nothing more")
    with_models(
        small_catalog,
        model("broken", "points", "broken/cloud.laz", ANCHOR, reference="local"),
        model("house", "surface", "house/house.obj", ANCHOR, reference="local"),
        model("lost", "surface", "house/lost.obj", ANCHOR, reference="local"),
    )
    build(small_catalog)
    broken, house = Basin.open(small_catalog).models()
    assert broken.folders == ()
    assert broken.fault is not None
    assert "cloud.laz: " in broken.fault.message
    assert [path.name for path in house.folders] == ["house"]
    assert not any(house.covers)
    assert house.fault is None
    assert is_built(small_catalog)

    # A picture that the model names counts as its source.
    write_obj(folder / "house" / "house.obj")
    assert not is_built(small_catalog)
    assert build(small_catalog).made == ("models/house/000",)

    # So does a .prj beside a cloud.
    (folder / "broken" / "CLOUD.prj").write_text("nonsense")
    assert not is_built(small_catalog)
