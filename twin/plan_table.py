"""Read a plan from CSV text, or refuse it line by line."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from io import StringIO

import numpy as np

from twin.bilingual import Language
from twin.errors import TwinError
from twin.stations.units import UnitError, in_own_unit
from twin.water.outlets import Outlet
from twin.water.release_plan import MOST_POINTS, ReleasePlan
from twin.written_time import WrittenTimeError, read_time

LARGEST = 1024 * 1024
MOST_SHOWN = 12
EXAMPLE = "time,inflow (m³/s),release (m³/s)"

_HEAD = re.compile(r"(.+?)\s*[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]")
_OPENING = re.compile(r"^(?:opening|开度)[\s:_]*|[\s:_]*(?:opening|开度)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_NAMES = {
    "time": "time time_local datetime date tm 时间 时刻 日期 日期时间",
    "time_utc": "time_utc utc",
    "inflow": "inflow inflow_m3s inq 入库流量 入库 来水 来水流量",
    "release": "release release_m3s outflow outflow_m3s otq 出库流量 出库 下泄流量 泄流 泄量 泄流量",
}
_KNOWN = {name: column for column, names in _NAMES.items() for name in names.split()}
_ZH = {"inflow": "入库流量", "release": "出库流量"}


@dataclass(frozen=True)
class LineFault:
    """Fault of a line (the head is line 1), in both languages."""

    line: int
    zh: str
    en: str

    def words(self, language: Language) -> str:
        """Return the fault with its line."""
        return f"第 {self.line} 行：{self.zh}" if language == "zh" else f"line {self.line}: {self.en}"


class PlanTableError(TwinError):
    """Table that is no plan; ``faults`` are its lines' faults."""

    zh = "方案表有 {count} 处错误，未采用：{words_zh}"

    faults: tuple[LineFault, ...]

    def __init__(self, faults: Sequence[LineFault]) -> None:
        shown = faults[:MOST_SHOWN]
        super().__init__(
            f"the table has {len(faults)} fault{'s' * (len(faults) > 1)} and is not used: "
            + "; ".join(fault.words("en") for fault in shown),
            count=len(faults),
            words_zh="；".join(fault.words("zh") for fault in shown),
            faults=tuple(faults),
        )


@dataclass(kw_only=True)
class _Column:
    """A column of the table: what it is, its unit's factor, its numbers."""

    name: str
    outlet: str = ""
    factor: float = 1.0
    values: list[float] = field(default_factory=list)


def read_plan(text: str, *, zone: tzinfo, outlets: Mapping[str, Outlet] | None = None) -> ReleasePlan:
    """Read a plan from CSV text with a head.

    Columns: a time (as ``twin.written_time`` reads it, of the clocks of ``zone``; ``time_utc`` is in UTC),
    inflow and release with their units in the head (``inflow (m³/s)``, ``入库流量(万m³/d)``), and openings by
    the outlet's id or name (``opening spillway (m)``). Commas, semicolons or tabs part them. Raises
    PlanTableError with every wrong line.
    """
    if len(text) > LARGEST:
        raise PlanTableError([LineFault(1, "文件超过 1 MB", "the file is larger than 1 MB")])
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise PlanTableError([LineFault(1, "不是 CSV 表", "is no CSV table")]) from None
    columns, faults = _heads(rows[0] if rows else [], outlets or {})
    if faults:
        raise PlanTableError(faults)
    times = _cells(rows, columns, zone, faults)
    if not faults and len(times) < 2:
        faults = [LineFault(len(rows) + 1, "至少需要两行数据", "at least two lines are needed")]
    if len(times) > MOST_POINTS:
        faults = [LineFault(MOST_POINTS + 2, f"超过 {MOST_POINTS} 行", f"more than {MOST_POINTS} lines")]
    if faults:
        raise PlanTableError(faults)
    by_name = {column.name: np.array(column.values) for column in columns}
    return ReleasePlan(
        time_s=np.array(times),
        inflow_m3s=by_name["inflow"],
        release_m3s=by_name.get("release", np.zeros(len(times))),
        openings={c.outlet: np.array(c.values) for c in columns if c.outlet},
    )


