"""A drill on the wall: own values, mark and log; it ends by itself and leaves no trace in what is live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.hub.wall.drilling import DrillRunsError
from apps.hub.wall.wall_journal import shown_at
from tests.apps.clock import Clock
from tests.apps.command import one_line, twin
from tests.apps.hub.wall.fake_pool import wall_without_painters
from tests.apps.hub.wall.test_what_is_not_live import drawn
from tests.browser.live_basin import feeding, write_live_basin
from tests.shared_store import SharedStore
from tests.twin.drills.drill_basin import told, written
from twin.basin import Basin
from twin.live import open_database
from twin.moment import what_if
from twin.stations.snapshot import AlarmNow
from twin.stations.store import Reader

START = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
DOCUMENT = told(
    ("30500001", "level", [[0, 151.0], [5, 152.5], [50, 153.5]]),
    ("30900001", "rain", [[0, 60.0]]),
    name={"zh": "溃坝演习", "en": "Breach"},
    author="李工",
)


@pytest.fixture
def catalog(shared_store: SharedStore, tmp_path: Path) -> Path:
    """A basin with stations and no feed, and a folder with two drills, one of them wrong."""
    path = shared_store.build(write_live_basin(tmp_path, url=None))
    folder = path.parent / "drills"
    folder.mkdir()
    written(folder, DOCUMENT, "breach.yaml")
    written(folder, {**DOCUMENT, "minutes": -1}, "wrong.yaml")
    return path


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def test_it_runs_marked_and_ends_by_itself(catalog: Path, clock: Clock) -> None:
    now = lambda: START + timedelta(seconds=clock() - 100.0)  # noqa: E731
    async with wall_without_painters(catalog, clock=clock, now=now) as (wall, pool, sink, call):
        assert wall.controller is not None
        session, start_m = wall.controller.session, wall.controller.session.scene.moment.level_m
        wall.step()
        good, wrong = sink.state["wall_drill"]["files"]
        assert (good["name"], good["why"]) == ("溃坝演习", "")
        assert wrong["why"].startswith("第 6 行有误：minutes 应大于 0，现为 -1")
        await call("trame.trigger", "wall_drill_start", ["wrong.yaml"], {})
        assert "wrong.yaml:6" in sink.state["toast"] and wall.drilling.run is None
        await call("trame.trigger", "wall_drill_start", ["../catalog.yaml"], {})
        await call("trame.trigger", "wall_drill_start", ["gone.yaml"], {})
        assert wall.drilling.run is None

        await call("trame.trigger", "wall_drill_start", ["breach.yaml"], {})
        run = wall.drilling.run
        assert run is not None
        await drawn(wall, sink)
        assert (session.scene.moment.mode, session.scene.moment.level_m) == ("drill", 151.0)
        mark = sink.frames[-1]["meta"]["told"]["wall_mode"]
        assert mark["word"] == "演练" and "溃坝演习" in mark["note"] and "李工" in mark["note"]
        assert "breach.yaml" in mark["drill"]
        signs = pool.painted[-1][1].signs
        assert signs is not None
        assert signs.stations["30500001"].detail.startswith("演练 151.00 m")
        assert signs.stations["30900001"].detail.startswith("演练 ") and signs.rain_mark == "演练"
        assert signs.stations["31000001"].detail == "", "no value of the present stands in a drill"

        await call("trame.trigger", "wall_renew", [], {})
        clock.now += 20 * 60.0  # longer than anything else may stay
        wall.step()
        await drawn(wall, sink)
        assert (session.scene.moment.level_m, session.scene.moment.highest_m) == (152.5, 152.5)
        groups = sink.state["wall_drill"]["groups"]
        assert [group["rank"] for group in groups] == [2, 3] and sink.state["wall_drill"]["count"] == 2
        await call("trame.trigger", "wall_drill_acknowledge", [[groups[0]["rows"][0]["id"]], "已通知"], {})
        assert not sink.state["wall_drill"]["groups"][-1]["open"]
        with pytest.raises(DrillRunsError):
            wall.show(session.scene.changed(moment=what_if(150.0)), by="Wang")
        assert wall.drilling.run is run
        shown_until = now()

        clock.now += 40 * 60.0
        wall.step()
        await drawn(wall, sink)
        assert wall.drilling.run is None and wall.state_of.presentation is None
        assert (session.scene.moment.mode, session.scene.moment.level_m) == ("what-if", start_m)
        assert sink.state["wall_drill"]["of"] == ""
        assert pool.painted[-1][1].signs is not None
        assert not any("演练" in one.detail for one in pool.painted[-1][1].signs.stations.values())
    store = catalog.parent / ".twin"
    shown = shown_at(store, shown_until)
    assert shown.request.scene.moment.mode == "drill" and "breach.yaml" in shown.mark["drill"]
    (log,) = (store / "drills").iterdir()
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["what"] for line in lines] == ["started", "raised", "raised", "acknowledged", "ended"]
    assert lines[-1]["why"] == "file"
    journal = "".join(path.read_text("utf-8") for path in (store / "wall").iterdir())
    assert journal.count('"drill": {') == 2
    printed = twin("drill", "log", catalog, "--id", log.stem).stdout
    assert "started  Breach by 李工 (breach.yaml)" in printed and "ended    by its file" in printed


@pytest.mark.parametrize("how", ["wall_drill_end", "wall_live", "wall_water"])
async def test_an_operator_ends_it_by_showing_anything_else(catalog: Path, clock: Clock, how: str) -> None:
    async with wall_without_painters(catalog, clock=clock) as (wall, _, sink, call):
        assert wall.controller is not None
        await call("trame.trigger", "wall_drill_start", ["breach.yaml"], {})
        assert wall.drilling.run is not None
        await call("trame.trigger", how, ["level", 150.0] if how == "wall_water" else [], {})
        wall.step()
        assert wall.drilling.run is None and sink.state["wall_drill"]["of"] == ""
        assert wall.controller.session.scene.moment.mode == "what-if"
        assert (wall.state_of.presentation is None) == (how != "wall_water")


async def test_nothing_of_it_reaches_what_is_live_and_a_real_alarm_is_called_real(
    shared_store: SharedStore, tmp_path: Path
) -> None:
    with feeding(tmp_path, ("30500001", "level", 150.0, 0.0), ("31000001", "level", 1.0, 0.0)) as (_, url):
        catalog = shared_store.build(write_live_basin(tmp_path, url=url))
        (catalog.parent / "drills").mkdir()
        written(
            catalog.parent / "drills",
            told(("30500001", "level", [[0, 159.0]]), ("30900001", "rain", [[0, 99.0]])),
            "breach.yaml",
        )
        async with wall_without_painters(catalog) as (wall, _, sink, call):
            await until(lambda: wall.controller is not None and wall.controller.session.live is not None)
            assert wall.controller is not None and wall.controller.live is not None
            client = wall.controller.live.client
            await call("trame.trigger", "wall_drill_start", ["breach.yaml"], {})
            await until(lambda: sink.state["wall_drill"]["count"] == 1)
            assert wall.controller.session.live is not None
            assert wall.controller.session.live.level_m == pytest.approx(150.0)
            assert sink.state["wall_drill"]["real"] == [] and sink.state["alarms"]["count"] == 0
            real = AlarmNow(
                id="river:warning:31000001",
                station="31000001",
                datastream="31000001.level",
                rule="river:warning",
                rank=2,
                state="unacknowledged",
                text={"zh": "超警戒", "en": "above warning"},
                raised_at=START,
                changed_at=START,
            )
            assert client.now is not None
            client.now = replace(client.now, alarms=(real,))
            wall.drilling.step()
            assert sink.state["wall_drill"]["real"] == ["云溪水位站 超警戒"]
            assert sink.state["wall_drill"]["count"] == 1
            await call("trame.trigger", "wall_drill_end", [], {})
            assert wall.controller.session.scene.moment.is_live
            async with asyncio.timeout(20):
                while len((await client.shifts(10))[0]) < 2:
                    await asyncio.sleep(0.01)
        database = open_database(Basin.open(catalog), write=False)
        reader = Reader(database)
        events = [event for _, event in reader.events(kinds=("alarm", "shift"))]
        latest = reader.latest(known_at=datetime.now(UTC), valid_at=datetime.now(UTC))
        database.close()
    assert [event.kind for event in events] == ["shift", "shift"]
    assert "【演练】开始" in str(events[0].data) and "【演练】结束" in str(events[1].data)
    assert {o.datastream: o.value for o in latest.values()} == {
        "30500001.level": 150.0,
        "31000001.level": 1.0,
    }


def test_a_wrong_file_is_one_line_on_the_command_line_too(catalog: Path) -> None:
    folder = catalog.parent / "drills"
    assert twin("drill", "check", folder / "breach.yaml", "--catalog", catalog).returncode == 0
    wrong = twin("drill", "check", folder / "wrong.yaml", "--catalog", catalog)
    assert wrong.returncode == 1
    assert wrong.stderr.count("\n") == 1 and "wrong.yaml:6: minutes: must be greater than 0" in wrong.stderr
    one_line(twin("drill", "log", catalog, "--id", "drill-1"), "no log of a drill")
