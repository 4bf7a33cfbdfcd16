"""What is under a point is found where its own view shows it, whatever a painter drew before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.painter.messages import Paint, Pick, Size, Target
from apps.painter.painter import Painter
from apps.painter.viewport import Viewport
from layers.governor import MOVING
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from tests.guarded import X, Y, mark, write_guarded_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Camera, LayerState, Scene

WIDE, TALL = (640, 200), (200, 640)
GAUGE = mark("internal", "gauge0")
SIGNS = Signs(stations={GAUGE: Sign(name="gauge", detail="1.0 m", state="fresh", rank=0)})
CAMERA = Camera(
    target_east_m=X,
    target_north_m=Y + 200.0,
    target_m=150.0,
    distance_m=3500.0,
    heading_deg=0.0,
    pitch_deg=-50.0,
)
SCENE = Scene(camera=CAMERA, moment=what_if(150.0), layers={"stations": LayerState()})


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_store.build(write_guarded_basin(tmp_path_factory.mktemp("picks"), stations="internal"))


@pytest.fixture
def painter(catalog: Path) -> Iterator[Painter]:
    painter = Painter(catalog, root=None, store=None)
    yield painter
    painter.close()


@pytest.fixture(scope="module")
def target(catalog: Path) -> Target:
    id_ = Basin.open(catalog).generation.id
    return Target(generation=id_, models=id_, sees="restricted")


def viewport(size: Size) -> Viewport:
    return Viewport(width=float(size[0]), height=float(size[1]))


def painted(painter: Painter, target: Target, *, view: str, size: Size) -> dict[str, tuple[float, float]]:
    """Draw a view; its marks' places by their ids."""
    drawn = painter.paint(
        Paint(
            target=target,
            view=view,
            scene=SCENE,
            signs=SIGNS,
            viewport=viewport(size),
            size=size,
            sharpness=MOVING[0],
        )
    )
    return {one["id"]: (one["x"], one["y"]) for one in drawn.overlay["marks"]}


def pick(target: Target, *, view: str, size: Size, x: float, y: float) -> Pick:
    return Pick(
        target=target, view=view, scene=SCENE, signs=SIGNS, viewport=viewport(size), size=size, x=x, y=y
    )


def test_the_ground_is_found_in_the_shape_of_its_own_view(painter: Painter, target: Target) -> None:
    ask = pick(target, view="wide", size=WIDE, x=0.8, y=0.6)
    painted(painter, target, view="wide", size=WIDE)
    alone = painter.pick(ask).place
    painted(painter, target, view="tall", size=TALL)
    between = painter.pick(ask).place
    assert alone is not None and between == pytest.approx(alone, abs=0.01)


def test_a_painter_that_has_not_drawn_a_view_finds_its_stations(painter: Painter, target: Target) -> None:
    x, y = painted(painter, target, view="elsewhere", size=WIDE)[GAUGE]
    assert painter.pick(pick(target, view="desk", size=WIDE, x=x, y=y)).station == GAUGE
