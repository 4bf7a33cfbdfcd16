"""Stations, values and alarms of the tests of panels, signs and charts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twin.stations.model import Datastream, GaugeZero, Station
from twin.stations.snapshot import AlarmNow, FeedNow, Now, ValueNow
from twin.stations.status import StationStatus, statuses

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 7, 28, 6, 32, tzinfo=UTC)
GAUGE = GaugeZero(since=AT.date(), zero_m=120.5, reference="1985")
STATIONS = {
    "1": Station(
        id="1", name={"zh": "云溪", "en": "Yunxi"}, kind="stage", lon=116.9, lat=40.5, gauge=(GAUGE,)
    ),
    "2": Station(
        id="2", name={"zh": "北岭", "en": "Beiling"}, kind="rain", lon=117, lat=40.6, township="甲镇"
    ),
    "3": Station(
        id="3", name={"zh": "南湾", "en": "Nanwan"}, kind="rain", lon=117, lat=40.4, township="乙镇"
    ),
}
LEVEL = Datastream(id="1.level", station="1", property="level", interval_s=300)
FLOW = Datastream(id="1.flow", station="1", property="flow", interval_s=300)
RAIN_2 = Datastream(id="2.rain", station="2", property="rain", interval_s=300)
RAIN_3 = Datastream(id="3.rain", station="3", property="rain", interval_s=300)
MAINS = {"1": (STATIONS["1"], LEVEL), "2": (STATIONS["2"], RAIN_2), "3": (STATIONS["3"], RAIN_3)}


def told(stream: Datastream, value: float | None, *, age_s: float = 60.0, **more: object) -> ValueNow:
    return ValueNow(
        datastream=stream.id,
        value=value,
        phenomenon_at=AT,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        feed="f",
        **{"quality": "good", **more},  # type: ignore[arg-type]
    )


def alarm(id_: str, station: str, rank: int = 2, **more: object) -> AlarmNow:
    given: dict[str, object] = {
        "rule": "rain-signal",
        "state": "unacknowledged",
        "text": {"zh": "暴雨", "en": "heavy rain"},
        "raised_at": AT,
        "changed_at": AT,
    }
    return AlarmNow(
        id=id_,
        station=station,
        datastream=f"{station}.rain",
        rank=rank,
        **(given | more),  # type: ignore[arg-type]
    )


NOW = Now(
    values={
        LEVEL.id: told(LEVEL, 121.234, trend="rising"),
        FLOW.id: told(FLOW, 12.3, quality="suspect"),
        RAIN_2.id: told(RAIN_2, 3.5, age_s=5_000.0),
    },
    alarms=(alarm("a", "3"),),
    feeds=(
        FeedNow(
            id="f",
            title={"zh": "示例", "en": "sample"},
            driver="sample",
            state="running",
            since=AT,
            synthetic=True,
        ),
    ),
)


def stand(now: Now = NOW) -> dict[str, StationStatus]:
    return statuses(MAINS, now, lambda stream: 0.0)
