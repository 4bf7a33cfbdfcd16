"""Pictures as they came from the field, over the ground's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meshes.build.catalog_check import check
from meshes.pipeline import build
from twin.basin import Basin
from twin.cog import read_cog

pytestmark = pytest.mark.real

RELIEF, FLIGHT, DAM = (166, 164, 152), (200, 120, 60), (60, 200, 60)


def drawn(catalog: Path, store: Path) -> NDArray[np.int_]:
    """The picture on the ground, (h, w, 3)."""
    report = check(catalog)
    assert (report.ok, report.problems) == (True, ())
    generation = build(catalog, store=store).generation
    assert generation.faults == ()
    assert Basin.open(catalog, store=store).notes == {}
    return np.moveaxis(read_cog(generation.path("picture") / "surface.tif")[0], 0, -1).astype(int)


def share(picture: NDArray[np.int_], colour: tuple[int, int, int]) -> float:
    """The part of a picture that has a colour, but for relief's light and JPEG."""
    return float((np.abs(picture - colour).max(axis=-1) < 24).mean())


def test_a_palette_gives_its_colours(shared: Path, tmp_path: Path) -> None:
    picture = drawn(shared / "cases/04-imagery-palette/cat.yaml", tmp_path)
    assert share(picture, (30, 160, 40)) == pytest.approx(0.5, abs=0.02)
    assert share(picture, (200, 40, 30)) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("name", "flight", "dam"), [("cat", 0.44, 0.0), ("dam", 0.0, 0.0156), ("two", 0.43, 0.0156)]
)
def test_the_ground_is_seen_where_an_orthophoto_is_clear_or_ends(
    shared: Path, tmp_path: Path, name: str, flight: float, dam: float
) -> None:
    picture = drawn(shared / f"cases/05-orthophoto-alpha/{name}.yaml", tmp_path)
    assert share(picture, FLIGHT) == pytest.approx(flight, abs=0.02)
    assert share(picture, DAM) == pytest.approx(dam, abs=0.003)
    assert share(picture, RELIEF) == pytest.approx(1 - flight - dam, abs=0.03)
    assert (picture.max(axis=-1) < 40).sum() == 0
