"""Map what water offices call columns, station kinds and height references."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from twin.stations.model import STATION_KINDS, StationKind
from twin.vertical import Reference

COLUMNS: Mapping[str, str] = {
    "stcd": "id",
    "测站编码": "id",
    "stnm": "name_zh",
    "测站名称": "name_zh",
    "lgtd": "lon",
    "经度": "lon",
    "lttd": "lat",
    "纬度": "lat",
    "sttp": "kind",
    "站类": "kind",
    "测站类型": "kind",
    "addvcd": "township",
    "bsnm": "watershed",
    "rvnm": "river",
    "dtmnm": "reference",
    "admauth": "owner",
}
"""Columns of SL 323's ST_STBPRP_B, and their Chinese names, by ours."""

STREAM_COLUMNS: Mapping[str, str] = {"stcd": "station", "id": "station", "测站编码": "station"}

KINDS: Mapping[str, tuple[StationKind, str]] = {
    "PP": ("rain", "雨量站"),
    "MM": ("rain", "气象站"),
    "BB": ("rain", "蒸发站"),
    "ZZ": ("stage", "河道水位站"),
    "TT": ("stage", "潮位站"),
    "ZB": ("stage", "分洪水位站"),
    "ZG": ("stage", "地下水站"),
    "ZQ": ("flow", "河道水文站"),
    "DD": ("flow", "堰闸水文站"),
    "DP": ("flow", "泵站"),
    "RR": ("reservoir", "水库水文站"),
    "SS": ("soil", "墒情站"),
    "WQ": ("quality", "水质站"),
}
"""Kinds of SL 323-2011 (STTP): ours, and the standard's name."""

NEAREST = ("MM", "BB", "TT", "ZB", "ZG", "DD", "DP")
"""Kinds of the standard for which we have no kind of their own: shown as the nearest, and said so."""

_BY_NAME = {name: code for code, (_, name) in KINDS.items()} | {
    "水位站": "ZZ",
    "河道站": "ZQ",
    "水文站": "ZQ",
    "水库站": "RR",
    "雨量": "PP",
    "降水量站": "PP",
}

REFERENCES: Mapping[str, Reference] = {
    "1985国家高程基准": "1985",
    "国家85高程基准": "1985",
    "85国家高程基准": "1985",
    "1985国家高程": "1985",
    "85高程": "1985",
    "85": "1985",
    "85国家高程": "1985",
    "1985高程": "1985",
    "1985高程基准": "1985",
    "国家高程基准1985": "1985",
    "国家1985高程基准": "1985",
    "国家85": "1985",
    "85基准": "1985",
    "1985": "1985",
    "大沽": "Dagu",
    "大沽高程": "Dagu",
    "大沽基面": "Dagu",
    "大沽零点": "Dagu",
    "dagu": "Dagu",
    "假定": "local",
    "假定基面": "local",
    "测站基面": "local",
    "local": "local",
    "egm96": "EGM96",
    "egm2008": "EGM2008",
    "ellipsoidal": "ellipsoidal",
    "unknown": "unknown",
    "": "unknown",
}
"""What heights of a station count from (DTMNM), by our names. 黄海 is left out: 1956 and 1985 are two."""


def plain(cell: object) -> str:
    """Return a cell's text in half-width signs, stripped."""
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def kind_of(told: str) -> tuple[StationKind | None, str]:
    """Return our kind of a code or name, and its code.

    SL 323's code where it was one; None where nobody knows it.
    """
    for known in STATION_KINDS:
        if told.lower() == known:
            return known, ""
    code = _BY_NAME.get(told, told.upper())
    return (KINDS[code][0], code) if code in KINDS else (None, "")


def reference_of(told: str) -> Reference | None:
    """Return our height reference of a name, or None."""
    return REFERENCES.get(told) or REFERENCES.get(told.lower())
