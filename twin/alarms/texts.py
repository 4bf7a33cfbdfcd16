"""Texts of alarms in both languages, with value and limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twin.comparing import decimals_apart
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from twin.alarms.gb3838 import Verdict
    from twin.catalog.alarm_rules import RainSignal
    from twin.catalog.site import CharacteristicLevel
    from twin.stations.snapshot import FeedNow

Text = Mapping[str, str]

SIGNALS = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}
RIVER = {"warning": ("警戒水位", "warning level"), "guaranteed": ("保证水位", "guaranteed level")}
NUMERALS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ", "VI": "劣Ⅴ"}
HOUR_S, DAY_S = 3600.0, 86_400.0


def above_level(level: CharacteristicLevel, value_m: float) -> Text:
    n = decimals_apart(value_m, level.level_m, least=2)
    shown_m, limit_m = round(value_m, n), round(level.level_m, n)
    value, limit, over = (f"{m:.{n}f}" for m in (shown_m, limit_m, shown_m - limit_m))
    return {
        "zh": f"库水位 {value} m，超{level.name.zh} {limit} m（+{over} m）",
        "en": f"Lake at {value} m, above {level.name.en.lower()} {limit} m (+{over} m)",
    }


def river_above(name: str, value_m: float, limit_m: float) -> Text:
    zh, en = RIVER[name]
    n = decimals_apart(value_m, limit_m, least=2)
    return {
        "zh": f"水位 {value_m:.{n}f} m，超{zh} {limit_m:.{n}f} m",
        "en": f"Stage {value_m:.{n}f} m, above the {en} {limit_m:.{n}f} m",
    }


def rain_signal(signal: RainSignal, total_mm: float) -> Text:
    total = f"{total_mm:.{decimals_apart(total_mm, signal.rain_mm, least=1)}f}"
    return {
        "zh": f"暴雨{SIGNALS[signal.id]}：{signal.hours} 小时 {total} mm（≥ {signal.rain_mm:g} mm）",
        "en": f"Rainstorm {signal.id}: {total} mm in {signal.hours} h (≥ {signal.rain_mm:g} mm)",
    }


def water_class(found: Verdict, target: str, value: float, *, limit: float | None) -> Text:
    kind = PROPERTIES[found.item]
    n = kind.decimals if limit is None else decimals_apart(value, limit, least=kind.decimals)
    figure = f"{value:.{n}f} {kind.shown}".strip()
    worst = "worse than V" if found.water_class == "VI" else f"class {found.water_class}"
    return {
        "zh": f"水质{NUMERALS[found.water_class]}类，目标{NUMERALS[target]}类：{kind.name['zh']} {figure}",
        "en": f"Water is {worst}, should be {target}: {kind.name['en']} {figure}",
    }


def nitrogen_year(mean: float, months: int, limit: float, year: int) -> Text:
    n = decimals_apart(mean, limit, least=2)
    return {
        "zh": f"总氮近 {months} 个月均值 {mean:.{n}f} mg/L，高于 {year} 年的 {limit:.{n}f} mg/L",
        "en": f"Total nitrogen {mean:.{n}f} mg/L over {months} months, above {limit:.{n}f} mg/L of {year}",
    }


def silent(age_s: float) -> Text:
    if age_s >= 2 * DAY_S:
        zh, en = f"{age_s / DAY_S:.0f} 天", f"{age_s / DAY_S:.0f} days"
    elif age_s >= HOUR_S:
        zh, en = f"{age_s / HOUR_S:.0f} 小时", f"{age_s / HOUR_S:.0f} h"
    else:
        zh, en = f"{age_s / 60:.0f} 分钟", f"{age_s / 60:.0f} min"
    return {"zh": f"测站 {zh}没有数据", "en": f"Nothing heard for {en}"}


def feed_away(feed: FeedNow) -> Text:
    return {
        "zh": f"数据来源“{feed.title['zh']}”中断：{feed.why or '无法连接'}",
        "en": f"The feed '{feed.title['en']}' is away: {feed.why or 'cannot be reached'}",
    }