def _heads(head: Sequence[str], outlets: Mapping[str, Outlet]) -> tuple[list[_Column], list[LineFault]]:
    """The columns, and what is wrong in the head."""
    columns: list[_Column] = []
    faults: list[LineFault] = []

    def refuse(zh: str, en: str) -> None:
        faults.append(LineFault(1, zh, en))

    for cell in head:
        written = cell.strip()
        found = _HEAD.fullmatch(unicodedata.normalize("NFKC", written))
        name = (found[1] if found else unicodedata.normalize("NFKC", written)).strip()
        unit = found[2] if found else ("m3/s" if name.lower().endswith("_m3s") else None)
        known = _KNOWN.get(name.lower(), "")
        outlet = None if known else _outlet(name, outlets)
        column = _Column(
            name=known or (f"opening {outlet.id}" if outlet else ""), outlet=outlet.id if outlet else ""
        )
        if not column.name:
            refuse(
                f"不认识的列“{written}”；可用：时间、入库流量、出库流量"
                + "".join(f"、开度 {o}" for o in outlets),
                f"unknown column {written!r}; known are time, inflow, release"
                + "".join(f", opening {o}" for o in outlets),
            )
        elif column.name in [c.name for c in columns]:
            refuse(f"列“{written}”出现两次", f"the column {written!r} stands there twice")
        elif outlet is not None and (unit or "") != outlet.opening_unit:
            refuse(
                f"“{written}”的单位应为 {outlet.opening_unit or '无'}",
                f"{written!r} must be in {outlet.opening_unit or 'no unit'}",
            )
        elif known in _ZH and unit is None:
            refuse(
                f"“{written}”没有单位，请写成如 {_ZH[known]}(m³/s)",
                f"{written!r} has no unit: write it like {known} (m³/s)",
            )
        elif known in _ZH:
            try:
                column.factor = in_own_unit(1.0, unit, known)
            except UnitError:
                refuse(f"“{unit}”不是流量单位", f"{unit!r} is no unit of flow")
        columns.append(column)
    have = {column.name for column in columns}
    if not faults and not have & {"time", "time_utc"}:
        refuse(f"没有时间列；第一行应如：{EXAMPLE}", f"no column of times; the first line is like {EXAMPLE}")
    if not faults and "inflow" not in have:
        refuse("没有入库流量列", "no column of inflow")
    if not faults and not any(c.name == "release" or c.outlet for c in columns):
        refuse("没有出库流量列，也没有开度列", "no column of release, nor of an opening")
    return columns, faults


def _outlet(name: str, outlets: Mapping[str, Outlet]) -> Outlet | None:
    plain = re.sub(
        r"^(?:opening|开度)[\s:_]*|[\s:_]*(?:opening|开度)$", "", name, flags=re.IGNORECASE
    ).lower()
    for outlet in outlets.values():
        if plain in {outlet.id.lower(), *(text.lower() for text in outlet.name.values())}:
            return outlet
    return None


def _cells(
    rows: Sequence[Sequence[str]], columns: Sequence[_Column], zone: tzinfo, faults: list[LineFault]
) -> list[float]:
    """The times; numbers go to their columns, what is wrong to ``faults``."""
    times: list[float] = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            faults.append(
                LineFault(
                    line,
                    f"有 {len(row)} 格，应为 {len(columns)} 格",
                    f"has {len(row)} cells, not {len(columns)}",
                )
            )
            continue
        for column, cell in zip(columns, row, strict=True):
            if column.name in ("time", "time_utc"):
                _time(line, cell, UTC if column.name == "time_utc" else zone, times, faults)
            else:
                _value(line, cell, column, faults)
    return times


def _time(line: int, cell: str, zone: tzinfo, times: list[float], faults: list[LineFault]) -> None:
    try:
        at = read_time(cell.strip(), zone=zone).timestamp()
    except WrittenTimeError as error:
        twice = "ambig" in str(error)
        zh = "可能是两个时刻，请写成如 2026-07-01 08:00" if twice else "不是时刻，请写成如 2026-07-01 08:00"
        en = "could be two times" if twice else "is no time"
        faults.append(
            LineFault(line, f"“{cell[:40]}”{zh}", f"{cell[:40]!r} {en}: write it like 2026-07-01 08:00")
        )
        return
    if times and at <= times[-1]:
        faults.append(
            LineFault(
                line,
                f"时刻“{cell}”不晚于上一行",
                f"the time {cell!r} is not after the line before",
            )
        )
    times.append(at)


def _value(line: int, cell: str, column: _Column, faults: list[LineFault]) -> None:
    text = unicodedata.normalize("NFKC", cell).strip().replace("−", "-")
    named = column.outlet or column.name
    zh_name = _ZH.get(column.name, f"开度 {column.outlet}")
    if not text or not _NUMBER.fullmatch(text) or not any(sign.isdigit() for sign in text):
        zh = "是空的，请填数值（没有则填 0）" if not text else f"“{cell[:40]}”不是数值"
        en = "is empty: write a number, 0 for none" if not text else f"is {cell[:40]!r}, not a number"
        faults.append(LineFault(line, f"{zh_name}{zh}", f"{named} {en}"))
        return
    value = float(text.replace(",", "")) * column.factor
    if abs(value) > 200_000 or (value < 0 and column.name != "inflow"):
        faults.append(
            LineFault(line, f"{zh_name} {cell.strip()} 不可能", f"{named} of {cell.strip()} cannot be")
        )
        return
    column.values.append(value)
