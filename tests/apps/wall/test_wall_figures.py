"""What the wall says of the present: storage, margins, rates, and words where there is no number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.parts.wall import figures as figures_module
from apps.parts.wall.figures import WallFigures
from apps.parts.wall.water_view import AgeView, LakeReports, duration, water_view
from apps.session.live_level import LiveLevel
from apps.session.session import Session
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.situation.net_rate import Rate
from twin.stations.freshness import Freshness
from twin.stations.snapshot import Now, Past, ValueNow

STATION = "30500001"
AT = datetime(2026, 7, 20, 6, tzinfo=UTC)
DAY = AT.date()


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    catalog = write_live_basin(tmp_path_factory.mktemp("wall"), url="http://127.0.0.1:9/now.json")
    return Basin.open(shared_store.build(catalog))


def value(property_: str, number: float | None, *, age_s: float = 30.0, quality: str = "good") -> ValueNow:
    return ValueNow(
        datastream=f"{STATION}.{property_}",
        value=number,
        phenomenon_at=AT,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        quality=quality,  # type: ignore[arg-type]
    )


@pytest.fixture
def session(basin: Basin) -> Session:
    session = Session(basin, age_clock_s=lambda: 1000.0)
    network = basin.network()
    assert network is not None
    session.live = LiveLevel(
        level_m=150.0,
        at=AT,
        station=network.stations[STATION],
        datastream=f"{STATION}.level",
        freshness=Freshness.FRESH,
        quality="good",
        feed="web",
        stale_after_s=900,
    )
    session.live_age_s = 30.0
    return session


def reports(*values: ValueNow, rate: Rate | None = None) -> LakeReports:
    by_property = {one.datastream.rpartition(".")[2]: one for one in values}
    return LakeReports(values=by_property, elapsed_s=lambda _: 0.0, rate_m_s=rate)


def test_storage_is_the_curves_where_none_is_reported(session: Session) -> None:
    ages: dict[str, AgeView] = {}
    found = water_view(session, reports(), DAY, "zh", ages)
    curve_m3 = session.basin.water.at(level_m=150.0).storage_m3
    unit = session.levels.storage_unit
    assert found.storage.value == f"{curve_m3 / unit.m3:,.{unit.digits}f}"
    assert (found.storage.note, found.curve, found.level.value) == ("由水位按曲线", None, "150.00")
    assert ages["storage"] == ages["level"] == AgeView(age_s=30.0, stale_s=900)


def test_a_reported_storage_stands_first_with_the_curves_and_their_difference(session: Session) -> None:
    curve_m3 = float(session.basin.water.at(level_m=150.0).storage_m3)
    unit, ages = session.levels.storage_unit, dict[str, AgeView]()
    told = value("storage", curve_m3 - 3 * unit.m3, age_s=1000.0)
    found = water_view(session, reports(told), DAY, "zh", ages)
    assert found.storage.note == "报汛值" and found.curve is not None
    assert found.curve.value == f"{curve_m3 / unit.m3:,.{unit.digits}f}"
    assert found.curve.note == f"报汛比曲线 −3.{'0' * unit.digits}"
    assert ages["storage"] == AgeView(age_s=1000.0, stale_s=900)  # and is stale: the page says so
    same = water_view(session, reports(value("storage", curve_m3)), DAY, "zh", {})
    assert same.curve is None


def test_without_a_level_there_are_dashes_with_their_reason(basin: Basin) -> None:
    found = water_view(Session(basin), reports(), DAY, "zh", {})
    assert (found.storage.value, found.level.value, found.next.value) == ("—", "—", "—")
    assert found.storage.why and found.level.why and found.next.why
    assert found.margins == []


def test_margins_count_to_the_levels_in_force(session: Session) -> None:
    limit, normal = water_view(session, reports(), DAY, "zh", {}).margins
    assert (limit.label, limit.value) == ("距汛限水位 152.0", "2.00")
    assert (normal.label, normal.value, normal.tone) == ("距正常蓄水位 157.5", "7.50", "")
    winter = water_view(session, reports(), date(2026, 12, 1), "zh", {}).margins
    assert [one.id for one in winter] == ["margin-normal"]
    assert session.live is not None
    session.live = replace(session.live, level_m=152.3)
    over = water_view(session, reports(), DAY, "zh", {}).margins[0]
    assert (over.label, over.value, over.tone) == ("超汛限水位 152.0", "0.30", "over")


def test_fresh_flows_give_a_time_and_stale_ones_a_word(session: Session) -> None:
    fresh = (value("inflow", 900.0), value("release", 100.0))
    found = water_view(session, reports(*fresh), DAY, "zh", {})
    curve = session.basin.water.curve
    gained = curve.storage_at(152.0) - curve.storage_at(150.0)
    assert found.flows[2].value == "+800" and found.next.label == "到汛限水位 152.0 m"
    assert found.next.value == duration(gained / 800.0, "zh") and " – " in found.next.note
    stale = (value("inflow", 900.0, age_s=901.0), fresh[1])
    later = water_view(session, reports(*stale), DAY, "zh", {})
    assert later.flows[0].value == "900"  # it still stands there, marked stale by its age
    assert (later.flows[2].value, later.next.value) == ("—", "—")
    assert later.next.why == "没有新鲜的流量或水位"
    doubted = (value("inflow", 900.0, quality="suspect"), fresh[1])
    assert water_view(session, reports(*doubted), DAY, "zh", {}).next.value == "—"


def test_flows_that_levels_contradict_give_no_time(session: Session) -> None:
    falls = Rate(value=-1.0, low=-1.1, high=-0.9)
    told = reports(value("inflow", 900.0), value("release", 100.0), rate=falls)
    found = water_view(session, told, DAY, "zh", {})
    assert found.next.value == "—" and "不符" in found.next.why


@pytest.mark.parametrize(("seconds", "words"), [(5400, "1.5 小时"), (90_000, "25 小时"), (259_200, "3.0 天")])
def test_durations_are_written_in_hours_and_days(seconds: float, words: str) -> None:
    assert duration(seconds, "zh") == words


class Client:
    """The live service as a test wants it."""

    def __init__(self, now: Now | None) -> None:
        self.now, self.connected = now, True

    def elapsed_s(self, stream: str) -> float:
        del stream
        return 0.0

    async def past(self, stream: str, start: datetime, end: datetime) -> Past:
        hours = [end - timedelta(hours=h) for h in range(30, 0, -1)]
        assert end - start == timedelta(days=30)
        return Past(
            datastream=stream,
            times_s=tuple(at.timestamp() for at in hours),
            values=tuple(150.0 + 0.01 * k for k in range(30)),
            qualities=("good",) * 30,
        )


class Page:
    """A controller that keeps what is published."""

    def __init__(self, session: Session) -> None:
        self.session, self.language = session, "zh"
        self.on_live: list[Any] = []
        self.told: list[dict[str, Any]] = []

    def publish(self, **views: Any) -> None:
        self.told.append(views)


async def test_it_publishes_what_changes_and_leaves_counting_to_the_browser(session: Session) -> None:
    network = session.basin.network()
    assert network is not None
    live: Any = type("Live", (), {"network": network, "client": Client(None)})()
    page: Any = Page(session)
    figures = WallFigures(page, live)
    figures.refresh()
    assert page.told[0]["situation"].water is None and page.told[0]["situation"].why
    live.client.now = Now(values={f"{STATION}.inflow": value("inflow", 900.0)})
    page.told.clear()
    figures.refresh()
    shown, aged = page.told
    assert shown["situation"].water.storage.id == "storage"
    assert aged["situation_ages"]["level"] == {"age_s": 30.0, "stale_s": 900}
    await figures.settled()
    assert page.told[-2]["situation"].line.paths and page.told[-2]["situation"].water.level.note
    page.told.clear()
    session.live_age_s = 40.0
    figures.refresh()
    assert page.told == []  # ten seconds older: browsers have counted that
    session.live_age_s = 2.0
    figures.refresh()
    assert page.told[-1]["situation_ages"]["level"]["age_s"] == 2.0


async def test_the_line_of_thirty_days_grows_while_they_are_filled_in(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stayed as it was in the first moment of a backfill for ten minutes, with a change of another day."""
    network = session.basin.network()
    assert network is not None and session.live is not None
    live: Any = type("Live", (), {"network": network, "client": Client(Now(values={}))})()
    asked: list[datetime] = []

    async def past(stream: str, start: datetime, end: datetime) -> Past:
        asked.append(end)
        hours = range(720 - 100, 720 - 40) if len(asked) == 1 else range(720)
        times = tuple(start.timestamp() + 3600.0 * hour for hour in hours)
        return Past(
            datastream=stream, times_s=times, values=(150.0,) * len(times), qualities=("good",) * len(times)
        )

    live.client.past = past
    page: Any = Page(session)
    figures = WallFigures(page, live)
    session.live = replace(session.live, freshness=Freshness.STALE, at=AT - timedelta(days=2))
    figures.refresh()
    await figures.settled()
    line = next(told["situation"] for told in reversed(page.told) if "situation" in told).line
    assert len(line.paths) == 1 and line.change == ""
    monkeypatch.setattr(figures_module, "FILLED_EVERY_S", -1.0)
    figures.refresh()
    await figures.settled()
    assert len(asked) == 1, "nothing newer has come"
    session.live = replace(session.live, freshness=Freshness.FRESH, at=AT)
    figures.refresh()
    await figures.settled()
    line = next(told["situation"] for told in reversed(page.told) if "situation" in told).line
    assert len(asked) == 2 and line.change != ""
    figures.refresh()
    await figures.settled()
    assert len(asked) == 2, "and then every ten minutes"
