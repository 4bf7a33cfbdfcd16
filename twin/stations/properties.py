"""Properties that can be measured: unit, names, decimals, range.

Outside the range values are absurd. The range is for refusing nonsense (physics), not for judging values:
that is ``quality`` and ``alarms``. What becomes of values over time depends on what they are: amounts of a
period add up, running totals go on, and only states have a mean.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

OverTime = Literal["amount", "total", "state"]
"""``amount``: of the period that ends at its time; ``total``: since some start, the newest holds;
``state``: of its moment."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """Observed property.

    ``unit`` is as pint reads it, ``shown`` as people write it; the range is in ``unit``. ``over_time`` says
    what may be done with several values: sum, last or mean.
    """

    id: str
    name: Mapping[str, str]
    unit: str
    shown: str
    decimals: int
    lowest: float
    highest: float
    over_time: OverTime = "state"


OVER_TIME: Mapping[str, OverTime] = {"rain": "amount", "rain_day": "total", "rain_total": "total"}
"""All others are states. A day's rain is a total: some stations send it once a day, others as it grows."""


def _p(
    id_: str, zh: str, en: str, unit: str, shown: str, decimals: int, lowest: float, highest: float
) -> Property:
    return Property(
        id=id_,
        name={"zh": zh, "en": en},
        unit=unit,
        shown=shown,
        decimals=decimals,
        lowest=lowest,
        highest=highest,
        over_time=OVER_TIME.get(id_, "state"),
    )


PROPERTIES: Mapping[str, Property] = {
    p.id: p
    for p in (
        _p("rain", "时段雨量", "rain of the period", "mm", "mm", 1, 0, 500),
        _p("rain_day", "日雨量", "rain of the day", "mm", "mm", 1, 0, 2000),
        _p("rain_total", "累计雨量", "rain total", "mm", "mm", 1, 0, 100_000),
        _p("level", "水位", "water level", "m", "m", 2, -500, 9000),
        _p("level_below", "坝下水位", "level below the dam", "m", "m", 2, -500, 9000),
        _p("flow", "流量", "flow", "m**3/s", "m³/s", 1, -50_000, 500_000),
        _p("inflow", "入库流量", "inflow", "m**3/s", "m³/s", 1, -50_000, 500_000),
        _p("release", "出库流量", "release", "m**3/s", "m³/s", 1, 0, 500_000),
        _p("storage", "蓄水量", "storage", "m**3", "m³", 0, 0, 1e12),
        _p("water_temperature", "水温", "water temperature", "degC", "°C", 1, -5, 60),
        _p("ph", "pH", "pH", "dimensionless", "", 2, 0, 14),
        _p("oxygen", "溶解氧", "dissolved oxygen", "mg/L", "mg/L", 2, 0, 50),
        _p("codmn", "高锰酸盐指数", "permanganate index", "mg/L", "mg/L", 2, 0, 1000),
        _p("cod", "化学需氧量", "chemical oxygen demand", "mg/L", "mg/L", 1, 0, 10_000),
        _p("bod5", "五日生化需氧量", "BOD5", "mg/L", "mg/L", 1, 0, 1000),
        _p("ammonia", "氨氮", "ammonia nitrogen", "mg/L", "mg/L", 3, 0, 1000),
        _p("phosphorus", "总磷", "total phosphorus", "mg/L", "mg/L", 3, 0, 100),
        _p("nitrogen", "总氮", "total nitrogen", "mg/L", "mg/L", 2, 0, 1000),
        _p("turbidity", "浊度", "turbidity", "NTU", "NTU", 1, 0, 100_000),
        _p("chlorophyll", "叶绿素a", "chlorophyll a", "ug/L", "µg/L", 1, 0, 10_000),
        _p("algae", "藻密度", "algal density", "1/L", "个/L", 0, 0, 1e12),
        _p("sediment", "含沙量", "sediment", "kg/m**3", "kg/m³", 2, 0, 2000),
        _p("soil_moisture", "土壤含水率", "soil moisture", "percent", "%", 1, 0, 100),
        _p("voltage", "电源电压", "supply voltage", "V", "V", 1, 0, 60),
    )
}


def property_of(datastream: str) -> str:
    """Return the property of a datastream's name.

    ``<station>.<property>`` or ``….forecast``.
    """
    return datastream.removesuffix(".forecast").rpartition(".")[2]


def over_time(datastream: str) -> OverTime:
    """Return the temporal kind of a datastream's values.

    Of a property unknown here, a state.
    """
    kind = PROPERTIES.get(property_of(datastream))
    return "state" if kind is None else kind.over_time


def nearest_property(told: str) -> str:
    """Suggest a wrong name's property, or list all.

    As the end of an error.
    """
    near = difflib.get_close_matches(told.lower(), PROPERTIES, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(PROPERTIES)}"
