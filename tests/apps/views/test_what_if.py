"""The what-if panel through its triggers: when a level is reached, drawn flows, files, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from apps.parts import head
from apps.parts.part import first_state
from apps.parts.whatif.what_if_actions import WhatIfActions
from apps.parts.whatif.what_if_panel import PART
from apps.rooms import desk
from apps.session import origins
from apps.session.controller import Controller
from apps.session.link_check import unknown_in
from apps.session.run_names import name_run
from apps.session.session import Session
from apps.session.views import plain
from apps.session.visitor_runs import VisitorRuns
from tests.apps.flat import SCENE
from twin.forecast_table import ForecastLevels
from twin.runs_file import RunsFile
from twin.stations.freshness import Freshness

DAY_S = 86_400.0


class Area:
    """A picture that nobody draws."""

    changes = 0

    def changed(self, **_: Any) -> None:
        self.changes += 1

    def recaption(self) -> None: ...


class Page:
    """The what-if panel of a desk without a browser."""

    def __init__(self, session: Session) -> None:
        self.state: dict[str, Any] = {}
        self.area = Area()
        self.controller = Controller(session, cast("Any", self.area), self._publish, parts=[PART])
        self.actions = WhatIfActions(self.controller)
        self.actions.what_if_open()

    def _publish(self, **views: Any) -> None:
        self.state |= {name: plain(view) for name, view in views.items()}

    @property
    def panel(self) -> dict[str, Any]:
        return self.state["what_if"]


@pytest.fixture
def page(session: Session) -> Iterator[Page]:
    async def made() -> Page:
        return Page(session)

    with asyncio.Runner() as runner:
        yield runner.run(made())


def test_when_we_would_be_at_158_m_at_900_m3_s(page: Page, session: Session) -> None:
    """Volume to be filled over net inflow, from the level shown."""
    assert page.actions.what_if_set("target", "158")
    assert page.actions.what_if_flow("inflow", "900")
    assert page.actions.what_if_flow("release", "80 m³/s")
    curve = session.basin.water.curve
    start_m = session.scene.moment.level_m
    needed_s = (curve.storage_at(158.0) - curve.storage_at(start_m)) / 820
    minutes = round(needed_s / 60)
    assert f"{minutes // 60} 小时 {minutes % 60} 分后" in page.panel["answer"]
    assert "涨到 158.00 m" in page.panel["answer"]
    assert "最早" in page.panel["answer_bounds"]
    assert page.panel["answer_at"] == pytest.approx(page.panel["chart"]["start"] + needed_s, abs=1)
    assert page.panel["days"] == 3, "as many days as it takes"


def test_a_what_if_asks_for_the_level_that_is_shown(page: Page, session: Session) -> None:
    normal = page.panel["target"]
    live = SimpleNamespace(level_m=150.0, at=datetime(2026, 7, 20, 6, tzinfo=UTC), freshness=Freshness.FRESH)
    session.live = cast("Any", live)
    for shown_m, target in ((158.0, "158.00"), (150.0, normal)):
        session.show_what_if("level", shown_m)
        page.actions.what_if_anew()
        assert page.panel["target"] == target


def test_units_of_flows_are_read_and_a_storage_may_be_the_start(page: Page, session: Session) -> None:
    page.actions.what_if_flow("inflow", "7776 万m³/d")
    assert page.panel["series"][0]["value"] == "900"
    middle_m3 = session.basin.water.curve.storage_at(140.0)
    assert page.actions.what_if_set("start", f"{middle_m3 / 1e4:.4f}万m³")
    assert page.panel["start"] == "140.00"


@pytest.mark.parametrize(
    ("call", "arguments", "where", "says"),
    [
        ("what_if_flow", ("inflow", "many"), "inflow", "“many”不是流量"),
        ("what_if_flow", ("release", "-5"), "release", "出库流量的数值不在允许范围"),
        ("what_if_flow", ("inflow", "5 kg"), "inflow", "“5 kg”不是流量"),
        ("what_if_set", ("target", "999"), "target", "999"),
        ("what_if_set", ("start", "x"), "start", "“x”不是水位"),
        ("what_if_set", ("inflow_error", "95"), "inflow_error", "入库流量误差的数值"),
        ("what_if_file", ("a.csv", "time,inflow (m³/s),release (m³/s)\n2026-07-01,x,1\n"), "file", "第 2 行"),
        ("what_if_point", ("inflow", 0, "soon", "5"), "inflow", "“soon”不是时刻"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_changes_nothing(
    page: Page, call: str, arguments: tuple[Any, ...], where: str, says: str
) -> None:
    before = page.panel
    assert getattr(page.actions, call)(*arguments) is False
    assert page.panel["refused_field"] == where
    assert says in page.panel["refused"]
    assert {**page.panel, "refused": "", "refused_field": ""} == before


def test_a_drawn_wave_and_a_file_are_the_same_flows(page: Page, session: Session) -> None:
    start = page.panel["chart"]["start"]
    peak = [[start, 10.0], [start + DAY_S, 90.0], [start + 2 * DAY_S, 10.0]]
    assert page.actions.what_if_draw("inflow", peak)
    assert page.actions.what_if_set("days", "2")
    by_hand = page.panel
    lines = [f"{at:.0f},{flow},0" for at, flow in peak]
    table = "time,inflow (m³/s),release (m³/s)\n" + "\n".join(lines)
    assert page.actions.what_if_file("wave.csv", table)
    assert page.panel["source"] == "wave.csv"
    np.testing.assert_allclose(page.panel["chart"]["pool"], by_hand["chart"]["pool"], atol=2)
    curve = session.basin.water.curve
    gained_m3 = 50 * 2 * DAY_S
    expected = curve.level_at(curve.storage_at(session.scene.moment.level_m) + gained_m3)
    assert page.panel["chart"]["pool"][-1][1] == pytest.approx(expected, abs=1e-3)
    assert page.actions.what_if_remove("inflow", 1)
    assert page.panel["series"][0]["count"] == 2


def test_the_scene_follows_the_cursor_marked_as_a_what_if_with_its_time(page: Page, session: Session) -> None:
    page.actions.what_if_flow("inflow", "40")

    async def move() -> None:
        page.actions.what_if_at(page.panel["chart"]["start"] + DAY_S)

    asyncio.run(move())
    moment = session.scene.moment
    assert moment.mode == "what-if"
    assert moment.valid_at is not None
    assert moment.valid_at.timestamp() == round(page.panel["chart"]["start"] + DAY_S)
    curve = session.basin.water.curve
    assert curve.storage_at(moment.level_m) == pytest.approx(curve.storage_at(150.0) + 40 * DAY_S, rel=1e-4)
    assert page.area.changes
    link = session.scene.to_link()
    again = Session(session.basin)
    again.restore(type(SCENE).from_link(link).moment)
    assert again.scene.moment.valid_at == moment.valid_at, "a link keeps the time"


def test_it_is_a_part_of_the_desk() -> None:
    assert first_state(desk.PARTS)["what_if"]["ready"] is False


def test_days_of_supply_and_the_shore_that_falls_dry(page: Page, session: Session) -> None:
    """Of the cone: area π·r², storage a third of it times the depth."""
    assert page.actions.what_if_set("supply_to", "140")
    assert page.actions.what_if_set("demand", "86.4 万m³/d")
    curve = session.basin.water.curve
    usable_m3 = curve.storage_at(150.0) - curve.storage_at(140.0)
    assert f"可供 {usable_m3 / 864_000:.1f} 天" in page.panel["supply"]["answer"]
    dry_km2 = (curve.area_at(150.0) - curve.area_at(140.0)) / 1e6
    assert f"露出 {dry_km2:.2f} km²" in page.panel["supply"]["exposed"]

    async def mark() -> None:
        page.actions.what_if_exposed()

    asyncio.run(mark())
    assert (session.scene.moment.level_m, session.scene.marks.compared_m) == (140.0, 150.0)


def test_a_kept_what_if_is_opened_by_those_who_may_see_it_and_changed_by_its_author(
    page: Page, session: Session, tmp_path: Path
) -> None:
    def visitor(name: str, sees: str) -> VisitorRuns:
        file = RunsFile(tmp_path / "runs.sqlite")
        return VisitorRuns(file=file, name=name, full_name="", sees=cast("Any", sees), administers=False)

    page.controller.runs = visitor("li", "internal")
    page.actions.what_if_flow("inflow", "123")
    assert page.actions.what_if_save("秋汛", "internal")
    assert not page.actions.what_if_save("秋汛", "restricted"), "she does not see it herself"
    (kept,) = page.panel["kept"]["runs"]
    assert (kept["name"], kept["mine"]) == ("秋汛", True)
    page.actions.what_if_flow("inflow", "5")

    page.controller.runs = visitor("wang", "restricted")
    assert page.actions.what_if_load(kept["id"])
    assert page.panel["series"][0]["value"] == "123"
    assert page.panel["kept"]["runs"][0]["mine"] is False
    assert not page.actions.what_if_delete(kept["id"])
    assert not page.actions.what_if_rename(kept["id"], "x")

    page.controller.runs = visitor("guest", "public")
    assert not page.actions.what_if_load(kept["id"])
    assert page.panel["kept"]["runs"] == []

    page.controller.runs = visitor("li", "internal")
    assert page.actions.what_if_rename(kept["id"], "冬")
    assert page.panel["kept"]["runs"][0]["name"] == "冬"
    assert page.actions.what_if_delete(kept["id"])
    assert page.panel["kept"]["runs"] == []


def test_a_kept_what_if_keeps_its_name_and_its_highest_level_on_the_wall_and_in_links(
    page: Page, session: Session, tmp_path: Path
) -> None:
    file = RunsFile(tmp_path / "runs.sqlite")
    page.controller.runs = VisitorRuns(
        file=file, name="li", full_name="李工", sees="internal", administers=False
    )
    page.actions.what_if_flow("inflow", "40")
    assert page.actions.what_if_save("秋汛", "internal")
    start = page.panel["chart"]["start"]

    async def move() -> None:
        page.actions.what_if_at(start + DAY_S)

    asyncio.run(move())
    moment = session.scene.moment
    (run,) = file.all("what-if")
    assert (moment.mode, moment.run) == ("what-if", run.id)
    assert "秋汛 · 李工" in origins.level_origin(session, "zh").source
    sunk = moment.model_copy(update={"level_m": moment.level_m - 1.0})
    again = Session(session.basin)
    again.restore(sunk)
    name_run(again, sunk.run, page.controller.runs)
    assert again.scene.moment == sunk, "pockets stay full up to the highest level before"
    assert "秋汛 · 李工" in head.view(session.basin.catalog, again, "zh").note
    assert unknown_in(again.scene, again, {}) is None
    stranger = Session(session.basin)
    stranger.restore(sunk)
    name_run(stranger, sunk.run, replace(page.controller.runs, name="wang", sees="public"))
    assert "秋汛" not in head.view(session.basin.catalog, stranger, "zh").note
    page.actions.what_if_flow("inflow", "41")
    asyncio.run(move())
    assert session.scene.moment.run is None, "another one than was kept"


def test_a_forecast_is_drawn_with_its_author_and_shown_as_a_forecast(
    page: Page, session: Session, tmp_path: Path
) -> None:
    start = page.panel["chart"]["start"]
    levels = ForecastLevels(
        time_s=np.array([start, start + DAY_S]),
        level_m=np.array([150.0, 152.0]),
        low_m=np.array([149.0, 151.0]),
        high_m=np.array([151.0, 153.0]),
    )
    file = RunsFile(tmp_path / "runs.sqlite")
    issued = datetime(2026, 7, 1, tzinfo=UTC)
    run = file.add(
        "forecast",
        name="晨间预报",
        author="水文局",
        access="internal",
        document=levels.to_document(),
        issued_at=issued,
    )
    page.controller.runs = VisitorRuns(file=file, name="", full_name="", sees="internal", administers=False)
    page.actions.what_if_forecast(run, True)
    (drawn,) = page.panel["chart"]["forecasts"]
    assert drawn["name"] == "晨间预报 · 水文局 · 2026-07-01 08:00"
    assert drawn["line"][-1] == [start + DAY_S, 152.0]

    async def move() -> None:
        page.actions.what_if_forecast_show(run)
        page.actions.what_if_seek(start + DAY_S / 2)

    asyncio.run(move())
    moment = session.scene.moment
    assert (moment.mode, moment.run, moment.level_m) == ("forecast", run, 151.0)
    shown = head.view(session.basin.catalog, session, "zh")
    assert shown.tone == "forecast"
    assert "水文局 · 2026-07-01 08:00" in shown.note


def test_the_origin_of_a_planned_level_names_its_flows(page: Page, session: Session) -> None:
    """A page that is printed says under which flows its level would be reached."""
    page.actions.what_if_flow("inflow", "900")
    page.actions.what_if_flow("release", "80")

    async def look() -> None:
        page.actions.what_if_at(page.panel["chart"]["end"])

    asyncio.run(look())
    assert session.basis == "plan"
    source = origins.level_origin(session, "zh").source
    assert source.endswith("150.00 m 起，入库 900 m³/s，出库 80 m³/s")
    session.show_what_if("level", 158.0)
    assert "900" not in origins.level_origin(session, "zh").source
