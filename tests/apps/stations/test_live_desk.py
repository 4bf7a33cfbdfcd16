"""What a desk makes of the live service: why no level moves the water, and ages that never stand still."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.parts import head, level_slider
from apps.parts.stations import live_updates as live_module
from apps.parts.stations.live_updates import LiveDesk
from apps.session.session import Session
from apps.session.views import CardView
from tests.apps.clock import Clock
from tests.apps.stations.test_live_water import AT
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.errors import TwinError
from twin.moment import Moment
from twin.stations.snapshot import Now, Past, ValueNow

STATION = "30500001"
LAKE = f"{STATION}.level"


class Client:
    """The live service as a test wants it."""

    def __init__(self) -> None:
        self.now: Now | None = None
        self.connected = False
        self.heard_at = None
        self.asked: list[tuple[datetime, datetime | None]] = []
        self.known: dict[datetime, ValueNow] = {}
        self.stretch: Past | None = None

    def elapsed_s(self, stream: str) -> float:
        return 0.0

    def tells(self, *values: ValueNow) -> None:
        self.now = Now(values={value.datastream: value for value in values})
        self.connected = True

    async def past(self, *_: object) -> Any:
        if self.stretch is None:
            raise TwinError("no past here")
        return self.stretch

    async def then(self, valid_at: datetime, known_at: datetime | None) -> dict[str, ValueNow]:
        self.asked.append((valid_at, known_at))
        if valid_at not in self.known:
            raise TwinError("the service is away")
        return {LAKE: self.known[valid_at]}


class Area:
    def recaption(self) -> None:
        return

    def relabel(self) -> None:
        return

    def changed(self, *, moving: bool) -> None:
        return


class Controller:
    """A controller that only keeps the session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.area = Area()
        self.language, self.panel, self.card_kind = "zh", "", ""
        self.on_live: list[Any] = []

    def publish(self, **views: object) -> None:
        return

    def publish_moment_soon(self) -> None:
        return

    def refresh_card(self) -> CardView:
        return CardView()

    def show_error(self, error: Exception) -> None:
        return


def value(level_m: float | None, *, age_s: float = 30.0, quality: str = "good") -> ValueNow:
    return ValueNow(
        datastream=LAKE,
        value=level_m,
        phenomenon_at=AT,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        quality=quality,  # type: ignore[arg-type]
        feed="web",
    )


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    catalog = write_live_basin(tmp_path_factory.mktemp("desk"), url="http://127.0.0.1:9/now.json")
    return Basin.open(shared_store.build(catalog))


