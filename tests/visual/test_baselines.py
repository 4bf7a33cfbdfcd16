"""Pictures beside those that were looked at and found good: 400 pixels wide, one folder for each renderer.

A missing baseline is a failure. TWIN_WRITE_BASELINES=1 writes the new ones beside the old (``name.new.png``);
whoever has looked at one renames it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from math import cos, pi, sin
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image

from layers.model import VectorData
from layers.stage import Stage
from tests.scenes import show, show_mode
from tests.visual.world import GRID, VIEWS, World

SIZE = (400, 225)
FOLDER = Path(__file__).parent / "baselines"
MEAN_OFF = 1.5
FAR_OFF, FEW = 30, 0.004


def at(col: float, row: float) -> tuple[float, float]:
    east, north = GRID.centre_of(row, col)
    return float(east), float(north)


def data(id_: str, kind: str, features: list[tuple[object, dict[str, str]]], **more: object) -> VectorData:
    return VectorData(
        id=id_,
        kind=kind,
        title={"zh": id_, "en": id_},
        geometries=[shape for shape, _ in features],
        attributes=[row for _, row in features],
        label="name_zh",
        **more,  # type: ignore[arg-type]
    )


def named(zh: str, en: str, **more: str) -> dict[str, str]:
    return {"name_zh": zh, "name_en": en, **more}


RING = shapely.Polygon([at(320 + 230 * cos(i * pi / 90), 240 + 190 * sin(i * pi / 90)) for i in range(180)])
ON_IT = (
    data("district", "boundary", [(RING, named("湖区", "Lake District"))]),
    data(
        "rivers",
        "river",
        [
            (
                shapely.LineString([at(620, 20), at(540, 80), at(500, 90), at(430, 130)]),
                named("清河", "Clear", kind="main"),
            )
        ],
    ),
    data(
        "dams",
        "barriers",
        [(shapely.LineString([at(205, 372), at(435, 400)]), named("主坝", "Main dam", kind="main"))],
    ),
    data(
        "villages",
        "village",
        [
            (shapely.Point(at(300, 60)), named("北村", "Northby")),
            (shapely.Point(at(500, 230)), named("东村", "Eastby")),
            (shapely.Point(at(130, 250)), named("西村", "Westby")),
        ],
    ),
    data(
        "places",
        "place",
        [
            (shapely.Point(at(310, 215)), named("圆湖水库", "Round Lake", kind="reservoir")),
            (shapely.Point(at(80, 60)), named("高峰", "High Peak", kind="peak")),
        ],
    ),
)


@pytest.fixture(scope="module")
def lived_in(world: World) -> World:
    """The world with names, lines and the stamp of invented data."""
    return replace(world, on_it=ON_IT, synthetic=True)


@pytest.fixture
def stage(lived_in: World) -> Iterator[Stage]:
    """A fresh one for every picture: names that were shown before would rather stay."""
    stage = Stage(lived_in, size=SIZE)
    show_mode(stage, "live")
    yield stage
    stage.close()


def compare(stage: Stage, name: str) -> None:
    """Fail where the stage's picture differs from its baseline by more than processors differ."""
    picture = stage.picture()
    path = FOLDER / renderer(stage) / f"{name}.png"
    if os.environ.get("TWIN_WRITE_BASELINES") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path.with_suffix(".new.png"), optimize=True)
    assert path.exists(), f"no baseline {path}: make one with TWIN_WRITE_BASELINES=1, and look at it"
    with Image.open(path) as file:
        off = np.abs(np.asarray(file.convert("RGB")).astype(int) - picture).max(axis=-1)
    assert off.mean() < MEAN_OFF
    assert (off > FAR_OFF).mean() < FEW


def renderer(stage: Stage) -> str:
    """The renderer's name without its versions: llvmpipe, NVIDIA H100 …"""
    found = re.search(r"OpenGL renderer string:\s*([^(/\n]+)", stage.window.ReportCapabilities())
    assert found is not None
    return re.sub(r"[^a-z0-9]+", "-", found.group(1).strip().lower())


@pytest.mark.parametrize(
    ("view", "level_m"), [("whole", 152.5), ("arms", 158.0), ("dam", 146.0), ("above", 138.0)]
)
def test_the_scene_looks_as_it_did(view: str, level_m: float, stage: Stage) -> None:
    show(stage, level_m=level_m, highest_m=158.0 if view == "above" else None)
    show(stage, camera=VIEWS[view])
    compare(stage, f"{view}-{level_m:g}")


def test_marked_shores_look_as_they_did(stage: Stage) -> None:
    show(stage, level_m=150.0, uncertain=True, compared_m=154.0)
    show(stage, camera=VIEWS["south"])
    compare(stage, "possible-and-compared")


def test_english_names_a_forecast_and_high_mountains_look_as_they_did(stage: Stage) -> None:
    show(stage, level_m=157.5)
    show(stage, language="en")
    show_mode(stage, "forecast")
    show(stage, exaggeration=3.0)
    show(stage, camera=VIEWS["whole"])
    compare(stage, "english-exaggerated")
