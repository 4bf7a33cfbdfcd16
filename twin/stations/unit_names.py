"""Map units as feeds write them, Chinese and Western, to pint's names.

Everything that is not here, or a long English name that pint knows, is no unit: a parser that guesses reads
"Mm" as megametres and "106m3" as a hundred and six. Names are looked up after NFKC normalisation, so
full-width and combined signs (㎥, ㎎, ℃, ％) need no line of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from twin.length_units import LENGTHS

MULTIPLIERS: Mapping[str, float] = {
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "万亿": 1e12,
}
TRADITIONAL: Mapping[str, str] = {"億": "亿", "萬": "万", "時": "时", "釐": "厘", "噸": "吨"}

_BY_PINT: Mapping[str, str] = {
    # volumes; "方" is said of water and earth
    "m**3": "立方米 立方 立方公尺 方 cbm M3",
    "dm**3": "立方分米",
    "cm**3": "立方厘米",
    "km**3": "立方千米 立方公里",
    "L": "L l 升 公升",
    "mL": "mL ml 毫升",
    "uL": "uL ul μL μl 微升",
    "ML": "ML",
    # masses
    "kg": "kg KG Kg 千克 公斤",
    "g": "g 克",
    "mg": "mg MG 毫克",
    "ug": "ug UG μg mcg 微克",
    "ng": "ng 纳克",
    # times
    "s": "s S sec 秒 秒钟",
    "min": "min 分 分钟",
    "hour": "h H hr 时 小时",
    "day": "d 日 天",
    # temperatures
    "degC": "°C °c degC oC Cel 摄氏度 摄氏",
    "degF": "°F °f degF 华氏度",
    "kelvin": "K 开尔文",
    # electric tension
    "V": "V v 伏 伏特",
    "mV": "mV 毫伏",
    "kV": "kV 千伏",
    # shares, counts and what has no dimension; one cell of algae is one
    "percent": "% percent 百分比 百分数",
    "dimensionless": "1 pH PH ph [pH] pH值 无量纲",
    "count": "个 个细胞 cell cells ind inds 细胞 株",
    "NTU": "NTU ntu",
}

NAMES: Mapping[str, str] = {
    "": "dimensionless",
    **{name: own for own, (_, names) in LENGTHS.items() for name in names.split()},
    **{"M": "m", "CM": "cm", "MM": "mm", "KM": "km"},
    **{name: own for own, names in _BY_PINT.items() for name in names.split()},
}

SPELT_OUT: Mapping[str, str] = {
    "degree celsius": "degC",
    "degrees celsius": "degC",
    "degree_celsius": "degC",
    "degree fahrenheit": "degF",
    "degree_fahrenheit": "degF",
    "deg c": "degC",
    "celsius": "degC",
    "fahrenheit": "degF",
    "ph unit": "dimensionless",
    "ph units": "dimensionless",
    "cubic meter": "m**3",
    "cubic meters": "m**3",
    "cubic metre": "m**3",
    "cubic metres": "m**3",
}
"""Names of several words, in small letters."""

TEMPERATURES = frozenset({"degC", "degF", "kelvin"})
"""Units that have no multiples."""

BY_PROPERTY: Mapping[tuple[str, str], str] = {
    ("度", "water_temperature"): "degC",
    ("C", "water_temperature"): "degC",
    ("度", "turbidity"): "NTU",
}
"""Names that mean a unit of one property only: a degree of turbidity is an NTU (GB/T 5750.4)."""