@pytest.fixture
def desk(basin: Basin, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> LiveDesk:
    monkeypatch.setattr(live_module, "boot_clock_s", clock)
    network = basin.network()
    assert network is not None
    controller: Any = Controller(Session(basin, clock=clock, age_clock_s=clock))
    client: Any = Client()
    return LiveDesk(controller, network, client, limits=lambda *_: ())


def frame(desk: LiveDesk) -> tuple[str, str]:
    session = desk._controller.session
    shown = head.view(session.basin.catalog, session, "zh")
    return shown.mode, shown.note


async def test_why_it_is_not_live_stands_in_the_frame_from_the_first_moment(desk: LiveDesk) -> None:
    client: Any = desk.client
    desk.refresh()
    assert "实时服务尚未给出 大坝水位站 的水位" in frame(desk)[1]
    client.tells()
    desk.refresh()
    assert "尚未收到 大坝水位站 的水位" in frame(desk)[1]
    client.tells(value(0.149))
    desk.refresh()
    assert "报 0.149 m，超出 126.00–160.00 m，未采用" in frame(desk)[1]
    assert desk._controller.session.scene.moment.mode == "what-if"
    client.tells(value(151.0))
    desk.refresh()
    assert desk._controller.session.scene.moment.mode == "live"
    assert frame(desk) == ("", "")


async def test_a_service_that_is_away_leaves_nothing_green(desk: LiveDesk) -> None:
    client: Any = desk.client
    client.tells(value(151.0))
    desk.refresh()
    client.connected = False
    desk.refresh()
    mode, note = frame(desk)
    assert mode == "实时服务中断"
    assert "收不到 大坝水位站 的新值" in note


async def test_the_age_of_what_is_shown_goes_on_whatever_the_service_tells(
    desk: LiveDesk, clock: Clock
) -> None:
    client: Any = desk.client
    client.tells(value(151.0, age_s=30.0))
    desk.refresh()
    session = desk._controller.session
    assert session.live_age_s == 30.0
    client.tells()  # a service that was started anew knows nothing of the gauge yet
    for _ in range(10):
        clock.now += 60.0
        desk.refresh()
    assert session.live_age_s == pytest.approx(630.0)
    assert "10 分钟前" in frame(desk)[1]


def detail(desk: LiveDesk) -> str:
    return desk.signs(desk._controller.session.scene).stations[STATION].detail


def history(at: datetime, *, known_at: datetime | None = None) -> Moment:
    return Moment(mode="history", level_m=155.0, highest_m=155.0, valid_at=at, known_at=known_at)


async def answered(desk: LiveDesk) -> None:
    """Until the question that is asked has its answer."""
    task = desk._past_values._task
    if task is not None:
        await task


async def test_over_the_water_of_a_past_moment_stations_show_what_was_observed_then(desk: LiveDesk) -> None:
    client: Any = desk.client
    session = desk._controller.session
    client.tells(value(151.0))
    desk.refresh()
    assert detail(desk).startswith("151.00 m")
    then, known = AT - timedelta(days=3), AT - timedelta(days=2)
    client.known = {then: replace(value(148.25), phenomenon_at=then)}
    session.do(lambda scene: scene.changed(moment=history(then, known_at=known)))
    assert "尚不清楚" in detail(desk), "the present is not shown over it, not for a moment"
    desk.refresh()
    await answered(desk)
    desk.refresh()
    assert client.asked == [(then, known)]
    assert detail(desk) == f"148.25 m · {then.astimezone(session.zone):%Y-%m-%d %H:%M}"
    session.follow()
    assert detail(desk).startswith("151.00 m"), "and at once the present again"


async def test_a_past_that_cannot_be_asked_for_is_unknown_and_asked_for_again(desk: LiveDesk) -> None:
    client: Any = desk.client
    client.tells(value(151.0))
    desk.refresh()
    then = AT - timedelta(days=3)
    desk._controller.session.do(lambda scene: scene.changed(moment=history(then)))
    for _ in range(2):
        desk.refresh()
        await answered(desk)
        assert "尚不清楚" in detail(desk)
    assert len(client.asked) == 2
    client.known = {then: replace(value(148.25), phenomenon_at=then)}
    desk.refresh()
    await answered(desk)
    desk.refresh()
    assert detail(desk).startswith("148.25 m")


async def test_over_a_what_if_the_live_value_says_so_and_can_be_switched_off(desk: LiveDesk) -> None:
    client: Any = desk.client
    session = desk._controller.session
    client.tells(value(151.0))
    desk.refresh()
    session.show_what_if("level", 140.0)
    assert detail(desk).startswith("实况 151.00 m")
    session.do(lambda scene: scene.changed(live_values=False))
    assert detail(desk) == ""
    assert desk.signs(session.scene).rain_mm == {}


async def test_what_was_observed_later_or_known_otherwise_is_not_shown(
    desk: LiveDesk,
) -> None:
    client: Any = desk.client
    client.tells(value(151.0))
    desk.refresh()
    then = AT - timedelta(days=3)
    client.known = {then: replace(value(148.25), phenomenon_at=then)}
    session = desk._controller.session
    session.do(lambda scene: scene.changed(moment=history(then)))
    desk.refresh()
    await answered(desk)
    for moment, shown in (
        (history(then + timedelta(hours=2)), "148.25 m"),  # a replay is ahead of its answers
        (history(then - timedelta(minutes=5)), "尚不清楚"),
        (history(then + timedelta(days=1)), "尚不清楚"),
        (history(then, known_at=AT), "尚不清楚"),
        (history(then), "148.25 m"),
    ):
        session.do(lambda scene, moment=moment: scene.changed(moment=moment))
        assert shown in detail(desk)


def since(hours: float, *levels_m: float) -> Past:
    """The store's levels from so many hours before the newest value, one an hour."""
    start_s = (AT - timedelta(hours=hours)).timestamp()
    times = tuple(start_s + 3600.0 * n for n in range(len(levels_m)))
    return Past(datastream=LAKE, times_s=times, values=levels_m, qualities=("good",) * len(levels_m))


async def remembered(desk: LiveDesk) -> None:
    """Until what was asked of the past has its answer."""
    while desk._tasks:
        await asyncio.gather(*desk._tasks)


def late(level_m: float, *, days: float) -> ValueNow:
    then = AT - timedelta(days=days)
    return replace(value(level_m, age_s=30.0 + 86_400 * days), phenomenon_at=then)


async def test_old_reports_that_are_filled_in_are_no_known_past(desk: LiveDesk) -> None:
    """Of the times of a backfill a view knows one report in many: it claims the last 72 hours only."""
    client: Any = desk.client
    session = desk._controller.session
    client.stretch = since(400.0, 150.0)
    for days, level_m in ((20.0, 150.0), (16.0, 157.0), (9.0, 152.0)):
        client.tells(late(level_m, days=days))
        desk.refresh()
        await remembered(desk)
        shown = level_slider.view(session, "level", "zh")
        assert session.scene.moment.is_live
        assert (session.scene.moment.highest_m, shown.highest_text) == (level_m, "")
    client.stretch = since(71.0, 151.5, 152.25, 151.0)
    client.tells(value(151.0))
    desk.refresh()
    await remembered(desk)
    assert session.scene.moment.highest_m == 152.25
    assert level_slider.view(session, "level", "zh").highest_text == "自 2026-07-25 15:32 以来最高 152.25 m"


async def test_a_gauge_that_is_back_brings_what_was_filled_in_meanwhile(desk: LiveDesk, clock: Clock) -> None:
    client: Any = desk.client
    session = desk._controller.session
    client.stretch = since(71.0, 151.0, 151.0)
    client.tells(value(151.0))
    desk.refresh()
    await remembered(desk)
    client.stretch = since(70.0, 151.0, 153.5, 151.0)  # delivered late, while the gauge was out of date
    client.tells(value(151.0, age_s=7_000.0))
    desk.refresh()
    client.tells(value(151.0))
    desk.refresh()
    await remembered(desk)
    assert session.scene.moment.highest_m == 153.5
    client.stretch = since(69.0, 151.0, 151.0)  # the peak lies more than 72 hours back
    clock.now += 3_700.0
    desk.refresh()
    await remembered(desk)
    assert session.scene.moment.highest_m == 151.0
