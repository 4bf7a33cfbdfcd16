"""A desk that does nothing where nothing has changed shows what one shows that computes all, all the time."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from apps.parts.stations.live_updates import LiveDesk
from apps.rooms.desk import PARTS
from apps.session.controller import Controller
from apps.session.session import Session
from apps.session.shared_signs import SharedSigns
from apps.session.views import CardView, plain
from tests.apps.clock import Clock
from tests.apps.stations import test_live_desk as by_hand
from tests.apps.stations.test_live_desk import LAKE, STATION, basin, remembered, since, value
from tests.apps.stations.test_live_water import AT
from twin.basin import Basin
from twin.stations.filter import Filter
from twin.stations.snapshot import AlarmNow, FeedNow, Now

__all__ = ["basin"]
SEEDS = range(60 if os.environ.get("TWIN_ENDURANCE") else 4)
STEPS = 80
VISITOR = (
    "rest",
    "rest",
    "rest",
    "away",
    "panel",
    "language",
    "water",
    "follow",
    "filter",
    "values",
    "station",
)


class Client(by_hand.Client):
    """The live service as a test wants it; ages go on by a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock, self._told_s = clock, clock.now
        self.stretch = since(71.0, 151.0, 152.0, 151.0)

    def elapsed_s(self, stream: str) -> float:
        return self._clock.now - self._told_s

    def tells_of(self, now: Now) -> None:
        if self.now is None or now.values is not self.now.values:
            self._told_s = self._clock.now
        self.now, self.connected = now, True


class Area:
    """A picture that nobody draws; what is said of it is kept."""

    def __init__(self) -> None:
        self.caption: Any = dict
        self.told: dict[str, Any] = {}
        self.asked = 0

    async def layers(self) -> list[Any]:
        return []

    def changed(self, **_: Any) -> None:
        self.recaption()

    def recaption(self) -> None:
        self.asked += 1
        self.told = self.caption()

    def relabel(self) -> None: ...


class Page:
    """A desk without a browser, and all that it shows."""

    def __init__(self, basin: Basin, client: Any, clock: Clock, shared: SharedSigns | None) -> None:
        self.state: dict[str, Any] = {}
        self.area: Any = Area()
        self.session = Session(basin, clock=clock, age_clock_s=clock)
        self.controller = Controller(self.session, self.area, self._publish, parts=PARTS)
        network = basin.network()
        assert network is not None
        self.live = LiveDesk(self.controller, network, client, limits=lambda *_: (), shared=shared)
        self.controller.live = self.live
        self.controller.on_language.append(self.live.refresh)
        self.controller.on_panel.append(self.live.publish)

    def _publish(self, **views: Any) -> None:
        self.state |= {name: plain(view) for name, view in views.items()}

    @property
    def shown(self) -> dict[str, Any]:
        """State and caption; the slider, which is published later, as it is now."""
        self.controller.publish_part("level_slider")
        return self.state | self.area.told

    def do(self, what: str, luck: Random) -> None:
        """Carry out what a visitor does."""
        controller = self.controller
        match what:
            case "panel":
                controller.open_panel(luck.choice(["", "stations", "layers", "alarms"]))
            case "language":
                controller.set_language(luck.choice(["zh", "en"]))
            case "water":
                self.session.show_what_if("level", round(luck.uniform(130.0, 158.0), 2))
                self.area.changed()
            case "follow":
                self.session.follow()
                self.area.changed()
            case "filter":
                wanted = luck.choice([Filter(), Filter(text="坝"), Filter(states=frozenset({"fresh"}))])
                self.live.choose(wanted)
            case "station":
                self.live.open_station(STATION)
            case "rest":
                controller.show_card(CardView)
                self.live.choose(Filter())
                controller.open_panel("")
            case "values":
                on = luck.random() < 0.5
                controller.do(lambda scene: scene.changed(live_values=on))


def differences(one: Page, other: Page) -> dict[str, Any]:
    """What two pages show differently, by its key."""
    pairs = {key: (one.shown.get(key), other.shown.get(key)) for key in one.shown.keys() | other.shown.keys()}
    return {key: (a, b) for key, (a, b) in pairs.items() if a != b}


def news(luck: Random, before: Now) -> Now:
    """What the service knows a little later: one thing is another."""
    what = luck.choice(["value", "value", "alarms", "feeds", "trouble"])
    if what == "alarms":
        return replace(before, alarms=alarms(luck) if luck.random() < 0.6 else ())
    if what == "feeds":
        state = luck.choice(["running", "waiting"])
        title = {"zh": "网", "en": "web"}
        return replace(before, feeds=(FeedNow(id="web", title=title, driver="http", state=state, since=AT),))
    if what == "trouble":
        return replace(before, trouble=luck.choice(["", "store"]))
    if luck.random() < 0.1:
        return replace(before, values={})
    age_s = luck.choice([3.0, 55.0, 800.0, 4000.0, 90_000.0])
    level_m = luck.choice([151.0, 151.02, 99.0, None])
    told = value(level_m, age_s=age_s, quality=luck.choice(["good", "good", "suspect"]))
    at = AT + timedelta(minutes=luck.choice([0, 0, 5]))
    return replace(before, values={LAKE: replace(told, phenomenon_at=at)})


def alarms(luck: Random) -> tuple[AlarmNow, ...]:
    state = luck.choice(["unacknowledged", "acknowledged"])
    alarm = AlarmNow(
        id="a1",
        station=STATION,
        datastream=LAKE,
        rule="level",
        rank=luck.choice([1, 3]),
        state=state,
        text={"zh": "水位", "en": "level"},
        raised_at=AT,
        changed_at=AT,
    )
    return (alarm,)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_comes_is_shown_as_if_all_were_computed_at_each_second(
    basin: Basin, clock: Clock, seed: int
) -> None:
    luck, client = Random(seed), Client(clock)
    network = basin.network()
    assert network is not None
    zone = Session(basin).zone
    pages = [
        Page(basin, client, clock, SharedSigns(network, client, zone=zone, clock_s=clock)),
        Page(basin, client, clock, None),
    ]
    frugal, thorough = pages
    for page in pages:
        await page.controller.start("zh")
    known = Now(values={LAKE: value(151.0)})
    for _ in range(STEPS):
        what = luck.choice(["news", "news", "time", "time", luck.choice(VISITOR)])
        if what == "news":
            known = news(luck, known)
            client.tells_of(known)
        elif what == "away":
            client.connected = False
        elif what == "time":
            clock.now += luck.choice([0.0, 7.0, 61.0, 900.0, 90_000.0])
        chance = luck.getstate()
        for page in pages:
            luck.setstate(chance)
            page.do(what, luck)
        clock.now += 1.0
        frugal.live.tick()
        thorough.live.refresh()
        for page in pages:
            await remembered(page.live)
        assert differences(frugal, thorough) == {}, what
    for page in pages:
        page.do("rest", luck)
    client.tells_of(Now(values={LAKE: value(151.0)}))
    frugal.live.tick()
    asked = frugal.area.asked
    for _ in range(60):  # nothing comes for a minute
        clock.now += 1.0
        frugal.live.tick()
    thorough.live.refresh()
    await remembered(thorough.live)
    assert differences(frugal, thorough) == {}
    assert frugal.area.asked - asked <= 2
