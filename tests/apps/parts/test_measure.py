"""What a desk says of points that were measured, on the cone and on a plain."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from apps.parts.measure.measure_panel import PANEL, MeasureActions
from apps.parts.measure.results import view
from apps.session.controller import Controller
from apps.session.session import Session
from tests.small import BED_M, SLOPE
from twin.basin import Basin
from twin.geodesy import distance_m
from twin.scene import Scene

MIDDLE = (492_010.0, 4_483_590.0)


@pytest.fixture(scope="module")
def session(small_basin: Path) -> Session:
    found = Session(Basin.open(small_basin))
    found.show_what_if("level", 150.0)
    return found


def rows(session: Session, kind: str, *points: tuple[float, float], **more: float) -> dict[str, str]:
    shown = view(session, kind, points, "en", **more)  # type: ignore[arg-type]
    return {row.label: row.value for row in shown.rows}


def number(text: str) -> float:
    return float(text.split(maxsplit=1)[0].replace(",", "").replace("−", "-"))


def test_a_profile_over_the_cone_is_wet_to_its_shore_and_deepest_in_the_middle(session: Session) -> None:
    ends = [(MIDDLE[0] + side * 900.0, MIDDLE[1]) for side in (-1, 1)]
    found = rows(session, "profile", *ends)
    true_m = distance_m(*ends, crs=session.basin.frame.crs)
    assert number(found["Length (level)"]) == pytest.approx(true_m, abs=0.06)
    assert number(found["Over ground"]) == pytest.approx(true_m * math.hypot(1, SLOPE), rel=1e-3)
    assert number(found["Under water"]) == pytest.approx(2 * (150.0 - BED_M) / SLOPE, abs=25.0)
    assert number(found["Water level"]) == 150.0
    assert number(found["Deepest"]) == pytest.approx(150.0 - BED_M, abs=1.0)


def test_an_area_is_asked_of_three_points_and_refused_where_edges_cross(session: Session) -> None:
    x, y = MIDDLE
    square = [(x, y), (x + 400.0, y), (x + 400.0, y + 400.0), (x, y + 400.0)]
    assert number(rows(session, "area", *square)["Area"]) == pytest.approx(160_000.0, rel=1e-3)
    assert "1" in view(session, "area", square[:2], "en").note
    crossed = view(session, "area", [square[0], square[2], square[1], square[3]], "en")
    assert crossed.rows == [] and "cross" in crossed.note


def test_across_the_cone_one_sees_and_out_of_it_the_rim_hides(session: Session) -> None:
    x, y = MIDDLE
    assert rows(session, "sight", (x - 900.0, y), (x + 900.0, y), eye_m=2.0)["Sight"] == "free"
    blocked = view(session, "sight", [(x, y), (x - 1_400.0, y)], "en", eye_m=0.5)
    assert [line["tone"] for line in blocked.lines] == ["clear", "blocked"]


def test_the_result_is_a_text_to_be_copied_with_its_units(session: Session) -> None:
    shown = view(session, "distance", [MIDDLE, (MIDDLE[0] + 100.0, MIDDLE[1])], "en")
    assert shown.copy.splitlines()[0] == "Distance"
    assert all(line.endswith("m") for line in shown.copy.splitlines()[1:5])
    assert shown.label == shown.rows[0].value
    heights = np.array(shown.lines[0]["points"])[:, 2]
    assert (heights >= 150.0).all(), "drawn on the water, not on its bed"


class Area:
    """A picture of which every place is the middle of the cone."""


async def test_clicks_are_points_only_while_the_panel_is_open(session: Session) -> None:
    asked: list[tuple[float, float]] = []
    controller = Controller(session, Area(), lambda **_: None)  # type: ignore[arg-type]
    controller.pick = lambda x, y: asked.append((x, y))
    actions = MeasureActions(controller)
    controller.pick(0.2, 0.3)
    assert asked == [(0.2, 0.3)]
    controller.panel = PANEL
    for east in (0.0, 0.0, 50.0):  # a double click is one point
        actions._add(type("Found", (), {"place": (MIDDLE[0] + east, MIDDLE[1], 0.0)})())
    assert len(actions.view().points) == 2
    actions.measure_undo()
    actions.measure_kind("sight")
    assert (actions.view().kind, len(actions.view().points)) == ("sight", 1)


async def test_what_is_measured_is_in_a_link_only_where_that_is_wanted(session: Session) -> None:
    def found(east: float) -> Any:
        return SimpleNamespace(place=(MIDDLE[0] + east, MIDDLE[1], 0.0))

    state: dict[str, Any] = {}
    controller = Controller(session, Area(), lambda **views: state.update(views))  # type: ignore[arg-type]
    controller.panel = PANEL
    bare = session.scene.to_link()
    actions = MeasureActions(controller)
    for east in (0.0, 50.0, 90.0):
        actions._add(found(east))
    assert session.scene.to_link() == bare
    actions.measure_keep(True)
    actions.measure_kind("profile")
    scene = Scene.from_link(state["link"])
    assert scene.measured is not None and scene.measured.kind == "profile"
    opened = Session(session.basin)
    opened.do(lambda _: scene)
    other = Controller(opened, Area(), lambda **views: state.update(views))  # type: ignore[arg-type]
    theirs = MeasureActions(other)
    for call in other.on_language:
        call()
    assert (state["measure"].points, state["measure"].kept) == (actions.view().points, True)
    theirs.measure_clear()
    assert (
        opened.scene.measured is None and opened.scene.changed(moment=session.scene.moment).to_link() == bare
    )
    actions.measure_keep(False)
    assert session.scene.to_link() == bare and len(actions.view().points) == 3
